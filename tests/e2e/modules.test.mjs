// The app's modules: each is loaded where a page of it is wanted, and takes the other's place without a loss.
import assert from "node:assert/strict";
import { inBothThemes, journey } from "./harness.mjs";
import { PAGES } from "./pages.mjs";

/** The scripts and modules that the page asks for from now on, such as "app.wasm"; each once for each request. */
function requests(page) {
  const names = [];
  page.on("request", request => {
    const file = new URL(request.url()).pathname.split("/").at(-1);
    const [, module, kind] = /^(app|insight|training|trainer)(?:-[0-9a-f]+)?(?:_bg)?\.(js|wasm)$/.exec(file) ?? [];
    if (module) names.push(`${module}.${kind}`);
  });
  return names;
}

const hash = (page, expect) => page.waitForFunction(expect => location.hash === expect, expect);
const ready = page => page.locator("html[data-boot=ready]").waitFor();
const more = async (page, name) => {
  await page.getByRole("button", { name: "More labs" }).click();
  await header(page, name).click();
};
const header = (page, name) => page.getByRole("banner").getByRole("link", { name, exact: true });
const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();

journey("a lab does not load the training pages", { at: null }, async ({ page, open }) => {
  const asked = requests(page);
  await open("#/convolution");
  await heading(page, "Convolution");
  assert.deepEqual(asked.sort(), ["app.js", "app.wasm"]);
  // Each once, however often the page changes.
  for (const _ of "ab") {
    await header(page, "Train").click();
    await heading(page, "Train LeNet");
    await page.getByRole("link", { name: "Benchmark" }).click();
    await heading(page, "Benchmark");
    await header(page, "Convolution").click();
    await heading(page, "Convolution");
  }
  assert.deepEqual(asked.sort(), ["app.js", "app.wasm", "training.js", "training.wasm"]);
});

for (const at of ["#/train", "#/benchmark", "#/train?recipe=fast", "#train/?epochs=1"]) {
  journey(`${at} does not load the labs`, { at: null }, async ({ page, open }) => {
    const asked = requests(page);
    await open(at);
    await heading(page, /^(Train LeNet|Benchmark)$/);
    assert.deepEqual(asked.sort(), ["training.js", "training.wasm"]);
    await header(page, "Receptive").click();
    await heading(page, /See every number/);
    assert.deepEqual(asked.sort(), ["app.js", "app.wasm", "training.js", "training.wasm"]);
  });
}

for (const { at, heading: title } of PAGES.filter(page => page.module === "insight")) {
  journey(`${at} is in a module of its own`, { at: null }, async ({ page, open }) => {
    const asked = requests(page);
    await open(at);
    await heading(page, title);
    assert.deepEqual(asked.sort(), ["insight.js", "insight.wasm"]);
    await header(page, "Convolution").click();
    await heading(page, "Convolution");
    await more(page, title);
    await heading(page, title);
    assert.deepEqual(asked.sort(), ["app.js", "app.wasm", "insight.js", "insight.wasm"]);
  });
}

