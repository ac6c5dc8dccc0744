// The backpropagation lab, as a person uses it.
import assert from "node:assert/strict";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";
import { parts } from "./lab.mjs";

const RING = "#/backward?k=1,2,1;0,0,0;-1,-2,-1&dy=1,0,2;-1,1,0;0,2,-2&pad=1";
const WINNERS = "#/backward?op=max&x=12,20,30,0;8,12,2,0;34,70,37,4;112,100,25,12&dy=1,2;3,-1&stride=2";
const TIE = "#/backward?op=max&x=4,4,1;2,4,3;0,0,1&dy=1&window=3&view=check";
const FIRST = "input gradient: 0 + 2×0 = 0, 0 + 2×1 = 2, 0 + 2×2 = 4, 0 + 2×3 = 6; "
  + "kernel gradient: 0 + 2×0 = 0, 0 + 2×1 = 2, 0 + 2×3 = 6, 0 + 2×4 = 8; bias gradient: 0 + 2 = 2";
const SECOND = "input gradient: 2 + (−1)×0 = 2, 0 + (−1)×1 = −1, 6 + (−1)×2 = 4, 0 + (−1)×3 = −3; "
  + "kernel gradient: 0 + (−1)×1 = −1, 2 + (−1)×2 = 0, 6 + (−1)×4 = 2, 8 + (−1)×5 = 3; bias gradient: 2 + (−1) = 1";

const cells = (page, name) => page.getByRole("grid", { name, exact: true }).getByRole("gridcell");

