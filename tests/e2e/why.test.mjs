// The why-convolution lab, as a person uses it.
import assert from "node:assert/strict";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";
import { parts } from "./lab.mjs";

const CONNECTIONS = "#/why?view=connections";
const SHIFT = "#/why?view=shift";

/** What the picture of a lab says. */
function drawn(page) {
  const texts = () => page.locator(".diagram svg text").allTextContents();
  const says = text => page.waitForFunction(
    text => [...document.querySelectorAll(".diagram svg text")].some(node => node.textContent === text), text,
  ).catch(async error => { assert.fail(`${text} is not on the picture: ${await texts()}`, { cause: error }); });
  const hides = async text => assert(!(await texts()).includes(text), `${text} is on the picture`);
  const place = name => page.locator(".diagram").getByRole("button", { name, exact: true });
  return { texts, says, hides, place };
}

journey("3.6 billion weights are counted, number by number", { at: "#/why" }, async ({ page, shot }) => {
  const { sums, button, hash, region } = parts(page);
  const { says, hides } = drawn(page);
  await sums("3,000 × 4,000 × 3 = 36,000,000");
  await says("36,000,000");
  await hides("3,600,000,000");
  await shot("why count begins");
  await button("Step forward").click();
  await sums("36,000,000 × 100 = 3,600,000,000");
  await says("3,600,000,000");
  await button("Last step").click();
  await hash("#/why?step=12");
  await sums("89,790,120,000 / 3,600,000,000 ≈ 24.9");
  for (const count of ["7,500", "14,400,000,400", "480,000", "1/693 as wide, to the same scale; lens: 100 ×"]) await says(count);
  await button("Step back").click();
  await sums("1,197,201,600 × 5 × 5 × 3 = 89,790,120,000");
  await hides("24.9");
  assert.match(await region("Output shape").innerText(), /100 × 2996 × 3996/);
});

journey("a visitor finds all of it counted", { at: "#/receptive-field" }, async ({ page }) => {
  const links = await page.locator("a[href*='#/why']").evaluateAll(links => links.map(link => link.getAttribute("href")));
  assert(links.length > 0 && links.every(link => link.endsWith("#/why?step=12")), links.join());
});

journey("image, kernel and units are set, and the counts follow", { at: "#/why?step=12" }, async ({ page }) => {
  const { button, hash } = parts(page);
  const { says } = drawn(page);
  const set = async (name, count) => {
    await page.getByRole("spinbutton", { name, exact: true }).fill(count);
    await page.keyboard.press("Enter");
  };
  await set("Units", "10");
  await says("360,000,000");
  await set("Channels", "1");
  await says("120,000,000");
  await says("2,500");
  await set("Kernel", "3");
  await says("900");
  await hash("#/why?channels=1&units=10&window=3&step=12");
  await button("Undo").click();
  await says("2,500");
  await button("Redo").click();
  await says("900");
  await page.getByRole("combobox", { name: "Preset" }).selectOption({ label: "A kernel as large as the image" });
  await says("1");
  // The longest number fits its field.
  await page.getByRole("combobox", { name: "Preset" }).selectOption({ label: "36 million inputs, 100 units" });
  await says("3,600,000,000");
  const cut = await page.getByRole("spinbutton", { name: /Image/ }).evaluateAll(fields => fields.filter(field => field.scrollWidth > field.clientWidth).length);
  assert.equal(cut, 0);
});

journey("a number that is pressed leads to its sum, and one that is pointed at shows it", { at: "#/why?step=12" }, async ({ page }) => {
  const { sums, hash } = parts(page);
  const { place } = drawn(page);
  await place("weights, convolution").hover();
  await sums("5 × 5 × 3 × 100 = 7,500");
  await hash("#/why?step=12");
  await place("weights, convolution").click();
  await hash("#/why?step=5");
  await page.mouse.move(0, 0);
  await sums("5 × 5 × 3 × 100 = 7,500");
});

journey("what is hidden is not on the picture either", { at: "#/why?step=12&hide=output,arithmetic" }, async ({ page }) => {
  const { texts } = drawn(page);
  await page.locator(".diagram svg").waitFor();
  const found = await texts();
  assert(!found.some(text => /480,000|7,500|3,600,000,000|36,000,000/.test(text)), found.join(" | "));
});

