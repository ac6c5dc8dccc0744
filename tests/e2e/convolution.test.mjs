// The convolution lab, as a person uses it.
import assert from "node:assert/strict";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";

const EDGES = "#/convolution?x=1,0,2,1,0,1;0,3,8,9,2,0;1,7,9,8,3,1;2,8,9,4,0,2;0,2,7,3,1,0;1,0,1,0,2,1&k=1,0,-1;2,0,-2;1,0,-1&b=1&pad=1";

/** How long a step stands at speed 1, in milliseconds. */
const DWELL = 900;

/** The lab's parts by the names that people and screen readers find them by. */
function parts(page) {
  const grid = name => page.getByRole("grid", { name, exact: true });
  const cells = name => grid(name).getByRole("gridcell");
  const sum = page.getByRole("region", { name: "Arithmetic" }).locator("[aria-live]");
  const shape = page.getByRole("region", { name: "Output shape" });
  const button = name => page.getByRole("button", { name, exact: true });
  const slider = page.getByRole("slider", { name: "Step" });
  /** Waits until the grid's cells read like this, blank ones as "". */
  const reads = async (name, expected) => {
    await page.waitForFunction(([name, expected]) => {
      const grid = document.querySelector(`[role=grid][aria-label="${name}"]`);
      return grid && [...grid.querySelectorAll("[role=gridcell]")].map(cell => cell.textContent).join() === expected;
    }, [name, expected.join()]).catch(async error => {
      assert.deepEqual(await cells(name).allTextContents(), expected.map(String));
      throw error;
    });
  };
  const sums = async expected => {
    await page.waitForFunction(text => document.querySelector("[aria-label=Arithmetic] [aria-live]")?.textContent === text, expected)
      .catch(async error => { assert.equal(await sum.textContent(), expected); throw error; });
  };
  const hash = async expected => {
    await page.waitForFunction(hash => location.hash === hash, expected)
      .catch(async error => { assert.equal(await page.evaluate(() => location.hash), expected); throw error; });
  };
  return { grid, cells, sum, shape, button, slider, reads, sums, hash };
}