/** Types into a cell. */
async function type(page, name, cell, text) {
  await cells(page, name).nth(cell).click();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

journey("the slide's example backwards, step by step and back", { at: "#/backward" }, async ({ page, shot }) => {
  const { reads, sums, button, hash, region } = parts(page);
  await reads("Upstream gradient", [2, "−1", 0, 1]);
  await reads("Input gradient", [0, 2, "", 4, 6, "", "", "", ""]);
  await reads("Kernel gradient", [0, 2, 6, 8]);
  await reads("Bias gradient", [2]);
  await sums(FIRST);
  await button("Step forward").click();
  await sums(SECOND);
  await hash("#/backward?step=2");
  await button("Last step").click();
  await reads("Input gradient", [0, 2, "−1", 4, 4, "−2", 0, 2, 3]);
  await reads("Kernel gradient", [3, 5, 9, 11]);
  await reads("Bias gradient", [2]);
  await button("Step back").click();
  await button("Step back").click();
  await reads("Bias gradient", [1]);
  await sums(SECOND);
  assert.match(await region("Output shape").innerText(), /2 × 2[\s\S]*largest relative error\s*0[\s\S]*forward\s*16[\s\S]*backward\s*32/);
  await shot("backward");
});

journey("the gradients follow every number that is typed", { at: "#/backward?step=4" }, async ({ page }) => {
  const { reads, button } = parts(page);
  // Pressing an upstream number leads to its step.
  await type(page, "Upstream gradient", 0, "0");
  await page.mouse.move(5, 5);
  await button("Last step").click();
  await reads("Input gradient", [0, 0, "−1", 0, "−2", "−2", 0, 2, 3]);
  await reads("Kernel gradient", [3, 3, 3, 3]);
  await type(page, "Kernel", 3, "1/2");
  await reads("Input gradient", [0, 0, "−1", 0, "−2", "0.5", 0, 2, "0.5"]);
  await type(page, "Input", 8, "-2");
  await reads("Kernel gradient", [3, 3, 3, "−7"]);
  await reads("Input gradient", [0, 0, "−1", 0, "−2", "0.5", 0, 2, "0.5"]);
  await button("All 1: the sum").click();
  await reads("Upstream gradient", [1, 1, 1, 1]);
  await reads("Bias gradient", [4]);
  await button("All 1/m: the mean").click();
  await reads("Upstream gradient", ["1/4", "1/4", "1/4", "1/4"]);
  await reads("Bias gradient", [1]);
  for (let i = 0; i < 5; i++) await button("Undo").click();
  await reads("Input gradient", [0, 2, "−1", 4, 4, "−2", 0, 2, 3]);
  await button("Redo").click();
  await reads("Kernel gradient", [3, 3, 3, 3]);
});

journey("a gradient leads to its step, and shows the sum it is", { at: "#/backward?step=4" }, async ({ page }) => {
  const { sums, hash } = parts(page);
  await cells(page, "Input gradient").nth(4).hover();
  await sums("input gradient row 1, column 1: 2×3 + (−1)×2 + 0×1 + 1×0 = 4");
  await cells(page, "Kernel gradient").nth(3).hover();
  await sums("kernel gradient row 1, column 1: 2×4 + (−1)×5 + 0×7 + 1×8 = 11");
  await cells(page, "Bias gradient").nth(0).hover();
  await sums("bias gradient: 2 + (−1) + 0 + 1 = 2");
  await cells(page, "Input gradient").nth(2).click();
  await hash("#/backward?step=2");
  await page.mouse.move(5, 5);
  await sums(SECOND);
  await cells(page, "Upstream gradient").nth(0).hover();
  await sums(FIRST);
  await cells(page, "Kernel").nth(1).hover();
  await page.locator(".term.lit").filter({ hasText: "0 + (−1) × 1 = −1" }).waitFor();
});

journey("the upstream gradient stays as large as the output", { at: "#/backward" }, async ({ page }) => {
  const { reads, button } = parts(page);
  const stride = page.getByRole("spinbutton", { name: "Stride", exact: true });
  await stride.fill("2");
  await page.keyboard.press("Enter");
  await reads("Upstream gradient", [2]);
  await stride.fill("1");
  await page.keyboard.press("Enter");
  await reads("Upstream gradient", [2, "−1", 0, 1]);
  await page.getByRole("spinbutton", { name: "Input", exact: true }).fill("4");
  await page.keyboard.press("Enter");
  await reads("Upstream gradient", [2, "−1", 1, 0, 1, 1, 1, 1, 1]);
  await button("Last step").click();
  await reads("Bias gradient", [7]);
});

journey("what falls on the padding is shown there, and dropped", { at: RING }, async ({ page }) => {
  const { ring, button, region } = parts(page);
  assert.deepEqual((await ring("Input gradient")).filter(Boolean), ["1", "2", "1", "0", "−1"]);
  await button("Last step").click();
  assert.match(await region("Output shape").innerText(), /What flows to the padding is dropped/);
});

journey("a full convolution gives the same numbers", { at: "#/backward" }, async ({ page }) => {
  const { reads, sums, button, hash, ring } = parts(page);
  await button("Full convolution").click();
  await hash("#/backward?view=full");
  await reads("Kernel, turned", [3, 2, 1, 0]);
  assert.equal((await ring("Upstream gradient")).length, 12);
  await sums("0×3 + 0×2 + 0×1 + 2×0 = 0");
  await button("Last step").click();
  await reads("Input gradient", [0, 2, "−1", 4, 4, "−2", 0, 2, 3]);
  await cells(page, "Input gradient").nth(4).click();
  await page.mouse.move(5, 5);
  await sums("2×3 + (−1)×2 + 0×1 + 1×0 = 4");
  await type(page, "Kernel", 0, "10");
  await sums("2×3 + (−1)×2 + 0×1 + 1×10 = 14");
  await reads("Kernel, turned", [3, 2, 1, 10]);
});

journey("the check takes one loss from another", { at: "#/backward?view=check" }, async ({ page, shot }) => {
  const { reads, sums, button } = parts(page);
  await sums("input row 0, column 0: (56 − 56) / 2h = 0, h = 1/128; by backpropagation 0, relative error 0");
  // What stands between the two losses on screen.
  const between = await page.locator(".sum-line .term").nth(1).evaluate(term => getComputedStyle(term, "::before").content);
  assert.equal(between, '"−"');
  await button("Last step").click();
  await reads("Input, finite differences", [0, 2, "−1", 4, 4, "−2", 0, 2, 3]);
  await reads("Kernel, finite differences", [3, 5, 9, 11]);
  await reads("Bias, finite differences", [2]);
  await cells(page, "Kernel gradient").nth(1).click();
  await page.mouse.move(5, 5);
  await page.waitForFunction(() => document.querySelector("[aria-label=Arithmetic] [aria-live]").textContent.startsWith("kernel row 0, column 1:"));
  await shot("backward check");
});

journey("of a maximum the winner gets all, and a tie has no slope", { at: WINNERS }, async ({ page }) => {
  const { reads, sums, button, region, hash } = parts(page);
  await sums("max(12, 20, 8, 12) = 20; input gradient row 0, column 1: 0 + 1 = 1");
  await button("Last step").click();
  await reads("Input gradient", [0, 1, 2, 0, 0, 0, 0, 0, 0, 0, "−1", 0, 3, 0, 0, 0]);
  assert.equal(await page.getByRole("grid", { name: "Kernel", exact: true }).count(), 0);
  await button("Average").click();
  await reads("Input gradient", ["0.25", "0.25", "0.5", "0.5", "0.25", "0.25", "0.5", "0.5", "0.75", "0.75", "−0.25", "−0.25", "0.75", "0.75", "−0.25", "−0.25"]);
  await page.evaluate(to => { location.hash = to; }, TIE);
  await hash(TIE);
  await button("Last step").click();
  await reads("Input gradient", [1, 0, 0, 0, 0, 0, 0, 0, 0]);
  await reads("Input, finite differences", ["0.5", "0.5", 0, 0, "0.5", 0, 0, 0, 0]);
  assert.equal(await page.locator("[role=grid][aria-label='Input, finite differences'] .differs").count(), 3);
  assert.match(await region("Output shape").innerText(), /largest relative error\s*1[\s\S]*are equal: a maximum has a corner there/);
});

journey("what can't be taken back is explained and repaired", { at: "#/backward?dy=1,2,3" }, async ({ page }) => {
  const { reads, region } = parts(page);
  const alert = page.getByRole("alert");
  // A problem of the stage's numbers is told at the stage.
  const here = region("Arithmetic").getByRole("alert");
  await here.filter({ hasText: "The upstream gradient is 1 × 3, the output 2 × 2" }).waitFor();
  await here.getByRole("button", { name: "Make it 2 × 2" }).click();
  await alert.waitFor({ state: "detached" });
  await reads("Upstream gradient", [1, 2, 1, 1]);
  await type(page, "Upstream gradient", 1, "two");
  await here.filter({ hasText: /Upstream gradient row 0, column 1: .two. is not a number/ }).waitFor();
  await here.getByRole("button").first().click();
  await alert.waitFor({ state: "detached" });
  await reads("Upstream gradient", [1, 0, 1, 1]);
  await page.getByRole("spinbutton", { name: "Stride", exact: true }).fill("0");
  await page.keyboard.press("Enter");
  await alert.filter({ hasText: "stride of 0" }).getByRole("button").first().click();
  await alert.waitFor({ state: "detached" });
  await reads("Bias gradient", [1]);
});

journey("a link of garbage opens what can be read of it", { at: "#/backward?op=foo&stride=two&dy=1,2;3&b=1" }, async ({ page }) => {
  const { reads, sums } = parts(page);
  const notice = page.getByRole("status").filter({ hasText: "op=foo can't be read" });
  await notice.filter({ hasText: "dy=1,2;3 can't be read" }).waitFor();
  await reads("Upstream gradient", [2, "−1", 0, 1]);
  await sums(FIRST);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await notice.waitFor({ state: "detached" });
});

journey("the link is copied, and opens the same state", { at: RING }, async ({ page, context, base }) => {
  const { button, reads } = parts(page);
  await type(page, "Upstream gradient", 4, "1/3");
  await button("Last step").click();
  await button("Copy link").click();
  await button("Link copied").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, `${base}${RING.replace("-1,1,0", "-1,1/3,0")}&step=9`);
  const gradient = await cells(page, "Input gradient").allTextContents();
  const other = await context.newPage();
  await other.goto(link);
  await other.locator("html[data-boot=ready]").waitFor();
  await parts(other).reads("Input gradient", gradient);
  await reads("Input gradient", gradient);
});