journey("edges and weights in three layers", { at: CONNECTIONS }, async ({ page, shot }) => {
  const { reads, sums, button, hash } = parts(page);
  const { says, place } = drawn(page);
  await says("8 × 6 = 48 edges, 48 weights");
  await says("6 × 3 = 18 edges, 18 weights");
  await says("6 × 3 = 18 edges, 3 weights");
  await reads("Input", [0, 1, 3, 2, 0, 1, 2, 1]);
  await button("Step forward").click();
  await sums("full: 0×2 + 1×1 + 3×1 + 2×1 + 0×(−2) + 1×1 + 2×2 + 1×(−2) = 9; local: 1×(−1) + 3×(−2) + 2×1 = −5; shared: 1×1 + 3×2 + 2×(−1) = 5");
  await shot("why connections");
  // An edit reaches all three.
  await page.getByRole("grid", { name: "Kernel", exact: true }).getByRole("gridcell").nth(1).dblclick();
  await page.keyboard.type("0");
  await page.keyboard.press("Enter");
  await page.locator("[aria-label=Arithmetic] [aria-live]").filter({ hasText: "shared: 1×1 + 3×0 + 2×(−1) = −1" }).waitFor();
  await button("Undo").click();
  // An output of the picture leads to its step.
  const outputs = place(/^Shared: convolution, outputs/);
  const box = await outputs.boundingBox();
  await outputs.click({ position: { x: box.width * 5.5 / 6, y: box.height / 2 } });
  await hash(`${CONNECTIONS}&step=6`);
  await page.getByRole("spinbutton", { name: "Taps", exact: true }).fill("1");
  await page.keyboard.press("Enter");
  await says("8 × 1 = 8 edges, 1 weight");
});

journey("a shift moves the convolution along, and not the fully connected layer", { at: SHIFT }, async ({ page, shot }) => {
  const { reads, sums, button, region, hash } = parts(page);
  await reads("conv(x)", [-7, 36, 7, -14, 27, 14, -7, 9, 7].map(value => String(value).replace("-", "−")));
  await reads("conv(x′)", ["−36", "", "", "", "", "", "", "", ""]);
  await button("Last step").click();
  await reads("conv(x′)", [-36, -7, 36, -27, -14, 27, -9, -7, 9].map(value => String(value).replace("-", "−")));
  await page.locator("[aria-label=Arithmetic] [aria-live]").filter({ hasText: /^conv\(x\): .* = 9; conv\(x′\): .* = 9; dense\(x′\): .* = −16$/ }).waitFor();
  assert.equal(await page.locator("[role=grid][aria-label='conv(x′)'] .differs").count(), 3);
  assert.equal(await page.locator("[role=grid][aria-label='dense(x′)'] .differs").count(), 9);
  assert.match(await region("Output shape").innerText(), /conv: 6 of 9 outputs moved along, 1 right; dense: 0 of 9/);
  await shot("why shift");
  // A number before the shift is found where it moved to.
  await page.getByRole("grid", { name: "conv(x)", exact: true }).getByRole("gridcell").nth(1).click();
  await hash(`${SHIFT}&step=3`);
  await page.getByRole("combobox", { name: "Shift", exact: true }).selectOption("1 down");
  await hash(`${SHIFT}&shift=down&step=3`);
  await page.getByRole("spinbutton", { name: "Stride", exact: true }).fill("2");
  await page.keyboard.press("Enter");
  await region("Output shape").getByText(/falls between two windows/).waitFor();
});

journey("what can't be counted or drawn is explained and repaired", { at: "#/why?size=8&window=11,3" }, async ({ page, open }) => {
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "An 11 × 3 kernel does not fit an 8 × 8 image." }).waitFor();
  await alert.getByRole("button").first().click();
  await alert.waitFor({ state: "detached" });
  await page.locator(".diagram").waitFor();
  await open("#/why?view=connections&pad=3");
  await alert.filter({ hasText: "A padding of 3 leaves the first window of 3 taps no input" }).waitFor();
  await alert.getByRole("button", { name: "Use padding 2" }).click();
  await alert.waitFor({ state: "detached" });
  await open("#/why?view=shift&x=1,y;2,3&k=1");
  await alert.filter({ hasText: "“y” is not a number" }).waitFor();
  await alert.getByRole("button").first().click();
  await alert.waitFor({ state: "detached" });
});

