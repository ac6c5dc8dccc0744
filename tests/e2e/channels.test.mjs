// The channels lab, as a person uses it.
import assert from "node:assert/strict";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";
import { parts } from "./lab.mjs";

const FILTERS = "#/channels?k=0,1;2,3|1,2;3,4||1,1;1,1|-1,-1;-1,-1&b=0,4";
const GROUPS = "#/channels?x=0,1,2;3,4,5;6,7,8|1,2,3;4,5,6;7,8,9|8,7,6;5,4,3;2,1,0|1,0,1;0,1,0;1,0,1&k=0,1;2,3|1,2;3,4||1,1;1,1|-1,1;-1,1&groups=2";

journey("two channels: partial sums and their sum", { at: "#/channels" }, async ({ page, shot }) => {
  const { reads, sums, button, hash, region } = parts(page);
  await reads("Input channel 0", [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await reads("Input channel 1", [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await reads("Kernel channel 1", [1, 2, 3, 4]);
  await reads("Partial sum channel 0", [19, "", "", ""]);
  await reads("Partial sum channel 1", [37, "", "", ""]);
  await reads("Output channel 0", [56, "", "", ""]);
  await sums("channel 0: 0×0 + 1×1 + 3×2 + 4×3 = 19; channel 1: 1×1 + 2×2 + 4×3 + 5×4 = 37; 19 + 37 = 56");
  await button("Last step").click();
  await reads("Output channel 0", [56, 72, 104, 120]);
  assert.match(await region("Output shape").innerText(), /1 × 2 × 2/);
  // From any number to its sum: a partial sum is pressed.
  await page.getByRole("grid", { name: "Partial sum channel 1" }).getByRole("gridcell").nth(1).click();
  await hash("#/channels?step=2");
  await shot("channels");
});

journey("filters, their biases, and what is counted", { at: FILTERS }, async ({ page, shot }) => {
  const { reads, button, region, sums } = parts(page);
  await button("Last step").click();
  await reads("Output channel 0", [56, 72, 104, 120]);
  await reads("Output channel 1", [0, 0, 0, 0]);
  await reads("Kernel channel 1", ["−1", "−1", "−1", "−1"]);
  await sums("channel 0: 4×1 + 5×1 + 7×1 + 8×1 = 24; channel 1: 5×(−1) + 6×(−1) + 8×(−1) + 9×(−1) = −28; 24 + (−28) + 4 = 0");
  const shape = await region("Output shape").innerText();
  assert.match(shape, /2 × 2 × 2 × 2/, "the weight tensor");
  assert.match(shape, /Parameters\s*18/);
  assert.match(shape, /Multiply-adds\s*64/);
  await shot("channels filters");
  // A kernel of the shown filter is edited.
  await page.getByRole("grid", { name: "Kernel channel 0" }).getByRole("gridcell").first().click();
  await page.keyboard.type("2");
  await page.keyboard.press("Enter");
  await reads("Output channel 1", [0, 1, 3, 4]);
  await reads("Output channel 0", [56, 72, 104, 120]);
});

journey("channels and filters grow and shrink; nothing is lost on the way", { at: "#/channels" }, async ({ page }) => {
  const { reads, hash } = parts(page);
  const set = async (name, count) => {
    await page.getByRole("spinbutton", { name, exact: true }).fill(String(count));
    await page.keyboard.press("Enter");
  };
  await set("Input channels", 3);
  await reads("Input channel 2", Array(9).fill(0));
  await reads("Kernel channel 2", [0, 0, 0, 0]);
  await reads("Output channel 0", [56, "", "", ""]);
  await set("Filters", 2);
  await page.getByRole("grid", { name: "Output channel 1" }).waitFor();
  await set("Groups", 2);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  await alert.getByRole("button").first().click();
  await alert.waitFor({ state: "detached" });
  // The count and its repair are one step back, as a button held down is.
  await page.keyboard.press("Control+z");
  await page.getByRole("grid", { name: "Output channel 1" }).waitFor();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await hash("#/channels");
});

journey("groups: a filter reads its channels alone", { at: GROUPS }, async ({ page, shot }) => {
  const { reads, button } = parts(page);
  await page.getByRole("grid", { name: "Kernel channel 0" }).waitFor();
  assert.equal(await page.getByRole("grid", { name: "Kernel channel 2" }).count(), 0);
  await button("Last step").click();
  await page.getByRole("grid", { name: "Kernel channel 2" }).waitFor();
  await reads("Output channel 0", [56, 72, 104, 120]);
  await shot("channels groups");
});

journey("a stack of matrices is pasted into the channels", { at: "#/channels" }, async ({ page }) => {
  const { reads } = parts(page);
  await page.getByRole("grid", { name: "Input channel 0" }).getByRole("gridcell").first().click();
  await page.evaluate(() => navigator.clipboard.writeText("np.array([[[1, 0], [0, 1]], [[2, 2], [2, 2]], [[5, 6], [7, 8]]])"));
  await page.keyboard.press("Control+v");
  await reads("Input channel 0", [1, 0, 0, 1]);
  await reads("Input channel 2", [5, 6, 7, 8]);
});

journey("predict first: a forgotten channel is named", { at: "#/channels?predict=1" }, async ({ page }) => {
  const field = page.getByRole("textbox", { name: /Output/ });
  await field.fill("19");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: /channel/ }).waitFor();
});

const SIX = Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => i + j).join(",")).join(";");

journey("channels that have no room together are shown one at a time", { at: `#/channels?x=${SIX}|${SIX}|${SIX}&k=1,2;3,4|1,0;0,1|0,1;1,0` }, async ({ page, axe }) => {
  const tabs = page.getByRole("tablist", { name: "Channel" });
  const tab = name => tabs.getByRole("tab", { name, exact: true });
  const grids = () => page.getByRole("grid").evaluateAll(all => all.map(grid => grid.ariaLabel));
  assert.deepEqual(await grids(), ["Input channel 0", "Kernel channel 0", "Partial sum channel 0", "Output channel 0"]);
  assert.equal(await tabs.getByRole("tab").count(), 3);
  await tab("Channel 0").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.activeElement.ariaLabel === "Channel 2" && document.activeElement.ariaSelected === "true");
  assert.deepEqual(await grids(), ["Input channel 2", "Kernel channel 2", "Partial sum channel 2", "Output channel 0"]);
  await page.waitForFunction(() => location.hash.endsWith("&channel=2"));
  await tab("Channel 1").click();
  await page.getByRole("grid", { name: "Kernel channel 1", exact: true }).waitFor();
  await axe();
  // A smaller input has room for all.
  await page.evaluate(hash => { location.hash = hash; }, "#/channels?channel=1");
  await page.getByRole("grid", { name: "Input channel 0", exact: true }).waitFor();
  assert.equal(await tabs.count(), 0);
});

for (const [name, hash] of [["channels", FILTERS], ["channels groups", GROUPS], ["channels broken", "#/channels?groups=3"]]) {
  onEveryScreen(name, hash);
}

journey("channels by touch", { at: "#/channels", screen: SCREEN.phone, context: { hasTouch: true, isMobile: true } }, async ({ page }) => {
  const { reads, button } = parts(page);
  await page.getByRole("grid", { name: "Input channel 1" }).getByRole("gridcell").first().tap();
  await page.keyboard.type("0");
  await page.keyboard.press("Enter");
  await reads("Output channel 0", [55, "", "", ""]);
  await button("Step forward").tap();
  await reads("Output channel 0", [55, 72, "", ""]);
});
