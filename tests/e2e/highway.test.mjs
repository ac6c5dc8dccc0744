// The highway lab, as a person uses it.
import assert from "node:assert/strict";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";
import { parts } from "./lab.mjs";

journey("a gate shares each output between the layer and its input", { at: "#/highway" }, async ({ page, shot }) => {
  const { reads, sums, button, region } = parts(page);
  await reads("Input", [2, "−1", 1]);
  await sums("W · x + b: 1×2 + 0×(−1) + 2×1 = 4; H = ReLU: max(0, 4) = 4");
  await button("Step forward").click();
  await sums("V · x + c: 1×2 + 0×(−1) + (−2)×1 = 0; T: σ(0) = 0.5");
  await button("Step forward").click();
  await sums("0.5×4 + (1 − 0.5)×2 = 3");
  await button("Last step").click();
  await reads("Gate", [0.5, 0.018, 0.982]);
  await reads("Output", [3, "−0.946", 2.96]);
  assert.match(await region("Output shape").innerText(), /3 × 1[\s\S]*parameters\s*24\s*2 × \(3 × 3 \+ 3\)/i);
  await shot("highway");
});

journey("the gate bias goes from carried to transformed", { at: "#/highway?step=9" }, async ({ page }) => {
  const { reads, button, hash } = parts(page);
  await button("Carry").click();
  await reads("Output", ["2", "−1", "1.04"]);
  await hash("#/highway?bt=-8&step=9");
  await button("Transform").click();
  await reads("Output", ["4", "1.95", "3"]);
  await page.getByRole("textbox", { name: "Gate bias" }).fill("-100");
  await page.keyboard.press("Enter");
  await reads("Output", [2, "−1", 1]);
});

journey("the same weights in a residual and in a plain layer", { at: "#/highway" }, async ({ page }) => {
  const { reads, button } = parts(page);
  await button("Residual").click();
  await page.getByRole("grid", { name: "Gate", exact: true }).waitFor({ state: "detached" });
  await button("Last step").click();
  await reads("Output", [6, 1, 4]);
  await button("Plain").click();
  await reads("Output", [4, 2, 3]);
});

journey("three ways back, and what is left past many layers", { at: "#/highway?view=backward" }, async ({ page, shot }) => {
  const { sums, reads, button, region } = parts(page);
  await button("Last step").click();
  assert.match(await region("Arithmetic").locator("[aria-live]").textContent(), /^past: \(1 − T\) · dy: .*; w: through H: .*; v: through T: .*; dx: /);
  assert.match(await region("Output shape").innerText(), /largest relative error\s*\d(\.\d+)?e−\d+/i);
  await shot("highway backward");
  await button("Depth").click();
  await button("First step").click();
  await sums("1 − T: 1 − 0.5 = 0.5; 10 layers: 0.5^10 ≈ 0.000977");
  await page.getByRole("spinbutton", { name: "Layers" }).fill("3");
  await page.keyboard.press("Enter");
  await sums("1 − T: 1 − 0.5 = 0.5; 3 layers: 0.5×0.5×0.5 = 0.125");
  await button("Residual").click();
  await button("Last step").click();
  await reads("Carried", [1, 1, 1]);
});

journey("another number of elements brings its weights along", { at: "#/highway" }, async ({ page }) => {
  const { reads } = parts(page);
  const size = page.getByRole("spinbutton", { name: "Elements" });
  await size.fill("2");
  await page.keyboard.press("Enter");
  await reads("Weights", [1, 0, 0, "−2"]);
  await size.fill("9");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "9 elements are not possible" }).waitFor();
  await reads("Weights", [1, 0, 0, "−2"]);
});

journey("predict first names a gate that is taken the wrong way", { at: "#/highway?predict=1&step=6" }, async ({ page }) => {
  const field = page.getByRole("textbox", { name: /Output row 1/ });
  await field.fill("1.946");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "T goes with H, 1 − T with x." }).waitFor();
  await field.fill("-0.946");
  await page.keyboard.press("Enter");
  await parts(page).reads("Output", [3, "−0.946", ""]);
});

for (const [name, hash] of [
  ["highway", "#/highway?step=6"], ["highway backward", "#/highway?view=backward&step=8"], ["highway depth", "#/highway?view=depth&step=2"],
  ["highway residual", "#/highway?layer=residual&step=4"], ["highway broken", "#/highway?x=1,2"],
]) {
  onEveryScreen(name, hash);
}

journey("the highway by keyboard alone", { at: "#/highway", reducedMotion: true }, async ({ page }) => {
  const { sums } = parts(page);
  await page.keyboard.press("ArrowRight");
  await sums("V · x + c: 1×2 + 0×(−1) + (−2)×1 = 0; T: σ(0) = 0.5");
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement?.closest("[aria-label=Input]") !== null)) break;
  }
  await page.keyboard.type("4");
  await page.keyboard.press("Enter");
  await sums("V · x + c: 1×4 + 0×(−1) + (−2)×1 = 2; T: σ(2) ≈ 0.881");
});

journey("the highway by touch", { at: "#/highway", screen: SCREEN.phone, context: { hasTouch: true, isMobile: true } }, async ({ page }) => {
  const { reads, button } = parts(page);
  await button("Step forward").tap();
  await button("Last step").tap();
  await reads("Output", [3, "−0.946", 2.96]);
});
