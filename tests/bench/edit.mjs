// How long the largest states of every lab take: from a key press to the paint that shows what it did.
//
//   node tests/bench/edit.mjs [--check] [--display] [--rounds <n>] [--only <words>] [--dist <folder>]
//
// It opens dist/ in Chromium and measures, for each state below,
//
//   open     from asking for the link on another page, all files being in the browser's cache, to the paint
//   step     → and ← from places all over the output
//   edit     another number in a cell of the first grid that is typed into, committed with Enter
//   play     the time from one frame to the next while it plays at four times the usual speed
//   predict  p: the next number is asked for, with the mistakes that are known
//
// Keys are real ones, sent through the browser's input pipeline. `painted` ends when the frame with the new numbers is
// made: a task posted from the first animation frame after the event comes after style, layout and paint. Chromium
// makes frames when the display asks for one, up to 16.7 ms after an event, however fast the page is. That wait says
// nothing about the page, so the limit is switched off; `--display` leaves it on. (The Event Timing API ends at the
// same moment, but rounds to 8 ms.) Each edit and step is checked to have changed what it should.
//
// A row of the table is printed for each state: the median and the 95th percentile in milliseconds, one number for
// opening, the elements of the page and its memory (wasm and JavaScript). With `--check` the exit code is 1 where
// something is past its bound; without it nothing is judged, since a busy machine would be.
import assert from "node:assert/strict";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launch } from "../e2e/chromium.mjs";
import { serve } from "../e2e/server.mjs";

/** What is asked, in milliseconds; megabytes for the memory. */
const BOUNDS = { open: 700, step: 16, edit: 16, play: 16, predict: 50, memory: 150 };

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    display: { type: "boolean", default: false },
    rounds: { type: "string", default: "40" },
    only: { type: "string", default: "" },
    dist: { type: "string", default: join(fileURLToPath(new URL("../../", import.meta.url)), "dist") },
  },
});
const ROUNDS = Number(options.rounds);
const WARM_UP = 5;

const grid = (rows, cols, value = (i, j) => (7 * i + 3 * j) % 10) =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: cols }, (_, j) => value(i, j)).join(",")).join(";");
const weights = side => grid(side, side, (i, j) => 1 + (i + j) % 2);
const times = (n, text, between) => Array(n).fill(text).join(between);
/** The same query with the step in the middle of `steps`. */
const middle = steps => `&step=${Math.ceil(steps / 2)}`;