journey("there and back, each page is as it was left", { at: "#/convolution?pad=1" }, async ({ page }) => {
  await page.keyboard.press("PageDown");
  await hash(page, "#/convolution?pad=1&step=2");
  await header(page, "Train").click();
  await hash(page, "#/train?recipe=fast");
  const seed = page.getByRole("textbox", { name: "Seed", exact: true });
  await seed.fill("5");
  await seed.press("Tab");
  await page.waitForFunction(() => location.hash.includes("seed=5"));
  const training = await page.evaluate(() => location.hash);

  await header(page, "Convolution").click();
  await hash(page, "#/convolution?pad=1&step=2");
  await page.waitForFunction(() => document.querySelector(".shape-result")?.textContent === "4 × 4");
  // One press is one step: nothing of an earlier time on the page listens still.
  await page.keyboard.press("PageDown");
  await hash(page, "#/convolution?pad=1&step=3");

  await header(page, "Train").click();
  await hash(page, training);
  assert.equal(await seed.inputValue(), "5");
  await page.keyboard.press("f");
  await page.locator("html[data-mode=lecture]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("html:not([data-mode])").waitFor();
  // The address follows a little later: going back before that would leave the lecture mode's in the history.
  await hash(page, training);

  // The browser's own way back.
  await page.goBack();
  await hash(page, "#/convolution?pad=1&step=3");
  await heading(page, "Convolution");
  await page.goForward();
  await heading(page, "Train LeNet");
  assert.equal(await seed.inputValue(), "5");
});

journey("a large state comes back", { at: null }, async ({ page, open }) => {
  const row = start => Array.from({ length: 40 }, (_, i) => ((start * 37 + i * 11) % 100) / 8).join(",");
  await open(`#/convolution?x=${Array.from({ length: 40 }, (_, i) => row(i)).join(";")}`);
  await page.waitForFunction(() => location.hash.startsWith("#/convolution?z="));
  const before = await page.evaluate(() => location.hash);
  await header(page, "Train").click();
  await heading(page, "Train LeNet");
  await header(page, "Convolution").click();
  await heading(page, "Convolution");
  await hash(page, before);
});

journey("theme, lecture mode and focus go along", { at: null, theme: "light" }, async ({ page, open }) => {
  // Where nothing can be stored the theme is handed over all the same.
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get() { throw new DOMException("blocked", "SecurityError"); } });
  });
  await open("#/convolution");
  await page.getByRole("button", { name: "Theme: match system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await page.locator("html[data-theme=dark]").waitFor();
  await header(page, "Train").focus();
  await page.keyboard.press("Enter");
  await heading(page, "Train LeNet");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Train");
  await page.getByRole("button", { name: "Theme: dark" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");

  await open("#/convolution?lecture=1&hide=presets");
  await heading(page, "Convolution");
  await page.locator("html[data-mode=lecture][data-theme=dark]").waitFor();
  await open("#/train?lecture=1&epochs=2");
  await heading(page, "Train LeNet");
  await hash(page, "#/train?epochs=2&lecture=1");
  await page.locator("html[data-mode=lecture][data-theme=dark]").waitFor();
});

journey("what a link of the other module has wrong is said", { at: "#/convolution" }, async ({ page, open }) => {
  await open("#/train?nothing=1");
  await page.getByRole("status").filter({ hasText: "The link's field “nothing” is not known here" }).waitFor();
  await open("#/nowhere");
  await page.getByRole("status").filter({ hasText: "There is no page “nowhere”." }).waitFor();
  // A link that is too long to be read opens the home page, whatever page it names.
  await open(`#/train?epochs=2&x=${"1".repeat(256 * 1024)}`);
  await heading(page, /See every number/);
  await page.getByRole("status").filter({ hasText: "characters long" }).waitFor();
});

journey("until the other module comes the page stays, and can be kept", { at: "#/convolution?pad=1" }, async ({ page, shot }) => {
  let release;
  const held = new Promise(done => { release = done; });
  await page.route("**/training-*.wasm", async route => { await held; await route.continue(); });
  await header(page, "Train").click();
  await page.locator("html[data-boot=loading]").waitFor();
  await heading(page, "Convolution");
  assert.match(page.url(), /#\/train\?recipe=fast$/);
  // What is done meanwhile is kept, and does not take the address back.
  await page.keyboard.press("PageDown");
  await page.waitForTimeout(400);
  assert.match(page.url(), /#\/train\?recipe=fast$/);
  await shot("modules waiting");
  await page.goBack();
  await ready(page);
  await heading(page, "Convolution");
  release();
  await page.waitForResponse(/training-.*\.wasm/).catch(() => {});
  await page.waitForTimeout(200);
  await heading(page, "Convolution");
  await header(page, "Train").click();
  await heading(page, "Train LeNet");
  await ready(page);
});

inBothThemes("a module that does not come is told, and nothing is lost",
  { at: "#/convolution?pad=1", expected: [/^request failed: .*training-/, /^console error/] },
  async ({ page, axe, shot }) => {
    await page.keyboard.press("PageDown");
    await hash(page, "#/convolution?pad=1&step=2");
    await page.route("**/training-*", route => route.abort("internetdisconnected"));
    const dialog = page.getByRole("alertdialog");
    await header(page, "Train").click();
    await dialog.filter({ hasText: "could not be loaded" }).waitFor();
    await axe();
    await shot(`modules lost ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
    await page.getByRole("button", { name: "Stay here" }).click();
    await ready(page);
    await hash(page, "#/convolution?pad=1&step=2");
    await page.keyboard.press("PageDown");
    await hash(page, "#/convolution?pad=1&step=3");

    await header(page, "Train").click();
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await hash(page, "#/convolution?pad=1&step=3");

    await header(page, "Train").click();
    await dialog.waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await dialog.filter({ hasText: "could not be loaded" }).waitFor();
    await page.unroute("**/training-*");
    await page.getByRole("button", { name: "Try again" }).click();
    await heading(page, "Train LeNet");
    await hash(page, "#/train?recipe=fast");
    await header(page, "Convolution").click();
    await hash(page, "#/convolution?pad=1&step=3");
  });

journey("a run goes on where the labs do not come", { at: "#/train?epochs=100&train=6400", timeout: 120_000, expected: [/^request failed: .*app-/, /^console error/] },
  async ({ page }) => {
    const status = page.getByRole("status", { name: "Training status" });
    await page.getByRole("button", { name: "Start training" }).click();
    await status.filter({ hasText: /examples\/s/ }).waitFor({ timeout: 60_000 });
    await page.route("**/app-*", route => route.abort("internetdisconnected"));
    await header(page, "Convolution").click();
    await page.getByRole("button", { name: "Stay here" }).click();
    await hash(page, "#/train?epochs=100&train=6400");
    const before = await status.innerText();
    await page.waitForFunction(before => document.querySelector("[aria-label='Training status']").textContent !== before, before);
    await page.unroute("**/app-*");
    await header(page, "Convolution").click();
    await heading(page, "Convolution");
    await page.waitForFunction(() => document.querySelectorAll("main").length === 1);
    assert.equal(page.workers().length, 0, "a page that is left trains no more");
  });

journey("a site that was updated meanwhile is loaded anew", { at: "#/convolution", expected: [/^console error/, /^status 404/] },
  async ({ page }) => {
    await page.route("**/training-*", route => route.fulfill({ status: 404, contentType: "text/html", body: "" }));
    await header(page, "Train").click();
    await page.getByRole("alertdialog").filter({ hasText: "Receptive was updated" }).waitFor();
    await page.unroute("**/training-*");
    await page.getByRole("button", { name: "Reload" }).click();
    await heading(page, "Train LeNet");
    await hash(page, "#/train?recipe=fast");
  });

journey("a module that hangs shows a sign, and after 20 s what to do", { at: "#/convolution?pad=1", expected: [/^console error: Error: Nothing came for 20 s/] },
  async ({ page, shot, axe }) => {
    await page.route("**/training-*.wasm", () => { /* No answer. */ });
    await page.clock.install();
    await header(page, "Train").click();
    const sign = page.getByRole("status").filter({ hasText: /^Loading/ });
    await sign.waitFor();
    await axe();
    await shot("modules sign");
    await page.clock.fastForward(20_000);
    await page.getByRole("alertdialog").filter({ hasText: "Nothing came for 20 s" }).waitFor();
    await sign.waitFor({ state: "hidden" });
    await page.unroute("**/training-*.wasm");
    await page.getByRole("button", { name: "Try again" }).click();
    await heading(page, "Train LeNet");
  });

journey("copy and export show that they are loading", { at: "#/convolution" }, async ({ page, shot, axe }) => {
  let release;
  const held = new Promise(done => { release = done; });
  await page.route("**/tools-*.wasm", async route => { await held; await route.continue(); });
  await page.getByRole("button", { name: "Copy and export" }).click();
  const sign = page.getByRole("status").filter({ hasText: /^Loading copy and export/ });
  await sign.waitFor();
  await axe();
  await shot("modules tools sign");
  release();
  await sign.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Copy PyTorch code" }).click();
  await page.getByRole("status").filter({ hasText: "PyTorch code copied" }).waitFor();
});
