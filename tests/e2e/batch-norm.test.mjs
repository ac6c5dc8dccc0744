// The batch normalisation lab, as a person uses it.
import assert from "node:assert/strict";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";
import { parts } from "./lab.mjs";

journey("a feature is normalised, scaled and shifted, and the running statistics move", { at: "#/batch-norm" }, async ({ page, shot }) => {
  const { reads, sums, button, hash, region } = parts(page);
  await reads("Input", [8, 90, 2, 130, 5, 70, 4, 100, 6, 110]);
  await sums("(8 + 2 + 5 + 4 + 6) / 5 = 5");
  await reads("Mean", [5, ""]);
  await button("Step forward").click();
  await sums("((8 − 5)² + (2 − 5)² + (5 − 5)² + (4 − 5)² + (6 − 5)²) / 5 = 4");
  await button("Step forward").click();
  await sums("√(σ² + ε): √(4 + 0) = 2; x̂: (8 − 5) / 2 = 1.5");
  await button("Last step").click();
  await reads("Normalised", [1.5, "−0.5", "−1.5", 1.5, 0, "−1.5", "−0.5", 0, 0.5, 0.5]);
  await reads("Output", [4, 0, "−2", 20, 1, "−10", 0, 5, 2, 10]);
  await reads("New running mean", [0.5, 10]);
  await reads("New running variance", [1.4, 50.9]);
  await sums("unbiased σ²: 400 × 5 / 4 = 500; new σ²: 0.9×1 + 0.1×500 = 50.9");
  assert.match(await region("Output shape").innerText(), /5 × 2[\s\S]*divided by m, the running one that divided by m − 1 = 4/);
  await hash("#/batch-norm?step=28");
  await shot("batch norm");
});

journey("evaluation takes what was kept, whatever the batch is", { at: "#/batch-norm?step=5" }, async ({ page }) => {
  const { reads, sums, button, hash } = parts(page);
  await button("Evaluation").click();
  await page.getByRole("grid", { name: "Mean", exact: true }).waitFor({ state: "detached" });
  const mean = page.getByRole("grid", { name: "Running mean", exact: true }).getByRole("gridcell").first();
  await mean.click();
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await button("First step").click();
  await sums("√(σ² + ε): √(1 + 0) = 1; x̂: (8 − 5) / 1 = 3");
  await reads("Running mean", [5, 0]);
  await hash("#/batch-norm?mode=evaluation&mean=5,0");
});

journey("one example in training: what PyTorch says, and two ways out", { at: "#/batch-norm?x=8,90" }, async ({ page }) => {
  const { reads } = parts(page);
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "Expected more than 1 value per channel when training" }).waitFor();
  await alert.getByRole("button", { name: "Use evaluation" }).click();
  await alert.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Last step", exact: true }).click();
  await reads("Normalised", [8, 90]);
});

journey("equal numbers are divided by ε alone, or not at all", { at: "#/batch-norm?x=3;3;3&g=2&b=7" }, async ({ page }) => {
  const { reads, button } = parts(page);
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "All 3 numbers of column 0 are 3" }).waitFor();
  await alert.getByRole("button", { name: "Use ε = 0.00001" }).click();
  await alert.waitFor({ state: "detached" });
  await button("Last step").click();
  await reads("Output", [7, 7, 7]);
});

journey("a gradient flows to the whole batch, and finite differences agree", { at: "#/batch-norm?view=backward" }, async ({ page, shot }) => {
  const { reads, sums, button, region } = parts(page);
  await sums("5 + 0 + 0 + 0 + 0 = 5");
  await button("Last step").click();
  await reads("Input gradient", [1.75, "−0.5", 1.25, 0, "−1", 0.5, "−0.25", "−1", "−1.75", 1]);
  assert.match(await region("Output shape").innerText(), /largest relative error\s*\d(\.\d+)?e−\d+/i);
  await shot("batch norm backward");
  await button("Check").click();
  const numbers = async name => (await page.getByRole("grid", { name, exact: true }).getByRole("gridcell").allTextContents()).map(text => Number(text.replaceAll("−", "-")));
  const [exact, found] = [await numbers("Input gradient"), await numbers("Input gradient, finite differences")];
  assert.equal(found.length, 10);
  found.forEach((number, index) => assert.ok(Math.abs(number - exact[index]) < 1e-6, `${number}, ${exact[index]}`));
});

journey("another number of features brings their γ, β and statistics along", { at: "#/batch-norm" }, async ({ page }) => {
  const { reads } = parts(page);
  const size = page.getByRole("spinbutton", { name: /Input/ }).nth(1);
  await size.fill("3");
  await page.keyboard.press("Enter");
  await reads("Scale γ", [2, 10, 1]);
  await reads("Running variance", [1, 1, 1]);
});

journey("predict first names the variance that was meant as a deviation", { at: "#/batch-norm?predict=1&step=3" }, async ({ page }) => {
  const field = page.getByRole("textbox", { name: /Normalised row 0, column 0/ });
  await field.fill("0.75");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "It is divided by the root of that, 2." }).waitFor();
  await field.fill("1.5");
  await page.keyboard.press("Enter");
  await parts(page).sums("√(σ² + ε): √(4 + 0) = 2; x̂: (8 − 5) / 2 = 1.5");
});

for (const [name, hash] of [
  ["batch norm", "#/batch-norm?step=3"], ["batch norm running", "#/batch-norm?step=14"],
  ["batch norm evaluation", "#/batch-norm?mode=evaluation&step=9"], ["batch norm backward", "#/batch-norm?view=backward&step=4"],
  ["batch norm check", "#/batch-norm?view=check&step=4"], ["batch norm broken", "#/batch-norm?x=8,90"],
]) {
  onEveryScreen(name, hash);
}

journey("batch normalisation by keyboard alone", { at: "#/batch-norm", reducedMotion: true }, async ({ page }) => {
  const { sums } = parts(page);
  await page.keyboard.press("ArrowRight");
  await sums("((8 − 5)² + (2 − 5)² + (5 − 5)² + (4 − 5)² + (6 − 5)²) / 5 = 4");
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement?.closest("[aria-label=Input]") !== null)) break;
  }
  await page.keyboard.type("3");
  await page.keyboard.press("Enter");
  await sums("((3 − 4)² + (2 − 4)² + (5 − 4)² + (4 − 4)² + (6 − 4)²) / 5 = 2");
  await page.keyboard.press("Control+z");
  await sums("((8 − 5)² + (2 − 5)² + (5 − 5)² + (4 − 5)² + (6 − 5)²) / 5 = 4");
});

journey("batch normalisation by touch", { at: "#/batch-norm", screen: SCREEN.phone, context: { hasTouch: true, isMobile: true } }, async ({ page }) => {
  const { reads, button, sums } = parts(page);
  await button("Step forward").tap();
  await sums("((8 − 5)² + (2 − 5)² + (5 − 5)² + (4 − 5)² + (6 − 5)²) / 5 = 4");
  await button("Last step").tap();
  await reads("New running variance", [1.4, 50.9]);
});
