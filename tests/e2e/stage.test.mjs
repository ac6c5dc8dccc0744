// The stage's geometry over all presets: beams, names and signs keep clear of what they don't belong to.
import assert from "node:assert/strict";
import { SCREEN, journey } from "./harness.mjs";
import { LABS } from "./pages.mjs";

const SCREENS = { desktop: SCREEN.desktop, drawer: { width: 1100, height: 800 }, projector: SCREEN.projector, phone: SCREEN.phone };

for (const [name, screen] of Object.entries(SCREENS)) {
  journey(`no beam strikes another grid's numbers or a name, and signs stand in the middle (${name})`, { at: null, screen, reducedMotion: true, timeout: 180_000 }, async ({ page, open }) => {
    const wrong = [];
    let beams = 0, signs = 0;
    for (const lab of LABS) {
      await open(name === "projector" ? `${lab}?lecture=1` : lab);
      // In lecture mode the list is out of sight, and stays in the page.
      const list = page.locator(".preset select");
      for (const preset of await list.locator("option:not([hidden])").evaluateAll(options => options.map(option => option.value))) {
        await list.evaluate((list, preset) => { list.value = preset; list.dispatchEvent(new Event("change", { bubbles: true })); }, preset);
        await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));
        const found = await page.evaluate(geometry);
        beams += found.beams;
        signs += found.signs;
        if (found.wrong.length) wrong.push(`${lab}, preset ${preset}: ${found.wrong.join("; ")}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert(beams > 100 && (signs > 100 || name === "phone"), `${beams} beams, ${signs} signs`);
  });
}

function geometry() {
  const wrong = new Set(), stage = document.querySelector(".stage");
  const origin = stage.getBoundingClientRect();
  const box = element => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { left: left - origin.left, right: right - origin.left, top: top - origin.top, bottom: bottom - origin.top };
  };
  const plates = [...stage.querySelectorAll(".plate:not(.none)")].map(plate => ({ name: plate.querySelector("[role=grid]").ariaLabel, ...box(plate) }));
  const has = (plate, [x, y]) => x >= plate.left - 1.5 && x <= plate.right + 1.5 && y >= plate.top - 1.5 && y <= plate.bottom + 1.5;
  // Over the grids an edge stays in the grid that it begins in.
  const edges = [...stage.querySelector(".lens-svg:not(.under) .beam-edge").getAttribute("d").matchAll(/M([\d.-]+) ([\d.-]+) L([\d.-]+) ([\d.-]+)/g)];
  for (const edge of edges) {
    const [x, y, u, v] = edge.slice(1).map(Number);
    if (!plates.some(plate => has(plate, [x, y]) && has(plate, [u, v]))) wrong.add(`an edge goes from ${x}, ${y} to ${u}, ${v}`);
  }
  // The rest of the beam is behind grids and names, which have a ground of their own.
  const level = element => Number(getComputedStyle(element).zIndex) || 0;
  const under = level(stage.querySelector(".lens-svg.under"));
  const covers = element => getComputedStyle(element).backgroundColor !== "rgba(0, 0, 0, 0)";
  if ([...stage.querySelectorAll(".plate, .plate-label")].some(part => level(part) <= under)) wrong.add("a beam lies above a grid or a name");
  const words = [...stage.querySelectorAll(".plate-label > *")].filter(part => part.textContent && part.getBoundingClientRect().top < part.parentElement.getBoundingClientRect().bottom - 2);
  if (!words.every(covers)) wrong.add("a beam shows through a name");
  // Names lie on nothing, and signs stand in the middle of two columns.
  const overlap = (a, b) => a.left < b.right - 2 && a.right > b.left + 2 && a.top < b.bottom - 3 && a.bottom > b.top + 3;
  const texts = words.map(part => {
    const range = document.createRange();
    range.selectNodeContents(part);
    return { name: `“${part.textContent}”`, ...box(range) };
  });
  texts.forEach((text, index) => {
    for (const other of [...plates, ...texts.slice(index + 1)]) if (overlap(text, other)) wrong.add(`${text.name} on ${other.name}`);
  });
  const signs = [...stage.querySelectorAll(".op")];
  for (const sign of signs) {
    const at = box(sign), x = (at.left + at.right) / 2;
    for (const other of [...plates, ...texts]) if (overlap(at, other)) wrong.add(`sign ${sign.textContent} on ${other.name}`);
    // Of its own row, where the grids stand in rows, else of all.
    const middles = [plates.filter(plate => plate.top < at.bottom && plate.bottom > at.top), plates].map(all =>
      (Math.max(...all.filter(plate => plate.right <= x).map(plate => plate.right)) + Math.min(...all.filter(plate => plate.left >= x).map(plate => plate.left))) / 2);
    if (!middles.some(middle => Math.abs(middle - x) <= 1.5)) wrong.add(`sign ${sign.textContent} at ${Math.round(x)}, not at ${middles.map(Math.round).join(" or ")}`);
  }
  return { wrong: [...wrong].slice(0, 5), beams: edges.length, signs: signs.length };
}