journey("the slide's example, stepped forwards and back", { at: "#/convolution" }, async ({ page, shot }) => {
  const { reads, sums, shape, button, slider, hash } = parts(page);
  await reads("Input", [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await reads("Kernel", [0, 1, 2, 3]);
  await reads("Output", [19, "", "", ""]);
  await sums("0×0 + 1×1 + 3×2 + 4×3 = 19");
  assert.match(await shape.innerText(), /2 × 2/);
  assert.equal(await button("Step back").isDisabled(), true);
  await button("Step forward").click();
  await sums("1×0 + 2×1 + 4×2 + 5×3 = 25");
  await page.keyboard.press("ArrowRight");
  await reads("Output", [19, 25, 37, ""]);
  await button("Last step").click();
  await reads("Output", [19, 25, 37, 43]);
  await sums("4×0 + 5×1 + 7×2 + 8×3 = 43");
  assert.equal(await slider.getAttribute("aria-valuetext"), "step 4 of 4");
  await hash("#/convolution?step=4");
  await page.keyboard.press("ArrowLeft");
  await button("Step back").click();
  await reads("Output", [19, 25, "", ""]);
  await sums("1×0 + 2×1 + 4×2 + 5×3 = 25");
  await button("First step").click();
  await reads("Output", [19, "", "", ""]);
  await hash("#/convolution");
  await shot("convolution slide");
});

journey("it plays to the end, pauses on a key, and begins again", { at: "#/convolution?speed=4", clock: true }, async ({ page }) => {
  const { button, reads, slider } = parts(page);
  await page.clock.pauseAt(Date.now() + 1_000);
  await page.keyboard.press("Space");
  await button("Pause").waitFor();
  await page.clock.runFor(DWELL / 4 + 50);
  await reads("Output", [19, 25, "", ""]);
  await page.keyboard.press("Space");
  await button("Play").waitFor();
  await page.clock.runFor(DWELL);
  await reads("Output", [19, 25, "", ""]);
  await button("Play").click();
  await page.clock.runFor(DWELL);
  await reads("Output", [19, 25, 37, 43]);
  await button("Play").waitFor();
  assert.equal(await slider.getAttribute("aria-valuetext"), "step 4 of 4");
  await button("Play").click();
  await reads("Output", [19, "", "", ""]);
  await button("Pause").click();
});

journey("terms light up while a step plays", { at: "#/convolution?speed=0.5", clock: true }, async ({ page }) => {
  const { button } = parts(page);
  await page.clock.pauseAt(Date.now() + 1_000);
  await button("Play").click();
  await page.clock.runFor(DWELL);
  await page.locator(".term.lit").first().waitFor();
  await page.locator(".grid[aria-label=Input] .lit").waitFor();
  await page.locator(".grid[aria-label=Kernel] .lit").waitFor();
  await button("Pause").click();
  await page.locator(".term.lit").waitFor({ state: "detached" });
});

journey("the scrubber goes anywhere", { at: EDGES }, async ({ page }) => {
  const { slider, sums } = parts(page);
  await slider.fill("15");
  await sums("3×1 + 8×0 + 9×(−1) + 7×2 + 9×0 + 8×(−2) + 8×1 + 9×0 + 4×(−1) + 1 = −3");
  await slider.press("Home");
  await sums("0×1 + 0×0 + 0×(−1) + 0×2 + 1×0 + 0×(−2) + 0×1 + 0×0 + 3×(−1) + 1 = −2");
});

journey("cells are edited like a spreadsheet", { at: "#/convolution" }, async ({ page }) => {
  const { cells, reads, sums, button, hash } = parts(page);
  const at = () => page.evaluate(() => document.activeElement?.dataset?.at);
  await cells("Input").nth(0).click();
  await page.keyboard.type("10");
  await page.keyboard.press("Enter");
  await reads("Input", [10, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(await at(), "1,0", "Enter commits and moves down");
  await page.keyboard.type("-1/2");
  await page.keyboard.press("Tab");
  assert.equal(await at(), "1,1", "Tab commits and moves on");
  await reads("Input", [10, 1, 2, "−1/2", 4, 5, 6, 7, 8]);
  await page.keyboard.type("99");
  await page.keyboard.press("Escape");
  await reads("Input", [10, 1, 2, "−1/2", 4, 5, 6, 7, 8]);
  assert.equal(await at(), "1,1", "Esc restores and keeps the place");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowUp");
  assert.equal(await at(), "0,2");
  await page.keyboard.press("Delete");
  await reads("Input", [10, 1, 0, "−1/2", 4, 5, 6, 7, 8]);
  await sums("10×0 + 1×1 + (−1/2)×2 + 4×3 = 12");
  await cells("Kernel").nth(3).dblclick();
  await page.keyboard.type("-1");
  await page.keyboard.press("Enter");
  await sums("10×0 + 1×1 + (−1/2)×2 + 4×(−1) = −4");
  await hash("#/convolution?x=10,1,0;-1/2,4,5;6,7,8&k=0,1;2,-1");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => !document.activeElement.closest("[aria-label=Kernel]")), true, "Tab leaves the grid");
  await page.keyboard.press("Control+z");
  await reads("Kernel", [0, 1, 2, 3]);
  await button("Undo").click();
  await reads("Input", [10, 1, 2, "−1/2", 4, 5, 6, 7, 8]);
  await button("Redo").click();
  await page.keyboard.press("Control+y");
  await reads("Kernel", [0, 1, 2, "−1"]);
});

journey("blocks are pasted and copied", { at: "#/convolution" }, async ({ page }) => {
  const { cells, reads } = parts(page);
  const paste = async text => {
    await page.evaluate(text => navigator.clipboard.writeText(text), text);
    await page.keyboard.press("Control+v");
  };
  await cells("Input").nth(4).click();
  await paste("7\t8\n9\t10");
  await reads("Input", [0, 1, 2, 3, 7, 8, 6, 9, 10]);
  await paste("1\t2\t3");
  await reads("Input", [0, 1, 2, 0, 3, 1, 2, 3, 6, 9, 10, 0]);
  await cells("Kernel").nth(0).click();
  await paste("tensor([[1., 0., -1.],\n        [2., 0., -2.],\n        [1., 0., -1.]])");
  await reads("Kernel", [1, 0, "−1", 2, 0, "−2", 1, 0, "−1"]);
  await page.keyboard.press("Control+c");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "1\t0\t-1\n2\t0\t-2\n1\t0\t-1");
  await paste("[[1, 2], [3]]");
  await page.getByRole("status").filter({ hasText: /row/i }).waitFor();
  await reads("Kernel", [1, 0, "−1", 2, 0, "−2", 1, 0, "−1"]);
});

journey("an unreadable cell is named, kept, and repaired", { at: "#/convolution" }, async ({ page, axe, shot }) => {
  const { cells, reads, sums, button, slider } = parts(page);
  await cells("Input").nth(5).click();
  await page.keyboard.type("abc");
  await page.keyboard.press("Enter");
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "Input row 1, column 2: “abc” is not a number." }).waitFor();
  assert.equal(await cells("Input").nth(5).textContent(), "abc");
  assert.equal(await button("Play").isDisabled(), true, "the transport stays, disabled");
  assert.equal(await slider.isDisabled(), true);
  await axe();
  await shot("convolution unreadable");
  await page.getByRole("button", { name: "Use 0" }).click();
  await reads("Input", [0, 1, 2, 3, 4, 0, 6, 7, 8]);
  await sums("0×0 + 1×1 + 3×2 + 4×3 = 19");
  assert.equal(await alert.count(), 0);
});

