// Several labs on one page: each has its own numbers, keys, undo, speed, ids and names.
import assert from "node:assert/strict";
import { SCREEN, journey } from "./harness.mjs";

const NAMES = ["Convolution", "Convolution with padding", "Pooling", "Backpropagation", "Filters on pictures", "Receptive field"];

/** A bench by its name. */
const bench = (page, name) => {
  const region = page.getByRole("region", { name: `Lab: ${name}`, exact: true });
  return {
    region,
    grid: grid => region.getByRole("grid", { name: grid, exact: true }),
    cell: (grid, at) => region.getByRole("grid", { name: grid, exact: true }).locator(`[data-at="${at}"]`),
    button: button => region.getByRole("button", { name: button, exact: true }),
    sum: async expected => {
      const text = region.locator("[aria-label^=Arithmetic] [aria-live]");
      for (let i = 0; i < 100 && await text.textContent() !== expected; i++) await page.waitForTimeout(20);
      assert.equal(await text.textContent(), expected);
    },
    step: async expected => {
      const slider = region.getByRole("slider", { name: "Step" });
      await region.page().waitForFunction(([element, expected]) => element.getAttribute("aria-valuetext") === expected,
        [await slider.elementHandle(), expected]);
    },
  };
};

const all = async page => {
  for (const name of NAMES) await bench(page, name).button("Play").waitFor();
};

const FIRST = ["0×0 + 1×1 + 3×2 + 4×3 = 19", "1×0 + 2×1 + 4×2 + 5×3 = 25"];

journey("six benches stand side by side, each at its own state", { at: "#/benches" }, async ({ page, shot }) => {
  await all(page);
  await bench(page, "Convolution").sum(FIRST[0]);
  await bench(page, "Convolution with padding").step("step 5 of 16");
  await bench(page, "Pooling").step("step 1 of 4");
  await bench(page, "Receptive field").step("step 1 of 7");
  await page.waitForFunction(() => /512 × 512: −722 to 1001/.test(document.querySelector(".pictures")?.textContent));
  await shot("benches desktop");
});

journey("an edit, its undo and the speed are one bench's alone", { at: "#/benches" }, async ({ page }) => {
  await all(page);
  const [one, other] = [bench(page, NAMES[0]), bench(page, NAMES[1])];
  await one.cell("Input", "0,0").click();
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await one.cell("Kernel", "0,0").click();
  await page.keyboard.type("2");
  await page.keyboard.press("Enter");
  await one.sum("5×2 + 1×1 + 3×2 + 4×3 = 29");
  assert.equal(await other.cell("Input", "0,0").textContent(), "0");
  assert.equal(await other.button("Undo").isDisabled(), true);
  await other.cell("Input", "2,2").click();
  await page.keyboard.type("7");
  await page.keyboard.press("Enter");
  // Keys go to the bench that was used last.
  await page.keyboard.press("Control+z");
  await page.waitForFunction(element => element.textContent === "8", await other.cell("Input", "2,2").elementHandle());
  await one.sum("5×2 + 1×1 + 3×2 + 4×3 = 29");
  await one.button("Undo").click();
  await one.sum("5×0 + 1×1 + 3×2 + 4×3 = 19");
  assert.equal(await other.button("Redo").isDisabled(), false);
  await one.region.getByRole("combobox", { name: "Speed" }).selectOption("4");
  assert.equal(await other.region.getByRole("combobox", { name: "Speed" }).inputValue(), "1");
});

journey("keys go to the bench with the focus, to none before", { at: "#/benches", clock: true }, async ({ page }) => {
  await all(page);
  const [one, pooling] = [bench(page, NAMES[0]), bench(page, "Pooling")];
  await page.keyboard.press("ArrowRight");
  await one.step("step 1 of 4");
  await one.button("Undo").waitFor();
  await one.region.getByRole("heading").click();
  await page.keyboard.press("ArrowRight");
  await one.step("step 2 of 4");
  await one.sum(FIRST[1]);
  await pooling.step("step 1 of 4");
  await pooling.region.getByRole("combobox", { name: "Speed" }).focus();
  await page.keyboard.press("Escape");
  await pooling.region.getByRole("heading").click();
  await page.keyboard.press("End");
  await pooling.step("step 4 of 4");
  await one.step("step 2 of 4");
  // The palette, and what it does, is about it too.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("step back");
  await page.keyboard.press("Enter");
  await pooling.step("step 3 of 4");
  await page.clock.pauseAt(Date.now() + 1_000);
  await page.keyboard.press(" ");
  await pooling.button("Pause").waitFor();
  assert.equal(await one.button("Pause").count(), 0);
  await page.keyboard.press(" ");
  await pooling.button("Play").waitFor();
});

