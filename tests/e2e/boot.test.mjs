// The page before and around the app: it starts below a sub-path, and where it can't start it says why.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";

const theme = page => page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

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
  const wasm = loaded.filter(response => response.url().endsWith(".wasm")).map(response => response.url());
  assert.equal(new Set(wasm).size, wasm.length, "the preloaded files are those that are used");
  const icon = await page.evaluate(async () => (await fetch(document.querySelector("link[rel=icon]").href)).status);
  assert.equal(icon, 200);
  // Two builds never mix: names tell the contents.
  const code = loaded.map(response => response.url()).filter(url => /\.(wasm|js)$/.test(url));
  for (const url of code) assert.match(url, /-[0-9a-f]{10}(_bg)?\.(wasm|js)$/);
  const worker = await page.locator("meta[name=worker]").getAttribute("content");
  assert.match(worker, /^worker-boot-[0-9a-f]{10}$/);
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

// Each browser hears what it lacks itself: a newer one may lack a thing as well.
for (const [lack, take, words] of [
  ["WebAssembly", () => { delete globalThis.WebAssembly; }, /^WebAssembly is missing or switched off in this browser.*Lockdown Mode.*Allow it/],
  ["SIMD", () => { WebAssembly.validate = () => false; }, /^This browser lacks WebAssembly SIMD.*Chromium 123, Firefox 125, Safari 17\.5 or newer.*JIT compiler/],
  ["light-dark()", () => { CSS.supports = () => false; }, /light-dark\(\).*Safari 17\.5 or newer: update it/],
  ["popovers", () => { delete HTMLElement.prototype.popover; }, /no popovers.*Firefox 125.*update it/],
]) {
  inBothThemes(`without ${lack} a sentence says that and what to do`, { at: null }, async ({ page, base, axe, shot }) => {
    await page.addInitScript(take);
    await page.goto(base);
    const sentence = page.getByRole("alert").filter({ hasText: words });
    await sentence.waitFor();
    assert.equal(await page.locator("html").getAttribute("data-boot"), "unsupported");
    assert.equal(await page.getByRole("button").count(), 0, "reloading would not help");
    await axe();
    await shot(`boot without ${lack} ${await theme(page)}`);
  });
}

journey("with scripts off a sentence names what is needed", { at: null, context: { javaScriptEnabled: false }, tolerated: [/^request failed: .*\.js \(csp\)/] },
  async ({ page, base, shot }) => {
    await page.goto(base);
    assert.match(await page.getByRole("main").innerText(), /needs scripts switched on, and Chromium 123, Firefox 125, Safari 17\.5/);
    assert.equal(await page.getByRole("button").count(), 0, "no button that does nothing");
    await shot("boot without scripts");
  });

const aborted = route => route.abort("connectionreset");
const notFound = route => route.fulfill({ status: 404, contentType: "text/html", body: "<!DOCTYPE html>" });
const otherFile = route => route.fulfill({ contentType: "text/html; charset=utf-8", body: "<!DOCTYPE html>" });
const half = async route => {
  const response = await route.fetch();
  const body = await response.body();
  await route.fulfill({ response, body: body.subarray(0, body.length / 2) });
};
const LOST = /^Receptive could not be loaded\. Check the connection, then reload\.$/;
const MISSING = /^A file of Receptive is missing on this site/;

// Any file fails in the same ways, and is told by the same sentences.
for (const [file, pattern] of [["style sheet", /\/tokens-.*\.css$/], ["script", /\/app-.*\.js(\?|$)/], ["module", /\/app-.*\.wasm$/], ["chunk", /\/home-.*\.wasm$/]]) {
  for (const [how, fault, words] of [
    ["that is aborted", aborted, LOST],
    ["that is not found", notFound, MISSING],
    ["with a page in its place", otherFile, MISSING],
    ["that is cut off", half, LOST],
  ]) {
    journey(`a ${file} ${how} is told, and Reload repairs it`,
      { at: null, tolerated: [/^request failed/, /^console error/, /^status 404/] },
      async ({ page, base, axe, shot }) => {
        await page.route(pattern, fault);
        await page.goto(base);
        await page.getByRole("alert").filter({ hasText: words }).waitFor();
        assert.equal(await page.locator("html").getAttribute("data-boot"), "failed");
        assert.equal(await page.getByRole("main").count(), 1);
        await axe();
        await shot(`boot ${file} ${how}`);
        await page.unroute(pattern);
        await page.getByRole("button", { name: "Reload" }).click();
        await page.locator("html[data-boot=ready]").waitFor();
      });
  }

  // The same with a clock of its own, so that nobody waits.
  inBothThemes(`a ${file} that hangs shows a sign after a second, and after 20 s what to do`,
    { at: null, expected: [/^console error: Error: Nothing came for 20 s/] },
    async ({ page, base, axe, shot }) => {
      await page.clock.install({ time: 0 });
      await page.clock.pauseAt(1000);
      await page.route(pattern, () => { /* No answer. */ });
      await page.goto(base, { waitUntil: "commit" });
      await page.waitForFunction(() => window.receptive);
      const sign = page.getByRole("status").filter({ hasText: "Loading" });
      await page.clock.runFor(900);
      assert.equal(await sign.count(), 0, "what comes soon shows none");
      await page.clock.runFor(200);
      // Style sheets hold up the scripts no longer.
      await page.getByRole("main").waitFor();
      await page.waitForFunction(() => window.receptiveBoot, null, { polling: 50 });
      await page.clock.runFor(200);
      await sign.waitFor();
      await page.clock.resume();
      await axe();
      await shot(`boot waiting ${file} ${await theme(page)}`);
      await page.clock.fastForward(20_000);
      await page.getByRole("alert").filter({ hasText: "nothing came for 20 s" }).waitFor();
      await sign.waitFor({ state: "hidden" });
      await axe();
      await shot(`boot hanging ${file} ${await theme(page)}`);
      await page.unroute(pattern);
      await page.getByRole("button", { name: "Try again" }).click();
      await page.locator("html[data-boot=ready]").waitFor();
    });
}

journey("a slow style sheet holds up nothing but itself", { at: null }, async ({ page, base }) => {
  let release;
  const held = new Promise(done => { release = done; });
  let asked = 0;
  await page.route(/\/components-.*\.css$/, async route => { asked += 1; await held; await route.continue(); });
  await page.goto(base, { waitUntil: "commit" });
  await page.getByRole("status").filter({ hasText: /^Loading/ }).waitFor();
  assert.equal(await page.locator("html").getAttribute("data-boot"), "loading", "no page without its style");
  release();
  await page.locator("html[data-boot=ready]").waitFor();
  assert.equal(asked, 1, "it is not asked for twice");
  assert.equal(await page.evaluate(() => document.styleSheets.length), 7, "those of every page, and the home page's");
  await page.getByRole("status").filter({ hasText: /^Loading/ }).waitFor({ state: "hidden" });
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
