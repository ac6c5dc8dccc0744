// Several workers share the training: the same bits for any number of them, natively and in a browser; and what
// happens when one of them does not come, or dies.
import assert from "node:assert/strict";
import { EXPECTED, FIFTY_STEPS, hash, listen } from "./bits.mjs";
import { journey } from "./harness.mjs";

const MINUTE = 60_000;

/** Trains to the end and gives the status line. */
async function train(page) {
  await page.getByRole("button", { name: "Start training" }).click();
  const status = page.getByRole("status", { name: "Training status" });
  await page.getByRole("heading", { name: /mistakes in 10,000/ }).waitFor({ timeout: MINUTE });
  await status.filter({ hasText: /test accuracy/ }).waitFor();
  return status.innerText();
}

for (const workers of [1, 2, 3, 8]) {
  journey(`fifty steps give the same bits on ${workers} workers as natively`, { at: null, timeout: 2 * MINUTE },
    async ({ page, open }) => {
      await page.addInitScript(listen);
      await open(`#/train?${FIFTY_STEPS}&workers=${workers}`);
      await train(page);
      assert.equal(page.workers().length, workers);
      assert.equal(await page.evaluate(hash), EXPECTED);
    });
}

journey("workers that can't be loaded are done without", { at: null, timeout: 2 * MINUTE, tolerated: [/^request failed: /, /^console error/] },
  async ({ page, open }) => {
    await page.addInitScript(`
      const scripts = [];
      const Whole = Worker;
      window.Worker = class extends Whole {
        constructor(url, options) {
          // The first one comes, the others do not.
          super(scripts.push(url) > 1 ? "nothing-here.js" : url, options);
        }
      };`);
    await page.addInitScript(listen);
    await open(`#/train?${FIFTY_STEPS}&workers=3`);
    await page.context().route("**/nothing-here.js", route => route.abort("connectionreset"));
    await train(page);
    assert.equal(await page.evaluate(hash), EXPECTED);
  });

journey("a worker that dies ends the run, which goes on alone from the last snapshot",
  { at: null, timeout: 3 * MINUTE, expected: [/^uncaught: .*the worker is killed/s] },
  async ({ page, open }) => {
    await page.addInitScript(listen);
    await open("#/train?epochs=3&train=3200&workers=2");
    await page.getByRole("button", { name: "Start training" }).click();
    await page.getByRole("status", { name: "Training status" }).filter({ hasText: /test accuracy/ }).waitFor({ timeout: MINUTE });
    await page.getByRole("button", { name: "Pause" }).click().catch(() => {});
    const restart = page.getByRole("alert").getByRole("button", { name: /^Restart from step / });
    // A run that was over by then takes no harm.
    const over = page.getByRole("status", { name: "Training status" }).filter({ hasText: /^epoch 3 of 3, step 50 of 50, .*accuracy/ });
    // Perhaps while the other is about to say that it pauses, which must not revive the run.
    await page.workers()[1]?.evaluate(() => { setTimeout(() => { throw new Error("the worker is killed"); }); }).catch(() => {});
    await restart.or(over).first().waitFor();
    if (await restart.isVisible()) {
      await restart.click();
      await page.getByRole("heading", { name: /mistakes in 10,000/ }).waitFor({ timeout: MINUTE });
      assert.equal(page.workers().length, 1);
    }
  });

journey("pause is answered within 50 ms", { at: null, timeout: 2 * MINUTE }, async ({ page, open }) => {
  await page.addInitScript(`
    window.stored = 0;
    window.Worker = class extends Worker {
      constructor(...options) {
        super(...options);
        // A pause is answered by a snapshot, which is the only message with a second part.
        this.addEventListener("message", ({ data }) => { if (data[1]) window.stored = performance.now(); });
      }
    };`);
  await open("#/train?epochs=100&workers=2");
  await page.getByRole("button", { name: "Start training" }).click();
  await page.getByRole("status", { name: "Training status" }).filter({ hasText: /examples/ }).waitFor({ timeout: MINUTE });
  const times = [];
  for (let i = 0; i < 9; i += 1) {
    times.push(await page.evaluate(async () => {
      const main = document.querySelector(".run-buttons .btn.solid");
      const frame = () => new Promise(resolve => { requestAnimationFrame(resolve); });
      // In the middle of things, each time elsewhere.
      for (let frames = 0; frames < 7; frames += 1) await frame();
      const pressed = performance.now();
      main.click();
      while (window.stored <= pressed) await new Promise(resolve => { setTimeout(resolve); });
      const answered = window.stored - pressed;
      while (main.textContent.trim() !== "Resume") await frame();
      main.click();
      return answered;
    }));
  }
  times.sort((a, b) => a - b);
  assert(times[4] < 50, `answered after ${times.map(Math.round)} ms`);
});

journey("the workers' memory stays as it is over ten epochs", { at: null, timeout: 3 * MINUTE }, async ({ page, context, open }) => {
  await context.route("**/trainer.js*", async route => {
    const response = await route.fetch();
    const script = await response.text();
    const end = "return __wbg_finalize_init(instance, module);";
    assert(script.includes(end), "the module's loader ends as it did");
    await route.fulfill({ response, body: script.replaceAll(end, `globalThis.memory = instance.exports.memory; ${end}`) });
  });
  await open("#/train?epochs=10&train=3200&workers=2");
  const sizes = () => Promise.all(page.workers().map(worker => worker.evaluate(() => memory.buffer.byteLength)));
  await page.getByRole("button", { name: "Start training" }).click();
  const status = page.getByRole("status", { name: "Training status" });
  await page.getByText(/after epoch [1-5] of 10/).waitFor({ timeout: MINUTE });
  const early = await sizes();
  await page.getByRole("heading", { name: /mistakes in 10,000/ }).waitFor({ timeout: MINUTE });
  await status.filter({ hasText: /epoch 10 of 10, .*test accuracy/ }).waitFor();
  const late = await sizes();
  assert.equal(late.length, 2);
  assert.deepEqual(late, early);
  // The images as bytes, 55 MB, once; and what else a trainer has.
  for (const size of late) assert(size < 80e6, `${size} bytes`);
});
