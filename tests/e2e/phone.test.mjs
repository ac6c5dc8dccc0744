// What a phone has of its own, by touch: settings over the lower half, and keys that its keyboard lacks.
import assert from "node:assert/strict";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";
import { parts } from "./lab.mjs";
import { LABS } from "./pages.mjs";

const touch = { screen: SCREEN.phone, context: { hasTouch: true, isMobile: true } };

for (const at of LABS) {
  inBothThemes(`settings leave the stage in view: ${at}`, { ...touch, at }, async ({ page, axe, shot }) => {
    const { button, region } = parts(page);
    await button("Settings").tap();
    const sheet = region("Settings");
    await sheet.waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "settings");
    const { top, bottom, stage, high } = await page.evaluate(() => {
      const { top, bottom } = document.querySelector(".panel").getBoundingClientRect();
      return { top, bottom, high: innerHeight, stage: document.querySelector(".stage-room").getBoundingClientRect().top };
    });
    assert(top >= high / 2 - 1 && bottom <= high + 1, `the sheet stands from ${top} to ${bottom} of ${high}`);
    assert(stage >= 0 && stage < 60, `the stage begins at ${stage}`);
    // The page below goes on far enough for its last line to be scrolled above the sheet.
    const last = await page.evaluate(() => {
      scrollTo(0, document.documentElement.scrollHeight);
      return document.querySelector(".arith").getBoundingClientRect().bottom;
    });
    assert(last <= top, `the sum ends at ${last}, the sheet begins at ${top}`);
    await axe();
    await shot(`settings sheet ${at} ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
    await button("Close settings").tap();
    await sheet.waitFor({ state: "hidden" });
  });
}

journey("a setting changes while its stage is watched", { ...touch, at: "#/convolution" }, async ({ page }) => {
  const { button, region } = parts(page);
  await button("Settings").tap();
  await button("Increase padding").tap();
  await page.waitForFunction(() => document.querySelector("[role=grid][aria-label=Output]").ariaRowCount === "4");
  const [input, sheet] = [await page.getByRole("grid", { name: "Input", exact: true }).boundingBox(), await region("Settings").boundingBox()];
  assert(input.y >= 0 && input.y + input.height <= sheet.y, "the input is whole above the settings");
  // Escape closes from where the focus was put.
  await page.keyboard.press("Escape");
  await region("Settings").waitFor({ state: "hidden" });
});

/** The keyboard of a phone, which covers the foot of the page and leaves the window as it is. */
const keyboard = (page, high) => page.evaluate(high => {
  Object.defineProperty(visualViewport, "height", { configurable: true, get: () => innerHeight - high });
  visualViewport.dispatchEvent(new Event("resize"));
}, high);

inBothThemes("an edited cell has the keys that a keyboard of numbers lacks", { ...touch, at: "#/convolution" }, async ({ page, axe, shot }) => {
  const { button, reads } = parts(page);
  const cells = name => page.getByRole("grid", { name, exact: true }).getByRole("gridcell");
  const keys = page.getByRole("region", { name: "Number keys" });
  const at = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.equal(await keys.count(), 0);
  await cells("Kernel").nth(0).tap();
  await keys.waitFor();
  assert.equal(await page.locator(".cell-edit:focus").getAttribute("inputmode"), "decimal");
  await keyboard(page, 300);
  const [row, editor] = [await keys.boundingBox(), await page.locator(".cell-edit:focus").boundingBox()];
  assert(Math.abs(row.y + row.height - (SCREEN.phone.height - 300)) <= 1, `the row ends at ${row.y + row.height}`);
  assert(editor.y + editor.height <= row.y, "the cell is above the row");
  for (const key of await keys.getByRole("button").all()) {
    const { width, height } = await key.boundingBox();
    assert(width >= 44 && height >= 44, `${await key.textContent()}: ${width} × ${height}`);
  }
  await axe();
  await shot(`number keys ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
  // What is there is selected: the minus takes its place, as any key does.
  await button("Minus").tap();
  await page.keyboard.type("1");
  await button("Fraction bar").tap();
  await page.keyboard.type("2");
  assert.equal(await at(), "Kernel row 0, column 0", "the focus stays in the editor");
  await button("Next cell").tap();
  assert.equal(await at(), "Kernel row 0, column 1");
  await page.keyboard.type("0");
  await button("Decimal point").tap();
  await page.keyboard.type("5");
  await button("Next cell").tap();
  await reads("Kernel", ["−1/2", "0.5", 2, 3]);
  assert.equal(await at(), "Kernel row 1, column 0");
  await button("Back one cell").tap();
  assert.equal(await at(), "Kernel row 0, column 1");
  await button("Next cell").tap();
  await button("Next cell").tap();
  assert.equal(await at(), "Kernel row 1, column 1");
  // Past the last cell there is none: the number is taken, and the keyboard goes.
  await page.keyboard.type("7");
  await button("Next cell").tap();
  await keys.waitFor({ state: "hidden" });
  await reads("Kernel", ["−1/2", "0.5", 2, 7]);
});

journey("the row of keys is one, goes with the editor, and is no mouse's", { at: "#/channels", context: { hasTouch: true } }, async ({ page }) => {
  const keys = page.getByRole("region", { name: "Number keys" });
  const cell = name => page.getByRole("grid", { name, exact: true }).getByRole("gridcell").first();
  await cell("Input channel 0").tap();
  await cell("Input channel 1").tap();
  await page.waitForFunction(() => document.activeElement.ariaLabel === "Input channel 1 row 0, column 0");
  assert.equal(await keys.count(), 1);
  await page.keyboard.press("Escape");
  await keys.waitFor({ state: "hidden" });
  await cell("Input channel 0").dblclick();
  await page.waitForFunction(() => document.activeElement.ariaLabel === "Input channel 0 row 0, column 0");
  assert.equal(await keys.count(), 0);
});

journey("a link opens on the window of its step, however far that is", { at: null, screen: SCREEN.phone }, async ({ page, open }) => {
  const numbers = Array.from({ length: 32 }, (_, i) => Array.from({ length: 32 }, (_, j) => (7 * i + 3 * j) % 10).join(",")).join(";");
  await open(`#/convolution?x=${numbers}&k=1,2,1;2,1,2;1,2,1&step=450`);
  // Row 14, column 29 of the output, and the window on the input there.
  for (const [name, row, col] of [["Input", 14, 29], ["Input", 16, 31], ["Output", 14, 29]]) {
    const cell = page.getByRole("grid", { name, exact: true }).locator(`[data-at="${row},${col}"]`);
    await page.waitForFunction(cell => {
      const box = cell.closest(".plate").getBoundingClientRect(), at = cell.getBoundingClientRect();
      return at.left >= box.left - 1 && at.right <= box.right + 1 && at.top >= box.top - 1 && at.bottom <= box.bottom + 1;
    }, await cell.elementHandle(), { timeout: 5_000 });
  }
});
