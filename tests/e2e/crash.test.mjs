// What breaks is said at once, in a dialog that needs nothing of what broke, and nothing that was typed is lost.
import assert from "node:assert/strict";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";

const dialog = page => page.getByRole("alertdialog");
const STOPPED = { hasText: "Receptive stopped because of a fault" };
const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();
const clipboard = page => page.evaluate(() => navigator.clipboard.readText());
const theme = page => page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
const complaints = [/^console error/, /^uncaught/];

/** From now on the browser throws where the app asks which key was pressed: through the running module. */
const breakKeys = page => page.evaluate(() => {
  const { get } = Object.getOwnPropertyDescriptor(KeyboardEvent.prototype, "key");
  Object.defineProperty(KeyboardEvent.prototype, "key", {
    configurable: true,
    get() {
      if (this.target.closest?.("dialog")) return get.call(this);
      throw new Error("no key today");
    },
  });
});
/** From now on no element is made: what is built anew panics. */
const breakElements = page => page.evaluate(() => {
  const refuse = () => { throw new Error("no element today"); };
  const { createElement } = document;
  document.createElement = name => ["a", "link"].includes(name) ? createElement.call(document, name) : refuse();
  document.createElementNS = refuse;
  Node.prototype.cloneNode = refuse;
});

for (const screen of ["desktop", "phone"]) {
  inBothThemes(`a throw inside the app is told, with the link, ${screen}`,
    { at: "#/convolution?pad=1", screen: SCREEN[screen], expected: [/^uncaught: .*no key today/s] },
    async ({ page, axe, shot }) => {
      const cell = page.getByRole("grid", { name: /input/i }).getByRole("gridcell").nth(4);
      await cell.click();
      await page.keyboard.type("7.25");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => location.hash.includes("7.25"));
      const link = page.url();
      await breakKeys(page);
      await page.keyboard.press("PageDown");
      await dialog(page).filter(STOPPED).waitFor();
      assert.equal(await page.locator("html").getAttribute("data-boot"), "crashed");
      assert.equal(await dialog(page).getByRole("link").first().textContent(), link);
      await axe();
      await shot(`crash ${screen} ${await theme(page)}`);
      const box = await dialog(page).boundingBox();
      assert(box.x >= 0 && box.x + box.width <= SCREEN[screen].width && box.y >= 0 && box.y + box.height <= SCREEN[screen].height);

      // By keys alone.
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Reload");
      const press = async name => {
        for (let i = 0; i < 9; i += 1) {
          if (await page.evaluate(() => document.activeElement.textContent) === name) break;
          await page.keyboard.press("Tab");
        }
        await page.keyboard.press("Enter");
      };
      await press("Copy link");
      await page.getByRole("button", { name: "Copied" }).first().waitFor();
      assert.equal(await clipboard(page), link);
      await press("Copy report");
      await page.waitForFunction(() => !document.querySelector("#crash").textContent.includes("Copy report"));
      const report = await clipboard(page);
      assert.match(report, /no key today/);
      assert.match(report, /^Page: #\/convolution$/m);
      assert.match(report, /^Build: app-[0-9a-f]{10}$/m);
      assert.match(report, /^Browser: .*Chrom/m);

      await dialog(page).getByRole("button", { name: "Reload" }).click();
      await page.locator("html[data-boot=ready]").waitFor();
      assert.equal(page.url(), link);
      assert.equal(await cell.innerText(), "7.25");
    });
}

journey("a panic is told with its message, and a page that was left is not lost", { at: "#/convolution?pad=1", expected: [/^console error: panicked at/], tolerated: complaints },
  async ({ page }) => {
    await page.keyboard.press("PageDown");
    await page.waitForFunction(() => location.hash === "#/convolution?pad=1&step=2");
    await breakElements(page);
    await page.evaluate(() => { location.hash = "#/channels"; });
    await dialog(page).filter(STOPPED).waitFor();
    assert.match(await page.locator("#crash-report").innerText(), /panicked at/);
    await dialog(page).getByRole("link", { name: "convolution", exact: true }).click();
    await page.locator("html[data-boot=ready]").waitFor();
    await heading(page, "Convolution");
    assert.match(page.url(), /#\/convolution\?pad=1&step=2$/);
  });

journey("what was typed when it broke is told beside the link", { at: "#/convolution?pad=1", expected: [/^uncaught: .*no key today/s], tolerated: complaints },
  async ({ page }) => {
    const typed = page.locator("#crash-typed");
    await page.getByRole("grid", { name: /input/i }).getByRole("gridcell").nth(4).click();
    await page.keyboard.type("7.25");
    await breakKeys(page);
    await page.keyboard.press("Enter");
    await dialog(page).filter(STOPPED).waitFor();
    assert.equal(await typed.innerText(), "Typed last: 7.25");
    await page.getByRole("button", { name: "Reload" }).click();
    await page.locator("html[data-boot=ready]").waitFor();
    // Once the address has it, there is nothing to tell.
    await page.getByRole("spinbutton", { name: "Bias" }).or(page.getByRole("textbox", { name: "Bias" })).first().fill("3");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash.includes("b=3"));
    await breakKeys(page);
    await page.keyboard.press("PageDown");
    await dialog(page).filter(STOPPED).waitFor();
    assert.equal(await typed.isVisible(), false);
  });

