// The journeys of every engine in Firefox, and a run that is the same as in Chromium, number by number.
import assert from "node:assert/strict";
import { launch as chromium } from "../e2e/chromium.mjs";
import { handOver } from "../e2e/hand-over.mjs";
import { jpeg } from "../e2e/picture-files.mjs";
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

journey("of a picture that is cut off there is what was read, and it is said", { at: "#/filters?k=identity" }, async page => {
  await page.until("the photo is there", () => document.querySelector(".photo figcaption span")?.textContent);
  const photo = jpeg(8, 8, (row, col) => [(row * 79 + col * 104) % 251]);
  const most = photo.length - 20;
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
