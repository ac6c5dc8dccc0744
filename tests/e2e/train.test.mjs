// The training page, driven as a person would, on the real MNIST.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";
import { serveEncoded } from "./server.mjs";

/** Two epochs of ten steps; each epoch still ends with a test on all 10,000 images. */
const SMALL = "#/train?epochs=2&train=640";
/** Long enough that it does not end by itself while a journey looks at it. */
const LONG = "#/train?epochs=100&train=6400";

const MINUTE = 60_000;

/** The parts of the page by their accessible names. */
function parts(page) {
  const button = name => page.getByRole("button", { name, exact: true });
  const status = page.getByRole("status", { name: "Training status" });
  const progress = page.getByRole("progressbar", { name: "Training progress" });
  const figure = name => page.getByRole("figure", { name, exact: true });
  return {
    button, status, progress, figure,
    field: name => page.getByRole("textbox", { name, exact: true }),
    alert: text => page.getByRole("alert").filter({ hasText: text }),
    /** Waits until the status line reads like `pattern`, and gives it. */
    async reads(pattern, timeout = MINUTE) {
      await status.filter({ hasText: pattern }).waitFor({ timeout });
      return status.innerText();
    },
    /** A figure's table as [step, training, test]. */
    rows: name => figure(name).getByRole("row").evaluateAll(rows =>
      rows.slice(1).map(row => [...row.cells].map(cell => cell.textContent))),
    /** Waits until the tables, which follow once a second, hold so many tests. */
    tested: count => page.waitForFunction(count => ["Loss", "Accuracy"].every(name =>
      document.querySelectorAll(`figure[aria-label=${name}] tbody td:last-child:not(:empty)`).length === count), count),
    /** Done and whole of the progress bar. */
    share: () => progress.evaluate(bar => [Number(bar.ariaValueNow), Number(bar.ariaValueMax)]),
    paused: () => button("Resume").waitFor(),
  };
}

journey("a training loss above the test loss is explained by label smoothing, with its floor", { at: "#/train?smoothing=0.05&epochs=1&train=640" }, async ({ page, shot, lecture }) => {
  const { button, figure, field } = parts(page);
  const note = figure("Loss").getByText(/^Label smoothing/);
  const says = async (smoothing, floor) => assert.equal(await note.innerText(),
    `Label smoothing of ${smoothing} is part of the training loss, which can't fall below ${floor}; the test loss is without it.`);
  await says("0.05", "0.282");
  await field("Label smoothing").fill("0.1");
  await page.keyboard.press("Enter");
  await note.filter({ hasText: "smoothing of 0.1 " }).waitFor();
  await says("0.1", "0.500");
  await button("Start training").click();
  await page.getByText(/^after /).first().waitFor({ timeout: MINUTE });
  await says("0.1", "0.500");
  await shot("train smoothing");
  await lecture();
  await shot("train smoothing lecture");
});

journey("without label smoothing there is nothing to explain", { at: "#/train?epochs=1&train=640" }, async ({ page }) => {
  await page.getByRole("figure", { name: "Loss", exact: true }).waitFor();
  assert.equal(await page.getByText(/^Label smoothing of/).count(), 0);
});

