// Examples a second on the training page, for batches and workers, in rounds: node tests/bench/workers.mjs, over the
// dist/ that is there. What the page's status says three seconds after the run began.
import { fileURLToPath } from "node:url";
import { launch } from "../e2e/chromium.mjs";
import { serve } from "../e2e/server.mjs";

const BATCHES = [1, 4, 16, 32, 64, 256], WORKERS = [1, 2, 4], ROUNDS = 3;
const server = await serve(fileURLToPath(new URL("../../dist", import.meta.url)));
const browser = await launch();
const rates = new Map();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const batch of BATCHES) {
    for (const workers of WORKERS) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      await page.goto(`${server.base}#/train?batch=${batch}&workers=${workers}&epochs=20&lr=0.001&schedule=constant`);
      await page.locator("html[data-boot=ready]").waitFor();
      await page.getByRole("button", { name: "Start training" }).click();
      const rate = () => {
        const text = document.querySelector("[role=status][aria-label='Training status']").textContent;
        return Number(/([\d,]+) examples\/s/.exec(text)?.[1].replaceAll(",", "") ?? NaN);
      };
      await page.waitForFunction(rate, null, { timeout: 60_000 });
      await page.waitForTimeout(3_000);
      await page.waitForFunction(rate);
      const key = `${batch}/${workers}`;
      rates.set(key, [...rates.get(key) ?? [], await page.evaluate(rate)]);
      await context.close();
    }
  }
}
const middle = all => all.toSorted((a, b) => a - b)[all.length >> 1];
console.log(`batch ${WORKERS.map(workers => `${workers} workers`.padStart(12)).join("")}`);
for (const batch of BATCHES) {
  console.log(String(batch).padStart(5) + WORKERS.map(workers => Math.round(middle(rates.get(`${batch}/${workers}`))).toLocaleString("en").padStart(13)).join(""));
}
await browser.close();
await server.close();