journey("predict first: the next number of a gradient, and what wrong ones mean", { at: "#/backward?predict=1" }, async ({ page }) => {
  const { reads, sums } = parts(page);
  const field = page.getByRole("textbox", { name: /Kernel gradient row 1, column 1 after this step/ });
  await field.waitFor();
  await reads("Kernel gradient", ["", "", "", ""]);
  const said = page.getByRole("status");
  for (const [wrong, words] of [["6", /multiplies by the kernel's number/], ["4", /adds the window's number as it is/], ["11", /number after all steps/]]) {
    await field.fill(wrong);
    await page.keyboard.press("Enter");
    await said.filter({ hasText: words }).waitFor();
  }
  await field.fill("8");
  await page.keyboard.press("Enter");
  await reads("Kernel gradient", [0, 2, 6, 8]);
  await sums(FIRST);
  await page.keyboard.press("ArrowRight");
  await page.getByRole("textbox", { name: /Input gradient row \d, column \d after this step/ }).waitFor();
});

journey("predict first: who gets a maximum's gradient", { at: WINNERS + "&predict=1" }, async ({ page }) => {
  const { reads } = parts(page);
  const field = page.getByRole("textbox", { name: /Input gradient row 0, column 1 after this step/ });
  for (const [wrong, words] of [["0.25", /shares the gradient among the 4 cells/], ["20", /maximum itself/]]) {
    await field.fill(wrong);
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: words }).waitFor();
  }
  await field.fill("1");
  await page.keyboard.press("Enter");
  await reads("Input gradient", ["", 1, ...Array(14).fill("")]);
});