journey("a link that can't be read says so, and the default opens", { at: "#/why?view=nothing&size=-1&units=zz" }, async ({ page }) => {
  const { says } = drawn(page);
  await page.getByText(/view=nothing can't be read/).first().waitFor();
  await says("36,000,000");
});

journey("predict first: the count, and two mistakes by name", { at: "#/why?step=5&predict=1" }, async ({ page }) => {
  const { sums } = parts(page);
  const { hides, says } = drawn(page);
  const field = page.getByRole("textbox", { name: /Weights, convolution/ });
  await hides("7,500");
  const answers = async (typed, words) => {
    await field.fill(typed);
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: words }).waitFor();
  };
  await answers("2500", "a filter reaches through all channels");
  await answers("75", "That is one filter's share");
  await field.fill("7,500");
  await page.keyboard.press("Enter");
  await sums("5 × 5 × 3 × 100 = 7,500");
  await says("7,500");
});

journey("predict first: a number that moved along", { at: `${SHIFT}&step=2&predict=1` }, async ({ page }) => {
  const { reads } = parts(page);
  const field = page.getByRole("textbox", { name: /row 0, column 1/ });
  await field.fill("36");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "the number has moved along" }).waitFor();
  await field.fill("-7");
  await page.keyboard.press("Enter");
  await reads("conv(x′)", ["−36", "−7", "", "", "", "", "", "", ""]);
});

journey("why convolution by keyboard alone", { at: "#/why", reducedMotion: true }, async ({ page }) => {
  const { sums, hash } = parts(page);
  await page.keyboard.press("ArrowRight");
  await sums("36,000,000 × 100 = 3,600,000,000");
  await page.keyboard.press("End");
  await hash("#/why?step=12");
  const focused = name => page.evaluate(name => document.activeElement?.getAttribute("aria-label") === name, name);
  for (let i = 0; i < 60 && !await focused("outputs, convolution"); i++) await page.keyboard.press("Tab");
  assert(await focused("outputs, convolution"));
  await sums("2,996 × 3,996 × 100 = 1,197,201,600");
  await page.keyboard.press("Enter");
  await hash("#/why?step=10");
});

journey("why convolution by touch", { at: CONNECTIONS, screen: SCREEN.phone, context: { hasTouch: true, isMobile: true } }, async ({ page }) => {
  const { button } = parts(page);
  const { says, place } = drawn(page);
  await says("8 × 6 = 48 edges, 48 weights");
  const outputs = place(/^Fully connected, outputs/);
  const box = await outputs.boundingBox();
  await outputs.tap({ position: { x: box.width * 2.5 / 6, y: box.height / 2 } });
  await page.locator("[aria-label=Arithmetic] [aria-live]").filter({ hasText: "shared: 3×1 + 2×2 + 0×(−1) = 7" }).waitFor();
  await button("Settings").tap();
  await button("Count").tap();
  await button("Close settings").tap();
  await says("inputs, 3000 × 4000 × 3");
});

journey("why convolution on a projector", { at: "#/why", screen: SCREEN.projector, reducedMotion: true }, async ({ page, lecture }) => {
  const { sums } = parts(page);
  await lecture(true);
  await page.keyboard.press("PageDown");
  await sums("36,000,000 × 100 = 3,600,000,000");
  await page.keyboard.press("PageUp");
  await sums("3,000 × 4,000 × 3 = 36,000,000");
});

journey("grids, sums and steps are on a laptop's screen", { at: "#/why?step=12" }, async ({ page, open }) => {
  for (const at of ["#/why?step=12", `${CONNECTIONS}&step=3`, `${CONNECTIONS}&row=0,1,3,2,0,0,1,2,2,1,0,1,3`, `${SHIFT}&step=9`, SHIFT, `${SHIFT}&x=1,2,3;0,4,1;2,0,5&k=1,1,1;1,1,1;1,1,1&pad=1&step=6`]) {
    await open(at);
    await page.locator(".sum .sum-line").first().waitFor();
    const over = await page.evaluate(() => {
      const stage = document.querySelector(".stage-scroll");
      const dock = document.querySelector(".dock").getBoundingClientRect();
      const sum = document.querySelector(".arith .sum").getBoundingClientRect();
      const cut = [...document.querySelectorAll(".sum .tail")].some(tail => tail.getBoundingClientRect().right > innerWidth);
      return { grids: stage.scrollHeight - stage.clientHeight, sum: Math.max(0, sum.bottom - dock.top), cut };
    });
    assert(over.grids <= 2 && over.sum <= 0 && !over.cut, `${at}: ${JSON.stringify(over)}`);
  }
});

for (const [name, hash] of [["why count", "#/why?step=12"], ["why count begins", "#/why"], ["why connections", `${CONNECTIONS}&step=3`], ["why shift", `${SHIFT}&step=9`], ["why broken", "#/why?units=0"]]) {
  onEveryScreen(name, hash);
}
