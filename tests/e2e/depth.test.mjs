// The depth page: real nets, small ones, trained in the tab.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";

const SMALL = "#/depth?depth=2,4&train=640&epochs=1";
const MINUTE = 60_000;

/** The page's parts by their accessible names. */
function parts(page) {
  const button = name => page.getByRole("button", { name, exact: true });
  const status = page.getByRole("status", { name: "Depth status" });
  const region = name => page.getByRole("region", { name, exact: true });
  return {
    button, status, region,
    finding: page.locator("#depth-finding"),
    /** Waits until the status line reads like `pattern`. */
    reads: (pattern, timeout = MINUTE) => status.filter({ hasText: pattern }).waitFor({ timeout }),
    share: () => page.getByRole("progressbar", { name: "Depth progress" }).evaluate(bar => Number(bar.ariaValueNow)),
    table: (name, caption) => region(name).getByRole("table", { name: caption, includeHidden: true }),
    hash: text => page.waitForFunction(text => location.hash === text, text),
    /** How much ink a strip's canvas has, of one. */
    ink: at => page.locator(`#depth-strip-${at}`).evaluate(canvas => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return { rows: canvas.height, ink: data.filter((_, at) => at % 4 === 3).reduce((sum, alpha) => sum + alpha, 0) / data.length / 255 * 4 };
    }),
  };
}

journey("four nets are trained to the end: curves, strips, values, finding, and a file", { at: SMALL, timeout: 3 * MINUTE }, async ({ page, axe, shot }) => {
  const { button, reads, finding, table, region, share, ink, status } = parts(page);
  assert.equal(await status.innerText(), "not started");
  await page.getByText(/^4 nets, 1 epoch$/).waitFor();
  await page.getByText(/^about \d+ s here, \d+ MB$/).waitFor();
  await finding.filter({ hasText: "Do deeper nets learn more?" }).waitFor();
  assert(await button("Save as CSV").isDisabled());
  await button("Train them").click();
  await reads(/^4 of 4 nets done$/, 2 * MINUTE);
  assert.equal(await share(), 1);
  await button("Train them").waitFor();
  await finding.filter({ hasText: /^Plain, .*\d\.\d\d.* Residual, .*\d\.\d\d/ }).waitFor();
  for (const name of ["Plain", "Residual"]) {
    const losses = table(name, "Training loss, mean of 20 batches");
    assert.deepEqual(await losses.locator("thead th").allInnerTexts(), ["Step", "2 layers", "4 layers"]);
    const last = await losses.locator("tbody tr").last().locator("th, td").allInnerTexts();
    assert.equal(last[0], "10");
    assert(last.slice(1).every(text => Number(text) > 0.1 && Number(text) < 4), last.join(" "));
    // The label at the line's end is the table's last value.
    await region(name).locator("svg text", { hasText: `4 layers ${last[2]}` }).waitFor({ state: "attached" });
    const norms = await table(name, "Gradient norm of each layer, mean of the first and of the last 20 steps").locator("tbody th").allInnerTexts();
    assert.deepEqual(norms, ["before", "1", "2", "3", "4", "linear"]);
    assert.equal(await region(name).getByRole("img", { name: /^Gradient norms/ }).count(), 2);
  }
  for (const [at, rows] of [[0, 2], [1, 2], [2, 4], [3, 4]]) {
    const strip = await ink(at);
    assert(strip.rows === rows && strip.ink > 0.02 && strip.ink < 0.99, JSON.stringify(strip));
  }
  await button("Plain as a table").click();
  assert(await table("Plain", "Training loss, mean of 20 batches").isVisible());
  await axe();
  await button("Plain as a table").click();
  const [download] = await Promise.all([page.waitForEvent("download"), button("Save as CSV").click()]);
  assert.equal(download.suggestedFilename(), "depth.csv");
  const rows = (await readFile(await download.path(), "utf8")).trim().split("\n");
  assert.equal(rows.length, 41);
  assert.match(rows[40], /^Residual,4,10,\d\.\d+/);
  await axe();
  await shot("depth done light");
  await page.emulateMedia({ colorScheme: "dark" });
  await axe({ rules: ["color-contrast"] });
  await shot("depth done dark");
  // Other settings: the curves are of before, and pale, until new ones stand.
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByRole("switch", { name: "Batch norm" }).click();
  await finding.filter({ hasText: "Other settings" }).waitFor();
  await page.locator("#depth-chart-0 .old").first().waitFor({ state: "attached" });
  assert.equal(await page.locator("#depth-chart-0 .line").count(), 0);
});

