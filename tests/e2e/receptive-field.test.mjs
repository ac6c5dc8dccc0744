// The receptive-field lab, as a person uses it.
import assert from "node:assert/strict";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";
import { parts } from "./lab.mjs";

const LAB = "#/receptive-field";
const ALEXNET = `${LAB}?n=227&layers=c11s4;m3s2;c5p2;m3s2;c3p1;c3p1;c3p1;m3s2&step=8`;
const VGG = `${LAB}?n=224&layers=c3p1;c3p1;m2;c3p1;c3p1;m2;c3p1;c3p1;c3p1;m2&step=10`;
const WAVENET = `${LAB}?n=16,64&layers=c2;c2d2;c2d4;c2d8&view=axis&step=4`;
const BROKEN = `${LAB}?layers=c5;c5;c5;c5;c5;c5;c5;c5`;

/** What is seen where first and last row are those of the columns. */
const square = (first, firstSum, last, lastSum, of) =>
  `first row, column: ${firstSum} = ${first}; last row, column: ${lastSum} = ${last}; `
  + `seen of ${of}: ${last + 1 - first} rows, ${first} to ${last}; ${last + 1 - first} columns, ${first} to ${last}`;

function field(page) {
  const { region, ...rest } = parts(page);
  const shape = region("Receptive field");
  const place = name => page.locator(`.place[aria-label^="${name},"]`);
  return {
    region, shape, place, ...rest,
    /** Waits for the size of the field. */
    sees: size => shape.getByRole("heading").filter({ hasText: size }).waitFor(),
    /** The table's rows. */
    rows: () => shape.locator("tbody tr").evaluateAll(rows => rows.map(row => [...row.children].map(cell => cell.textContent).join(" | "))),
    count: name => page.getByRole("spinbutton", { name, exact: true }),
    type: async (name, text) => {
      await page.getByRole("spinbutton", { name, exact: true }).fill(text);
      await page.keyboard.press("Enter");
    },
    /** Where the middle of a cell of a plane of `rows` × `cols` is, from the plane's corner. */
    cell: async (name, [rows, cols], [row, col]) => {
      const { width, height } = await place(name).boundingBox();
      return { x: (col + 0.5) * width / cols, y: (row + 0.5) * height / rows };
    },
    steps: text => page.locator(".stepcount").filter({ hasText: text }).waitFor(),
    described: text => page.locator(".diagram svg").filter({ hasText: text }).waitFor({ state: "attached" }),
  };
}

journey("the slide's example: seven layers of 5 × 5 see 29 × 29", { at: LAB }, async ({ page, shot }) => {
  const { sees, rows, sums, button, hash, shape } = field(page);
  await sees("29 × 29");
  assert.deepEqual(await rows(), [
    "input | 32 × 32 | 1 | 1 | 0", "1 conv | 28 × 28 | 5 | 1 | 2", "2 conv | 24 × 24 | 9 | 1 | 4", "3 conv | 20 × 20 | 13 | 1 | 6",
    "4 conv | 16 × 16 | 17 | 1 | 8", "5 conv | 12 × 12 | 21 | 1 | 10", "6 conv | 8 × 8 | 25 | 1 | 12", "7 conv | 4 × 4 | 29 | 1 | 14",
  ]);
  assert.equal(await shape.locator("tr.lit th").textContent(), "7 conv");
  assert.match(await shape.innerText(), /weights a channel\s*175\s*in one kernel as large as the field\s*841/);
  await sums(square(2, "1 × 2", 6, "1 × 2 + 1 × (5 − 1)", "layer 6"));
  await button("Step forward").click();
  await sums(square(2, "1 × 2", 10, "1 × 6 + 1 × (5 − 1)", "layer 5"));
  await hash(`${LAB}?step=2`);
  await button("Last step").click();
  await sums(square(2, "1 × 2", 30, "1 × 26 + 1 × (5 − 1)", "the input"));
  await button("Step back").click();
  await sums(square(2, "1 × 2", 26, "1 × 22 + 1 × (5 − 1)", "layer 1"));
  await button("First step").click();
  await hash(LAB);
  await shot("field");
});

