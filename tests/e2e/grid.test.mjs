// The grid of numbers itself: its editor, its scroll bars, the clipboard.
import assert from "node:assert/strict";
import { journey, SCREEN } from "./harness.mjs";
import { parts } from "./lab.mjs";

/** Of each grid's box: what could scroll in it, and whether it may. */
const boxes = page => page.evaluate(() => [...document.querySelectorAll(".plate")].map(plate => ({
  name: plate.querySelector("[role=grid]")?.ariaLabel,
  fits: !plate.classList.contains("scrolls"),
  overflow: getComputedStyle(plate).overflow,
  wide: plate.scrollWidth - plate.clientWidth,
  high: plate.scrollHeight - plate.clientHeight,
})));

const copied = page => page.evaluate(() => navigator.clipboard.readText());

for (const [name, screen] of [["desktop", SCREEN.desktop], ["phone", SCREEN.phone]]) {
  journey(`a grid that fits has no scroll bar, edited or not (${name})`, { at: null, screen }, async ({ page, open }) => {
    for (const hash of ["#/convolution", "#/convolution?x=5&k=2", "#/pooling", "#/channels", "#/backward"]) {
      await open(hash);
      const cell = page.locator(".grid.editable").first().getByRole("gridcell").last();
      await cell.dblclick();
      const editor = page.locator(".cell-edit:focus");
      await editor.waitFor();
      const at = await editor.boundingBox(), under = await cell.boundingBox();
      assert(at.x <= under.x + 1 && at.x + at.width >= under.x + under.width - 1, `${hash}: the editor lies over its cell`);
      const all = await boxes(page);
      assert(all.some(box => box.fits), hash);
      for (const box of all.filter(box => box.fits)) assert.equal(box.overflow, "visible", `${hash}: ${box.name}`);
      // The page has a bar of its own where the stage is longer than a phone, and never one across.
      assert(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), hash);
      await page.keyboard.press("Escape");
    }
  });
}

journey("a bar takes no room from the cells of a grid that scrolls one way", { at: null }, async ({ page, open }) => {
  const grid = (rows, cols) => Array.from({ length: rows }, (_, row) => Array(cols).fill(row % 10).join(",")).join(";");
  for (const [rows, cols] of [[64, 3], [3, 64], [64, 64]]) {
    await open(`#/convolution?x=${grid(rows, cols)}`);
    const input = (await boxes(page)).find(box => box.name === "Input");
    assert(!input.fits, `${rows} × ${cols} scrolls`);
    assert.equal(input.high > 1, rows > 3, `${rows} × ${cols}: scrolls down by ${input.high}`);
    assert.equal(input.wide > 1, cols > 3, `${rows} × ${cols}: scrolls across by ${input.wide}`);
  }
});

journey("the wheel over a grid that fits moves none of its numbers", { at: "#/convolution" }, async ({ page }) => {
  const cell = page.getByRole("grid", { name: "Input", exact: true }).getByRole("gridcell").first();
  await cell.click();
  const before = await cell.boundingBox();
  await page.mouse.wheel(0, 300);
  // A scroll would be on screen by the second frame.
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.deepEqual(await cell.boundingBox(), before);
});

journey("a block that is pasted into a cell's editor goes into the grid, a number into the cell", { at: "#/convolution" }, async ({ page }) => {
  const { reads } = parts(page);
  const input = page.getByRole("grid", { name: "Input", exact: true }).getByRole("gridcell");
  const paste = async text => {
    await page.evaluate(text => navigator.clipboard.writeText(text), text);
    await page.keyboard.press("Control+v");
  };
  await input.nth(4).dblclick();
  await page.keyboard.type("99");
  await paste("7\t8\n9\t10");
  await reads("Input", [0, 1, 2, 3, 7, 8, 6, 9, 10]);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.at), "1,1", "the focus is on the cell");
  await page.keyboard.press("Control+z");
  await reads("Input", [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await input.nth(4).dblclick();
  await paste("-1/2\n");
  await page.keyboard.press("Enter");
  await reads("Input", [0, 1, 2, 3, "−1/2", 5, 6, 7, 8]);
  // In the editor the field's own text is copied.
  await input.nth(0).dblclick();
  await page.keyboard.type("123");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  assert.equal(await copied(page), "123");
});

journey("copy and paste go by the focus, wherever the browser sends them", { at: "#/convolution" }, async ({ page }) => {
  const { reads } = parts(page);
  // As Firefox does: to the body.
  const send = (kind, text = "") => page.evaluate(([kind, text]) => {
    const clipboardData = new DataTransfer();
    if (text) clipboardData.setData("text/plain", text);
    const event = new ClipboardEvent(kind, { bubbles: true, cancelable: true, clipboardData });
    document.body.dispatchEvent(event);
    return [event.defaultPrevented, clipboardData.getData("text/plain")];
  }, [kind, text]);
  assert.deepEqual(await send("copy"), [false, ""], "nothing has the focus");
  await page.getByRole("grid", { name: "Output", exact: true }).getByRole("gridcell").first().focus();
  assert.deepEqual(await send("paste", "5\t6"), [false, "5\t6"], "an output takes no numbers");
  await page.getByRole("grid", { name: "Kernel", exact: true }).getByRole("gridcell").first().focus();
  assert.deepEqual(await send("copy"), [true, "0\t1\n2\t3"]);
  assert.equal((await send("paste", "5\t6\n7\t8"))[0], true);
  await reads("Kernel", [5, 6, 7, 8]);
});

