// The pooling lab, as a person uses it.
import assert from "node:assert/strict";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";
import { parts } from "./lab.mjs";

const EYES = "#/pooling?x=0,0,0,0,0,0;0,0,0,0,0,0;9,0,0,9,0,0;0,0,0,0,0,0;0,0,0,0,0,0;0,0,0,0,0,0&stride=2&shift=right";

journey("the slide's example: the largest of four, then their mean", { at: "#/pooling" }, async ({ page, shot }) => {
  const { reads, sums, button, hash, region } = parts(page);
  await reads("Input", [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await reads("Output", [4, "", "", ""]);
  await sums("max(0, 1, 3, 4) = 4");
  assert.equal(await page.locator("[role=grid][aria-label=Input] .won").textContent(), "4");
  await button("Step forward").click();
  await sums("max(1, 2, 4, 5) = 5");
  await button("Last step").click();
  await reads("Output", [4, 5, 7, 8]);
  await button("Step back").click();
  await reads("Output", [4, 5, 7, ""]);
  await button("Average").click();
  await hash("#/pooling?kind=average&step=3");
  await sums("(3 + 4 + 6 + 7) / 4 = 5");
  await reads("Output", [2, 3, 5, ""]);
  assert.match(await region("Output shape").innerText(), /2 × 2[\s\S]*parameters\s*0/i);
  await shot("pooling average");
});

journey("padding never wins, and counts in an average or not", { at: "#/pooling?x=-1,-2;-3,-4&pad=1&stride=2" }, async ({ page }) => {
  const { reads, button, ring, sums } = parts(page);
  assert.deepEqual([...new Set(await ring("Input"))], ["−∞"]);
  await button("Last step").click();
  await reads("Output", ["−1", "−2", "−3", "−4"]);
  await button("Average").click();
  assert.deepEqual([...new Set(await ring("Input"))], ["0"]);
  await reads("Output", ["−0.25", "−0.5", "−0.75", "−1"]);
  await page.getByRole("switch", { name: "Count padding" }).click();
  await reads("Output", ["−1", "−2", "−3", "−4"]);
  await sums("(−4) / 1 = −4");
});

journey("the ceiling keeps a last window", { at: "#/pooling?x=0,1,2,3,4;5,6,7,8,9;10,11,12,13,14;15,16,17,18,19;20,21,22,23,24&stride=2" }, async ({ page }) => {
  const { reads, button, region, hash } = parts(page);
  await button("Last step").click();
  await reads("Output", [6, 8, 16, 18]);
  assert.match(await region("Output shape").innerText(), /The floor drops 1 row and 1 column/);
  await page.getByRole("switch", { name: "Ceiling" }).click();
  await button("Last step").click();
  await reads("Output", [6, 8, 9, 16, 18, 19, 21, 23, 24]);
  await hash("#/pooling?x=0,1,2,3,4;5,6,7,8,9;10,11,12,13,14;15,16,17,18,19;20,21,22,23,24&stride=2&ceil=1&step=9");
});

journey("shifted by one cell: what changes before and after pooling", { at: EYES }, async ({ page, shot }) => {
  const { reads, button, region } = parts(page);
  await button("Last step").click();
  await reads("Output", [0, 0, 0, 9, 9, 0, 0, 0, 0]);
  await reads("Shifted and pooled", [0, 0, 0, 9, 0, 9, 0, 0, 0]);
  assert.equal(await page.locator("[role=grid][aria-label='Shifted right'] .differs").count(), 4);
  assert.equal(await page.locator("[role=grid][aria-label='Shifted and pooled'] .differs").count(), 2);
  assert.match(await region("Output shape").innerText(), /4 of 36 input cells change, 2 of 9 pooled cells/);
  await shot("pooling shifted");
  await page.getByRole("combobox", { name: "Shift input" }).selectOption("not at all");
  await page.getByRole("grid", { name: "Shifted right" }).waitFor({ state: "detached" });
});

journey("what can't be pooled is explained and repaired", { at: "#/pooling?pad=2" }, async ({ page }) => {
  const { reads } = parts(page);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  await alert.getByRole("button").first().click();
  await alert.waitFor({ state: "detached" });
  await page.getByRole("grid", { name: "Output", exact: true }).waitFor();
  await page.getByRole("spinbutton", { name: "Window", exact: true }).fill("9");
  await page.keyboard.press("Enter");
  await alert.waitFor();
  await alert.getByRole("button").first().click();
  await alert.waitFor({ state: "detached" });
  await reads("Input", [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

journey("predict first names the mean that was meant as a maximum", { at: "#/pooling?predict=1" }, async ({ page }) => {
  const { reads, sums } = parts(page);
  const field = page.getByRole("textbox", { name: /Output row 0, column 0/ });
  await field.fill("2");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: /average|mean/ }).waitFor();
  await field.fill("4");
  await page.keyboard.press("Enter");
  await reads("Output", [4, "", "", ""]);
  await sums("max(0, 1, 3, 4) = 4");
});

for (const [name, hash] of [["pooling", "#/pooling?kind=average&pad=1"], ["pooling shifted", EYES], ["pooling broken", "#/pooling?stride=0"]]) {
  onEveryScreen(name, hash);
}

journey("pooling by keyboard alone", { at: "#/pooling", reducedMotion: true }, async ({ page }) => {
  const { reads, sums } = parts(page);
  await page.keyboard.press("ArrowRight");
  await sums("max(1, 2, 4, 5) = 5");
  await page.keyboard.press("Home");
  await sums("max(0, 1, 3, 4) = 4");
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement?.closest("[aria-label=Input]") !== null)) break;
  }
  await page.keyboard.type("50");
  await page.keyboard.press("Enter");
  await reads("Input", [50, 1, 2, 3, 4, 5, 6, 7, 8]);
  await sums("max(50, 1, 3, 4) = 50");
  await page.keyboard.press("Control+z");
  await sums("max(0, 1, 3, 4) = 4");
});

journey("pooling by touch", { at: "#/pooling", screen: SCREEN.phone, context: { hasTouch: true, isMobile: true } }, async ({ page }) => {
  const { reads, button, sums } = parts(page);
  await page.getByRole("grid", { name: "Input" }).getByRole("gridcell").nth(4).tap();
  await page.keyboard.type("40");
  await page.keyboard.press("Enter");
  await reads("Output", [40, "", "", ""]);
  await button("Step forward").tap();
  await sums("max(1, 2, 40, 5) = 40");
  await button("Settings").tap();
  await button("Average").tap();
  await button("Close settings").tap();
  await sums("(1 + 2 + 40 + 5) / 4 = 12");
});