journey("paused, gone on with, stopped, by keys alone", { at: "#/depth?depth=2,4&train=6400&epochs=2", timeout: 2 * MINUTE }, async ({ page }) => {
  const { button, reads, status, share } = parts(page);
  await button("Train them").focus();
  await page.keyboard.press("Enter");
  await reads(/at step [1-9]/);
  // The same button stops, and kept the focus; the next one pauses.
  assert.equal(await page.evaluate(() => document.activeElement.id), "depth-start");
  assert(await page.getByRole("button", { name: "18", exact: true }).isDisabled(), "settings stand still");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await reads(/paused$/);
  // The step that is being taken ends, on a busy machine later; then nothing goes on.
  const now = async () => [await status.innerText(), await share()];
  let [before, done] = await now();
  for (;;) {
    await page.waitForTimeout(700);
    const later = await now();
    if (later.every((value, at) => value === [before, done][at])) break;
    [before, done] = later;
  }
  await page.keyboard.press("Enter");
  await page.waitForFunction(text => document.querySelector("[aria-label='Depth status']").textContent !== text, before);
  await page.waitForFunction(done => Number(document.querySelector("[aria-label='Depth progress']").ariaValueNow) > done, done);
  await button("Stop").focus();
  await page.keyboard.press("Enter");
  await reads(/^stopped$/);
  // Nothing goes on unseen, and what is there stays.
  while (page.workers().length > 0) await page.workers()[0].waitForEvent("close");
  assert(await page.locator("#depth-chart-0 .line").count() > 0);
  await page.getByText(/stopped at step \d+/).first().waitFor();
  // PageDown, as a clicker has it, begins anew and pauses.
  await page.locator("main").focus();
  await page.keyboard.press("PageDown");
  await button("Pause").waitFor();
  await page.keyboard.press("PageDown");
  await button("Resume").waitFor();
});

journey("settings are the link, and what can't be trained is said and repaired", { at: "#/depth" }, async ({ page, open }) => {
  const { button, hash, region } = parts(page);
  const depth = name => page.getByRole("group", { name: "Depth" }).getByRole("button", { name, exact: true });
  await depth("30").click();
  await hash("#/depth?depth=8,18");
  const other = page.getByLabel("Another depth");
  await other.fill("9");
  await other.press("Enter");
  const alert = page.getByRole("alert").filter({ hasText: "9 layers can't be trained: they come in pairs" });
  await alert.waitFor();
  assert.equal(await other.inputValue(), "9");
  await alert.getByRole("button", { name: "Use 10" }).click();
  await hash("#/depth?depth=8,10,18");
  await other.fill("62");
  await other.press("Enter");
  await page.getByRole("alert").getByRole("button", { name: "Use 60" }).click();
  await hash("#/depth?depth=8,10,18,60");
  await depth("30").click();
  await page.getByRole("alert").filter({ hasText: "4 depths are compared at most" }).waitFor();
  await depth("10").click();
  await page.getByRole("group", { name: "Skip connections" }).getByRole("button", { name: "residual" }).click();
  await page.getByRole("switch", { name: "Batch norm" }).click();
  await page.getByLabel("Activation").selectOption({ label: "sigmoid" });
  await page.getByLabel("Start").selectOption({ label: "small" });
  await page.getByLabel("Images").selectOption({ label: "2,000 of MNIST" });
  await page.getByLabel("Epochs").fill("3");
  await page.getByLabel("Epochs").press("Enter");
  await page.waitForFunction(() => location.hash.endsWith("epochs=3"));
  await page.getByLabel("Seed").fill("7");
  await page.getByLabel("Seed").press("Enter");
  const link = "#/depth?depth=8,18,60&skip=residual&norm=none&activation=sigmoid&init=small&dataset=mnist&train=2000&epochs=3&seed=7";
  await hash(link);
  assert.equal(await region("Plain").count(), 0);
  await open("#/pooling");
  await open(link);
  await page.getByText(/^3 nets, 3 epochs$/).waitFor();
  assert.equal(await page.getByLabel("Start").evaluate(select => select.selectedOptions[0].text), "small");
  await open("#/depth?depth=7&train=20000");
  await page.getByText("The link's depth=7 can't be read").waitFor();
  await page.getByText("The link's train=20000 can't be read").waitFor();
  await page.getByText(/^6 nets, 2 epochs$/).waitFor();
  await button("Train them").waitFor();
});