inBothThemes("before a run the page says what it takes", { at: "#/train" }, async ({ page, axe, shot }) => {
  const { button, status, figure } = parts(page);
  await page.getByRole("heading", { name: "60,000 digits to learn from, 10,000 to be tested on" }).waitFor();
  await page.getByText("61,706 parameters").waitFor();
  await page.getByText("LeNet-5 of the 1998 paper has 60,000").waitFor();
  await page.getByText("11.4 MB").waitFor();
  assert.equal(await status.innerText(), "not started");
  assert.equal(await button("Start training").isEnabled(), true);
  assert.equal(await button("Reset").isEnabled(), false);
  for (const name of ["Loss", "Accuracy"]) await figure(name).getByRole("table").waitFor({ state: "attached" });
  await axe();
  await shot(`train empty ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
});

journey("a run with the default settings reads 98.5 % of the test digits", { at: "#/train", timeout: 8 * MINUTE },
  async ({ page, axe, shot }) => {
    const { button, reads, share, rows, status, tested } = parts(page);
    const metrics = await page.context().newCDPSession(page);
    await metrics.send("Performance.enable", { timeDomain: "threadTicks" });
    const spent = async () => 1000 * (await metrics.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value;
    await page.evaluate(() => {
      window.changes = [];
      const line = document.querySelector("[aria-label='Training status']");
      new MutationObserver(() => window.changes.push(performance.now())).observe(line, { subtree: true, childList: true, characterData: true });
    });
    const promised = await page.locator("#recipe-sentence").innerText();
    await button("Start training").click();
    await reads(/epoch 1 of 3, step [\d,]+ of 938, loss \d+\.\d+, [\d,]+ examples\/s/);
    await shot("train running light");
    const begun = await spent();
    // The status tells the test before until the last is done.
    await page.getByText(/^after all 3 epochs/).waitFor({ timeout: 7 * MINUTE });
    const headline = await page.getByRole("heading", { name: /mistakes in 10,000/ }).textContent();
    const accuracy = Number(headline.match(/(\d\d\.\d\d)/)[1]);
    const text = await reads(new RegExp(`^epoch 3 of 3, step 938 of 938, loss \\d\\.\\d+, test accuracy ${accuracy.toFixed(2)} %, [\\d,]+ examples/s on \\d workers?$`));
    assert(accuracy >= 98.5, `test accuracy ${accuracy} %`);
    keeps(accuracy, promised);
    assert.equal(text.match(/%/g).length, 1);

    await page.getByRole("heading", { name: new RegExp(`Test accuracy ${accuracy.toFixed(2)} %, \\d+ mistakes in 10,000`) }).waitFor();
    const [done, whole] = await share();
    assert.equal(done, whole, "the bar is full after the last test");
    await tested(3);
    const tests = (await rows("Accuracy")).filter(([, , test]) => test);
    assert.deepEqual(tests.map(([step]) => step), ["938", "1,876", "2,814"]);
    const changes = await page.evaluate(() => window.changes);
    // A worker trains: what the page does meanwhile fits between frames. Its thread's own time, whatever else this
    // machine does.
    const busy = await spent() - begun;
    assert(busy < 0.25 * (changes.at(-1) - changes[0]), `the page took ${busy} ms while the trainer trained`);
    // Once a second, and at what begins and ends.
    const seconds = (changes.at(-1) - changes[0]) / 1000;
    assert(changes.length < seconds + 10, `the status changed ${changes.length} times in ${seconds} s`);
    assert.equal(await status.getAttribute("aria-live"), "off");
    await axe();
    await shot("train finished light");
    await page.emulateMedia({ colorScheme: "dark" });
    await axe();
    await shot("train finished dark");
  });

/** The accuracies that a recipe's sentence promises, the lowest and the highest. */
const range = sentence => sentence.match(/Test accuracy ([\d.]+)\s+to\s+([\d.]+)\s+%, seeds 1 to \d+\.$/).slice(1).map(Number);

/** Fails where an accuracy is none of those that the recipe's sentence promises. */
function keeps(accuracy, sentence) {
  const [lowest, highest] = range(sentence);
  assert(accuracy >= lowest && accuracy <= highest, `${accuracy} % where the page says: ${sentence}`);
}

journey("the run that the header leads to reaches what its recipe promises", { at: "#/", timeout: 2 * MINUTE }, async ({ page }) => {
  const { button, reads } = parts(page);
  await page.getByRole("banner").getByRole("link", { name: "Train" }).click();
  await page.waitForFunction(() => document.querySelector("#recipe")?.value === "fast");
  const promised = await page.locator("#recipe-sentence").innerText();
  await button("Start training").click();
  // The last step is told before the last test is.
  await page.locator(".training[data-phase=finished]").waitFor({ timeout: MINUTE });
  const told = () => reads(/^epoch 2 of 2, step 938 of 938, .*test accuracy \d\d\.\d\d %/);
  // The status follows within a second; what it says then it keeps.
  const [lowest, highest] = range(promised);
  await page.waitForFunction(([lowest, highest]) => {
    const accuracy = Number(/test accuracy ([\d.]+) %/.exec(document.querySelector("[role=status][aria-label='Training status']").textContent)?.[1]);
    return accuracy >= lowest && accuracy <= highest;
  }, [lowest, highest]).catch(() => {});
  keeps(Number((await told()).match(/test accuracy ([\d.]+) %/)[1]), promised);
});

journey("the same seed gives the same losses, another one others", { at: SMALL, timeout: 3 * MINUTE }, async ({ page }) => {
  const { button, field, reads, rows, tested } = parts(page);
  const run = async () => {
    await button("Start training").click();
    await reads(/^epoch 2 of 2, step 10 of 10, .*test accuracy/);
    await page.getByRole("heading", { name: /mistakes in 10,000/ }).waitFor();
    await tested(2);
    const curve = [await rows("Loss"), await rows("Accuracy")];
    await button("Reset").click();
    // The status follows once a second: without this the next run would be met with this one's end.
    await reads(/^not started/);
    return curve;
  };
  const first = await run();
  assert.deepEqual(await run(), first);
  await field("Seed").fill("2");
  await field("Seed").press("Tab");
  await page.waitForFunction(() => location.hash.includes("seed=2"));
  assert.notDeepEqual(await run(), first);
});

journey("pause, single batches, resume, reset", { at: LONG, timeout: 2 * MINUTE }, async ({ page, shot }) => {
  const { button, reads, paused, share, status } = parts(page);
  // A single batch first: the run waits after it.
  await button("Step one batch").click();
  await reads(/^epoch 1 of 100, step 1 of 100, loss 2\.\d+, paused$/);
  for (const _ of "ab") await button("Step one batch").click();
  await reads(/step 3 of 100, .*paused/);
  await button("Resume").click();
  await reads(/test accuracy \d/);
  await button("Pause").click();
  await paused();
  const at = (await reads(/paused/)).match(/epoch (\d+) of 100, step (\d+)/).slice(1, 3).join(" ");
  const [done] = await share();
  await button("Step one batch").click();
  await page.waitForFunction(done => Number(document.querySelector("[aria-label='Training progress']").ariaValueNow) > done, done);
  await shot("train paused light");
  await button("Reset").click();
  await reads(/^not started$/);
  assert.notEqual(at, "");
  assert.equal(await button("Start training").isEnabled(), true);
  assert.equal(await status.innerText(), "not started");
});

// Long enough that a key can pause it, short enough to be seen to its end.
journey("everything works by keys alone", { at: "#/train?epochs=30&train=640", timeout: 2 * MINUTE }, async ({ page }) => {
  const { button, reads, paused } = parts(page);
  await page.keyboard.press("PageDown");
  await reads(/^epoch|^downloading|^unpacking|^starting/);
  await page.keyboard.press("PageDown");
  await paused();
  await page.keyboard.press(" ");
  await reads(/^epoch 30 of 30, step 10 of 10, .*test accuracy/);
  await button("Start training").waitFor();
  await page.keyboard.press("PageDown");
  await reads(/^epoch 30 of 30/);

  // Reset by Tab and Enter, then a setting by its arrow keys.
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  for (let i = 0; i < 40 && await focused() !== "Reset"; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await reads(/^not started$/);
  for (let i = 0; i < 40 && await page.evaluate(() => document.activeElement.id) !== "setting-learningrate"; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => location.hash.includes("lr=0.1"));
  // A space in a field is a space.
  await page.keyboard.press(" ");
  assert.equal(await button("Start training").isVisible(), true);
});

journey("settings are in the address, locked by a run, and wrong ones are explained", { at: "#/train", timeout: 2 * MINUTE },
  async ({ page, axe, shot }) => {
    const { button, field, alert, reads, paused } = parts(page);
    const settings = page.getByRole("region", { name: "Settings" });
    await field("Epochs").fill("1");
    await field("Training images").fill("64000");
    await alert("The number of training images is at most 60,000; 64,000 is too large.").waitFor();
    assert.equal(await button("Start training").isEnabled(), false);
    await axe();
    await shot("train wrong setting light");
    await settings.getByRole("button", { name: "Use 60000" }).click();
    await field("Learning rate").fill("fast");
    await alert("“fast” is not a number.").waitFor();
    await settings.getByRole("button", { name: "Use 0.05" }).click();
    await settings.getByRole("combobox", { name: "Optimizer" }).selectOption("adam");
    assert.equal(await field("Learning rate").inputValue(), "0.001");
    assert.equal(await field("Momentum").count(), 0, "Adam has none");
    await page.waitForFunction(() => location.hash === "#/train?optimizer=adam&epochs=1");

    await button("Step one batch").click();
    await reads(/step 1 of 938, .*paused/);
    await paused();
    for (const name of ["Batch size", "Epochs", "Seed", "Training images"]) assert.equal(await field(name).isDisabled(), true, name);
    await settings.getByText("Reset to change").waitFor();
    await button("Reset").click();
    assert.equal(await field("Batch size").isDisabled(), false);
  });

journey("a recipe sets everything but the seed", { at: "#/train?seed=3" }, async ({ page, open }) => {
  const { button, field, reads } = parts(page);
  const settings = page.getByRole("region", { name: "Settings" });
  const list = name => settings.getByRole("combobox", { name, exact: true });
  const recipe = list("Recipe");
  assert.equal(await recipe.inputValue(), "course");
  await settings.getByText(/SGD with momentum.* seeds 1 to 20\.$/).waitFor();
  await recipe.selectOption({ label: "Sigmoid LeNet, 1990s" });
  await settings.getByText(/sits at or near chance for three to five epochs before it learns/).waitFor();
  assert.equal(await list("Model").inputValue(), "sigmoid");
  assert.equal(await list("Rate schedule").inputValue(), "constant");
  assert.deepEqual(await Promise.all(["Learning rate", "Momentum", "Batch size", "Epochs", "Seed"].map(name => field(name).inputValue())),
    ["0.9", "0", "256", "10", "3"]);
  await page.waitForFunction(() => location.hash === "#/train?recipe=sigmoid&seed=3");
  // A step away from the recipe and back.
  await page.getByRole("button", { name: "Raise label smoothing" }).click();
  assert.equal(await recipe.inputValue(), "custom");
  assert.equal(await settings.getByText(/sits at or near chance/).count(), 0);
  await page.getByRole("button", { name: "Lower label smoothing" }).click();
  assert.equal(await recipe.inputValue(), "sigmoid");
  await recipe.selectOption({ label: "Course default" });
  await list("Augmentation").selectOption({ label: "Elastic" });
  await page.waitForFunction(() => location.hash === "#/train?seed=3&augment=elastic");

  await open("#/train?recipe=fast&train=640&epochs=1");
  await page.waitForFunction(() => document.querySelector("#recipe").value === "custom");
  await open("#/train?recipe=fast");
  await page.waitForFunction(() => document.querySelector("#recipe").value === "fast");
  await button("Step one batch").click();
  await reads(/step 1 of 938, .*paused/);
  for (const name of ["Recipe", "Model", "Augmentation"]) assert.equal(await list(name).isDisabled(), true, name);
});

/** A small residual network with batch normalisation. */
const RESIDUAL = "c8k3p1nb;bn;relu;m4;[c8k3p1nb;bn;relu;c8k3p1nb;bn];relu;gap;l10";

journey("layers of one's own are typed, explained and trained", { at: "#/train?model=own&layers=c4k5s2;relu;gap;l9&train=640&epochs=1", timeout: 3 * MINUTE }, async ({ page, shot, open }) => {
  const { button, field, alert, reads, figure } = parts(page);
  await page.getByRole("heading", { level: 1, name: "Train own layers" }).waitFor();
  await alert("The last layer makes 9; a network for the ten digits ends with 10 values, one for each.").waitFor();
  assert.equal(await button("Start training").isDisabled(), true);
  await shot("train own refused");
  await button("Use c4k5s2;relu;gap;l9;l10").click();
  assert.equal(await field("Layers").inputValue(), "c4k5s2;relu;gap;l9;l10");
  await page.waitForFunction(() => location.hash.includes("layers=c4k5s2;relu;gap;l9;l10"));
  await field("Layers").fill("c4k5;lrn5;l10");
  await alert("Layer 2 is a local response normalisation, which is counted but can't be trained here.").waitFor();
  await field("Layers").fill(RESIDUAL);
  await page.getByText(/^1,362 parameters, .* multiply-adds an image\. An epoch of 60,000 images takes about /).waitFor();
  await button("Start training").click();
  await reads(/epoch 1 of 1, step 10 of 10, .*test accuracy/, 2 * MINUTE);
  await button("Reset").waitFor();
  await shot("train own");
  assert.equal(await figure("Loss").getByRole("row").count() > 5, true);
  // LeNet's trainer takes the place of the other.
  await button("Reset").click();
  await page.getByRole("combobox", { name: "Model" }).selectOption({ label: "ReLU LeNet" });
  await page.getByRole("heading", { level: 1, name: "Train LeNet" }).waitFor();
  await button("Start training").click();
  await reads(/epoch 1 of 1, step 10 of 10, .*test accuracy/);
  await open(`#/train?model=own&layers=${RESIDUAL}&train=640&epochs=1`);
  assert.equal(await field("Layers").inputValue(), RESIDUAL);
});

journey("the learning rate can be changed while the run goes on", { at: LONG, timeout: 2 * MINUTE }, async ({ page, shot }) => {
  const { button, field, reads } = parts(page);
  await button("Start training").click();
  await reads(/epoch ([2-9]|\d\d+) of 100/);
  await field("Learning rate").fill("0.002");
  await field("Learning rate").press("Enter");
  await page.getByText(/^0\.002 since about step [\d,]+$/).waitFor();
  await page.waitForFunction(() => location.hash.includes("lr=0.002"));
  await shot("train rate changed light");
  await button("Pause").click();
  await reads(/paused/);
  await page.getByRole("button", { name: "Raise learning rate" }).click();
  await page.getByText(/^0\.005 from step [\d,]+ on$/).waitFor();
  // Where the pause fell into a test, the first press ends the test.
  for (const _ of "ab") await button("Step one batch").click();
  await page.getByText(/^0\.005 since step [\d,]+$/).waitFor();
});

inBothThemes("a rate that is too large is explained and repaired", { at: "#/train?lr=1000&epochs=1&train=6400", timeout: 2 * MINUTE },
  async ({ page, axe, shot }) => {
    const { button, field, alert, reads } = parts(page);
    await button("Start training").click();
    await alert(/Training diverged at step \d+/).waitFor({ timeout: MINUTE });
    assert.match(await alert("Training diverged").innerText(), /At a rate of 1000 each step overshoots/);
    assert.equal(await button("Start training").isEnabled(), false);
    await axe();
    await shot(`train diverged ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
    await button("Try a rate of 0.05").click();
    assert.equal(await field("Learning rate").inputValue(), "0.05");
    await button("Start training").click();
    await reads(/^epoch 1 of 1, step 100 of 100, .*test accuracy/);
  });

journey("a trainer that dies is replaced from its last snapshot",
  { at: SMALL, timeout: 3 * MINUTE, expected: [/^uncaught: .*the trainer is killed/s] },
  async ({ page, axe, shot }) => {
    const { button, alert, reads, rows, tested } = parts(page);
    await button("Start training").click();
    await reads(/epoch 2 of 2, step 10 of 10, .*test accuracy/);
    await tested(2);
    const undisturbed = await rows("Loss");
    await button("Reset").click();

    // The same run again, held after the first epoch's test, and its worker killed.
    await button("Start training").click();
    await reads(/test accuracy/);
    // It may have come to its end meanwhile.
    await button("Pause").click({ timeout: 2_000 }).catch(() => {});
    await page.workers()[0].evaluate(() => { setTimeout(() => { throw new Error("the trainer is killed"); }); });
    const message = alert("The trainer stopped unexpectedly");
    const finished = page.getByRole("heading", { name: /mistakes/ }).and(page.locator("[data-phase=finished] h2"));
    await message.or(finished).first().waitFor();
    if (await message.isVisible()) {
      await axe();
      await shot("train died light");
      await message.getByRole("button", { name: /^Restart from step \d+$/ }).click();
    }
    await reads(/epoch 2 of 2, step 10 of 10, .*test accuracy/);
    await tested(2);
    assert.deepEqual(await rows("Loss"), undisturbed, "the same bits, as if nothing had happened");
  });

journey("a trainer that an update took away is told, and comes after a reload",
  { at: SMALL, timeout: 2 * MINUTE, tolerated: [/^console error/, /^uncaught/, /^status 404/, /^request failed/] },
  async ({ page, context }) => {
    const { button, alert, reads } = parts(page);
    await context.route("**/worker-boot-*.js", route => route.fulfill({ status: 404, contentType: "text/html", body: "<!DOCTYPE html>" }));
    await button("Start training").click();
    await alert("Receptive was updated on this site while it was open here.").waitFor({ timeout: MINUTE });
    await context.unroute("**/worker-boot-*.js");
    await button("Load the page again").click();
    await button("Start training").click();
    await reads(/^epoch 2 of 2, step 10 of 10, .*test accuracy/);
    assert.match(page.url(), /epochs=2&train=640$/);
  });

journey("a trainer that can't be loaded is told, and tried again",
  { at: SMALL, timeout: 2 * MINUTE, expected: [/^request failed: .*trainer-\w+_bg\.wasm/], tolerated: [/^console error/, /^uncaught/] },
  async ({ page, context }) => {
    const { button, alert, reads } = parts(page);
    await context.route("**/trainer-*_bg.wasm", route => route.abort("connectionreset"));
    await button("Start training").click();
    await alert("The trainer could not be loaded").waitFor({ timeout: MINUTE });
    await context.unroute("**/trainer-*_bg.wasm");
    await button("Try again").click();
    await reads(/^epoch 2 of 2, step 10 of 10, .*test accuracy/);
  });

for (const [how, query] of [["SGD", "lr=10&"], ["Adam", "optimizer=adam&lr=0.1&schedule=constant&"]]) {
  journey(`a run that ${how} threw to chance explains itself, once, and stays explained`,
    { at: `#/train?${query}epochs=2&train=6400`, timeout: 3 * MINUTE }, async ({ page, axe, shot }) => {
      const { button, field, alert, reads } = parts(page);
      await page.evaluate(() => {
        window.alerts = [];
        const look = () => {
          const said = [...document.querySelectorAll("[role=alert]")].map(alert => alert.innerText).join();
          if (said && said !== window.alerts.at(-1)) window.alerts.push(said);
        };
        new MutationObserver(look).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
      });
      await button("Start training").click();
      await reads(/^epoch 2 of 2, step 100 of 100, loss \d.*test accuracy/);
      await page.getByText(/^after all 2 epochs/).waitFor();
      const stopped = alert("Every image gets the same answer, and the network has stopped learning.");
      await stopped.waitFor();
      const accuracy = (await page.getByRole("heading", { name: /mistakes in 10,000/ }).textContent()).match(/[\d.]+/)[0];
      assert(["9.80", "11.35", "10.32", "10.10", "9.82", "8.92", "9.58", "10.28", "9.74", "10.09"].includes(accuracy), accuracy);
      await axe();
      await shot(`train at chance ${how}`);
      const alerts = await page.evaluate(() => window.alerts);
      assert(alerts.length <= 2, `read aloud ${alerts.length} times:\n${alerts.join("\n")}`);
      const rate = (await stopped.getByRole("button").innerText()).replace("Try a rate of ", "");
      await stopped.getByRole("button").click();
      assert.equal(await field("Learning rate").inputValue(), rate);
      await stopped.waitFor({ state: "detached" });
    });
}

journey("a rate that hardly moves is no network that has stopped learning", { at: "#/train?lr=0.000001&epochs=1&train=640", timeout: 2 * MINUTE },
  async ({ page }) => {
    const { button, reads } = parts(page);
    await button("Start training").click();
    await reads(/^epoch 1 of 1, step 10 of 10, .*test accuracy/);
    await page.getByText(/^after its one epoch/).waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
  });

journey("a download that fails says why, and is tried again",
  { at: SMALL, timeout: 2 * MINUTE, expected: [/^status 503/, /^request failed: .*train-labels/], tolerated: [/^console error/] },
  async ({ page, context, axe, shot }) => {
    const { button, alert, reads } = parts(page);
    const requests = [];
    page.on("request", request => { if (request.url().endsWith(".gz")) requests.push(request.url().split("/").at(-1)); });
    await context.route("**/train-labels-*", route => route.abort("connectionreset"), { times: 1 });
    await button("Start training").click();
    await alert("train-labels-idx1-ubyte.gz stopped after 0.0 MB of 28.9 kB: the connection was lost.").waitFor();
    await axe();
    await shot("train offline light");
    // Bytes that are gzip and not MNIST's: the labels of the test set in place of the training set's.
    await context.route("**/train-labels-*", async route => {
      const response = await route.fetch({ url: route.request().url().replace("train", "t10k") });
      await route.fulfill({ response });
    }, { times: 1 });
    await context.route("**/t10k-images-*", route => route.fulfill({ status: 503, body: "" }), { times: 1 });
    await button("Try again").click();
    await alert("The server answered 503 for t10k-images-idx3-ubyte.gz.").waitFor();
    await button("Try again").click();
    await alert("train-labels-idx1-ubyte.gz is not MNIST's: its SHA-256 begins with ff7bcfd4, not with 65a50cbb.").waitFor({ timeout: MINUTE });
    await button("Try again").click();
    await reads(/^epoch 2 of 2, step 10 of 10, .*test accuracy/);
    assert.equal(requests.filter(name => name.startsWith("train-images")).length, 1, "what has come is kept");
  });

for (const tellsLength of [true, false]) {
  journey(`a host that has the browser unpack the images tells no more than the whole, ${tellsLength ? "with" : "without"} a length`,
    { at: SMALL, timeout: 2 * MINUTE }, async ({ page, context }) => {
      const host = await serveEncoded(fileURLToPath(new URL("../../dist/", import.meta.url)), { tellsLength });
      try {
        await context.route("**/*.gz", route => route.continue({ url: host.origin + new URL(route.request().url()).pathname.replace(/^.*(?=\/assets\/)/, "") }));
        const { button, reads } = parts(page);
        await page.evaluate(() => {
          window.told = [];
          new MutationObserver(() => {
            const bar = document.querySelector("[role=progressbar][aria-label='Download of the images']");
            if (bar) window.told.push([bar.ariaValueNow, bar.ariaValueMax, bar.querySelector("i").style.getPropertyValue("--share"), bar.ariaValueText, document.querySelector("[aria-label='Training status']").innerText]);
          }).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true, attributes: true });
        });
        await button("Start training").click();
        await reads(/^epoch 2 of 2, step 10 of 10, .*test accuracy/);
        const told = await page.evaluate(() => window.told);
        const done = told.map(([now]) => Number(now));
        assert(new Set(done).size > 10, `${done}`);
        assert.deepEqual(done, done.toSorted((a, b) => a - b), "it only grows");
        for (const [now, most, share, ...texts] of told) {
          assert(Number(now) <= Number(most) && Number(share) <= 1, `${now} of ${most}, ${share} of the bar`);
          for (const [, part, whole] of texts.flatMap(text => [...text.matchAll(/([\d.]+)(?: MB)? of ([\d.]+) MB/g)])) assert(Number(part) <= Number(whole), `${part} of ${whole}`);
        }
      } finally {
        await host.close();
      }
    });
}

