// Firefox, driven over WebDriver BiDi: $FIREFOX, else the system's.
import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer from "puppeteer-core";

/** Starts the browser: its `name` and `version`, `open(origin)` for a page in a context of its own, and `close()`. */
export async function launch() {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: findFirefox(), headless: true });
  return { name: "firefox", version: await browser.version(), open: origin => open(browser, origin), close: () => browser.close() };
}

/** `origin` is the site's; what is asked of another is a complaint. */
async function open(browser, origin) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  const complaints = watch(page, origin);
  return {
    goto: url => page.goto(url),
    evaluate: (body, argument) => page.evaluate(body, argument),
    type: text => page.keyboard.type(text),
    async press(keys) {
      for (const key of keys) await page.keyboard.down(key);
      for (const key of keys.toReversed()) await page.keyboard.up(key);
    },
    click: (x, y) => page.mouse.click(x, y),
    shot: path => page.screenshot({ path }),
    complaints: async () => complaints,
    close: () => context.close(),
  };
}

/** Collects what a healthy page never causes. */
function watch(page, origin) {
  const complaints = [];
  page.on("console", message => {
    if (message.type() === "error") complaints.push(`console error: ${message.text()}`);
  });
  page.on("pageerror", error => complaints.push(`uncaught: ${error.stack ?? error}`));
  page.on("request", request => {
    const url = new URL(request.url());
    if (["http:", "https:"].includes(url.protocol) && url.origin !== origin) complaints.push(`request to another origin: ${url}`);
  });
  page.on("requestfailed", request => {
    const why = request.failure()?.errorText;
    // A page that is left drops what it was loading.
    if (why !== "NS_BINDING_ABORTED") complaints.push(`request failed: ${request.url()} (${why})`);
  });
  page.on("response", response => {
    if (response.status() >= 400) complaints.push(`status ${response.status()}: ${response.url()}`);
  });
  page.on("error", () => complaints.push("the page crashed"));
  return complaints;
}

function findFirefox() {
  if (process.env.FIREFOX) return process.env.FIREFOX;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = [
    ...["firefox-esr", "firefox"].flatMap(name => folders.map(folder => join(folder, name))),
    "/Applications/Firefox.app/Contents/MacOS/firefox",
  ];
  const runs = path => { try { accessSync(path, constants.X_OK); return true; } catch { return false; } };
  const found = places.find(runs);
  assert(found, "These tests need Firefox: install it, or name it in FIREFOX.");
  return found;
}