journey("the first copy asks for the clipboard within the press, though its module has to come", { at: "#/convolution" }, async ({ page }) => {
  await page.evaluate(() => {
    const write = navigator.clipboard.write.bind(navigator.clipboard);
    navigator.clipboard.write = items => { window.asked = true; return write(items); };
  });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("pytorch");
  await page.getByRole("option", { name: "Copy PyTorch code" }).waitFor();
  // Safari gives the clipboard to nobody who asks later.
  const { asked, loaded } = await page.evaluate(() => {
    document.getElementById("command-query").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    return { asked: window.asked, loaded: performance.getEntriesByType("resource").some(file => file.name.includes("/export-")) };
  });
  assert.deepEqual({ asked, loaded }, { asked: true, loaded: false });
  await page.getByRole("status").filter({ hasText: "PyTorch code copied" }).waitFor();
  assert.match(await copied(page), /import torch/);
});

journey("a browser without promises in its clipboard copies as well", { at: "#/convolution" }, async ({ page }) => {
  await page.evaluate(() => { delete window.ClipboardItem; });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("pytorch");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "PyTorch code copied" }).waitFor();
  assert.match(await copied(page), /import torch/);
});

const LARGEST = (() => {
  const grid = (side, value) => Array.from({ length: side }, (_, i) => Array.from({ length: side }, (_, j) => value(i, j)).join(",")).join(";");
  return `#/convolution?x=${grid(64, (i, j) => (7 * i + 3 * j) % 10)}&k=${grid(16, (i, j) => 1 + (i + j) % 2)}&pad=16&step=3000`;
})();

journey("a step of the largest convolution touches the cells that it marks, of those in view", { at: LARGEST }, async ({ page }) => {
  const cells = await page.locator("[role=row] > *").count();
  assert(cells < 4_000, `${cells} of 16,033 cells have elements`);
  const touched = () => page.evaluate(() => new Promise(done => {
    const all = new Set();
    const observer = new MutationObserver(records => {
      for (const { target } of records) all.add(target);
    });
    for (const grid of document.querySelectorAll("[role=grid]")) {
      observer.observe(grid, { subtree: true, childList: true, attributes: true, characterData: true });
    }
    document.querySelector("button[aria-label^='Step forward']").click();
    requestAnimationFrame(() => requestAnimationFrame(() => { observer.disconnect(); done(all.size); }));
  }));
  // The window moves by a column: 16 cells are left and 16 reached; the output has one cell more.
  for (let step = 0; step < 3; step++) {
    const found = await touched();
    assert(found > 0 && found <= 64, `${found} elements of the grids were touched`);
  }
});

journey("the step that is followed is not under a scroll bar", { at: `${LARGEST}&step=70` }, async ({ page }) => {
  const now = page.locator(".grid .now");
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press("ArrowRight");
    const hidden = await now.evaluate(cell => {
      const at = cell.getBoundingClientRect(), plate = cell.closest(".plate"), box = plate.getBoundingClientRect();
      return Math.max(at.right - box.left - plate.clientWidth, at.bottom - box.top - plate.clientHeight, box.left - at.left, box.top - at.top);
    });
    assert(hidden <= 1, `step ${71 + step} is hidden by ${hidden} px`);
  }
});

journey("the keyboard reaches every cell of a grid that has elements for those in view alone", { at: LARGEST }, async ({ page }) => {
  const input = page.getByRole("grid", { name: "Input", exact: true });
  const at = place => page.waitForFunction(place => document.activeElement.dataset.at === place, place);
  const inView = () => page.evaluate(() => {
    const cell = document.activeElement.getBoundingClientRect();
    const box = document.activeElement.closest(".plate").getBoundingClientRect();
    return cell.left >= box.left - 1 && cell.right <= box.right + 1 && cell.top >= box.top - 1 && cell.bottom <= box.bottom + 1;
  });
  assert.equal(await input.getAttribute("aria-rowcount"), "64");
  // Where padding alone is in view Tab leads to the grid itself.
  await input.locator("[tabindex='0']").or(page.locator("[role=grid][aria-label=Input][tabindex='0']")).focus();
  await page.keyboard.press("Control+End");
  await at("63,63");
  assert(await inView(), "the last cell is in view");
  assert.equal(await page.evaluate(() => document.activeElement.parentElement.ariaRowIndex), "64");
  await page.keyboard.type("77");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.textContent === "77");
  await page.keyboard.press("Control+Home");
  await at("0,0");
  assert(await inView(), "the first cell is in view");
  for (let row = 1; row <= 40; row++) {
    await page.keyboard.press("ArrowDown");
    await at(`${row},0`);
  }
  assert(await inView(), "the cell below is in view");
  // Scrolled away by the wheel, it keeps the keys.
  await input.hover();
  await page.mouse.wheel(2_000, -3_000);
  // The wheel scrolls for a while: a key before its end would be scrolled away again.
  await page.waitForFunction(() => {
    const { scrollTop, scrollLeft, scrollWidth, clientWidth } = document.activeElement.closest(".plate");
    return document.activeElement.getAttribute("role") === "grid" && scrollTop === 0 && scrollLeft >= Math.min(2_000, scrollWidth - clientWidth) - 1;
  });
  await page.keyboard.press("ArrowDown");
  await at("41,0");
  assert(await inView(), "the key leads back to it");
});