const X64 = `x=${grid(64, 64)}`;
const K16 = `k=${weights(16)}`;
const CASES = [
  ["convolution 32 × 32, 3 × 3", `convolution?x=${grid(32, 32)}&k=${weights(3)}${middle(900)}`],
  ["convolution 32 × 32, 5 × 5", `convolution?x=${grid(32, 32)}&k=${weights(5)}${middle(784)}`],
  ["convolution 64 × 64, 16 × 16, padding 16", `convolution?${X64}&${K16}&pad=16${middle(81 * 81)}`],
  ["convolution as matrix, 64 × 128", `convolution?x=${grid(8, 16)}&k=${weights(1)}&view=toeplitz&stride=2,1${middle(64)}`],
  ["two conventions, 64 × 64, 16 × 16", `convolution?${X64}&${K16}&pad=16&view=conventions${middle(81 * 81)}`],
  ["transposed 64 × 64, 16 × 16", `convolution?${X64}&${K16}&transposed=1${middle(4096)}`],
  ["transposed, stretched 48 × 48, 16 × 16", `convolution?x=${grid(48, 48)}&${K16}&transposed=1&stride=2&view=stretched${middle(111 * 111)}`],
  ["pooling 64 × 64, 16 × 16, padding 8", `pooling?${X64}&window=16&stride=1&pad=8${middle(65 * 65)}`],
  ["pooling, shifted, 64 × 64, 16 × 16", `pooling?${X64}&window=16&stride=1&pad=8&shift=right${middle(65 * 65)}`],
  ["channels 8 × 28 × 28, 8 × 8 × 8, padding 16", `channels?x=${times(8, grid(28, 28), "|")}&k=${times(8, times(8, weights(8), "|"), "||")}&pad=16${middle(8 * 53 * 53)}`],
  ["channels 8 × 28 × 28, depthwise, 3 × 3", `channels?x=${times(8, grid(28, 28), "|")}&k=${times(8, weights(3), "||")}&groups=8${middle(8 * 26 * 26)}`],
  ["backward 64 × 64, 16 × 16, padding 16", `backward?${X64}&${K16}&pad=16${middle(81 * 81)}`],
  ["backward, full, 64 × 64, 16 × 16", `backward?${X64}&${K16}&view=full${middle(4096)}`],
  ["backward, check, 24 × 24, 5 × 5", `backward?x=${grid(24, 24)}&k=${weights(5)}&view=check${middle(600)}`],
  ["backward, maximum 64 × 64, 16 × 16", `backward?op=max&${X64}&window=16&stride=1${middle(49 * 49)}`],
  ["receptive field 256 × 256, 10 layers", `receptive-field?n=256&layers=${times(10, "c7p3", ";")}&cell=128,128${middle(10)}`],
  ["receptive field along an axis", `receptive-field?n=256&layers=${times(10, "c7p3", ";")}&cell=128,128&view=axis${middle(10)}`],
  ["why: shift 10 × 10", `why?view=shift&x=${grid(10, 10)}&k=${weights(5)}&pad=2${middle(100)}`],
  ["why: connections, row of 16", `why?view=connections&row=${grid(1, 16)}&taps=1,2,3,4,5,6,7,8${middle(9)}`],
  ["filters: 512 × 512 in colour, three of 11 × 11", "filters?image=astronaut&k=random:1,11,11||random:2,11,11||random:3,11,11&step=100000"],
].filter(([name]) => name.includes(options.only));

/** Runs in the page: measures the key that is pressed, and the frames while it plays. */
function watch() {
  let arrived;
  const after = task => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = task;
    port2.postMessage(null);
  };
  window.next = () => new Promise(done => { arrived = done; });
  addEventListener("keydown", event => {
    if (!arrived) return;
    const start = event.timeStamp;
    const done = arrived;
    arrived = undefined;
    requestAnimationFrame(() => after(() => done(performance.now() - start)));
  }, { capture: true });
  window.framesOf = many => new Promise(done => {
    const all = [];
    let before;
    const frame = now => {
      if (before !== undefined) all.push(now - before);
      before = now;
      if (all.length < many) requestAnimationFrame(frame); else done(all);
    };
    requestAnimationFrame(frame);
  });
}

const statistics = all => {
  const sorted = [...all].sort((a, b) => a - b);
  // The nearest rank: the 95th of 100 in order.
  const at = share => sorted[Math.ceil(share * sorted.length) - 1];
  return { median: at(0.5), p95: at(0.95) };
};

