// The views of the convolution lab, its further settings, predict first, and the dialog that takes a matrix.
import assert from "node:assert/strict";
import { handOver } from "./hand-over.mjs";
import { journey, onEveryScreen } from "./harness.mjs";
import { parts } from "./lab.mjs";

journey("the kernel as a matrix: a step is one row times one column", { at: "#/convolution" }, async ({ page, shot }) => {
  const { reads, sums, hash, button, region } = parts(page);
  await page.getByRole("combobox", { name: "View" }).selectOption("im2col");
  await hash("#/convolution?view=im2col");
  await reads("Windows as rows", [0, 1, 3, 4, 1, 2, 4, 5, 3, 4, 6, 7, 4, 5, 7, 8]);
  await reads("Kernel, flat", [0, 1, 2, 3]);
  await reads("Output", [19, "", "", ""]);
  await button("Step forward").click();
  await sums("1×0 + 2×1 + 4×2 + 5×3 = 25");
  // A number of the matrix leads to its step.
  await page.getByRole("grid", { name: "Windows as rows" }).getByRole("gridcell").nth(12).click();
  await sums("4×0 + 5×1 + 7×2 + 8×3 = 43");
  await shot("im2col");
  await page.mouse.move(5, 5);
  await page.getByRole("combobox", { name: "View" }).focus();
  await page.getByRole("combobox", { name: "View" }).selectOption("Kernel as a matrix");
  await reads("Kernel as a matrix", [0, 1, 0, 2, 3, 0, 0, 0, 0, 0, 0, 1, 0, 2, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 3, 0, 0, 0, 0, 0, 0, 1, 0, 2, 3]);
  await reads("Input, flat", [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await sums("4×0 + 5×1 + 7×2 + 8×3 = 43");
  assert.match(await region("Output shape").innerText(), /2 × 2/);
  await shot("toeplitz");
});

journey("a matrix too large to be shown is explained", { at: `#/convolution?x=${Array(40).fill(Array(40).fill(1).join()).join(";")}&view=toeplitz` }, async ({ page }) => {
  const alert = page.getByRole("alert").filter({ hasText: "1521 × 1600" });
  await alert.waitFor();
  await alert.getByRole("button", { name: "Show the sliding window" }).click();
  await page.getByRole("grid", { name: "Output", exact: true }).waitFor();
});

journey("two conventions of padding stand side by side", { at: "#/convolution?x=1,2,3,4;5,6,7,8;9,8,7,6;5,4,3,2&k=1,0;0,1&view=conventions&compare=same,course" }, async ({ page, shot }) => {
  const { reads, button } = parts(page);
  await reads("Output, SAME (TensorFlow)", [7, ...Array(15).fill("")]);
  await reads("Output, SAME (course)", [1, ...Array(15).fill("")]);
  await button("Last step").click();
  await reads("Output, SAME (TensorFlow)", [7, 9, 11, 4, 13, 13, 13, 8, 13, 11, 9, 6, 5, 4, 3, 2]);
  await reads("Output, SAME (course)", [1, 2, 3, 4, 5, 7, 9, 11, 9, 13, 13, 13, 5, 13, 11, 9]);
  // Both inputs are one: a number typed into one stands in the other.
  await page.getByRole("grid", { name: "Input, SAME (TensorFlow)" }).getByRole("gridcell").first().click();
  await page.keyboard.type("100");
  await page.keyboard.press("Enter");
  await reads("Input, SAME (course)", [100, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3, 2]);
  await page.getByRole("combobox", { name: "Below" }).selectOption("p per side");
  await page.getByRole("grid", { name: "Output, p per side" }).waitFor();
  await shot("conventions");
});

journey("padding by name, and what it holds", { at: "#/convolution" }, async ({ page }) => {
  const { button, reads, hash, ring, region } = parts(page);
  await button("Full").click();
  await hash("#/convolution?pad=1");
  await reads("Output", [0, ...Array(15).fill("")]);
  await button("None").click();
  await hash("#/convolution");
  await button("SAME").click();
  await hash("#/convolution?pad=0,1,0,1");
  await button("total (course)").click();
  await button("SAME").click();
  await hash("#/convolution?pad=1,0,1,0&padding=total");
  assert.match(await region("Settings").innerText(), /1 on top and left, 0 at the bottom and right/);
  await page.getByRole("combobox", { name: "Padding holds" }).selectOption("reflect");
  await page.waitForFunction(() => document.querySelector("[aria-label=Input] .pad")?.textContent === "4");
  assert.deepEqual(await ring("Input"), ["4", "3", "4", "5", "1", "4", "7"]);
  await page.getByRole("combobox", { name: "Padding holds" }).selectOption("circular");
  await page.waitForFunction(() => document.querySelector("[aria-label=Input] .pad")?.textContent === "8");
  assert.deepEqual(await ring("Input"), ["8", "6", "7", "8", "2", "5", "8"]);
  await page.getByRole("combobox", { name: "Padding holds" }).selectOption("replicate");
  await page.waitForFunction(() => document.querySelector("[aria-label=Input] .pad")?.textContent === "0");
  assert.deepEqual(await ring("Input"), ["0", "0", "1", "2", "0", "3", "6"]);
});

journey("the SAME of a transposed convolution is Keras's", { at: "#/convolution?x=0,1;2,3&stride=3,2&transposed=1" }, async ({ page }) => {
  const { button, reads, region } = parts(page);
  await button("Last step").click();
  assert.match(await region("Output shape").innerText(), /5 × 4/);
  await button("SAME").click();
  await page.waitForFunction(() => location.hash.startsWith("#/convolution?x=0,1;2,3&stride=3,2&transposed=1&outpad=1,0"));
  assert.match(await region("Output shape").innerText(), /6 × 4/);
  await reads("Output", [0, 0, 0, 1, 0, 0, 2, 3, 0, 0, 0, 0, 0, 2, 0, 3, 4, 6, 6, 9, 0, 0, 0, 0]);
  await button("None").click();
  await page.waitForFunction(() => !location.hash.includes("outpad"));
  await button("Undo").click();
  await page.waitForFunction(() => location.hash.includes("outpad=1,0"));
});

journey("padding that cannot be mirrored says why", { at: "#/convolution?pad=3&mode=reflect" }, async ({ page }) => {
  const { reads } = parts(page);
  const alert = page.getByRole("alert").filter({ hasText: "reflect padding of 3" });
  assert.match(await alert.innerText(), /A reflect padding of 3 is not possible with 3 rows: the border is not repeated, so that 2 is the most\./);
  await alert.getByRole("button", { name: "Use zeros" }).click();
  await reads("Input", [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await page.getByRole("grid", { name: "Output", exact: true }).waitFor();
});

journey("a transposed convolution paints, and is a convolution of the stretched input", { at: "#/convolution?x=0,1;2,3" }, async ({ page, shot }) => {
  const { button, reads, sums, hash, region } = parts(page);
  await page.getByRole("switch", { name: "Transposed" }).click();
  await hash("#/convolution?x=0,1;2,3&transposed=1");
  await reads("Output", [0, 0, "", 0, 0, "", "", "", ""]);
  await button("Last step").click();
  await reads("Output", [0, 0, 1, 0, 4, 6, 4, 12, 9]);
  await sums("3×0, 3×1, 3×2, 3×3: added to rows 1 to 2, columns 1 to 2");
  // Pointing at an output shows the whole sum behind it.
  await page.getByRole("grid", { name: "Output", exact: true }).getByRole("gridcell").nth(4).hover();
  await sums("0×3 + 1×2 + 2×1 + 3×0 = 4");
  await page.mouse.move(5, 5);
  await page.getByRole("combobox", { name: "View" }).selectOption("Stretched input");
  await button("First step").click();
  await sums("0×3 + 0×2 + 0×1 + 0×0 = 0");
  await page.getByRole("spinbutton", { name: "Stride", exact: true }).fill("2");
  await page.keyboard.press("Enter");
  await page.getByRole("spinbutton", { name: "Output padding", exact: true }).fill("1");
  await page.keyboard.press("Enter");
  await hash("#/convolution?x=0,1;2,3&stride=2&transposed=1&outpad=1&view=stretched");
  assert.match(await region("Output shape").innerText(), /5 × 5/);
  // Cells between zeros are edited like others.
  await page.getByRole("grid", { name: "Input", exact: true }).getByRole("gridcell").nth(3).click();
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await reads("Input", [0, 1, 2, 5]);
  await shot("stretched");
  await page.getByRole("spinbutton", { name: "Output padding", exact: true }).fill("3");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByRole("button", { name: "Use output padding 1" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
});

journey("the next number is predicted, and a wrong one is named", { at: "#/convolution?b=1" }, async ({ page, shot }) => {
  const { button, reads, sums, region } = parts(page);
  await sums("0×0 + 1×1 + 3×2 + 4×3 + 1 = 20");
  await page.keyboard.press("p");
  const field = page.getByRole("textbox", { name: "Output row 0, column 0 =" });
  await field.waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "prediction");
  // The answer is nowhere on the page.
  await reads("Output", ["", "", "", ""]);
  assert.doesNotMatch(await page.locator("main").innerText(), /\b20\b/);
  assert.doesNotMatch(await region("Arithmetic").textContent(), /20/);
  await page.keyboard.type("19");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "That is the sum without the bias: 1 is still to be added." }).waitFor();
  await shot("predicted wrong");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("20");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "Right." }).waitFor();
  await reads("Output", [20, "", "", ""]);
  await page.waitForFunction(() => document.activeElement?.id === "predict-next");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Output row 0, column 1 =" }).waitFor();
  await page.keyboard.type("abc");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "“abc” is not a number." }).waitFor();
  await button("Show the products").click();
  await region("Arithmetic").locator(".term").first().waitFor();
  await button("Reveal").click();
  await sums("1×0 + 2×1 + 4×2 + 5×3 + 1 = 26");
  await page.waitForFunction(() => location.hash === "#/convolution?b=1&step=2&predict=1");
  // Back to what was answered: it stays open; onwards, the next is asked.
  await button("Step back").click();
  await reads("Output", [20, "", "", ""]);
  // Nobody gets past what is asked for: neither by the last step, nor by pointing or pressing.
  await button("Last step").click();
  await page.getByRole("textbox", { name: "Output row 1, column 0 =" }).waitFor();
  await page.getByRole("grid", { name: "Output", exact: true }).getByRole("gridcell").nth(3).hover();
  await page.getByRole("grid", { name: "Output", exact: true }).getByRole("gridcell").nth(3).click();
  await reads("Output", [20, 26, "", ""]);
  await page.getByRole("textbox", { name: "Output row 1, column 0 =" }).waitFor();
  await page.mouse.move(5, 5);
  await button("Predict first").click();
  await sums("3×0 + 4×1 + 6×2 + 7×3 + 1 = 38");
});

