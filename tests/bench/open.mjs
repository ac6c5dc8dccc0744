// How long it takes from asking for a page to its first usable frame, coming from another page, with all files in the
// browser's cache: node tests/bench/open.mjs, over the dist/ that is there. Three rounds, in milliseconds.
import { fileURLToPath } from "node:url";
import { launch } from "../e2e/chromium.mjs";
import { PAGES } from "../e2e/pages.mjs";
import { serve } from "../e2e/server.mjs";

const server = await serve(fileURLToPath(new URL("../../dist", import.meta.url)));
const browser = await launch();
const took = Object.fromEntries(PAGES.map(({ at }) => [at, []]));
for (let round = 0; round < 3; round += 1) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${server.base}#/no-such-page`);
  await page.locator("html[data-boot=ready]").waitFor();
  await page.evaluate(async parts => {
    for (const file of parts.flatMap(part => receptive.filesOf(part))) {
      await (await fetch(`./${receptive.files[file].split("#")[0]}`)).arrayBuffer();
    }
  }, PAGES.map(({ part }) => part));
  for (const { at } of PAGES) {
    took[at].push(await page.evaluate(at => new Promise(done => {
      const began = performance.now();
      location.hash = at;
      const look = () => {
        const isThere = document.documentElement.dataset.boot === "ready" && !document.title.startsWith("No such");
        if (isThere) requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        else setTimeout(look);
      };
      look();
    }), at));
    await page.evaluate(() => { location.hash = "#/no-such-page"; });
    await page.waitForFunction(() => document.title.startsWith("No such"));
  }
  await context.close();
}
for (const [at, times] of Object.entries(took)) console.log(at.padEnd(18), times.sort((a, b) => a - b).map(time => time.toFixed(0).padStart(5)).join(""));
await browser.close();
await server.close();