journey("two benches of one lab ask for their own numbers", { at: "#/benches" }, async ({ page }) => {
  await all(page);
  const [one, other] = [bench(page, NAMES[0]), bench(page, NAMES[1])];
  for (const each of [one, other]) await each.button("Predict first").click();
  await other.region.getByRole("textbox", { name: /Output row 1, column 0/ }).fill("9");
  await other.button("Check").click();
  await other.region.getByText("Right.").waitFor();
  assert.equal(await one.region.getByText("Right.").count(), 0);
  await one.region.getByRole("textbox", { name: /Output row 0, column 0/ }).fill("1");
  await page.keyboard.press("Enter");
  await one.region.getByRole("status").filter({ hasText: "1 " }).first().waitFor();
  // The focus is where it was wanted, in the bench where it was.
  await page.waitForFunction(() => document.activeElement?.closest("[role=region][aria-label^='Lab:']")?.getAttribute("aria-label") === "Lab: Convolution");
});

journey("settings, menus and pastes belong to their bench", { at: "#/benches" }, async ({ page }) => {
  await all(page);
  const [one, other] = [bench(page, NAMES[0]), bench(page, NAMES[1])];
  await other.button("Settings").click();
  const settings = other.region.getByRole("region", { name: "Settings, Convolution with padding", exact: true });
  await settings.getByRole("spinbutton", { name: "Padding" }).fill("0");
  await page.keyboard.press("Enter");
  await other.step("step 4 of 4");
  await one.step("step 1 of 4");
  assert.equal(await one.region.getByRole("region", { name: "Settings" }).count(), 0);
  await page.keyboard.press("Escape");
  await settings.waitFor({ state: "hidden" });
  await other.button("Copy and export").click();
  await other.region.getByRole("group", { name: "Copy output as", exact: true }).getByRole("button", { name: "NumPy" }).click();
  await page.getByText("Output copied as NumPy").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /19.*25[\s\S]*37.*43/);
  await one.cell("Input", "0,0").click();
  await page.evaluate(() => navigator.clipboard.writeText("[[1,2],[3,4]]"));
  await page.keyboard.press("Control+v");
  await one.sum("1×0 + 2×1 + 3×2 + 4×3 = 20");
  assert.equal(await other.cell("Input", "0,1").textContent(), "1");
});

journey("what does not fit is told in its bench, with its repair", { at: "#/benches" }, async ({ page }) => {
  await all(page);
  const one = bench(page, "Pooling");
  await one.button("Settings").click();
  await one.region.getByRole("spinbutton", { name: "Window" }).fill("9");
  await page.keyboard.press("Enter");
  const alert = one.region.getByRole("alert");
  await alert.waitFor();
  assert.equal(await page.getByRole("alert").count(), 1);
  await alert.getByRole("button").first().click();
  await alert.waitFor({ state: "detached" });
  // The buttons of one control are one step back.
  await one.button("Undo").click();
  await one.step("step 1 of 4");
});