async function run(browser, base, [name, query]) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(8_000);
  const path = query.split("?")[0];
  const ready = () => page.locator("html[data-boot=ready]").waitFor();
  // The files come before: the lab's own page, then one without any.
  await page.goto(`${base}#/${path}`);
  await ready();
  await page.evaluate(() => { location.hash = "#/no-such-page"; });
  await page.waitForFunction(() => document.title.startsWith("No such"));
  const opened = await page.evaluate(hash => new Promise(done => {
    const began = performance.now();
    location.hash = hash;
    const look = () => {
      const isThere = document.documentElement.dataset.boot === "ready" && !document.title.startsWith("No such");
      if (isThere) requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
      else setTimeout(look);
    };
    look();
  }), `#/${query}`);
  await page.evaluate(watch);
  const devtools = await page.context().newCDPSession(page);
  const press = async key => {
    await page.evaluate(() => { window.painted = window.next(); });
    await page.keyboard.press(key);
    return page.evaluate(() => window.painted);
  };
  const result = { name, open: { p95: opened } };
  const hasProblem = await page.locator(".problem, [role=alert]").allTextContents();
  const at = () => page.evaluate(() => document.querySelector("input[type=range]")?.value);
  const steps = [];
  for (let i = 0; i < WARM_UP + ROUNDS; i++) {
    const before = await at();
    const isLast = await page.evaluate(() => { const { value, max } = document.querySelector("input[type=range]"); return Number(value) >= Number(max); });
    steps.push(await press(i % 3 === 2 || isLast ? "ArrowLeft" : "ArrowRight"));
    assert.notEqual(await at(), before, `${name}: step ${i} did not move: ${hasProblem}`);
  }
  result.step = statistics(steps.slice(WARM_UP));

  // Where only padding is in view, the grid itself has the keys.
  if (await page.locator("[role=grid].editable").count() > 0) {
    const edits = [];
    for (let i = 0; i < WARM_UP + ROUNDS; i++) {
      await page.evaluate(i => {
        const cells = [...document.querySelector("[role=grid].editable").querySelectorAll("[role=gridcell]")];
        (cells[(i * 13) % cells.length] ?? document.querySelector("[role=grid].editable")).focus();
      }, i);
      await page.keyboard.type(String(10 + i % 10));
      edits.push(await press("Enter"));
    }
    result.edit = statistics(edits.slice(WARM_UP));
    await page.evaluate(() => document.activeElement?.blur());
  }

  for (let i = 0; i < 3; i++) await page.keyboard.press("]");
  await page.keyboard.press("Home");
  await page.evaluate(() => new Promise(done => setTimeout(done, 300)));
  await page.keyboard.press(" ");
  const frames = await page.evaluate(many => window.framesOf(many), options.display ? 120 : 300);
  await page.keyboard.press(" ");
  result.play = statistics(frames);

  const asks = [];
  await page.keyboard.press("Home");
  for (let i = 0; i < 10; i++) {
    const took = await press("p");
    if (i % 2 === 0) asks.push(took);
  }
  result.predict = statistics(asks);

  result.elements = await page.evaluate(() => document.getElementsByTagName("*").length);
  await devtools.send("HeapProfiler.collectGarbage");
  const heap = await devtools.send("Runtime.getHeapUsage");
  result.memory = { p95: (heap.usedSize + heap.embedderHeapUsedSize + heap.backingStorageSize) / 1e6 };
  await page.close();
  return result;
}

const server = await serve(resolve(options.dist));
const browser = await launch(options.display ? [] : ["--disable-frame-rate-limit", "--disable-gpu-vsync"]);
let late = 0;
try {
  console.log(`Chromium ${browser.version()}, ${cpus().length} × ${cpus()[0]?.model.trim()}`);
  console.log("| state | open | step | edit | play | predict | elements | MB |");
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const each of CASES) {
    try {
      let clock;
      const tooLong = new Promise((_, fail) => { clock = setTimeout(() => fail(new Error("took too long")), 60_000); });
      const result = await Promise.race([run(browser, server.base, each), tooLong]).finally(() => clearTimeout(clock));
      const both = ({ median, p95 } = {}) => (p95 === undefined ? "" : `${median.toFixed(1)}, ${p95.toFixed(1)}`);
      const row = [
        result.name, result.open.p95.toFixed(0), both(result.step), both(result.edit), both(result.play),
        both(result.predict), result.elements, result.memory.p95.toFixed(0),
      ];
      console.log(`| ${row.join(" | ")} |`);
      late += Object.entries(BOUNDS).filter(([what, bound]) => result[what]?.p95 > bound).length;
    } catch (error) {
      console.log(`| ${each[0]} | failed: ${String(error.message ?? error).split("\n")[0]} |`);
      late += 1;
      for (const context of browser.contexts()) await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
if (options.check && late > 0) {
  console.error(`${late} numbers are past their bounds.`);
  process.exitCode = 1;
}