journey("a cell that is pressed looks; undone and done again", { at: `${LAB}?step=2` }, async ({ page }) => {
  const { place, cell, sees, steps, hash, sums, button, rows, shape } = field(page);
  // Pointing at a plane shows what is seen of it, as long as it is pointed at.
  await place("Layer 3").hover();
  await sums(square(2, "1 × 2", 18, "1 × 14 + 1 × (5 − 1)", "layer 3"));
  await page.getByRole("heading", { level: 1 }).hover();
  await sums(square(2, "1 × 2", 10, "1 × 6 + 1 × (5 − 1)", "layer 5"));
  await place("Layer 4").click({ position: await cell("Layer 4", [16, 16], [3, 12]) });
  await hash(`${LAB}?cell=4,3,12&step=2`);
  await sees("17 × 17");
  await steps(/of 4/);
  await sums("first row: 1 × 3 = 3; last row: 1 × 7 + 1 × (5 − 1) = 11; first column: 1 × 12 = 12; "
    + "last column: 1 × 16 + 1 × (5 − 1) = 20; seen of layer 2: 9 rows, 3 to 11; 9 columns, 12 to 20");
  assert.equal((await rows()).length, 8);
  assert.equal(await shape.locator("tr.lit th").textContent(), "4 conv");
  await page.keyboard.press("Control+z");
  await sees("29 × 29");
  await hash(`${LAB}?step=2`);
  await button("Redo").click();
  await sees("17 × 17");
  // The input looks at nothing: pressing it leads to its step.
  await place("Input").click();
  await hash(`${LAB}?cell=4,3,12&step=4`);
  await sees("17 × 17");
  await place("Layer 7").click({ position: await cell("Layer 7", [4, 4], [0, 3]) });
  await hash(`${LAB}?cell=0,3&step=4`);
  await sees("29 × 29");
});

journey("layers are set, added and removed, and the field follows", { at: `${LAB}?n=21&layers=c3;c3` }, async ({ page, open }) => {
  const { sees, rows, type, button, hash, count, described } = field(page);
  await sees("5 × 5");
  await type("Layer 1 stride", "2");
  await sees("7 × 7");
  assert.deepEqual(await rows(), ["input | 21 × 21 | 1 | 1 | 0", "1 conv | 10 × 10 | 3 | 2 | 1", "2 conv | 8 × 8 | 7 | 2 | 3"]);
  await hash(`${LAB}?n=21&layers=c3s2;c3`);
  // One more layer, like the last.
  await type("Layers", "3");
  await sees("11 × 11");
  await page.getByRole("combobox", { name: "Layer 3", exact: true }).selectOption("max");
  await hash(`${LAB}?n=21&layers=c3s2;c3;m3s1`);
  assert.equal(await count("Layer 3 dilation").count(), 0, "a pooling has none");
  await type("Layer 3 padding", "1");
  await described("Layer 3, 3 × 3 max pooling, 8 × 8: the cell that looks.");
  await button("Remove layer 1").click();
  await hash(`${LAB}?n=21&layers=c3;m3s1p1`);
  await sees("5 × 5");
  await button("Undo").click();
  await sees("11 × 11");
  // The same by its link.
  const copy = `${LAB}?n=21&layers=c3s2;c3;m3s1p1`;
  await hash(copy);
  await open(LAB);
  await sees("29 × 29");
  await open(copy);
  await sees("11 × 11");
  assert.equal(await count("Layer 1 stride").inputValue(), "2");
});

journey("the cell is typed as well, and its row and column apart", { at: LAB }, async ({ page }) => {
  const { sees, type, hash, button, described } = field(page);
  await type("Cell", "0");
  await hash(`${LAB}?cell=0,0`);
  await button("Cell: row and column tied").click();
  await type("Cell column", "3");
  await hash(`${LAB}?cell=0,3`);
  await described("What row 0, column 3 of layer 7 sees");
  await type("Cell row", "9");
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "Row 9, column 3 is outside of layer 7, which is 4 × 4 and counts from 0." }).waitFor();
  await alert.getByRole("button", { name: "Use the middle" }).click();
  await alert.waitFor({ state: "detached" });
  await sees("29 × 29");
});

journey("along one axis: the paths from each column", { at: `${LAB}?n=11&layers=c3;c3;c3` }, async ({ page, shot }) => {
  const { button, hash, described, place, sees } = field(page);
  await button("Along one axis").click();
  await button("Last step").click();
  await hash(`${LAB}?n=11&layers=c3;c3;c3&view=axis&step=3`);
  await described("Paths from input columns 2 to 8: 1, 3, 6, 7, 6, 3, 1.");
  await shot("field axis");
  const { width, height } = await place("Layer 1").boundingBox();
  await place("Layer 1").click({ position: { x: width / 18, y: height / 2 } });
  await sees("3 × 3");
  await hash(`${LAB}?n=11&layers=c3;c3;c3&cell=1,4,0&view=axis`);
  await described("Paths from input columns 0 to 2: 1, 1, 1.");
});