journey("a garbled link opens, and says what it could not read",
  { at: "#/train?lr=abc&epochs=3&optimizer=lion&colour=blue&batch=%F0%28&seed=" },
  async ({ page, axe }) => {
    const { button, alert, field } = parts(page);
    await page.getByText("The link's field “colour” is not known here and was ignored.").waitFor();
    await page.getByText(/optimizer=lion can't be read/).waitFor();
    await alert("“abc” is not a number.").waitFor();
    assert.equal(await field("Learning rate").inputValue(), "abc");
    assert.equal(await button("Start training").isEnabled(), false);
    await axe();
  });

journey("a link opens the settings it holds", { at: "#/train?optimizer=nesterov&lr=0.02&batch=128&seed=7&schedule=constant&train=1000" }, async ({ page, open }) => {
  const { field } = parts(page);
  assert.equal(await field("Learning rate").inputValue(), "0.02");
  assert.equal(await field("Batch size").inputValue(), "128");
  assert.equal(await page.getByRole("combobox", { name: "Optimizer" }).inputValue(), "nesterov");
  assert.equal(await page.getByRole("combobox", { name: "Rate schedule" }).inputValue(), "constant");
  await open("#/train?batch=32");
  await page.waitForFunction(() => document.querySelector("#setting-batch").value === "32");
  assert.equal(await field("Learning rate").inputValue(), "0.05");
});

journey("the figures' values can be read as tables", { at: SMALL, timeout: 2 * MINUTE }, async ({ page, axe, shot }) => {
  const { button, figure, reads } = parts(page);
  await button("Start training").click();
  await reads(/^epoch 2 of 2, step 10 of 10, .*test accuracy/);
  await page.getByRole("button", { name: "Loss as a table" }).click();
  assert.equal(await figure("Loss").getByRole("columnheader").count(), 3);
  await axe();
  await shot("train table light");
});

for (const [name, screen] of Object.entries(SCREEN)) {
  journey(`the page fits a ${name}`, { at: SMALL, screen, timeout: 2 * MINUTE, sharpness: name === "phone" ? 2 : 1 }, async ({ page, axe, shot, lecture }) => {
    const { button, reads } = parts(page);
    if (name === "projector") await lecture();
    await shot(`train ${name} empty`);
    await button("Start training").click();
    await reads(/^epoch 2 of 2, step 10 of 10, .*test accuracy/);
    const { width, height, canvas } = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth - innerWidth,
      height: document.documentElement.scrollHeight - innerHeight,
      canvas: [...document.querySelectorAll("canvas")].map(canvas => canvas.width / canvas.clientWidth),
    }));
    assert(width <= 0, `the page scrolls sideways by ${width} px`);
    if (["desktop", "projector"].includes(name)) assert(height <= 0, `the page scrolls by ${height} px`);
    for (const ratio of canvas) assert(Math.abs(ratio - await page.evaluate(() => devicePixelRatio)) < 0.02, "one canvas pixel a pixel of the display");
    await axe();
    await shot(`train ${name}`);
  });
}
