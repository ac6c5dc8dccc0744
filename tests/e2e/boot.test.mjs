// The page before and around the app: it starts below a sub-path, and where it can't start it says why.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";

inBothThemes("the app starts below a sub-path", {}, async ({ page, axe, shot, base }) => {
  assert.notEqual(new URL(base).pathname, "/");
  assert.equal(await page.locator("#skeleton").count(), 0, "the app takes the skeleton's place");
  await page.getByRole("main").waitFor();
  assert.match(await page.title(), /Receptive/);
  await axe();
  await shot(`boot ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
});

journey("until the app comes there is a quiet header", { at: null }, async ({ page, base, shot }) => {
  let release;
  const held = new Promise(done => { release = done; });
  await page.route("**/*.wasm", async route => { await held; await route.continue(); });
  await page.goto(base, { waitUntil: "commit" });
  await page.getByText("Receptive", { exact: true }).first().waitFor();
  assert.equal(await page.locator("html").getAttribute("data-boot"), "loading");
  assert.equal(await page.getByRole("button").count(), 0);
  assert.equal(await page.getByRole("alert").count(), 0);
  await shot("boot skeleton");
  release();
  await page.locator("html[data-boot=ready]").waitFor();
});

journey("every file the page names is there", { at: null }, async ({ page, base }) => {
  const loaded = [];
  page.on("response", response => loaded.push(response));
  await page.goto(base);
  await page.locator("html[data-boot=ready]").waitFor();
  const types = new Map(loaded.map(response => [response.url().split(".").at(-1), response.headers()["content-type"]]));
  assert.equal(types.get("wasm"), "application/wasm");
  assert.match(types.get("css"), /^text\/css/);
  assert.match(types.get("js"), /^text\/javascript/);
  const wasm = loaded.filter(response => response.url().endsWith(".wasm"));
  assert.equal(wasm.length, 1, "the preloaded module is the one that is used");
  const icon = await page.evaluate(async () => (await fetch(document.querySelector("link[rel=icon]").href)).status);
  assert.equal(icon, 200);
  const build = await page.locator("meta[name=build]").getAttribute("content");
  assert.match(build, /^[0-9a-f]{16}$/);
});

journey("a wrong path gets a page that leads home", { at: null, expected: [/^status 404/, /^not found/, /^console error/] },
  async ({ page, base, axe }) => {
    const response = await page.goto(`${base}convolution`);
    assert.equal(response.status(), 404);
    await axe();
    await page.getByRole("link", { name: "its home page" }).click();
    await page.locator("html[data-boot=ready]").waitFor();
    assert.equal(page.url().split("#")[0], base);
  });

journey("without WebAssembly SIMD a sentence names what is needed", { at: null }, async ({ page, base, axe, shot }) => {
  await page.addInitScript(() => { WebAssembly.validate = () => false; });
  await page.goto(base);
  const sentence = page.getByRole("alert");
  await sentence.filter({ hasText: "WebAssembly SIMD" }).waitFor();
  assert.match(await sentence.textContent(), /Chromium 123, Firefox 125, Safari 17\.5 or newer/);
  assert.equal(await page.locator("html").getAttribute("data-boot"), "unsupported");
  assert.equal(await page.getByRole("button").count(), 0, "reloading would not help");
  await axe();
  await shot("boot unsupported");
});

journey("an older browser gets the same sentence", { at: null }, async ({ page, base }) => {
  await page.addInitScript(() => { delete HTMLElement.prototype.popover; });
  await page.goto(base);
  await page.getByRole("alert").filter({ hasText: "Firefox 125" }).waitFor();
});

journey("with scripts off a sentence names what is needed", { at: null, context: { javaScriptEnabled: false }, tolerated: [/^request failed: .*\.js \(csp\)/] },
  async ({ page, base, shot }) => {
    await page.goto(base);
    assert.match(await page.getByRole("main").innerText(), /needs scripts switched on, and Chromium 123, Firefox 125, Safari 17\.5/);
    assert.equal(await page.getByRole("button").count(), 0, "no button that does nothing");
    await shot("boot without scripts");
  });

journey("a lost connection is told, and Reload tries again",
  { at: null, expected: [/request failed: .*\.wasm/, /^console error/] },
  async ({ page, base, axe }) => {
    await page.route("**/*.wasm", route => route.abort("connectionreset"));
    await page.goto(base);
    await page.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
    await axe();
    await page.unroute("**/*.wasm");
    await page.getByRole("button", { name: "Reload" }).click();
    await page.locator("html[data-boot=ready]").waitFor();
  });

journey("the stored theme holds before the first paint", { at: null, theme: "light" }, async ({ page, base }) => {
  await page.addInitScript(() => {
    localStorage.setItem("receptive.theme", "dark");
    // The attribute is read when the body begins to exist: before anything is drawn.
    new MutationObserver((_, observer) => {
      if (!document.body) return;
      window.themeAtFirst = document.documentElement.dataset.theme;
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(base);
  await page.locator("html[data-boot=ready]").waitFor();
  assert.equal(await page.evaluate(() => window.themeAtFirst), "dark");
});

journey("a link's theme wins over the stored one", { at: null }, async ({ page, base }) => {
  await page.addInitScript(() => localStorage.setItem("receptive.theme", "dark"));
  await page.goto(`${base}#/?theme=light`);
  await page.locator("html[data-boot=ready]").waitFor();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
});

journey("the app starts where storage is blocked", { at: null }, async ({ page, base }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get() { throw new DOMException("blocked", "SecurityError"); } });
  });
  await page.goto(base);
  await page.locator("html[data-boot=ready]").waitFor();
});

journey("lecture mode fits a projector", { screen: SCREEN.projector, at: "#/?lecture=1" }, async ({ page, axe, shot }) => {
  assert.equal(await page.locator("html").getAttribute("data-mode"), "lecture");
  await axe();
  await shot("boot lecture");
});

journey("the policy refuses other sites", { expected: [/^console error: .*Content Security Policy/] }, async ({ page }) => {
  const outcome = await page.evaluate(() => fetch("https://example.org/").then(() => "sent", () => "refused"));
  assert.equal(outcome, "refused");
});

test("the files hold no address of another site", async () => {
  const html = await readFile(new URL("../../dist/index.html", import.meta.url), "utf8");
  assert.deepEqual(html.match(/https?:\/\/[^"'\s]+/g) ?? [], []);
});

// The harness itself: a watch that hears nothing would make every journey pass.
journey("the watch hears the page and its workers", {
  expected: [
    /^console error: from the page/, /^uncaught: .*thrown in the page/s, /^status 404: .*nothing-page/,
    /^console error: from a worker/, /^uncaught: .*thrown in a worker/s, /^not found: .*nothing-worker/,
    /^request to another origin: https:\/\/example\.org/,
  ],
  tolerated: [/^console error: Failed to load resource/, /^not found: .*nothing-page/, /^status 404/, /^request failed: https:\/\/example\.org/],
}, async ({ page, base }) => {
  await page.route("**/probe.js", route => route.fulfill({
    contentType: "text/javascript",
    body: `console.error("from a worker");
      Promise.allSettled([fetch("nothing-worker"), fetch("https://example.org/")]).then(() => {
        postMessage("fetched");
        setTimeout(() => { throw new Error("thrown in a worker"); });
      });`,
  }));
  await page.evaluate(async base => {
    console.error("from the page");
    setTimeout(() => { throw new Error("thrown in the page"); });
    await fetch("nothing-page");
    const worker = new Worker(`${base}probe.js`);
    await new Promise(done => { worker.onmessage = done; });
    await new Promise(done => { worker.onerror = done; });
  }, base);
});
