// How long a scene of the lecture takes from the key to its first frame, in milliseconds: node tests/bench/scenes.mjs,
// over the dist/ that is there. The lecture is gone through scene by scene, as it is given, in three rounds at 1024 x 768;
// what a scene needs of the network is there before it, since the one before it has had it loaded.
import { fileURLToPath } from "node:url";
import { launch } from "../e2e/chromium.mjs";
import { serve } from "../e2e/server.mjs";

const server = await serve(fileURLToPath(new URL("../../dist", import.meta.url)));
const browser = await launch();
const took = [];
for (let round = 0; round < 3; round += 1) {
  const context = await browser.newContext({ viewport: { width: 1024, height: 768 } });
  const page = await context.newPage();
  await page.goto(`${server.base}#/lecture/cnn`);
  await page.locator("html[data-boot=ready] .talk-scene").waitFor();
  const count = await page.locator(".talk-dots i").count();
  for (let scene = 2; scene <= count; scene += 1) {
    // The lecturer speaks; files and pictures of the next scene come.
    await page.evaluate(() => new Promise(done => {
      let before = -1;
      const look = () => {
        const now = performance.getEntriesByType("resource").length;
        if (now === before) return done();
        before = now;
        setTimeout(() => requestIdleCallback(look), 500);
      };
      look();
    }));
    const time = await page.evaluate(scene => new Promise(done => {
      const press = key => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      const room = document.querySelector(".talk-room");
      const began = performance.now();
      for (const digit of String(scene)) press(digit);
      press("Enter");
      const look = () => {
        const there = room.querySelector("[role=grid], .drawn svg, canvas, .talk-drawn > *");
        const isNow = document.querySelector(".talk-where").textContent.includes(`${scene} of `);
        if (there && isNow) requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        else if (performance.now() - began > 5000) done(NaN);
        else setTimeout(look);
      };
      look();
    }), scene);
    (took[scene] ??= []).push(time);
  }
  await context.close();
}
const middle = times => times.toSorted((a, b) => a - b)[1];
const rows = took.map((times, scene) => [scene, middle(times), Math.max(...times)]).filter(row => row);
for (const [scene, median, most] of rows.toSorted((a, b) => b[1] - a[1]).slice(0, 12)) {
  console.log(`scene ${String(scene).padStart(2)}  median ${median.toFixed(0).padStart(4)}  most ${most.toFixed(0).padStart(4)}`);
}
const medians = rows.map(row => row[1]).toSorted((a, b) => a - b);
console.log(`${rows.length} scenes: median ${medians[medians.length >> 1].toFixed(0)}, the slowest ${medians.at(-1).toFixed(0)}`);
await browser.close();
await server.close();