journey("a kernel that does not fit offers two ways out", { at: "#/convolution" }, async ({ page, axe, shot }) => {
  const { reads, shape } = parts(page);
  const size = page.getByRole("spinbutton", { name: "Kernel", exact: true });
  await size.fill("4");
  await size.press("Enter");
  await page.getByRole("alert").filter({ hasText: "A 4 × 4 kernel does not fit a 3 × 3 input." }).waitFor();
  await page.getByText("No output").waitFor();
  await axe();
  await shot("convolution misfit");
  await page.getByRole("button", { name: "Use padding 1" }).click();
  await page.waitForFunction(() => document.querySelector(".shape-result").textContent === "2 × 2");
  await page.keyboard.press("Control+z");
  await page.getByRole("button", { name: "Use a 3 × 3 kernel" }).click();
  await reads("Output", [19]);
  assert.match(await shape.innerText(), /1 × 1/);
});

journey("counts past their limits are refused or explained", { at: "#/convolution" }, async ({ page }) => {
  const { cells } = parts(page);
  const set = async (name, text) => {
    const field = page.getByRole("spinbutton", { name, exact: true });
    await field.fill(text);
    await field.press("Enter");
  };
  const alert = page.getByRole("alert");
  await set("Input", "200");
  await alert.filter({ hasText: "An input of 200 × 200 is not possible: each side has 1 to 64 cells." }).waitFor();
  assert.equal(await page.getByRole("spinbutton", { name: "Input", exact: true }).inputValue(), "3");
  await page.getByRole("button", { name: "Use 64 × 64" }).click();
  // Past some thousand cells those in view have elements; the grid says how many there are.
  await page.waitForFunction(() => {
    const { ariaRowCount, ariaColCount } = document.querySelector("[role=grid][aria-label=Input]");
    return ariaRowCount === "64" && ariaColCount === "64";
  });
  await page.keyboard.press("Control+z");
  assert.equal(await cells("Input").count(), 9);
  await set("Stride", "0");
  await alert.filter({ hasText: "A stride of 0 never moves the window" }).waitFor();
  await page.getByRole("button", { name: "Use stride 1" }).click();
  await set("Padding", "5000");
  await alert.filter({ hasText: "A padding of 5,000 is past the largest, 16 on a side." }).waitFor();
  await page.getByRole("button", { name: "Use 16" }).click();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await set("Dilation", "two");
  await alert.filter({ hasText: "“two” is not a whole number" }).waitFor();
  assert.equal(await page.getByRole("spinbutton", { name: "Dilation" }).inputValue(), "two", "what was typed stays");
  await page.getByRole("button", { name: "Keep 1" }).click();
  assert.equal(await alert.count(), 0);
});

journey("the course's padding and stride", { at: "#/convolution" }, async ({ page }) => {
  const { reads, shape, button, hash } = parts(page);
  await button("total (course)").click();
  await page.getByRole("spinbutton", { name: "Padding", exact: true }).fill("2");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stride: height and width tied" }).click();
  await page.getByRole("spinbutton", { name: "Stride height" }).fill("3");
  await page.keyboard.press("Enter");
  await page.getByRole("spinbutton", { name: "Stride width" }).fill("2");
  await page.keyboard.press("Enter");
  await button("Last step").click();
  await reads("Output", [0, 8, 6, 8]);
  await hash("#/convolution?pad=1&stride=3,2&padding=total&step=4");
  assert.equal(await shape.locator("math").count(), 6, "height and width differ: two formulas of three lines");
  assert.equal(await page.getByRole("combobox", { name: "Preset" }).inputValue(), "2", "the preset of the same slide");
});

