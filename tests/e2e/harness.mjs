// What every browser test stands on: a strict server over dist/ below a sub-path, one Chromium for each file,
// a fresh context for each journey, and a watch that fails the journey on anything the browser complains about.
//
//   import { journey } from "./harness.mjs";
//   journey("the slide's example", { at: "#/convolution" }, async ({ page, axe, shot }) => { … });
//
// `cargo xtask test browser` runs all files; `node --test tests/e2e/home.test.mjs` one, over the dist/ that is there.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
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
 * - `ahead`: whether the page fetches what is likely wanted next
 * - `timeout`: milliseconds for the journey, 60,000 by default
 *
 * The body gets `page`, `context`, `base` (the site's address), and the functions below bound to the page:
 * `open(hash)`, `axe(options)`, `shot(name)`, `lecture(on)`; and `complaints()`, all until now.
 */
export function journey(name, options, body) {
  const { at = "#/", screen = SCREEN.desktop, theme = "light", reducedMotion = false, sharpness = 1, expected = [], tolerated = [], timeout = 60_000 } = options;
  test(name, { timeout }, async () => {
    const context = await browser.newContext({
      viewport: screen,
      colorScheme: theme,
      reducedMotion: reducedMotion ? "reduce" : "no-preference",
      deviceScaleFactor: sharpness,
      permissions: ["clipboard-read", "clipboard-write"],
      ...options.context,
    });
    try {
      context.setDefaultTimeout(10_000);
      // What is fetched ahead comes when the browser likes: journeys that count requests do without, and one is about it.
      if (!options.ahead) await context.addInitScript(() => { Object.defineProperty(navigator, "connection", { value: { saveData: true } }); });
      const complaints = await watch(context);
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
async function axe(page, { include, exclude } = {}) {
  // Colours are judged at rest, not halfway through a transition.
  await page.evaluate(() => Promise.all(document.getAnimations()
    .filter(animation => animation.effect?.getComputedTiming().endTime !== Infinity)
    .map(animation => animation.finished.catch(() => {}))));
  let builder = new AxeBuilder({ page });
  if (include) builder = builder.include(include);
  if (exclude) builder = builder.exclude(exclude);
  const { violations, passes } = await builder.analyze();
  assert(passes.length > 0, "axe found nothing to check");
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
