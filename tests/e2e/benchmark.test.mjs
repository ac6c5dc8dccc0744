// The benchmark page, for real: it trains on MNIST and takes about a minute.
import assert from "node:assert/strict";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";

const MINUTE = 60_000;

/** The parts of the page by their accessible names. */
function parts(page) {
  const button = name => page.getByRole("button", { name, exact: true });
  const status = page.getByRole("status", { name: "Benchmark status" });
  const progress = page.getByRole("progressbar", { name: "Benchmark progress" });
  const output = page.locator("output#benchmark-result");
  return {
    button, status, progress, output,
    alert: text => page.getByRole("alert").filter({ hasText: text }),
    table: name => page.getByRole("table", { name, exact: true }),
    /** Waits until the status line reads like `pattern`, and gives it. */
    async reads(pattern, timeout = MINUTE) {
      await status.filter({ hasText: pattern }).waitFor({ timeout });
      return status.innerText();
    },
    share: () => progress.evaluate(bar => Number(bar.ariaValueNow) / Number(bar.ariaValueMax)),
  };
}

/** What the result must look like, whatever the machine. */
function check(result, cores) {
  const { peak_gflops: peak, training, inference, ...rest } = result;
  assert.deepEqual(rest, {});
  assert(peak > 0.1 && peak < 10_000, `peak ${peak} GFLOP/s`);
  const workers = [1, 2, Math.min(cores, 4)].filter((count, at, all) => count <= cores && all.indexOf(count) === at);
  assert.deepEqual(training.map(({ workers, batch }) => [workers, batch]), workers.flatMap(count => [64, 128, 256].map(batch => [count, batch])));
  for (const { workers, batch, examples_per_s: rate, fraction_of_peak: share, ...rest } of training) {
    assert.deepEqual(rest, {});
    assert(Number.isInteger(rate) && rate > 100, `${rate} examples/s`);
    assert(share > 0 && share < 3, `${share} of the peak`);
    const expected = rate * 2 * 1_131_960 / (peak * 1e9 * workers);
    assert(Math.abs(share - expected) < 0.01 * expected + 0.001, `${share} of the peak at ${workers} workers, batch ${batch}, where ${expected} follows`);
  }
  assert.deepEqual(inference.map(({ workers, batch }) => [workers, batch]), [[1, 1], [1, 100]]);
  for (const { images_per_s: rate } of inference) assert(Number.isInteger(rate) && rate > 100, `${rate} images/s`);
  assert(inference[1].images_per_s > training[0].examples_per_s, "reading is less work than learning");
}

journey("a full run gives every figure, and copies them", { at: "#/benchmark", timeout: 8 * MINUTE }, async ({ page, axe, shot, lecture }) => {
  const { button, reads, output, share, table, status } = parts(page);
  assert.equal(await status.innerText(), "not started");
  assert.equal(await output.textContent(), "");
  await page.evaluate(() => {
    window.early = [];
    const output = document.querySelector("#benchmark-result");
    new MutationObserver(() => window.early.push(output.textContent)).observe(output, { subtree: true, childList: true, characterData: true });
  });
  const start = Date.now();
  await button("Run benchmark").click();
  await reads(/^training with 1 worker, batch 64: warming up$/);
  await shot("benchmark running light");
  await reads(/^training with 1 worker, batch 64: round \d of 5$/);
  const early = await share();
  await reads(/^training with 1 worker, batch 128/, 2 * MINUTE);
  assert(await share() > early, "the bar moves");
  await reads(/^done$/, 6 * MINUTE);
  console.log(`a full run takes ${((Date.now() - start) / 1000).toFixed(0)} s`);
  const text = await output.textContent();
  console.log(text);
  assert.equal((await page.evaluate(() => window.early)).filter(text => text !== "").length, 1, "it is written once, whole");
  const result = JSON.parse(text);
  check(result, await page.evaluate(() => navigator.hardwareConcurrency));
  assert.equal(await share(), 1);

  // The table shows the same.
  const shown = await table("Training").getByRole("row").evaluateAll(rows =>
    rows.map(row => [...row.cells].slice(0, 3).map(cell => cell.textContent.replaceAll(",", "")).join(" ")));
  for (const { workers, batch, examples_per_s } of result.training) assert(shown.includes(`${workers} ${batch} ${examples_per_s}`), shown.join("\n"));

  await button("Copy as JSON").click();
  await button("Copied").waitFor();
  assert.deepEqual(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())), result);
  await button("Copy as JSON").waitFor();
  await axe();
  await shot("benchmark done light");
  await page.emulateMedia({ colorScheme: "dark" });
  await axe();
  await shot("benchmark done dark");
  for (const [name, screen] of Object.entries(SCREEN)) {
    await page.setViewportSize(screen);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert(sideways <= 0, `on a ${name} the page scrolls sideways by ${sideways} px`);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      // Past the transition of the colours.
      await page.waitForFunction(() => document.getAnimations().every(animation => animation.playState === "finished"));
      await shot(`benchmark ${name} ${colorScheme}`);
    }
  }
  await page.setViewportSize(SCREEN.projector);
  await lecture();
  await shot("benchmark lecture");
  await axe();
});

