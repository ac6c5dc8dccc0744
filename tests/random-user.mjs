// The random user by hand: node tests/random-user.mjs --seeds 1..5 --acts 5000
//
// Over the dist/ that is there. `--until K` ends a seed's acts after the K-th, to see again what broke there.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launch } from "./e2e/chromium.mjs";
import { level, prepare, wander, watch } from "./e2e/person.mjs";
import { serve } from "./e2e/server.mjs";

const { values } = parseArgs({ options: {
  seeds: { type: "string", default: "1..5" }, acts: { type: "string", default: "5000" }, until: { type: "string" },
} });
const [first, last = first] = values.seeds.split("..").map(Number);
const acts = Number(values.acts), until = Number(values.until ?? acts);

const server = await serve(fileURLToPath(new URL("../dist", import.meta.url)));
const browser = await launch();
const table = ({ acts, seconds, nodes, listeners, heap, wasm, largest }) => largest
  ? console.log(`    wasm grew most by ${(largest.bytes / 1e6).toFixed(1)} MB: ${largest.what}`)
  : console.log([acts, seconds.toFixed(0), nodes, listeners, (heap / 1e6).toFixed(1), (wasm / 1e6).toFixed(1)].map(text => String(text).padStart(10)).join(""));
try {
  for (let seed = first; seed <= last; seed += 1) {
    console.log(`seed ${seed}\n${["acts", "seconds", "nodes", "listeners", "heap MB", "wasm MB"].map(text => text.padStart(10)).join("")}`);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"] });
    await prepare(context);
    const page = await context.newPage();
    try {
      level(await wander(page, { base: server.base, seed, acts, until, complaints: watch(context, server), tell: table }));
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