journey("backpropagation by keyboard alone", { at: "#/backward", reducedMotion: true }, async ({ page }) => {
  const { reads, sums } = parts(page);
  await page.keyboard.press("ArrowRight");
  await sums(SECOND);
  await page.keyboard.press("Home");
  await sums(FIRST);
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement?.closest("[aria-label='Upstream gradient']") !== null)) break;
  }
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await reads("Upstream gradient", [1, "−1", 0, 1]);
  // Enter went down to the third output: what is shown is its step.
  await reads("Kernel gradient", ["−1", "−1", "−1", "−1"]);
  await page.keyboard.press("Control+z");
  await reads("Kernel gradient", ["−1", 0, 2, 3]);
});

journey("backpropagation by touch", { at: "#/backward", screen: SCREEN.phone, context: { hasTouch: true, isMobile: true } }, async ({ page, shot }) => {
  const { reads, sums, button } = parts(page);
  // Each grid's name is on the screen.
  for (const label of await page.locator(".plate-label b").all()) {
    const { x, width } = await label.boundingBox();
    assert(x >= 0 && x + width <= SCREEN.phone.width, await label.textContent());
  }
  await cells(page, "Upstream gradient").nth(0).tap();
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await reads("Upstream gradient", [1, "−1", 0, 1]);
  await button("Step forward").tap();
  await reads("Kernel gradient", ["−1", "−1", "−1", "−1"]);
  await reads("Bias gradient", [0]);
  await button("Settings").tap();
  await button("Check").tap();
  await button("Close settings").tap();
  // What is looked at, with its sum on the same screen.
  await page.getByRole("grid", { name: "Input differences" }).waitFor();
  assert.equal(await page.getByRole("grid", { name: "Kernel", exact: true }).count(), 0);
  await button("Last step").tap();
  await reads("Bias differences", [1]);
  await sums("bias: (37.0078125 − 36.9921875) / 2h = 1, h = 1/128; by backpropagation 1, relative error 0");
  await shot("backward check phone");
});

journey("backpropagation in lecture mode, with a clicker", { at: "#/backward?lecture=1", screen: SCREEN.projector }, async ({ page, open }) => {
  const { sums } = parts(page);
  await page.keyboard.press("PageDown");
  await sums(SECOND);
  await page.keyboard.press("PageUp");
  await sums(FIRST);
  // Names of grids do not run into each other.
  await open("#/backward?op=max&lecture=1");
  await page.getByRole("grid", { name: "Kernel", exact: true }).waitFor({ state: "detached" });
  const labels = await Promise.all((await page.locator(".plate-label b").all()).map(label => label.boundingBox()));
  for (const [index, { x, width }] of labels.entries()) {
    if (index + 1 < labels.length) assert(x + width + 8 <= labels[index + 1].x, `${index}: ${JSON.stringify(labels)}`);
  }
});

journey("everything fits on a screen: segments, formulas, grids, sums", { at: "#/backward" }, async ({ page, open }) => {
  for (const hash of ["#/backward", "#/backward?view=full", "#/backward?view=check", RING, WINNERS, "#/backward?op=average&dy=4,8;-4,2"]) {
    await open(hash);
    await page.locator(".sum-line").first().waitFor();
    const wide = await page.evaluate(() => [...document.querySelectorAll(".seg, .formula, .stage-scroll, .sum, .controls")]
      .filter(element => element.scrollWidth > element.clientWidth + 1).map(element => `${element.className}: ${element.textContent}`));
    assert.deepEqual(wide, [], hash);
    const [grids, dock] = await page.evaluate(() => [
      Math.max(...[...document.querySelectorAll(".plate, .sum-line")].map(element => element.getBoundingClientRect().bottom)),
      document.querySelector(".dock").getBoundingClientRect().top,
    ]);
    assert(grids <= dock, `${hash}: ${grids} of ${dock}`);
    // A name keeps its distance from the grid above.
    const near = await page.evaluate(() => {
      const plates = [...document.querySelectorAll(".plate")].map(plate => plate.getBoundingClientRect());
      return [...document.querySelectorAll(".plate-label b")].filter(label => {
        const { left, right, top, bottom } = label.getBoundingClientRect();
        return plates.some(plate => plate.left < right && plate.right > left && plate.top < bottom && plate.bottom > top - 4);
      }).map(label => label.textContent);
    });
    assert.deepEqual(near, [], hash);
  }
});

for (const [name, hash] of [
  ["backward", RING], ["backward full", "#/backward?view=full"], ["backward check", "#/backward?view=check"],
  ["backward maximum", WINNERS], ["backward tie", TIE], ["backward broken", "#/backward?dy=1,2,3"],
]) {
  onEveryScreen(name, hash);
}
