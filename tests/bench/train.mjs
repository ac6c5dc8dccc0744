// Speed to accuracy: from pressing Start, with the images loaded, to the end of the last test, over some seeds.
//
//   cargo xtask dist
//   node tests/bench/train.mjs                                   # the recipe "fast", seeds 201 to 205
//   node tests/bench/train.mjs --query "recipe=course" --seeds 1..3
//   node tests/bench/train.mjs --cores 4                         # where the browser tells of four cores
//   node tests/bench/train.mjs --check                           # the exit code is 1 below 99.0 % or past 12 s in the mean
//
// The page is the one that people see, with its plots. Times are the page's own clock: the press, and the heading that
// says that all epochs are tested. Longest tasks of the main thread are counted from the press on.
import { launch } from "../e2e/chromium.mjs";
import { serve } from "../e2e/server.mjs";
import { fileURLToPath } from "node:url";

const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const query = option("--query", "recipe=fast");
const [first, last] = option("--seeds", "201..205").split("..").map(Number);

const server = await serve(fileURLToPath(new URL("../../dist/", import.meta.url)));
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const cores = Number(option("--cores", 0));
if (cores) await page.addInitScript(cores => Object.defineProperty(navigator, "hardwareConcurrency", { get: () => cores }), cores);
await page.goto(`${server.base}#/train?${query}&seed=${first}`);
await page.locator("html[data-boot=ready]").waitFor();
const button = name => page.getByRole("button", { name, exact: true });

// The first step waits for the download; what it leaves is thrown away.
await button("Step one batch").click();
await page.getByRole("status", { name: "Training status" }).filter({ hasText: "paused" }).waitFor({ timeout: 60_000 });
await page.evaluate(() => {
  window.tasks = [];
  new PerformanceObserver(list => {
    for (const { startTime, duration } of list.getEntries()) window.tasks.push({ startTime, duration });
  }).observe({ type: "longtask" });
});

const runs = [];
for (let seed = first; seed <= last; seed += 1) {
  await button("Reset").click();
  await page.evaluate(hash => { location.hash = hash; }, `#/train?${query}&seed=${seed}`);
  await page.waitForFunction(seed => document.querySelector("#setting-seed").value === String(seed), seed);
  const run = await page.evaluate(async () => {
    const heading = () => document.querySelector("main h2")?.parentElement.textContent ?? "";
    const pressed = performance.now();
    document.querySelector(".run-buttons .btn.solid").click();
    while (!/after all/.test(heading())) {
      if (document.querySelector("[role=alert]")) throw new Error(document.querySelector("[role=alert]").textContent);
      await new Promise(resolve => { requestAnimationFrame(resolve); });
    }
    const seconds = (performance.now() - pressed) / 1000;
    const longest = Math.max(0, ...window.tasks.filter(task => task.startTime > pressed).map(task => task.duration));
    return { accuracy: Number(heading().match(/([\d.]+)\s*%/)[1]), seconds, longest };
  });
  runs.push({ seed, ...run });
}
const mean = name => runs.reduce((sum, run) => sum + run[name], 0) / runs.length;
const workers = page.workers().length;
await browser.close();
await server.close();

const [accuracy, seconds] = [mean("accuracy"), mean("seconds")];
console.log(JSON.stringify({ query, workers, runs }, null, 1));
console.log(`${query}: ${accuracy.toFixed(2)} % in ${seconds.toFixed(1)} s, means over ${runs.length} seeds, on ${workers} workers`);
if (process.argv.includes("--check") && (accuracy < 99 || seconds > 12)) process.exitCode = 1;
