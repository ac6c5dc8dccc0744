// The journeys of every engine in Firefox, and a run that is the same as in Chromium, number by number.
import assert from "node:assert/strict";
import { launch as chromium } from "../e2e/chromium.mjs";
import { handOver } from "../e2e/hand-over.mjs";
import { GREY, RGB, exif, gama, icc, iccp, jpeg, png, profile } from "../e2e/picture-files.mjs";
import { launch } from "./firefox.mjs";
import { Page, engine } from "./harness.mjs";
import { RUN, curves, journeys, train } from "./journeys.mjs";

const journey = engine(launch, {
  "probe.js": `console.error("from a worker");
    fetch("nothing-worker").then(() => { setTimeout(() => { throw new Error("thrown in a worker"); }); });`,
});
journeys(journey);

journey("a run has Chromium's curves", { at: RUN, timeout: 120_000 }, async page => {
  await train(page);
  const here = await curves(page);
  assert(here.every(rows => rows.length >= 10), "ten points a curve");
  const browser = await chromium();
  try {
    const other = await browser.newPage();
    const there = new Page({
      goto: url => other.goto(url),
      evaluate: (body, argument) => other.evaluate(body, argument),
      click: (x, y) => other.mouse.click(x, y),
    }, page.base);
    await there.open(RUN);
    await train(there);
    assert.deepEqual(here, await curves(there));
  } finally {
    await browser.close();
  }
});

journey("a picture's numbers are the file's, and what became of them is said", { at: "#/filters?k=identity" }, async page => {
  await page.until("the photo is there", () => document.querySelector(".photo figcaption span")?.textContent);
  const ramp = (row, col) => [16 * col + 8 * row];
  const aside = "Its colour profile is left aside: the numbers are the file's.";
  const noise = (row, col) => [(row * 79 + col * 104) % 251];
  const photo = jpeg(8, 8, noise);
  const most = photo.length - 20;
  for (const [bytes, reads, says] of [
    [png(8, 2, GREY, ramp), "2 × 8: 0 to 120", ""],
    [png(8, 2, GREY, ramp, { chunks: [gama(1)] }), "2 × 8: 0 to 120", "Its gamma of 1 is left aside: the numbers are the file's."],
    [png(8, 3, RGB, (row, col) => [10 + 20 * col, 100, 20], { chunks: [iccp(profile())] }), "3 × 3 × 8: 10 to 150", aside],
    [jpeg(2, 3, (row, col) => [60 * col + 50 + row, 100, 20], [icc(profile())]), "3 × 16 × 24: 20 to 171", aside],
    [jpeg(2, 3, (row, col) => [60 * col + 50 + row], [exif(6)]), "24 × 16: 50 to 171", "Turned by 90° clockwise (EXIF orientation 6)."],
    [png(8, 4, GREY, (row, col) => [30 * col, 30 * col], { bits: 16 }), "4 × 8: 0 to 210", "Of 16 bits a number the browser kept 8."],
  ]) {
    await handOver(page, ".lab", { name: "picture", bytes });
    await page.gives([reads, says], () => ["span", "small"].map(part => document.querySelector(`.photo figcaption ${part}`).textContent));
  }
  // Firefox shows what is there of it.
  await handOver(page, ".lab", { name: "cut.jpg", bytes: photo.subarray(0, most) });
  await page.until("it is said", most => document.querySelector(".photo figcaption small").textContent.includes(`The file is cut off after ${most} bytes`), most);
});

// A watch that hears nothing would make every journey pass.
journey("the watch hears the page and its workers", {
  at: "#/convolution",
  expected: [
    /^console error: from the page/, /^uncaught: .*thrown in the page/s, /^uncaught: .*refused in the page/s,
    /^status 404: .*nothing-page/, /^not found: .*nothing-page/, /^uncaught: .*Content-Security-Policy/,
    /^console error: from a worker/, /^uncaught: .*thrown in a worker/s, /^status 404: .*nothing-worker/, /^not found: .*nothing-worker/,
  ],
}, page => page.evaluate(async () => {
  console.error("from the page");
  setTimeout(() => { throw new Error("thrown in the page"); });
  Promise.reject(new Error("refused in the page"));
  await fetch("nothing-page");
  await fetch("https://example.org/").catch(() => {});
  await new Promise(done => { new Worker("probe.js").onerror = done; });
}));
