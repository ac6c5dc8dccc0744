// Random states of every lab, at four sizes: nothing overlaps, overflows or is cut. Presets are small and chosen; these
// are not. `STATES=500 node --test tests/e2e/states.test.mjs` draws more of them than a run of all tests does, SEED others.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { journey } from "./harness.mjs";

const COUNT = process.env.STATES ?? "12", SEED = process.env.SEED ?? "1";
const made = spawnSync("cargo", ["run", "--quiet", "--locked", "--example", "random_states", "--", COUNT, SEED], {
  cwd: fileURLToPath(new URL("../../", import.meta.url)), encoding: "utf8", maxBuffer: 2 ** 28,
});
assert.equal(made.status, 0, made.stderr);
// A camera would have to be asked for.
const LINKS = made.stdout.trim().split("\n").filter(link => !link.includes("image=webcam"));

/** What lies on what, and what is cut: as sentences. */
function faults() {
  const found = new Set();
  const name = element => (element.getAttribute("aria-label") ?? element.closest("[aria-label]")?.getAttribute("aria-label") ?? "") + "." + (element.className.baseVal ?? element.className);
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) found.add(`the page scrolls sideways by ${page.scrollWidth - page.clientWidth}`);

  // What of an element is in sight, within all that clips it.
  const seen = element => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const clip = box.getBoundingClientRect();
      if (style.overflowX !== "visible") [left, right] = [Math.max(left, clip.left), Math.min(right, clip.right)];
      if (style.overflowY !== "visible") [top, bottom] = [Math.max(top, clip.top), Math.min(bottom, clip.bottom)];
    }
    return right - left > 1 && bottom - top > 1 ? { element, left, top, right, bottom } : null;
  };
  const blocks = selector => [...document.querySelectorAll(selector)].filter(element => element.checkVisibility({ visibilityProperty: true })).map(seen).filter(Boolean);
  const over = (a, b) => Math.min(Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  const apart = (first, second) => {
    for (const a of first) for (const b of second) {
      if (a.element === b.element || a.element.contains(b.element) || b.element.contains(a.element)) continue;
      if (over(a, b) > 2) found.add(`${name(a.element)} lies on ${name(b.element)} by ${Math.round(over(a, b))}`);
    }
  };
  const grids = blocks(".plate"), names = blocks(".plate-label > *"), sums = blocks(".sum"), diagrams = blocks(".diagram");
  apart(grids, grids);
  apart(names, names);
  apart(names, grids);
  apart(blocks(".whole"), [...names, ...grids]);
  apart(grids, sums);
  apart(names, sums);
  apart(diagrams, [...grids, ...names, ...sums]);
  if (document.querySelector(".lab.broad")) apart(blocks(".dock, .lab-head, .panel:not(.open)"), [...grids, ...names, ...sums, ...diagrams]);
  const dock = blocks(".dock .scrub, .dock .stepcount, .dock .btn, .dock .select");
  apart(dock, dock);
  const terms = blocks(".term .ab, .result");
  apart(terms, terms);
  apart(blocks(".panel .ctl, .panel .shape"), blocks(".panel .ctl, .panel .shape"));

  // Texts whose box is too small for them, and formulas past the panel's edge.
  for (const element of document.querySelectorAll(".plate-label > *, .result, .stepcount, .lab-head h1, .lab-head p, .ctl .name, .ctl .note, .shape h2, .shape-value")) {
    if (!element.checkVisibility() || element.clientWidth <= 1) continue;
    if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline") found.add(`${name(element)} is cut: ${element.textContent.slice(0, 60)}`);
  }
  // A number that is cut is another number.
  for (const cell of document.querySelectorAll('.grid [role="row"] > :is(.c5, .c6, .c7, .c8, .c11)')) {
    const text = document.createRange();
    text.selectNodeContents(cell);
    const wide = text.getBoundingClientRect().width, room = cell.getBoundingClientRect().width;
    if (wide > room + 1) found.add(`${cell.textContent} has ${Math.round(room)} of ${Math.round(wide)} px`);
  }
  for (const formula of document.querySelectorAll(".formula math")) {
    // What has no room stands in a column out of sight, and behind "More".
    const panel = formula.closest(".panel").getBoundingClientRect(), at = formula.getBoundingClientRect();
    if (formula.checkVisibility() && at.width > 0 && at.left < panel.right - 48 && at.left >= panel.left && at.right > panel.right + 1) found.add(`a formula is cut by ${Math.round(at.right - panel.right)}`);
  }
  return [...found];
}

for (const [name, screen, lecture] of [
  ["desktop", { width: 1280, height: 800 }, ""],
  ["drawer", { width: 1100, height: 800 }, ""],
  ["projector", { width: 1024, height: 768 }, "lecture=1"],
  ["phone", { width: 390, height: 844 }, ""],
]) {
  journey(`of ${LINKS.length} random states none overlaps, overflows or is cut: ${name}`, { at: null, screen, timeout: 60_000 + LINKS.length * 2_000 }, async ({ page, open }) => {
    const wrong = [];
    for (const link of LINKS) {
      const hash = lecture ? link + (link.includes("?") ? "&" : "?") + lecture : link;
      await open(hash);
      await page.evaluate(async () => { for (let i = 0; i < 3; i += 1) await new Promise(done => requestAnimationFrame(done)); });
      const found = await page.evaluate(faults);
      if (found.length > 0) wrong.push(`${hash}\n    ${found.slice(0, 6).join("\n    ")}`);
    }
    assert.equal(wrong.length, 0, `${wrong.length} of ${LINKS.length} states:\n  ${wrong.slice(0, 40).join("\n  ")}`);
  });
}
