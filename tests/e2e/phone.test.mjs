// What a phone has of its own, by touch: settings over the lower half.
import assert from "node:assert/strict";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";
import { parts } from "./lab.mjs";
import { PAGES } from "./pages.mjs";

const LABS = PAGES.filter(page => !["home", "train", "benchmark", "benches"].includes(page.part)).map(page => page.at);
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