journey("a matrix is pasted through the dialog, with its shape first", { at: "#/convolution" }, async ({ page, shot, axe }) => {
  const { reads, hash } = parts(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("paste");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Paste a matrix" });
  await dialog.waitFor();
  await dialog.getByRole("textbox", { name: "Numbers" }).fill("np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])");
  await dialog.getByText("3 × 3").first().waitFor();
  await dialog.getByText("NumPy").first().waitFor();
  await dialog.getByRole("radio", { name: "Kernel" }).check();
  await shot("paste dialog");
  await axe();
  await dialog.getByRole("button", { name: "Put it in" }).click();
  await reads("Kernel", [1, 0, "−1", 2, 0, "−2", 1, 0, "−1"]);
  await hash("#/convolution?k=1,0,-1;2,0,-2;1,0,-1");
  await page.keyboard.press("Control+z");
  await reads("Kernel", [0, 1, 2, 3]);
});

journey("a dropped file is shown before it goes anywhere", { at: "#/convolution" }, async ({ page }) => {
  const { reads } = parts(page);
  await handOver(page, "[role=grid][aria-label=Input] [role=gridcell]", { name: "numbers.csv", type: "text/csv", bytes: "1,2,3\n4,5,6\n7,8,9\n10,11,12\n" });
  const dialog = page.getByRole("dialog", { name: "Paste a matrix" });
  await dialog.getByText("4 × 3").first().waitFor();
  await dialog.getByRole("button", { name: "Put it in" }).click();
  await reads("Input", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

for (const [name, query] of [
  ["im2col", "view=im2col"],
  ["matrix", "view=toeplitz&step=3"],
  ["conventions", "pad=1&view=conventions"],
  ["scattering", "x=0,1;2,3&stride=2&transposed=1"],
  ["stretched", "x=0,1;2,3&stride=2&transposed=1&view=stretched"],
  ["predict", "predict=1&step=2"],
]) {
  onEveryScreen(name, `#/convolution?${query}`);
}
