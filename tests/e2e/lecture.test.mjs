// Lecture mode is read from the last row: what is large enough, and what is on screen.
import assert from "node:assert/strict";
import { SCREEN, journey } from "./harness.mjs";
import { LABS } from "./pages.mjs";

const HD = { width: 1920, height: 1080 };

/** Opens each preset of a lab in lecture mode and hands its name to `look`. */
async function eachPreset(page, open, lab, look) {
  await open(lab);
  const presets = await page.locator(".preset option:not([hidden])").evaluateAll(options => options.map(option => [option.value, option.textContent]));
  assert(presets.length > 3, `${lab} has presets`);
  await open(`${lab}?lecture=1`);
  // The list is out of sight there, and stays in the page.
  for (const [value, name] of presets) {
    await page.locator(".preset select").evaluate((list, value) => { list.value = value; list.dispatchEvent(new Event("change", { bubbles: true })); }, value);
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));
    await look(`${lab}, ${name}`);
  }
}

for (const [name, screen] of Object.entries({ projector: SCREEN.projector, "full HD": HD })) {
  for (const lab of LABS) {
    journey(`every text of the stage is at least 20 px high (${name}, ${lab})`, { at: null, screen, timeout: 120_000, reducedMotion: true }, async ({ page, open }) => {
      const wrong = [];
      await eachPreset(page, open, lab, async preset => {
        const small = await page.evaluate(() => {
          const found = new Set();
          const room = document.querySelector(".stage-room");
          const walker = document.createTreeWalker(room, NodeFilter.SHOW_TEXT);
          const check = (element, style, text) => {
            let size = parseFloat(style.fontSize);
            const svg = element.closest("svg");
            if (svg) size *= element.getScreenCTM().a;
            // A small cell leaves its letter out; of a number of six characters and more all have to be in their cell.
            const long = element.matches("[role=gridcell]") && text.length > 5 && element.scrollWidth <= element.clientWidth;
            if (size > 0 && size < 19.9 && !long) found.add(`“${text}”: ${size.toFixed(1)}`);
          };
          for (let text; (text = walker.nextNode());) {
            const element = text.parentElement;
            if (text.data.trim() && element.checkVisibility({ visibilityProperty: true }) && !element.closest(".vh")) check(element, getComputedStyle(element), text.data.trim());
          }
          for (const cell of room.querySelectorAll("[data-tap]")) check(cell, getComputedStyle(cell, "::before"), `tap ${cell.dataset.tap}`);
          return [...found].slice(0, 4);
        });
        if (small.length) wrong.push(`${preset}: ${small.join(", ")}`);
      });
      assert.deepEqual(wrong, []);
    });

    journey(`the present step is on the screen (${name}, ${lab})`, { at: null, screen, timeout: 120_000, reducedMotion: true }, async ({ page, open }) => {
      const wrong = [];
      await eachPreset(page, open, lab, async preset => {
        const out = await page.evaluate(() => {
          const inside = (at, box) => at.top >= box.top - 2 && at.bottom <= box.bottom + 2 && at.left >= box.left - 2 && at.right <= box.right + 2;
          const dock = document.querySelector(".dock").getBoundingClientRect().top;
          const screen = { top: 0, left: 0, right: innerWidth, bottom: dock };
          // Not cut by any box around it either.
          const shows = element => {
            const at = element.getBoundingClientRect();
            if (!inside(at, screen)) return false;
            for (let box = element.parentElement; box; box = box.parentElement) {
              if (getComputedStyle(box).overflow !== "visible" && !inside(at, box.getBoundingClientRect())) return false;
            }
            return true;
          };
          const parts = {
            window: document.querySelectorAll(".stage .win"),
            sum: document.querySelectorAll(".sum:not([hidden]) :is(.term, .result)"),
            // A kernel larger than 5 × 5 has more terms than there is room for: they scroll, and their sum stays.
            ...document.querySelectorAll(".term").length > 26 && !document.querySelector(".sum.rows") ? { sum: document.querySelectorAll(".result") } : {},
            diagram: document.querySelectorAll(".diagram"),
          };
          return Object.entries(parts).flatMap(([part, all]) => {
            const hidden = [...all].filter(one => !shows(one));
            return hidden.length ? [`${hidden.length} of ${all.length} of the ${part}`] : [];
          });
        });
        if (out.length) wrong.push(`${preset}: ${out.join(", ")}`);
      });
      assert.deepEqual(wrong, []);
    });
  }
}