journey("stopped and run again, by keys alone", { at: "#/benchmark", timeout: 3 * MINUTE }, async ({ page }) => {
  const { button, reads, output, status } = parts(page);
  const main = page.locator(".benchmark button").first();
  for (let i = 0; i < 20 && !await main.evaluate(it => it === document.activeElement); i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await reads(/^training with 1 worker, batch 64: round/);
  // The same button stops it, and keeps the focus.
  await page.keyboard.press("Enter");
  await reads(/^stopped$/);
  assert.equal(await output.textContent(), "");
  // Nothing goes on unseen.
  while (page.workers().length > 0) await page.workers()[0].waitForEvent("close");
  await button("Run benchmark").waitFor();
  await page.keyboard.press(" ");
  await reads(/^training with 1 worker, batch 64: round/);
  await page.keyboard.press("Enter");
  await reads(/^stopped$/);
  assert.equal(await status.getAttribute("aria-live"), "polite");
});

inBothThemes("before a run the page says what it measures", { at: "#/train" }, async ({ page, axe, shot }) => {
  await page.getByRole("link", { name: "Benchmark" }).click();
  await page.getByRole("heading", { name: "Benchmark", exact: true }).waitFor();
  await page.getByText("1,131,960 multiply-adds").waitFor();
  await page.getByText("Measured elsewhere").waitFor();
  await axe();
  await shot(`benchmark empty ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
});

inBothThemes("a download that fails says why, and is tried again",
  { at: "#/benchmark", timeout: 3 * MINUTE, expected: [/^status 503/], tolerated: [/^console error/] },
  async ({ page, context, axe, shot }) => {
    const { button, alert, reads } = parts(page);
    await context.route("**/train-labels-*", route => route.fulfill({ status: 503, body: "" }), { times: 1 });
    await button("Run benchmark").click();
    await alert("The images could not be loaded. The server answered 503 for train-labels-idx1-ubyte.gz.").waitFor();
    await axe();
    await shot(`benchmark offline ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
    await button("Try again").click();
    await reads(/^training with 1 worker, batch 64/);
    assert.equal(await alert("could not be loaded").count(), 0);
    await button("Stop").click();
    await reads(/^stopped$/);
  });

journey("a trainer that dies is told, and replaced",
  { at: "#/benchmark", timeout: 3 * MINUTE, tolerated: [/^uncaught: .*the trainer is killed/s] },
  async ({ page }) => {
    const { button, alert, reads } = parts(page);
    await button("Run benchmark").click();
    await reads(/^training with 1 worker, batch 64/);
    await page.workers()[0].evaluate(() => { setTimeout(() => { throw new Error("the trainer is killed"); }); });
    await alert("The trainer stopped unexpectedly.").waitFor();
    await button("Try again").click();
    await reads(/^training with 1 worker, batch 64/);
  });

journey("a trainer that ends silently is told, and replaced", { at: null, timeout: 3 * MINUTE }, async ({ page, open }) => {
  const { button, alert, reads } = parts(page);
  // As a browser short of memory ends it: without any event.
  await page.addInitScript(`
    window.Worker = class extends Worker {
      constructor(...options) { super(...options); window.made = this; }
    };`);
  await page.clock.install();
  await open("#/benchmark");
  await button("Run benchmark").click();
  await reads(/^training with 1 worker, batch 64/);
  await page.evaluate(() => window.made.terminate());
  await page.clock.runFor(12_000);
  await alert("The trainer stopped unexpectedly.").waitFor();
  await button("Try again").click();
  await reads(/^training with 1 worker, batch 64/);
});

journey("a link with fields that it does not know opens all the same", { at: "#/benchmark?batch=7" }, async ({ page }) => {
  await page.getByText("The link's field “batch” is not known here and was ignored.").waitFor();
  await parts(page).button("Run benchmark").waitFor();
});
