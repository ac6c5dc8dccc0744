// What every engine has to do. The rest is tested in Chromium, in tests/e2e.
import assert from "node:assert/strict";
import { EXPECTED, FIFTY_STEPS, hash, listen } from "../e2e/bits.mjs";
import { handOver } from "../e2e/hand-over.mjs";
import { PAGES } from "../e2e/pages.mjs";
import { GREY, PALETTE, PLACES, RGB, exif, gama, icc, iccp, jpeg, plte, png, profile } from "../e2e/picture-files.mjs";

const MINUTE = 60_000;

export function journeys(journey) {
  for (const { at, heading } of PAGES) {
    journey(`${at} opens`, { at }, async page => {
      await page.heading(heading);
      await page.shot(`opens ${at}`);
    });
  }

  journey("a cell is typed into, and the sum follows", { at: "#/convolution" }, async page => {
    await page.reads("Output", [19, "", "", ""]);
    await page.cell("Input", 0, 0);
    await page.type("10");
    await page.press("Enter");
    await page.type("-1/2");
    await page.press("Tab");
    await page.reads("Input", [10, 1, 2, "−1/2", 4, 5, 6, 7, 8]);
    await page.type("99");
    await page.press("Escape");
    await page.reads("Input", [10, 1, 2, "−1/2", 4, 5, 6, 7, 8]);
    await sum(page, "10×0 + 1×1 + (−1/2)×2 + 4×3 = 12");
    await page.hash("#/convolution?x=10,1,2;-1/2,4,5;6,7,8");
  });

  journey("steps go forwards and back, by buttons and by keys", { at: "#/convolution" }, async page => {
    await page.button("Step forward");
    await sum(page, "1×0 + 2×1 + 4×2 + 5×3 = 25");
    await page.press("ArrowRight");
    await page.reads("Output", [19, 25, 37, ""]);
    await page.button("Last step");
    await page.reads("Output", [19, 25, 37, 43]);
    await page.hash("#/convolution?step=4");
    await page.press("ArrowLeft");
    await page.button("First step");
    await page.reads("Output", [19, "", "", ""]);
  });

  journey("an edit is undone and done again", { at: "#/convolution" }, async page => {
    await page.cell("Kernel", 1, 1);
    await page.type("-1");
    await page.press("Enter");
    await page.reads("Kernel", [0, 1, 2, "−1"]);
    await page.press("Control+z");
    await page.reads("Kernel", [0, 1, 2, 3]);
    await page.button("Redo");
    await page.reads("Kernel", [0, 1, 2, "−1"]);
    await page.button("Undo");
    await page.reads("Kernel", [0, 1, 2, 3]);
  });

  // From a cell that has the focus to each page in turn, through all modules.
  journey("the palette goes to every page", { at: "#/convolution" }, async page => {
    await page.cell("Input", 0, 0);
    for (const { command, heading } of PAGES.toReversed()) {
      await page.press("Control+k");
      await page.until("the palette is open", () => document.activeElement?.ariaLabel === "Search commands");
      await page.type(command.toLowerCase());
      await page.press("Enter");
      await page.heading(heading);
      await page.until("the palette is closed", () => !document.querySelector("dialog[open]"));
    }
  });

  journey("a grid is copied, and a block is pasted", { at: "#/convolution" }, async page => {
    await page.cell("Kernel", 0, 0);
    await page.press("Control+c");
    await pasted(page, "0\t1\n2\t3");
    await copy(page, "7\t8\n9\t10");
    await page.cell("Input", 1, 1);
    await page.press("Control+v");
    await page.reads("Input", [0, 1, 2, 3, 7, 8, 6, 9, 10]);
    // The cell has the focus still: what is copied next is its grid.
    await page.press("Control+c");
    await pasted(page, "0\t1\t2\n3\t7\t8\n6\t9\t10");
  });

  journey("pasted while a cell is edited, a block is a block, and a number text", { at: "#/convolution" }, async page => {
    await copy(page, "7\t8\n9\t10");
    await page.cell("Input", 0, 1);
    await page.type("5");
    await page.press("Control+v");
    await page.reads("Input", [0, 7, 8, 3, 9, 10, 6, 7, 8]);
    await page.press("Control+z");
    await page.reads("Input", [0, 1, 2, 3, 4, 5, 6, 7, 8]);

    await copy(page, "42");
    await page.cell("Input", 0, 1);
    await page.type("1");
    await page.press("Control+v");
    await page.press("Enter");
    await page.reads("Input", [0, 142, 2, 3, 4, 5, 6, 7, 8]);
  });

  journey("prints are pasted, and what can't be read says why", { at: "#/convolution?x=0" }, async page => {
    for (const [text, numbers] of [
      ["     [,1] [,2]\n[1,]    1    3\n[2,]    2    4", [1, 3, 2, 4]],
      ["A = [7 8; ... first\n     9 10];", [7, 8, 9, 10]],
      ["50%\t25%\n10%\t15%", [0.5, 0.25, 0.1, 0.15]],
    ]) {
      await copy(page, text);
      await page.cell("Input", 0, 0);
      await page.press("Control+v");
      await page.reads("Input", numbers);
    }
    await copy(page, "1,234\t2");
    await page.cell("Input", 0, 0);
    await page.press("Control+v");
    await page.until("the reason is said", () =>
      [...document.querySelectorAll("[role=status]")].some(said => said.textContent.includes("can be read as 1234 or as 1.234")));
    await page.reads("Input", [0.5, 0.25, 0.1, 0.15]);
  });

  journey("a file that is dropped is shown before it goes anywhere", { at: "#/convolution" }, async page => {
    await handOver(page, "[role=grid][aria-label=Input] [role=gridcell]", { name: "numbers.csv", type: "text/csv", bytes: "50%;1,5\r\n2;3\r\n" });
    await page.gives("0.5,1.5,2,3", () => [...document.querySelectorAll("dialog .paste-table td")].map(cell => cell.textContent).join());
    await page.button("Put it in");
    await page.reads("Input", [0.5, 1.5, 2, 3]);
  });

  journey("a picture's numbers are the file's, and what became of them is said", { at: "#/filters?k=identity" }, async page => {
    await page.until("the photo is there", () => document.querySelector(".photo figcaption span")?.textContent);
    const ramp = (row, col) => [16 * col + 8 * row];
    // WebKit follows a gamma and a profile, whatever it is asked: then that is said, and the numbers are others.
    const follows = page.browser === "webkit";
    const aside = what => follows ? `The browser applied its ${what}: the numbers are not the file's, as NumPy reads them.` : `Its ${what} is left aside: the numbers are the file's.`;
    for (const [bytes, reads, says] of [
      [png(8, 2, GREY, ramp), "2 × 8: 0 to 120", ""],
      [png(8, 2, GREY, ramp, { chunks: [gama(1)] }), "2 × 8: 0 to 120", aside("gamma of 1")],
      [png(8, 3, RGB, (row, col) => [10 + 20 * col, 100, 20], { chunks: [iccp(profile())] }), "3 × 3 × 8: 10 to 150", aside("colour profile")],
      [jpeg(2, 3, (row, col) => [60 * col + 50 + row, 100, 20], [icc(profile())]), "3 × 16 × 24: 20 to 171", aside("colour profile")],
      [jpeg(2, 3, (row, col) => [60 * col + 50 + row], [exif(6)]), "24 × 16: 50 to 171", "Turned by 90° clockwise (EXIF orientation 6)."],
      [png(8, 4, GREY, (row, col) => [30 * col, 30 * col], { bits: 16 }), "4 × 8: 0 to 210", "Of 16 bits a number the browser kept 8."],
      [png(8, 3, PALETTE, (row, col) => [(row + col) % 2], { chunks: [plte([[10, 200, 30], [90, 0, 250]])] }), "3 × 3 × 8: 0 to 250", PLACES],
    ]) {
      await handOver(page, ".lab", { name: "picture", bytes });
      const caption = () => ["span", "small"].map(part => document.querySelector(`.photo figcaption ${part}`).textContent);
      if (follows && says.includes("applied")) {
        await page.until(`other numbers, and: ${says}`, ([reads, says]) =>
          document.querySelector(".photo figcaption span").textContent !== reads && document.querySelector(".photo figcaption small").textContent === says, [reads, says]);
      } else {
        await page.gives([reads, says], caption);
      }
    }
  });

  journey("a run ends with the bits of a native one", { at: RUN, timeout: 2 * MINUTE }, async page => {
    await train(page);
    assert.equal(await page.evaluate(hash), EXPECTED);
  });

  journey("images that the browser unpacks on the way: never is more done than there is, and the run is the same", { at: RUN, labels: true, timeout: 2 * MINUTE }, async page => {
    await page.evaluate(() => {
      window.said = new Set();
      const status = document.querySelector("[role=status][aria-label='Training status']");
      new MutationObserver(() => window.said.add(status.textContent)).observe(status, { subtree: true, childList: true, characterData: true });
    });
    await train(page);
    assert.equal(await page.evaluate(hash), EXPECTED);
    for (const text of await page.evaluate(() => [...window.said])) {
      const [, done, whole] = /([\d.]+) of ([\d.]+) MB/.exec(text) ?? [];
      assert(!whole || Number(done) <= Number(whole), text);
    }
  });
}