journey("a picture goes through layers that have learned nothing", { at: "#/depth?depth=8&init=zero" }, async ({ page, axe, shot }) => {
  const section = page.locator("#depth-flow");
  await section.scrollIntoViewIfNeeded();
  await section.getByText("With small weights, after 8 layers: residual, correlation with the picture 1.00").waitFor();
  await section.getByText("With zero weights, after 8 layers: residual, correlation with the picture 1.00 at a deviation of 0.35; plain, all values are equal.").waitFor();
  for (const name of ["Plain, small weights", "Residual, zero weights"]) {
    assert.equal(await section.getByRole("figure", { name }).getByRole("img").count(), 4);
  }
  await section.getByRole("img", { name: "Deviation of the values after each layer, sigmoid" }).waitFor();
  await page.getByRole("button", { name: "Spread, ReLU as a table" }).click();
  const rows = section.getByRole("region", { name: "Spread, ReLU" }).getByRole("row");
  await rows.nth(9).waitFor();
  assert.match(await rows.nth(1).innerText(), /^0\s+0\.35\s+0\.35\s+0\.35\s+0\.35$/);
  await axe({ include: "#depth-flow" });
  await shot("depth before the first step");
});

journey("a file that does not come is said, and tried again", { at: SMALL, timeout: 2 * MINUTE, expected: [/503/] }, async ({ page, context }) => {
  const { button, reads } = parts(page);
  await context.route("**/train-10k-labels-*", route => route.fulfill({ status: 503, body: "" }), { times: 1 });
  await button("Train them").click();
  const alert = page.getByRole("alert").filter({ hasText: "The server answered 503 for train-10k-labels-idx1-ubyte.gz." });
  await alert.waitFor();
  await alert.getByRole("button", { name: "Try again" }).click();
  await reads(/^4 of 4 nets done$/, 2 * MINUTE);
});

journey("the same seed gives the same curves", { at: SMALL, timeout: 3 * MINUTE }, async ({ page }) => {
  const { button, reads, table } = parts(page);
  const losses = async () => {
    await button("Train them").click();
    await button("Stop").waitFor();
    // The status may still be that of the run before.
    await button("Train them").waitFor({ timeout: 2 * MINUTE });
    await reads(/^4 of 4 nets done$/);
    // The table follows a moment later.
    const cells = table("Residual", "Training loss, mean of 20 batches").locator("td");
    await cells.last().filter({ hasText: /\d/ }).waitFor({ state: "attached" });
    return cells.allTextContents();
  };
  const first = await losses();
  assert(first.length >= 10);
  assert.deepEqual(await losses(), first);
});

journey("on a projector all texts are read from far", { at: "#/depth?lecture=1", screen: SCREEN.projector }, async ({ page, shot }) => {
  await page.locator("#depth-chart-0 svg").waitFor();
  await page.waitForFunction(() => document.querySelector("#depth-chart-0 svg").getBoundingClientRect().height > 200);
  const small = await page.evaluate(() => [...document.querySelectorAll("main *")]
    .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) && element.getClientRects().length)
    .filter(element => !element.closest(".vh, option"))
    .map(element => [element.textContent.trim().slice(0, 20), parseFloat(getComputedStyle(element).fontSize)])
    .filter(([, size]) => size < 19.9));
  assert.deepEqual(small, []);
  await shot("depth lecture");
});

journey("on a phone the settings are a press away", { at: SMALL, screen: SCREEN.phone }, async ({ page, shot }) => {
  const { button } = parts(page);
  await shot("depth phone light");
  await button("Settings").click();
  await page.waitForFunction(() => document.activeElement.id === "depth-settings");
  assert(await page.getByLabel("Seed").isVisible());
});

for (const [name, hash] of [["depth", "#/depth"], ["depth four", "#/depth?depth=8,18,30,44&skip=plain"]]) onEveryScreen(name, hash);

for (const [screen, query] of [["desktop", ""], ["desktop", "?skip=plain"], ["tablet", ""], ["phone", ""]]) {
  journey(`while the pictures are downloaded the charts are as wide as their room (${screen}${query})`, { at: null, screen: SCREEN[screen] }, async ({ page, open }) => {
    let release;
    const held = new Promise(done => { release = done; });
    await page.route(/ubyte/, async route => { await held; await route.continue().catch(() => {}); });
    const widths = () => page.evaluate(() => [...document.querySelectorAll("#depth-chart-0, #depth-chart-1")]
      .filter(chart => chart.checkVisibility()).map(chart => [chart.clientWidth, Number(chart.querySelector("svg").getAttribute("width"))]));
    const fit = async what => {
      await page.waitForTimeout(300);
      const all = await widths();
      assert(all.length > 0, what);
      for (const [room, chart] of all) assert(room > 200 && Math.abs(room - chart) <= 1, `${what}: ${chart} of ${room} px`);
    };
    await open(`#/depth${query}`);
    await fit("before");
    await page.getByRole("button", { name: "Train them", exact: true }).click();
    await page.getByRole("status", { name: "Depth status" }).filter({ hasText: "downloading" }).waitFor();
    await fit("downloading");
    const table = page.getByRole("button", { name: /as a table$/ }).first();
    await table.click();
    await page.waitForTimeout(300);
    await table.click();
    await fit("back from the table");
    release();
  });
}