journey("what hangs over the edge and what falls between the taps is told", { at: `${LAB}?n=12&layers=c3p1;c3p1;c3p1&cell=0,0&step=3` }, async ({ open, page }) => {
  const { sums, shape } = field(page);
  await sums("first row, column: 1 × 0 − 1 = −1; last row, column: 1 × 2 − 1 + 1 × (3 − 1) = 3; "
    + "seen of the input: 5 rows, −1 to 3, 1 of them padding; 5 columns, −1 to 3, 1 of them padding");
  assert.match(await shape.innerText(), /In theory it has 7 × 7 = 49 cells; it hangs over the edge, and 16 are seen\./);
  await open(`${LAB}?n=19&layers=c3d2;c3d2;c3d2&step=3`);
  await shape.getByText("Between its edges lie 13 × 13 = 169 cells; 49 are seen, the rest falls between the taps.").waitFor();
});

journey("what does not fit is explained below the stage and repaired", { at: BROKEN }, async ({ page }) => {
  const { sees, hash, type } = field(page);
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "Layer 8: a window of 5 does not fit 4 rows." }).waitFor();
  assert.equal(await alert.count(), 1, "said once");
  await sees("none");
  const { y, height } = await alert.boundingBox();
  assert(y + height < 735, `above the transport: ${y + height}`);
  await alert.getByRole("button", { name: "Remove layer 8" }).click();
  await alert.waitFor({ state: "detached" });
  await hash(LAB);
  await type("Layer 2 stride", "0");
  await alert.filter({ hasText: "Layer 2: a stride of 0 never moves the window; the smallest is 1." }).waitFor();
  await alert.getByRole("button", { name: "Use stride 1" }).click();
  await hash(LAB);
  await type("Layers", "11");
  await alert.filter({ hasText: "A stack of 11 layers is not possible: there are 1 to 10." }).waitFor();
  await alert.getByRole("button", { name: "Use 10 layers" }).click();
  await alert.filter({ hasText: "Layer 8" }).waitFor();
  await page.keyboard.press("Control+z");
  await alert.waitFor({ state: "detached" });
  await sees("29 × 29");
});

journey("a link that can't be read is said, and the default shown", { at: `${LAB}?layers=c5;x3&cell=0,1,1&view=3d` }, async ({ page }) => {
  const { sees } = field(page);
  await page.getByText("The link's layers=c5;x3 can't be read").waitFor();
  await page.getByText("The link's view=3d can't be read").waitFor();
  await sees("29 × 29");
});

journey("a layer that there is not is explained", { at: `${LAB}?n=9&layers=c3;m2&cell=7,0,0` }, async ({ page }) => {
  const { sees } = field(page);
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "There is no layer 7 to look from: the stack has 2 layers, which count from 1." }).waitFor();
  await alert.getByRole("button", { name: "Look from the last layer" }).click();
  await sees("4 × 4");
});

journey("predict first: where a window ends, which nothing on screen tells", { at: `${LAB}?n=21&layers=c3s2;c3;c3&predict=1&step=3` }, async ({ page }) => {
  const { sums, hash, button } = field(page);
  const answer = page.getByRole("textbox", { name: "Last row of the input that row 7 of layer 1 reads" });
  const told = page.getByRole("status");
  const wrong = async (text, sentence) => {
    await answer.fill(text);
    await page.keyboard.press("Enter");
    await told.filter({ hasText: sentence }).waitFor();
  };
  assert.equal(await page.locator(".diagram svg").filter({ hasText: /Input, 21 × 21: / }).count(), 0);
  await wrong("9", "That forgets the stride: the window of row 7 begins at row 2 × 7.");
  await wrong("14", "That is where its window begins, s·i − p. The last row lies d·(k − 1) = 2 further.");
  await wrong("17", "That adds k, 3, where k − 1 belongs");
  await answer.fill("16");
  await page.keyboard.press("Enter");
  await sums(square(6, "2 × 3", 16, "2 × 7 + 1 × (3 − 1)", "the input"));
  await button("Predict first").click();
  await hash(`${LAB}?n=21&layers=c3s2;c3;c3&step=3`);
});

journey("a receptive field by keyboard alone", { at: LAB, reducedMotion: true }, async ({ page }) => {
  const { sums, sees, hash } = field(page);
  const label = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  const reach = async (name, back = false) => {
    for (let i = 0; i < 60 && !(await label()).startsWith(name); i++) await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    assert.match(await label(), new RegExp(`^${name}`));
  };
  await page.keyboard.press("ArrowRight");
  await sums(square(2, "1 × 2", 10, "1 × 6 + 1 × (5 − 1)", "layer 5"));
  await page.keyboard.press("End");
  await sums(square(2, "1 × 2", 30, "1 × 26 + 1 × (5 − 1)", "the input"));
  await page.keyboard.press("Home");
  await reach("Layer 6,");
  for (const key of ["ArrowUp", "ArrowUp", "ArrowRight"]) await page.keyboard.press(key);
  assert.equal(await label(), "Layer 6, 5 × 5 convolution, 8 × 8: row 2, column 5");
  await page.keyboard.press("Enter");
  await hash(`${LAB}?cell=6,2,5`);
  await sees("25 × 25");
  await reach("Layer 2 kernel");
  await page.keyboard.type("3");
  await page.keyboard.press("Enter");
  await sees("23 × 23");
  // In a field the key takes back what is typed.
  await reach("Remove layer 2");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await hash(LAB);
});

