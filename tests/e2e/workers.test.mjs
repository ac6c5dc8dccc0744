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

journey("where the browser tells of more cores than there are, fewer workers may share a run, with the same bits", { at: null, timeout: 2 * MINUTE },
  async ({ page, open }) => {
    await page.addInitScript(listen);
    await page.addInitScript("Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 8 });");
    // Long enough that the number is settled, whichever it is.
    const run = "epochs=1&train=25600";
    await open(`#/train?${run}`);
    assert.match(await train(page), / on [1-4] workers?$/);
    const tuned = await page.evaluate(hash);
    assert.equal(page.workers().length, 4);
    // A number that was chosen is kept.
    await open(`#/train?${run}&workers=3`);
    assert.match(await train(page), / on 3 workers$/);
    assert.equal(await page.evaluate(hash), tuned);
  });

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
      // The heading of the test before it is there still: a new worker and the end of the run say that it went on.
      await Promise.all([page.waitForEvent("worker"), restart.click()]);
      assert.equal(page.workers().length, 1);
      await over.waitFor({ timeout: MINUTE });
      assert(page.workers().length <= 1, `${page.workers().length} workers`);
    }
  });

journey("pause is answered within eight steps, 50 ms on a free machine", { at: null, timeout: 2 * MINUTE }, async ({ page, open }) => {
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
  const status = page.getByRole("status", { name: "Training status" }).filter({ hasText: /examples/ });
  await status.waitFor({ timeout: MINUTE });
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
  const rate = Number((await status.innerText()).match(/([\d,]+) examples/)[1].replaceAll(",", ""));
  const limit = Math.max(50, 8 * 1000 * 64 / rate);
  assert(times[4] < limit, `answered after ${times.map(Math.round)} ms at ${rate} examples/s`);
});

journey("the workers' memory stays as it is over ten epochs", { at: null, timeout: 3 * MINUTE }, async ({ page, context, open }) => {
  // The module's loader gives what it exports.
  await context.route("**/worker-boot-*.js", async route => {
    const response = await route.fetch();
    const script = await response.text();
    const call = /await (\w+)\(\{/;
    assert.match(script, call);
    await route.fulfill({ response, body: script.replace(call, "globalThis.trainer = await $1({") });
  });
  await open("#/train?epochs=10&train=3200&workers=2");
  const sizes = () => Promise.all(page.workers().map(worker => worker.evaluate(() => trainer.memory.buffer.byteLength)));
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

/** Keeps all workers, so that one can be ended as a browser short of memory does it: without any event. */
const KEEP = `
  window.made = [];
  window.Worker = class extends Worker {
    said = 0;
    constructor(...options) {
      super(...options);
      window.made.push(this);
      this.addEventListener("message", () => { this.said += 1; });
    }
    terminate() {
      super.terminate();
      this.ended = true;
    }
  };`;

/** Lets seconds pass on the page's clock, one at a time: each waits until all workers that live have said something. */
async function pass(page, seconds) {
  for (let second = 0; second < seconds; second += 1) {
    const said = await page.evaluate(() => window.made.map(worker => worker.said));
    await page.clock.runFor(1000);
    await page.waitForFunction(said => window.made.every((worker, at) => worker.ended || worker.said > (said[at] ?? 0)), said);
  }
}

for (const [name, place] of [["the leader", 0], ["another", 1]]) {
  journey(`a worker that ends silently is noticed, ${name}`, { at: null, timeout: 2 * MINUTE }, async ({ page, open }) => {
    await page.addInitScript(KEEP);
    await page.clock.install();
    await open("#/train?epochs=100&train=3200&workers=2");
    await page.getByRole("button", { name: "Start training" }).click();
    const status = page.getByRole("status", { name: "Training status" });
    await status.filter({ hasText: /test accuracy/ }).waitFor({ timeout: MINUTE });
    await page.evaluate(place => window.made[place].terminate(), place);
    const message = page.getByRole("alert").filter({ hasText: "The trainer stopped unexpectedly" });
    await pass(page, 7);
    assert.equal(await message.count(), 0, "others may take their time");
    await pass(page, 5);
    await message.getByRole("button", { name: /^Restart from step [1-9]/ }).click();
    const step = async () => Number((await status.innerText()).match(/epoch (\d+)/)[1]);
    const before = await step();
    await page.waitForFunction(before => {
      const text = document.querySelector("[aria-label='Training status']").textContent;
      return Number(text.match(/epoch (\d+)/)?.[1]) > before + 1 && /examples/.test(text);
    }, before);
    assert.equal(await message.count(), 0);
    assert.equal(page.workers().length, 1);
  });
}

journey("a worker that comes and then says nothing is noticed", { at: null, timeout: 2 * MINUTE }, async ({ page, context, open }) => {
  await page.addInitScript(KEEP);
  await page.clock.install();
  // It says that it is ready, in the words of the trainer that would be here, and no more.
  await context.route("**/worker-boot-*.js", async route => {
    const response = await route.fetch();
    const ready = "const { postMessage: say } = self; self.postMessage = (...what) => { say.apply(self, what); self.postMessage = () => {}; };";
    await route.fulfill({ response, body: ready + await response.text() });
  });
  await open("#/train?epochs=1&train=640&workers=2");
  await page.getByRole("button", { name: "Start training" }).click();
  const status = page.getByRole("status", { name: "Training status" });
  await page.waitForFunction(() => window.made.length === 2 && window.made.every(worker => worker.said === 1));
  await page.clock.runFor(12_000);
  const message = page.getByRole("alert").filter({ hasText: "The trainer stopped unexpectedly" });
  await message.waitFor();
  await context.unroute("**/worker-boot-*.js");
  await message.getByRole("button", { name: "Restart from step 0" }).click();
  await page.getByRole("heading", { name: /mistakes in 10,000/ }).waitFor({ timeout: MINUTE });
  await status.filter({ hasText: /test accuracy/ }).waitFor();
});

journey("a machine that slept and a long pause end no run", { at: null, timeout: 2 * MINUTE }, async ({ page, open }) => {
  await page.addInitScript(KEEP);
  await page.clock.install();
  await open("#/train?epochs=100&train=3200&workers=2");
  const button = name => page.getByRole("button", { name, exact: true });
  const status = page.getByRole("status", { name: "Training status" });
  await button("Start training").click();
  await status.filter({ hasText: /examples/ }).waitFor({ timeout: MINUTE });
  // A timer that is late fires once, however late it is.
  for (const late of [30_000, 3_600_000]) {
    await page.clock.fastForward(late);
    await pass(page, 2);
  }
  await button("Pause").click();
  await button("Resume").waitFor();
  // What the workers were asked until then they have answered, and the page has heard it: its clock runs ahead of theirs.
  await Promise.all(page.workers().map(worker => worker.evaluate(() => new Promise(done => { setTimeout(done); }))));
  await page.evaluate(() => new Promise(done => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); }));
  const said = () => page.evaluate(() => window.made.map(worker => worker.said));
  const before = await said();
  await page.clock.runFor(60_000);
  assert.deepEqual(await said(), before, "who stands still is not asked");
  await button("Resume").click();
  await pass(page, 2);
  await status.filter({ hasText: /examples/ }).waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  assert.equal(page.workers().length, 2);
});