for (const [name, screen] of Object.entries(SCREEN)) {
  for (const theme of ["light", "dark"]) {
    journey(`no id occurs twice, nothing is wider than a ${name}, and axe finds nothing (${theme})`, { at: "#/benches", screen, theme }, async ({ page, axe, shot }) => {
      await all(page);
      for (const button of await page.getByRole("button", { name: "Settings" }).all()) await button.click();
      await bench(page, NAMES[0]).button("Predict first").click();
      await bench(page, NAMES[1]).button("Predict first").click();
      const twice = await page.evaluate(() => {
        const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
        return ids.filter((id, at) => ids.indexOf(id) !== at);
      });
      assert.deepEqual(twice, []);
      // What names or controls another element names one that is there, in the same bench.
      const lost = await page.evaluate(() => [...document.querySelectorAll(".linked [for], .linked [aria-controls], .linked [aria-describedby], .linked [popovertarget]")]
        .flatMap(element => ["for", "aria-controls", "aria-describedby", "popovertarget"].flatMap(name => {
          const id = element.getAttribute(name);
          return id && document.getElementById(id)?.closest(".linked") !== element.closest(".linked") ? [`${name}=${id}`] : [];
        })));
      assert.deepEqual(lost, []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true, "the page never scrolls sideways");
      await axe();
      await shot(`benches ${name} ${theme}`);
    });
  }
}

journey("in lecture mode every bench is read from far, and nothing is wider than the projector", { at: "#/benches?lecture=1", screen: SCREEN.projector }, async ({ page, shot }) => {
  await all(page);
  // No name lies on its grid.
  const on = await page.evaluate(() => [...document.querySelectorAll(".stage")].flatMap(stage => {
    const grids = [...stage.querySelectorAll(".plate")].map(plate => plate.getBoundingClientRect());
    return [...stage.querySelectorAll(".plate-label")].filter(label => {
      const { left, right, top, bottom } = label.getBoundingClientRect();
      return grids.some(grid => left < grid.right && right > grid.left && top < grid.bottom - 1 && bottom > grid.top + 1);
    }).map(label => label.textContent);
  }));
  assert.deepEqual(on, []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true, "the page never scrolls sideways");
  await shot("benches lecture");
});

journey("a phone edits by touch", { at: "#/benches", screen: SCREEN.phone, context: { hasTouch: true, isMobile: true } }, async ({ page }) => {
  await all(page);
  const one = bench(page, NAMES[1]);
  await one.cell("Kernel", "1,1").tap();
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await one.sum("0×0 + 0×1 + 0×2 + 3×1 = 3");
  await bench(page, NAMES[0]).sum(FIRST[0]);
});

journey("a lab whose part does not come says so, and is asked for again", { at: null, expected: [/wasm/] }, async ({ page, open }) => {
  let broken = true;
  await page.route(/\/pooling-[^/]*\.wasm$/, route => broken ? route.abort() : route.continue());
  await open("#/benches");
  const pooling = bench(page, "Pooling");
  await pooling.region.getByRole("alert").waitFor();
  // The others are there all the same.
  await bench(page, NAMES[0]).sum(FIRST[0]);
  broken = false;
  await pooling.button("Try again").click();
  await pooling.step("step 1 of 4");
});

journey("the link holds what is on every bench, and opens it again", { at: "#/benches?3=pooling%3Fstep%3D2&9=x" }, async ({ page, open }) => {
  await all(page);
  await page.getByText("field “9” is not known here").waitFor();
  const [one, pooling] = [bench(page, NAMES[0]), bench(page, "Pooling")];
  await pooling.step("step 2 of 4");
  await one.cell("Input", "0,0").click();
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /[?&]1=convolution/.test(location.hash));
  const hash = await page.evaluate(() => location.hash);
  await open("#/train");
  // Left before its labs are there, it loses nothing.
  await open(hash);
  await open("#/train");
  await page.goBack();
  await all(page);
  await pooling.step("step 2 of 4");
  assert.equal(await one.cell("Input", "0,0").textContent(), "5");
  assert.equal(await one.button("Undo").isDisabled(), true);
  await page.waitForFunction(hash => location.hash === hash, hash);
});

journey("leaving while labs are on their way, and coming back", { at: "#/benches" }, async ({ page, open }) => {
  await open("#/train");
  await open("#/benches");
  await all(page);
  await bench(page, NAMES[0]).cell("Input", "1,1").click();
  await page.keyboard.type("6");
  await open("#/convolution");
  await page.getByRole("heading", { level: 1, name: "Convolution" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => location.hash.endsWith("step=2"));
});
