// What every browser test stands on: a strict server over dist/ below a sub-path, one Chromium for each file,
// a fresh context for each journey, and a watch that fails the journey on anything the browser complains about.
//
//   import { journey } from "./harness.mjs";
//   journey("the slide's example", { at: "#/convolution" }, async ({ page, axe, shot }) => { … });
//
// `cargo xtask test browser` runs all files; `node --test tests/e2e/home.test.mjs` one, over the dist/ that is there.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import axeCore from "axe-core";
import { launch } from "./chromium.mjs";
import { serve } from "./server.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RESULTS = join(ROOT, "test-results");

/** The screens of the design. */
export const SCREEN = {
  desktop: { width: 1280, height: 800 },
  projector: { width: 1024, height: 768 },
  tablet: { width: 768, height: 1024 },
  phone: { width: 390, height: 844 },
};

let server, browser;
/** Why no journey of this file can run any more, once that is known. */
let lost = null;

before(async () => {
  server = await serve(join(ROOT, "dist"));
  mkdirSync(RESULTS, { recursive: true });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/**
 * One test in a context of its own.
 *
 * Options, all optional:
 * - `at`: the hash to open first, such as `#/train`; `null` opens nothing
 * - `screen`: one of SCREEN or a size; `theme`: "light" or "dark"; `reducedMotion`: true; `sharpness`: device pixels a pixel
 * - `context`: more options for Playwright's context, such as `{ javaScriptEnabled: false }`
 * - `expected`: patterns of complaints that belong to the journey, such as the error that it provokes;
 *   one that never comes fails the journey; `tolerated`: those that may come
 * - `clock`: true for a journey that steps through time itself with `page.clock`, so that a busy machine misses nothing
 * - `ahead`: whether the page fetches what is likely wanted next
 * - `timeout`: milliseconds for the journey, 60,000 by default
 *
 * The body gets `page`, `context`, `base` (the site's address), and the functions below bound to the page:
 * `open(hash)`, `axe(options)`, `shot(name)`, `lecture(on)`; and `complaints()`, all until now.
 */
export function journey(name, options, body) {
  const { at = "#/", screen = SCREEN.desktop, theme = "light", reducedMotion = false, sharpness = 1, expected = [], tolerated = [], timeout = 60_000 } = options;
  test(name, { timeout }, async () => {
    if (lost) throw new Error(lost);
    const context = await browser.newContext({
      viewport: screen,
      colorScheme: theme,
      reducedMotion: reducedMotion ? "reduce" : "no-preference",
      deviceScaleFactor: sharpness,
      permissions: ["clipboard-read", "clipboard-write"],
      ...options.context,
    });
    let heard = () => [];
    try {
      context.setDefaultTimeout(10_000);
      // What is fetched ahead comes when the browser likes: journeys that count requests do without, and one is about it.
      if (!options.ahead) await context.addInitScript(() => { Object.defineProperty(navigator, "connection", { value: { saveData: true } }); });
      if (options.clock) await context.clock.install();
      const complaints = await watch(context);
      heard = complaints;
      const page = await context.newPage();
      const open = hash => openPage(page, hash);
      if (at !== null) await open(at);
      await body({
        page, context, open, complaints,
        base: server.base,
        axe: settings => axe(page, settings),
        shot: label => shot(page, label),
        lecture: on => lecture(page, on),
      });
      // A complaint can be on its way still: let the page come to rest.
      if (!page.isClosed()) await page.waitForTimeout(50);
      judge(complaints(), expected, tolerated);
    } catch (error) {
      const last = context.pages().at(-1);
      if (last && !last.isClosed()) await shot(last, `failed ${name}`).catch(() => {});
      if (error.message?.includes("data-boot=ready")) await examine(heard());
      throw error;
    } finally {
      await context.close();
    }
  });
}

/** The same journey in light and in dark. */
export function inBothThemes(name, options, body) {
  for (const theme of ["light", "dark"]) journey(`${name} (${theme})`, { ...options, theme }, body);
}

/**
 * What everybody can use, and nothing that makes a window scroll sideways: a page on every screen, with all of axe's rules
 * in light; in dark colours alone are another matter.
 */
export function onEveryScreen(name, at) {
  journey(`${name}: accessible on every screen, light and dark`, { at }, async ({ page, axe, shot, lecture }) => {
    for (const [screen, size] of Object.entries(SCREEN)) {
      await page.setViewportSize(size);
      if (screen === "projector") await lecture(true);
      for (const [theme, rules] of [["light", null], ["dark", ["color-contrast"]]]) {
        await page.emulateMedia({ colorScheme: theme });
        await axe({ rules });
        await shot(`${name} ${screen} ${theme}`);
      }
      await page.emulateMedia({ colorScheme: "light" });
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert(sideways <= 0, `${name} overflows by ${sideways} px on ${screen}`);
      if (screen === "projector") await lecture(false);
    }
  });
}

/**
 * After an app that did not start: does it in a page of its own, or in a new browser? If in neither, the machine or the
 * files are at fault, and each further journey would wait its whole time to say the same: they end at once, with the reason.
 */
async function examine(complaints) {
  const first = await trial();
  if (first === null) return;
  await Promise.race([browser.close(), pause(5_000)]).catch(() => {});
  browser = await launch();
  const second = await trial();
  console.error(`the app does not start, even in a page of its own: ${first}`);
  for (const text of complaints.slice(0, 5)) console.error(`  before: ${text}`);
  console.error(second === null ? "a new browser starts it" : `nor in a new browser: ${second}`);
  if (second !== null) lost = "not run: the app does not start here, as told above";
}

/** Starts the app in a page without any of a journey's settings: null if it comes, else what is known of why not. */
async function trial() {
  const context = await browser.newContext();
  context.setDefaultTimeout(10_000);
  const complaints = await watch(context);
  const page = await context.newPage();
  try {
    await page.goto(server.base);
    await page.locator("html[data-boot=ready]").waitFor();
    return null;
  } catch (error) {
    const seen = await Promise.race([pause(3_000, "the page does not answer"), page.evaluate(async () => ({
      boot: document.documentElement.dataset.boot,
      says: [...document.querySelectorAll("[role=alert], dialog[open]")].map(element => element.innerText),
      frame: await Promise.race([new Promise(done => requestAnimationFrame(() => done(true))), new Promise(done => setTimeout(done, 1_000, false))]),
      lacks: performance.getEntriesByType("resource").filter(entry => entry.responseStatus !== 200).map(entry => `${entry.name} (${entry.responseStatus})`),
    })).catch(problem => problem.message)]);
    const answered = await fetch(server.base, { signal: AbortSignal.timeout(3_000) }).then(response => response.status, problem => problem.message);
    const free = [freemem(), await statfs(tmpdir()).then(disk => disk.bavail * disk.bsize, () => 0)].map(bytes => Math.round(bytes / 2 ** 20));
    return JSON.stringify({ error: error.message.split("\n")[0], seen, complaints: complaints().slice(0, 5), answered, "free MB of memory, disk": free, load: loadavg() });
  } finally {
    await Promise.race([context.close(), pause(3_000)]).catch(() => {});
  }
}

/** Collects what a healthy page never causes. */
async function watch(context) {
  const complaints = [];
  const firstMissing = server.missing.length;
  const foreign = url => ["http:", "https:", "ws:", "wss:"].includes(url.protocol) && url.origin !== server.origin;
  // Nothing leaves this machine even where the app has a fault.
  await context.route(foreign, route => {
    complaints.push(`request to another origin: ${route.request().url()}`);
    return route.abort();
  });
  context.on("console", message => {
    if (message.type() === "error") complaints.push(`console error: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", error => complaints.push(`uncaught: ${error.error().stack ?? error.error()}`));
  context.on("requestfailed", request => {
    const why = request.failure()?.errorText;
    // A page that is left drops what it was loading.
    if (why !== "net::ERR_ABORTED") complaints.push(`request failed: ${request.url()} (${why})`);
  });
  context.on("response", response => {
    if (response.status() >= 400) complaints.push(`status ${response.status()}: ${response.url()}`);
  });
  context.on("page", page => page.on("crash", () => complaints.push("the page crashed")));
  // The server hears of requests that no event tells of, such as those of workers.
  return () => [...complaints, ...server.missing.slice(firstMissing).map(path => `not found: ${path}`)];
}

function judge(all, expected, tolerated) {
  const known = [...expected, ...tolerated];
  const unexpected = all.filter(text => !known.some(pattern => pattern.test(text)));
  assert.deepEqual(unexpected, [], `the browser complained:\n${unexpected.join("\n")}\n`);
  for (const pattern of expected) assert(all.some(text => pattern.test(text)), `expected a complaint like ${pattern}`);
}

/** Opens a hash address and waits until the app runs. */
async function openPage(page, hash) {
  const address = server.base + hash;
  if (page.url().split("#")[0] === server.base) {
    // Only the hash changes: the running app follows it, or begins to load the module that has the page.
    await page.evaluate(hash => new Promise(done => {
      const before = location.href;
      location.hash = hash;
      if (location.href === before) done();
      else addEventListener("hashchange", () => done(), { once: true });
    }), hash);
  } else {
    await page.goto(address);
  }
  await page.locator("html[data-boot=ready]").waitFor();
}

/** Switches lecture mode through the address, as a link does. */
async function lecture(page, on = true) {
  await page.evaluate(on => {
    const [path, query = ""] = location.hash.split("?");
    const fields = query.split("&").filter(field => field && !field.startsWith("lecture="));
    if (on) fields.push("lecture=1");
    location.hash = fields.length ? `${path}?${fields.join("&")}` : path;
  }, on);
  await page.locator(on ? "html[data-mode=lecture]" : "html:not([data-mode])").waitFor();
}

/** Fails on any accessibility violation that axe finds: WCAG 2.2 A and AA and axe's best practices. */
async function axe(page, { include, exclude, rules } = {}) {
  // Colours are judged at rest, not halfway through a transition.
  await page.evaluate(() => Promise.all(document.getAnimations()
    .filter(animation => animation.effect?.getComputedTiming().endTime !== Infinity)
    .map(animation => animation.finished.catch(() => {}))));
  // Into the page itself, once: Playwright's own way loads axe twice a call, and takes five times as long.
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(axeCore.source);
  const { violations, passes } = await page.evaluate(async ([include, exclude, rules]) => {
    const { violations, passes } = await window.axe.run({ include: include ?? [document], exclude: exclude ?? [] }, {
      resultTypes: ["violations"], ...rules && { runOnly: { type: "rule", values: rules } },
    });
    return { violations, passes: passes.length };
  }, [include, exclude, rules]);
  assert(passes > 0, "axe found nothing to check");
  const lines = violations.flatMap(({ id, impact, help, nodes }) => [
    `${id} (${impact}): ${help}`,
    ...nodes.map(node => `    ${node.target.join(" ")}\n        ${node.html.slice(0, 160)}\n        ${
      (node.failureSummary ?? "").split("\n").slice(1).map(line => line.trim()).join("; ")}`),
  ]);
  assert.equal(violations.length, 0, `axe found violations at ${page.url()}:\n${lines.join("\n")}\n`);
}

/** Stores a picture of the window in test-results/. */
async function shot(page, name) {
  const file = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  await page.screenshot({ path: join(RESULTS, `${file}.png`) });
}