journey("cells that no window reads are marked, and the floor is explained", { at: "#/convolution" }, async ({ page }) => {
  await page.getByRole("combobox", { name: "Preset" }).selectOption({ label: "A stride that leaves cells unread" });
  await page.locator(".grid[aria-label=Input] .unread").nth(10).waitFor();
  assert.equal(await page.locator(".grid[aria-label=Input] .unread").count(), 11);
  await page.getByText("The floor drops 1 row and 1 column").waitFor();
});

journey("pointing at an output cell shows its window", { at: EDGES }, async ({ page }) => {
  const { cells, sums, reads } = parts(page);
  await cells("Output").nth(14).hover();
  await sums("3×1 + 8×0 + 9×(−1) + 7×2 + 9×0 + 8×(−2) + 8×1 + 9×0 + 4×(−1) + 1 = −3");
  assert.equal(await cells("Output").nth(0).textContent(), "−2");
  assert.equal(await cells("Output").nth(13).textContent(), "", "nothing else is computed by looking");
  await page.mouse.move(5, 5);
  await sums("0×1 + 0×0 + 0×(−1) + 0×2 + 1×0 + 0×(−2) + 0×1 + 0×0 + 3×(−1) + 1 = −2");
  await cells("Output").nth(14).click();
  await page.mouse.move(5, 5);
  assert.equal(await page.getByRole("slider", { name: "Step" }).getAttribute("aria-valuetext"), "step 15 of 36");
  await cells("Input").nth(14).hover();
  await page.locator(".grid[aria-label=Kernel] .lit").waitFor();
  await page.locator(".term.lit").waitFor();
  await reads("Kernel", [1, 0, "−1", 2, 0, "−2", 1, 0, "−1"]);
});

journey("the link is copied, and opens the same state", { at: EDGES + "&step=15" }, async ({ page, context, base }) => {
  const { button, sum } = parts(page);
  await page.getByRole("switch", { name: "Flip kernel" }).click();
  const text = await sum.textContent();
  await button("Copy link").click();
  await button("Link copied").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, `${base}${EDGES}&flip=1&step=15`);
  const other = await context.newPage();
  await other.goto(link);
  await other.locator("html[data-boot=ready]").waitFor();
  assert.equal(await parts(other).sum.textContent(), text);
});

journey("where copying is not allowed the link is shown", { at: "#/convolution?pad=1" }, async ({ page, base }) => {
  await page.evaluate(() => { navigator.clipboard.write = navigator.clipboard.writeText = () => Promise.reject(new Error("denied")); });
  await page.getByRole("button", { name: "Copy link" }).click();
  const field = page.getByRole("textbox", { name: /Copy the link/ });
  assert.equal(await field.inputValue(), `${base}#/convolution?pad=1`);
  assert.equal(await field.evaluate(field => field.selectionEnd - field.selectionStart), `${base}#/convolution?pad=1`.length);
});

