// What the journeys in other engines than Chromium stand on: the server of the browser tests, one browser for a file,
// a fresh page for each journey, and a watch that fails it on anything the browser complains about.
//
// A driver (firefox.mjs, webkit.mjs) knows how to start its browser, and of a page how to go somewhere, evaluate, press
// keys and click at a point. All else is here, so that a journey is the same in every engine.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { serve } from "../e2e/server.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RESULTS = join(ROOT, "test-results");

/** `journey(name, options, body)` in the browser that `launch` starts; `scripts` are served beside the site's files. */
export function engine(launch, scripts) {
  let server, browser;
  before(async () => {
    server = await serve(join(ROOT, "dist"), scripts);
    mkdirSync(RESULTS, { recursive: true });
    browser = await launch();
    console.log(browser.version);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /**
   * Options, all optional: `at`, the hash to open first; `expected`, patterns of complaints that belong to the journey,
   * of which each must come; `labels`, for a host that says of packed files that they are so on the way alone; `timeout`,
   * milliseconds for the journey.
   */
  return function journey(name, { at = "#/", expected = [], labels = false, timeout = 60_000 }, body) {
    test(name, { timeout }, async () => {
      server.labels = labels;
      const missing = server.missing.length;
      const driver = await browser.open(server.origin);
      const page = new Page(driver, server.base, browser.name);
      try {
        await page.open(at);
        await body(page);
        // A complaint can be on its way still: let the page come to rest.
        await page.evaluate(() => new Promise(done => { setTimeout(done, 50); }));
        const all = [...await driver.complaints(), ...server.missing.slice(missing).map(path => `not found: ${path}`)];
        const unexpected = all.filter(text => !expected.some(pattern => pattern.test(text)));
        assert.deepEqual(unexpected, [], `the browser complained:\n${unexpected.join("\n")}\n`);
        for (const pattern of expected) assert(all.some(text => pattern.test(text)), `expected a complaint like ${pattern}`);
      } catch (error) {
        await page.shot(`failed ${name}`).catch(() => {});
        throw error;
      } finally {
        await driver.close();
      }
    });
  };
}

export class Page {
  #driver;

  constructor(driver, base, browser) {
    this.#driver = driver;
    this.base = base;
    this.browser = browser;
  }

  async open(hash) {
    await this.#driver.goto(this.base + hash);
    await this.until("the app runs", () => document.documentElement.dataset.boot === "ready");
  }

  evaluate(body, argument) {
    return this.#driver.evaluate(body, argument);
  }

  /** Evaluates `body` in the page until what it gives is accepted, and gives that. */
  async #poll(body, argument, accepted, complain, timeout = 10_000) {
    const end = Date.now() + timeout;
    for (;;) {
      const value = await this.evaluate(body, argument);
      if (accepted(value)) return value;
      if (Date.now() > end) complain(value);
      await pause(20);
    }
  }

  /** Waits until `body` gives something true. */
  until(what, body, argument, timeout) {
    return this.#poll(body, argument, Boolean, () => assert.fail(`waited in vain: ${what}`), timeout);
  }

  /** Waits until `body` gives just this. */
  gives(expected, body, argument, timeout) {
    return this.#poll(body, argument, value => isDeepStrictEqual(value, expected), value => assert.deepEqual(value, expected), timeout);
  }

  type(text) {
    return this.#driver.type(text);
  }

  /** Keys as one would say them, such as `Control+k`. */
  press(keys) {
    return this.#driver.press(keys.split("+"));
  }

  /** Clicks in the middle of what is called so, once it is seen, enabled and not covered. */
  async click(selector, name) {
    const { x, y } = await this.until(`${selector} “${name ?? ""}” can be clicked`, ([selector, name]) => {
      const called = element => (element.ariaLabel ?? element.textContent).trim();
      const found = [...document.querySelectorAll(selector)].find(element => name === null || called(element) === name);
      if (!found || found.disabled) return null;
      found.scrollIntoView({ block: "nearest" });
      const box = found.getBoundingClientRect();
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      return found.contains(document.elementFromPoint(middle.x, middle.y)) ? middle : null;
    }, [selector, name ?? null]);
    await this.#driver.click(x, y);
  }

  button(name) {
    return this.click("button", name);
  }

  cell(grid, row, col) {
    return this.click(`[role=grid][aria-label="${grid}"] [data-at="${row},${col}"]`);
  }

  hash(expected) {
    return this.gives(expected, () => location.hash);
  }

  heading(expected) {
    return this.gives(expected, () => document.querySelector("h1")?.textContent.trim().replace(/\.$/, ""));
  }

  /** Waits until the grid's cells read like this, blank ones as "". */
  reads(grid, expected) {
    return this.gives(expected.map(String), name =>
      [...document.querySelectorAll(`[role=grid][aria-label="${name}"] [role=gridcell]`)].map(cell => cell.textContent), grid);
  }

  shot(name) {
    const file = `${this.browser} ${name}`.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    return this.#driver.shot(join(RESULTS, `${file}.png`));
  }
}