journey("a page that was just left is told as it was, not as its address was", { at: "#/convolution", expected: [/^console error: panicked at/], tolerated: complaints },
  async ({ page }) => {
    const number = page.getByRole("grid", { name: /input/i }).getByRole("gridcell").nth(4);
    await number.click();
    await page.keyboard.type("7.25");
    await breakElements(page);
    // Typed, not entered: leaving takes it.
    await page.evaluate(() => { location.hash = "#/channels"; });
    await dialog(page).filter(STOPPED).waitFor();
    await page.waitForFunction(() => document.querySelector("#crash-pages a")?.href.includes("7.25"));
  });

journey("after a crash no module is called, and a link still says so", { at: "#/convolution", expected: [/^uncaught: .*no key today/s], tolerated: complaints },
  async ({ page }) => {
    await breakKeys(page);
    await page.keyboard.press("PageDown");
    await dialog(page).filter(STOPPED).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await dialog(page).waitFor({ state: "hidden" });
    const asked = [];
    page.on("request", request => { if (/\.(js|wasm)/.test(request.url())) asked.push(request.url()); });
    await page.getByRole("banner").getByRole("link", { name: "Train", exact: true }).click();
    await dialog(page).filter(STOPPED).waitFor();
    assert.equal(await page.locator("html").getAttribute("data-boot"), "crashed");
    assert.deepEqual(asked, []);
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "hidden" });
    await page.goBack();
    await dialog(page).filter(STOPPED).waitFor();
    await page.goForward();
    await dialog(page).getByRole("button", { name: "Reload" }).click();
    await heading(page, "Train LeNet");
  });

journey("a module that throws where it is mounted is told", { at: "#/convolution", tolerated: complaints }, async ({ page }) => {
  await breakElements(page);
  await page.getByRole("banner").getByRole("link", { name: "Train", exact: true }).click();
  await dialog(page).filter(STOPPED).waitFor();
  await dialog(page).getByRole("button", { name: "Reload" }).click();
  await heading(page, "Train LeNet");
});

journey("a crash at the start is told, with the link", { at: null, tolerated: complaints }, async ({ page, base }) => {
  await page.addInitScript(() => {
    Object.defineProperty(Element.prototype, "innerHTML", { set() { if (this.id === "app") throw new Error("not today"); this.textContent = ""; } });
  });
  await page.goto(`${base}#/convolution?pad=1`);
  await dialog(page).filter(STOPPED).waitFor();
  assert.equal(await dialog(page).getByRole("link").first().textContent(), `${base}#/convolution?pad=1`);
  await page.keyboard.press("Escape");
  await page.getByRole("alert").filter({ hasText: "stopped while it was starting" }).waitFor();
});

journey("a rejection of the app's own is told, another's is not", { at: "#/convolution", expected: [/^uncaught: .*own/s], tolerated: complaints }, async ({ page, base }) => {
  const file = await page.evaluate(() => new URL(`${receptive.files.app}.js`, document.baseURI).href);
  const reject = (message, stack) => page.evaluate(([message, stack]) => {
    const error = new Error(message);
    error.stack = stack;
    Promise.reject(error);
  }, [message, stack]);
  await reject("another's", "Error: another's\n    at f (chrome-extension://abcdef/content.js:1:1)");
  await page.evaluate(() => { Promise.reject(new DOMException("not allowed", "NotAllowedError")); });
  await page.evaluate(() => { Promise.reject("a text"); });
  // A rejection is told before the next task, and the dialog opens in one.
  await page.evaluate(() => new Promise(done => { setTimeout(() => setTimeout(done)); }));
  assert.equal(await dialog(page).count(), 0);
  await reject("own", `Error: own\n    at f (${file}:1:1)`);
  await dialog(page).filter(STOPPED).waitFor();
});

journey("what others throw is not the app's fault", { at: "#/convolution", expected: [/^uncaught: .*from the page/s], tolerated: complaints }, async ({ page, base }) => {
  await page.route("**/foreign.js", route => route.fulfill({ contentType: "text/javascript", body: "throw new Error('from the page')" }));
  await page.evaluate(base => {
    // As an extension's script does.
    const script = document.createElement("script");
    script.src = `${base}foreign.js`;
    document.head.append(script);
    dispatchEvent(new ErrorEvent("error", { message: "Script error.", filename: "" }));
    dispatchEvent(new ErrorEvent("error", { message: "ResizeObserver loop completed with undelivered notifications.", filename: location.href }));
    // As a worker's error comes that nobody heard.
    dispatchEvent(new ErrorEvent("error", { message: "thrown in a worker", filename: `${base}trainer.js` }));
    dispatchEvent(new ErrorEvent("error", { message: "x", filename: "chrome-extension://abcdef/content.js", error: new Error("x") }));
  }, base);
  await page.waitForFunction(() => performance.getEntriesByName(`${document.baseURI}foreign.js`).length > 0);
  await page.keyboard.press("PageDown");
  await page.waitForFunction(() => location.hash.includes("step=2"));
  assert.equal(await dialog(page).count(), 0);
  assert.equal(await page.locator("html").getAttribute("data-boot"), "ready");
});