journey("a link of garbage opens what can be read of it", { at: "#/convolution?x=1,2;3&stride=two&nonsense=7&pad=1&%zz=%ff" }, async ({ page }) => {
  const { reads } = parts(page);
  await reads("Input", [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const notice = page.getByRole("status").filter({ hasText: "nonsense" });
  await notice.filter({ hasText: "x=1,2;3 can't be read" }).waitFor();
  await notice.filter({ hasText: "stride=two can't be read" }).waitFor();
  await page.waitForFunction(() => document.querySelector(".shape-result").textContent === "4 × 4");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await notice.waitFor({ state: "detached" });
});

journey("an edited address and the back button open other states", { at: "#/convolution" }, async ({ page, open }) => {
  const { reads, sums } = parts(page);
  await open("#/convolution?k=1,1;1,1&step=4");
  await reads("Output", [8, 12, 20, 24]);
  await page.goBack();
  await sums("0×0 + 1×1 + 3×2 + 4×3 = 19");
  await page.keyboard.press("Control+z");
  await reads("Kernel", [1, 1, 1, 1]);
});

journey("a large state travels in a packed link", { at: "#/convolution" }, async ({ page, context, base }) => {
  const { cells } = parts(page);
  await page.getByRole("spinbutton", { name: "Input", exact: true }).fill("40");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash.startsWith("#/convolution?z="));
  const larger = page.url();
  await cells("Input").nth(0).click();
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await page.waitForFunction(larger => location.href !== larger, larger);
  const before = page.url();
  const other = await context.newPage();
  await other.goto(before);
  await other.locator("html[data-boot=ready]").waitFor();
  assert.equal(await parts(other).cells("Input").count(), 1600);
  assert.equal(await parts(other).cells("Input").nth(0).textContent(), "5");
  assert(before.startsWith(base));
});

journey("lecture mode: clicker keys step, Esc leaves", { screen: SCREEN.projector, at: "#/convolution" }, async ({ page, axe, shot }) => {
  const { sums } = parts(page);
  await page.getByRole("button", { name: "Lecture mode" }).click();
  await page.locator("html[data-mode=lecture]").waitFor();
  assert.equal(await page.getByRole("banner").count(), 0, "the chrome is hidden");
  await page.keyboard.press("PageDown");
  await sums("1×0 + 2×1 + 4×2 + 5×3 = 25");
  await page.keyboard.press("PageUp");
  await sums("0×0 + 1×1 + 3×2 + 4×3 = 19");
  const cell = await page.getByRole("grid", { name: "Input" }).getByRole("gridcell").first().boundingBox();
  assert(cell.width >= 96, `a cell is ${cell.width} px wide`);
  await page.waitForFunction(() => location.hash.includes("lecture=1"));
  await axe();
  await shot("convolution lecture");
  await page.keyboard.press("Escape");
  await page.getByRole("banner").waitFor();
  await page.keyboard.press("f");
  await page.locator("html[data-mode=lecture]").waitFor();
});

inBothThemes("axe finds nothing to complain of", { at: EDGES + "&step=15" }, async ({ axe, shot, page }) => {
  await axe();
  await shot(`convolution ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
});

for (const [name, screen] of Object.entries(SCREEN)) {
  journey(`nothing is cut off on a ${name}`, { screen, at: EDGES + "&step=15" }, async ({ page, axe, shot }) => {
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, "the page never scrolls sideways");
    await axe();
    await shot(`convolution ${name}`);
    const toggle = page.getByRole("button", { name: "Settings", exact: true });
    if (await toggle.isVisible()) {
      await toggle.click();
      await page.getByRole("region", { name: "Settings" }).waitFor();
      await page.getByRole("button", { name: "Increase stride" }).click();
      await page.waitForFunction(() => document.querySelector(".shape-result").textContent === "3 × 3");
      await axe();
      await shot(`convolution settings ${name}`);
      await page.keyboard.press("Escape");
      await page.getByRole("region", { name: "Settings" }).waitFor({ state: "hidden" });
    }
  });
}

journey("a phone edits by touch", { screen: SCREEN.phone, at: "#/convolution", context: { hasTouch: true, isMobile: true } }, async ({ page }) => {
  const { cells, reads } = parts(page);
  await cells("Kernel").nth(0).tap();
  await page.getByRole("textbox", { name: "Kernel row 0, column 0" }).fill("5");
  await page.keyboard.press("Enter");
  await reads("Kernel", [5, 1, 2, 3]);
});

journey("links can hide panels for an exercise", { at: "#/convolution?hide=settings,output,arithmetic,presets&embed=1" }, async ({ page, axe }) => {
  const { reads } = parts(page);
  await reads("Output", ["", "", "", ""]);
  assert.equal(await page.getByRole("banner").count(), 0);
  assert.equal(await page.getByRole("combobox", { name: "Preset" }).count(), 0);
  assert.equal(await page.getByRole("region", { name: "Arithmetic" }).count(), 0);
  await axe();
});

journey("with less motion the window jumps", { at: "#/convolution", reducedMotion: true }, async ({ page }) => {
  const { button, sums } = parts(page);
  const x = () => page.locator(".lens-svg .win").first().getAttribute("x");
  const before = await x();
  await button("Step forward").click();
  await sums("1×0 + 2×1 + 4×2 + 5×3 = 25");
  const after = await x();
  assert.notEqual(after, before);
  await page.waitForFunction(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))));
  assert.equal(await x(), after);
});
