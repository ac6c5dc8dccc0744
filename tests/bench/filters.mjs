// How fast pictures are filtered, and what a camera costs.
//
//   node tests/bench/filters.mjs [--check] [--dist <folder>]
//
// It opens dist/ in Chromium. For pictures it types another number into the kernel 60 times and measures
//
//   pictures  what the page itself needs for all pictures: filtering, turning numbers into bytes, drawing them on canvases
//             (the page's own reading, which stands below the pictures)
//   painted   from the key press that commits the number to the paint of the frame with the new pictures, the magnifier
//             and everything else that follows from an edit, without the wait for the display (see edit.mjs)
//
// For the camera (Chromium's fake one, 640 × 480 at 60 frames a second) it counts, over ten seconds, the frames that were
// filtered and drawn, and the tasks of the main thread past 50 ms, with the longest animation frame.
//
// One JSON object is printed per case. With `--check` the exit code is 1 where a figure of the issue is missed: 16 ms for
// a grey picture of 512 × 512 with a 3 × 3 kernel, 30 ms for a picture in colour with three 5 × 5 kernels, 30 frames a
// second and no long task with the camera.
import assert from "node:assert/strict";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launch } from "../e2e/chromium.mjs";
import { serve } from "../e2e/server.mjs";

const EDITS = 60;
const WARM_UP = 10;
const SECONDS = 10;
const ones = side => Array(side).fill(Array(side).fill(1).join()).join(";");
const five = "0,1,2,1,0;1,3,5,3,1;2,5,9,5,2;1,3,5,3,1;0,1,2,1,0";
const PICTURES = [
  { name: "grey 512 × 512, one 3 × 3", link: "#/filters?k=1,2,1;2,5,2;1,2,1", limit: 16 },
  { name: "RGB 512 × 512, three 5 × 5", link: `#/filters?image=astronaut&k=${five}||${five}||${five}`, limit: 30 },
  { name: "RGB 512 × 512, one 11 × 11", link: `#/filters?image=astronaut&k=${ones(11)}` },
];
const CAMERAS = [
  { name: "camera 640 × 480, grey, one 5 × 5", link: `#/filters?image=webcam&grey=1&k=${five}`, least: 30 },
  { name: "camera 640 × 480, RGB, one 5 × 5", link: `#/filters?image=webcam&k=${five}`, least: 30 },
];

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    dist: { type: "string", default: join(fileURLToPath(new URL("../../", import.meta.url)), "dist") },
  },
});

const statistics = values => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share => Number(sorted[Math.ceil(share * sorted.length) - 1].toFixed(1));
  return { median: at(0.5), p95: at(0.95), max: at(1) };
};

/** Runs in the page: measures the Enter that commits an edit. */
function watch() {
  let arrived;
  window.next = () => new Promise(done => { arrived = done; });
  addEventListener("keydown", event => {
    if (event.key !== "Enter") return;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => arrived(performance.now() - event.timeStamp);
      port2.postMessage(null);
    });
  }, { capture: true });
}

async function pictures(browser, base, { name, link, limit }) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(base + link);
  const reading = () => page.locator(".picture-tools .took").textContent();
  const drawn = before => page.waitForFunction(
    before => { const text = document.querySelector(".picture-tools .took")?.textContent; return text?.includes(" ms") && text !== before; },
    before, { timeout: 15_000 },
  ).catch(() => {});
  await drawn("");
  await page.evaluate(watch);
  const took = [], painted = [];
  for (let i = 0; i < WARM_UP + EDITS; i++) {
    await page.getByRole("grid", { name: "Kernel" }).getByRole("gridcell").first().focus();
    await page.keyboard.type(String(1 + i % 7 + i / 1000));
    const arrived = page.evaluate(() => window.next());
    await page.keyboard.press("Enter");
    painted.push(await arrived);
    took.push(Number.parseFloat(await reading()));
  }
  await page.close();
  return {
    case: name, edits: EDITS, limit,
    pictures_ms: statistics(took.slice(WARM_UP)), painted_ms: statistics(painted.slice(WARM_UP)),
  };
}

async function camera(browser, base, { name, link, least }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["camera"] });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.drawn = 0;
    window.long = [];
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...rest) { window.drawn++; return put.apply(this, rest); };
    new PerformanceObserver(list => window.long.push(...list.getEntries().map(entry => entry.duration))).observe({ type: "longtask" });
  });
  await page.goto(base + link);
  await page.getByRole("button", { name: "Start camera" }).click();
  await page.waitForFunction(() => window.drawn > 60);
  const result = await page.evaluate(seconds => new Promise(done => {
    window.drawn = 0;
    window.long = [];
    const began = performance.now();
    let before = began, longest = 0;
    const tick = now => {
      longest = Math.max(longest, now - before);
      before = now;
      if (now - began < 1000 * seconds) requestAnimationFrame(tick);
      else done({ drawn: window.drawn, ms: now - began, long: window.long, longest });
    };
    requestAnimationFrame(tick);
  }), SECONDS);
  const took = Number.parseFloat(await page.locator(".picture-tools .took").textContent());
  await context.close();
  // Two pictures a frame: what the camera sees, and what is made of it.
  const frames = result.drawn / 2 / (result.ms / 1000);
  return {
    case: name, frames_per_second: Number(frames.toFixed(1)), least, pictures_ms: took,
    long_tasks: result.long.length, longest_frame_ms: Number(result.longest.toFixed(1)),
  };
}

const server = await serve(resolve(options.dist));
const missed = [];
try {
  const unlimited = await launch(["--disable-frame-rate-limit", "--disable-gpu-vsync"]);
  console.log(`Chromium ${unlimited.version()}, ${cpus().length} × ${cpus()[0]?.model.trim()}`);
  for (const each of PICTURES) {
    const result = await pictures(unlimited, server.base, each);
    assert(result.pictures_ms.median > 0, "the page tells how long it took");
    console.log(JSON.stringify(result));
    if (each.limit && result.pictures_ms.median > each.limit) missed.push(each.name);
  }
  await unlimited.close();
  const browser = await launch(["--use-fake-device-for-media-stream=fps=60"]);
  for (const each of CAMERAS) {
    const result = await camera(browser, server.base, each);
    console.log(JSON.stringify(result));
    if (result.frames_per_second < each.least || result.long_tasks > 0) missed.push(each.name);
  }
  await browser.close();
} finally {
  await server.close();
}
if (options.check && missed.length > 0) {
  console.error(`Missed: ${missed.join(", ")}.`);
  process.exitCode = 1;
}