function sum(page, expected) {
  return page.gives(expected, () => document.querySelector("[aria-label=Arithmetic] [aria-live]")?.textContent);
}

/** Copies `text` by key, as from another program. */
async function copy(page, text) {
  await paper(page, text);
  await page.press("Control+c");
  await away(page);
}

/** What the clipboard holds comes by key into another program as `text`. */
async function pasted(page, text) {
  await paper(page, "");
  await page.press("Control+v");
  await page.gives(text, () => document.querySelector("#paper").value);
  await away(page);
}

/** A text field beside the app, with all of its text chosen. */
function paper(page, text) {
  return page.evaluate(text => {
    const paper = document.body.appendChild(document.createElement("textarea"));
    paper.id = "paper";
    paper.value = text;
    paper.select();
  }, text);
}

function away(page) {
  return page.evaluate(() => { document.querySelector("#paper").remove(); });
}

/** Fifty steps and a test, to the end. */
export const RUN = `#/train?${FIFTY_STEPS}`;
export async function train(page) {
  await page.evaluate(listen);
  await page.button("Start training");
  await page.until("the run ends", () => document.querySelector("[data-phase=finished]") !== null, null, MINUTE);
  await page.until("the tables hold the test", () => ["Loss", "Accuracy"].every(name =>
    document.querySelector(`figure[aria-label=${name}] tbody tr:last-child td:last-child:not(:empty)`) !== null));
}

/** What the figures say as tables: rows of step, training and test. */
export function curves(page) {
  return page.evaluate(() => ["Loss", "Accuracy"].map(name =>
    [...document.querySelectorAll(`figure[aria-label=${name}] tbody tr`)].map(row => [...row.cells].map(cell => cell.textContent))));
}
