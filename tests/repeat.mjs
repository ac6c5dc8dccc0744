// Runs test files over and over while every core is busy: a test that fails once is broken.
//
//   node tests/repeat.mjs 10 tests/e2e/commands.test.mjs tests/e2e/train.test.mjs
//
// Prints what failed in which round, and at the end how often; the exit code is 1 if anything did.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";

const [rounds, ...files] = process.argv.slice(2);
if (!(Number(rounds) > 0) || files.length === 0) throw new Error("usage: node tests/repeat.mjs <rounds> <test file>...");

const load = Array.from({ length: availableParallelism() }, () => new Worker("for (;;);", { eval: true }));
const failures = new Map();
for (let round = 1; round <= Number(rounds); round += 1) {
  const run = spawn(process.execPath, ["--test", "--test-reporter=spec", "--test-concurrency=1", ...files], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(run, "close");
  const failed = new Map();
  let last;
  let summary = false;
  for await (const line of createInterface(run.stdout)) {
    // Each failure is told twice; the first time with its time.
    summary ||= line.startsWith("ℹ tests");
    const name = /^\s*✖ (.+) \([\d.]+ms\)/.exec(line)?.[1];
    if (name && !summary) failed.set(last = name, "");
    else if (/^\S/.test(line)) last = undefined;
    else if (last && !summary && !failed.get(last)) failed.set(last, line.trim());
  }
  const [code, signal] = await ended;
  if (code !== 0 && failed.size === 0) failed.set("the run itself", `it ended with ${code ?? signal}`);
  console.log(`round ${round} of ${rounds}: ${failed.size === 0 ? "all passed" : `${failed.size} failed`}`);
  for (const [name, why] of failed) {
    console.log(`  ${name}\n    ${why}`);
    failures.set(name, (failures.get(name) ?? 0) + 1);
  }
}
await Promise.all(load.map(worker => worker.terminate()));
for (const [name, times] of failures) console.log(`${times} of ${rounds}: ${name}`);
process.exitCode = failures.size > 0 ? 1 : 0;