journey("a receptive field by touch", { at: LAB, screen: SCREEN.phone, context: { hasTouch: true, isMobile: true } }, async ({ page, shot }) => {
  const { place, cell, sees, sums, hash, button, count } = field(page);
  await place("Layer 3").tap({ position: await cell("Layer 3", [20, 20], [10, 10]) });
  await hash(`${LAB}?cell=3,10,10`);
  await sums(square(10, "1 × 10", 14, "1 × 10 + 1 × (5 − 1)", "layer 2"));
  await button("Step forward").tap();
  await sums(square(10, "1 × 10", 18, "1 × 14 + 1 × (5 − 1)", "layer 1"));
  await button("Settings").tap();
  await sees("13 × 13");
  await count("Layer 1 kernel").tap();
  await count("Layer 1 kernel").fill("7");
  await page.keyboard.press("Enter");
  await sees("15 × 15");
  await shot("field phone settings");
  await button("Close settings").tap();
  // What does not fit is drawn as narrow as what does: its texts can be read.
  await button("Settings").tap();
  await count("Layers").fill("9");
  await page.keyboard.press("Enter");
  await button("Close settings").tap();
  await page.getByRole("alert").waitFor();
  const high = await page.locator(".diagram svg text").first().evaluate(text => text.getBoundingClientRect().height);
  assert(high > 12, `texts of ${high} px`);
});

journey("a receptive field in a lecture", { at: `${LAB}?lecture=1`, screen: SCREEN.projector }, async ({ page }) => {
  const { sums, hash } = field(page);
  await page.keyboard.press("PageDown");
  await sums(square(2, "1 × 2", 10, "1 × 6 + 1 × (5 − 1)", "layer 5"));
  await page.keyboard.press("PageDown");
  await hash(`${LAB}?step=3&lecture=1`);
  await page.keyboard.press("PageUp");
  await sums(square(2, "1 × 2", 10, "1 × 6 + 1 × (5 − 1)", "layer 5"));
});

journey("picture, arithmetic and transport share a screen, the panel cuts nothing off", { at: LAB }, async ({ page, open }) => {
  const examples = [LAB, `${LAB}?cell=1,2&step=3`, ALEXNET, VGG, WAVENET, `${LAB}?view=axis&step=7`, `${LAB}?n=28&layers=c5p2;m2;c5;m2&step=4`];
  for (const size of [SCREEN.desktop, SCREEN.projector, SCREEN.tablet]) {
    await page.setViewportSize(size);
    for (const example of examples) {
      const lecture = size === SCREEN.projector ? `${example.includes("?") ? "&" : "?"}lecture=1` : "";
      const at = example + lecture;
      await open(at);
      await page.locator(".arith .sum").waitFor();
      const { cut, wide } = await page.evaluate(() => {
        const over = (element, along) => element[`scroll${along}`] - element[`client${along}`];
        const [stage, sum, dock] = [".stage-scroll", ".sum", ".dock"].map(name => document.querySelector(name));
        const below = Math.ceil(sum.getBoundingClientRect().bottom - dock.getBoundingClientRect().top);
        const parts = [...document.querySelectorAll(".panel .ctl, .panel .layer > *, .layers th, .layers td, .formula")];
        return {
          cut: { picture: stage.checkVisibility() ? over(stage, "Height") : 0, sum: over(sum, "Height"), below },
          wide: parts.filter(part => part.checkVisibility() && over(part, "Width") > 1).map(part => part.outerHTML.slice(0, 80)),
        };
      });
      assert(Object.values(cut).every(cut => cut <= 1), `${at} at ${size.width}: ${JSON.stringify(cut)}`);
      assert.deepEqual(wide, [], `${at} at ${size.width}`);
    }
  }
});

const VIEWS = { planes: `${LAB}?step=3`, axis: `${LAB}?view=axis&step=7`, predicted: `${LAB}?n=28&layers=c5p2;m2;c5;m2&predict=1`, broken: BROKEN };
for (const [name, hash] of Object.entries(VIEWS)) {
  onEveryScreen(`receptive field ${name}`, hash);
}
