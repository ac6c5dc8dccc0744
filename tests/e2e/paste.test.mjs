// What people paste into a grid: read right, or refused with the reason.
import assert from "node:assert/strict";
import { handOver } from "./hand-over.mjs";
import { journey } from "./harness.mjs";
import { parts as partsOfLab } from "./lab.mjs";

const parts = page => ({ ...partsOfLab(page), cells: name => page.getByRole("grid", { name, exact: true }).getByRole("gridcell") });

/** Pastes by key what `text` is, and `html` beside it, as another program puts both into the clipboard. */
async function paste(page, text, html) {
  await page.evaluate(([text, html]) => {
    const kinds = {};
    if (text !== null) kinds["text/plain"] = new Blob([text], { type: "text/plain" });
    if (html) kinds["text/html"] = new Blob([html], { type: "text/html" });
    return navigator.clipboard.write([new ClipboardItem(kinds)]);
  }, [text, html]);
  await page.keyboard.press("Control+v");
}

/** Opens the dialog for numbers, by its command. */
async function openDialog(page) {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("paste matrix");
  await page.keyboard.press("Enter");
  return page.getByRole("dialog", { name: "Paste a matrix" });
}

/** Texts, and what the link then says of the input, in which each is pasted over one cell. */
const READ = [
  ["1\u202f234\r\n5\u202f678\r\n", "1234;5678"],
  ["1\u00a0234,5;2\r\n5\u00a0678;3\r\n", "1234.5,2;5678,3"],
  ["1\r\n2\r\n3\r\n", "1;2;3"],
  ["A = [1 2; ... first\n     3 4];", "1,2;3,4"],
  ["[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n 24 25 26 27 28 29 30 31]", Array.from({ length: 32 }, (_, i) => i).join()],
  ["50%\t25%\r\n10%\t15%\r\n", "0.5,0.25;0.1,0.15"],
  ["$1,234.50\t2\r\n$3.50\t4\r\n", "1234.5,2;3.5,4"],
  ["     [,1] [,2]\n[1,]    1    3\n[2,]    2    4", "1,3;2,4"],
  ["2×2 Matrix{Int64}:\n 1  2\n 3  4", "1,2;3,4"],
  ["float k[2][2] = {{1.0f, 2.0f}, {3.0f, 4.0f}};", "1,2;3,4"],
  ["   a  b\n0  1  2\n1  3  4", "1,2;3,4"],
];

journey("prints of many programs are pasted by key", { at: null }, async ({ page, open }) => {
  const { cells, hash } = parts(page);
  for (const [text, input] of READ) {
    await open("#/convolution?x=0&k=1");
    await cells("Input").first().click();
    await paste(page, text);
    await hash(`#/convolution?x=${input}&k=1`);
  }
});

journey("what can't be read changes nothing, and the reason is said", { at: "#/convolution" }, async ({ page }) => {
  const { cells, reads } = parts(page);
  const input = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  for (const [text, reason] of [
    ["1,234\t2", "can be read as 1234 or as 1.234"],
    ["tensor([[0.1, 0.2,  ..., 0.3],\n        [0.4, 0.5,  ..., 0.6]])", "leaves numbers out"],
    ["tensor(indices=tensor([[0], [1]]), values=tensor([1.]), size=(2, 2), nnz=1)", "sparse array"],
    ["(1, 2\n3)", "Row 1 has 1 number where row 0 has 2."],
  ]) {
    await cells("Input").nth(4).click();
    await paste(page, text);
    await page.getByRole("status").filter({ hasText: reason }).waitFor();
    await reads("Input", input);
  }
  // What was typed into the cell stays.
  await cells("Input").nth(4).dblclick();
  await page.keyboard.type("99");
  await paste(page, "[[1, 2], [3]]");
  await page.getByRole("status").filter({ hasText: "Row 1 has 1 number where row 0 has 2." }).waitFor();
  await reads("Input", [0, 1, 2, 3, 99, 5, 6, 7, 8]);
});

journey("a block goes where it is pasted, a matrix of another shape takes the grid's place and says so", { at: "#/convolution" }, async ({ page }) => {
  const { cells, reads } = parts(page);
  await cells("Input").nth(4).click();
  await paste(page, "[[0, 0], [0, 0]]");
  await reads("Input", [0, 1, 2, 3, 0, 0, 6, 0, 0]);
  await cells("Input").first().click();
  await paste(page, "[[1, 2], [3, 4]]");
  await reads("Input", [1, 2, 3, 4]);
  await page.getByRole("status").filter({ hasText: "The whole grid is replaced: it was 3 × 3 and is 2 × 2." }).waitFor();
});

journey("a web page's table is read where the text has none", { at: "#/convolution?x=0" }, async ({ page }) => {
  const { cells, reads } = parts(page);
  await cells("Input").first().click();
  await paste(page, "1\n2\n3\n4", "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>");
  await reads("Input", [1, 2, 3, 4]);
  await cells("Input").first().click();
  await paste(page, "5\t6\n7\t8", "<table><tr><td>words</td></tr></table>");
  await reads("Input", [5, 6, 7, 8]);
});

journey("a file of decimal commas is dropped, and read as one", { at: "#/convolution" }, async ({ page }) => {
  const { hash } = parts(page);
  await handOver(page, "[role=grid][aria-label=Input] [role=gridcell]", { name: "numbers.csv", type: "text/csv", bytes: "1\u00a0234,5;2\r\n50%;3\r\n" });
  const dialog = page.getByRole("dialog", { name: "Paste a matrix" });
  await dialog.getByText("2 × 2").first().waitFor();
  await dialog.getByText("Spaces within a number are read as thousands separators").waitFor();
  await dialog.getByRole("button", { name: "Put it in" }).click();
  await hash("#/convolution?x=1234.5,2;0.5,3");
});

journey("an empty cell of a spreadsheet's column is one in the dialog, too", { at: "#/convolution?x=0" }, async ({ page }) => {
  const dialog = await openDialog(page);
  const field = dialog.getByRole("textbox", { name: "Numbers" });
  await field.click();
  await paste(page, "1\r\n2\r\n\r\n4\r\n5\r\n");
  const reads = cells => page.waitForFunction(cells => [...document.querySelectorAll(".paste-table td")].map(cell => cell.textContent).join() === cells, cells);
  await reads("1,2,,4,5");
  // What is typed into it changes nothing of that.
  await field.press("Control+End");
  await page.keyboard.type("6");
  await reads("1,2,,4,5,6");
  await field.fill("");
  await paste(page, "1\n2\n\n4\n5\n");
  await dialog.getByText("2 × 2 × 1").first().waitFor();
});

journey("a table of a web page alone is pasted, into a cell and into the dialog", { at: "#/convolution?x=0&k=1" }, async ({ page }) => {
  const { cells, hash } = parts(page);
  const table = "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>";
  await cells("Input").first().click();
  await paste(page, null, table);
  await hash("#/convolution?x=1,2;3,4&k=1");
  const dialog = await openDialog(page);
  await dialog.getByRole("textbox", { name: "Numbers" }).click();
  await paste(page, null, table.replace("4", "5"));
  await page.waitForFunction(() => [...document.querySelectorAll(".paste-table td")].map(cell => cell.textContent).join() === "1,2,3,5");
});

journey("each example that the dialog offers is read", { at: "#/convolution", timeout: 120_000 }, async ({ page, axe }) => {
  const dialog = await openDialog(page);
  const examples = dialog.getByRole("combobox", { name: "Examples of what is read" });
  await examples.waitFor();
  const names = (await examples.getByRole("option").allTextContents()).slice(1);
  assert(names.length > 20);
  const hint = await dialog.locator("#paste-hint").innerText();
  for (const name of names) assert(hint.includes(name.split(": ")[0]), `${name} in: ${hint}`);
  for (const name of names) {
    await examples.selectOption(name);
    // A fraction is one still: 4/2 is 2.
    await page.waitForFunction(() => [...document.querySelectorAll(".paste-table td")]
      .map(cell => cell.textContent.split("/").reduce((above, below) => above / below)).join() === "1,2,3,4")
      .catch(async error => { assert.equal(await dialog.locator(".paste-preview").innerText(), name); throw error; });
    assert.notEqual(await dialog.getByRole("textbox", { name: "Numbers" }).inputValue(), "", name);
    await dialog.getByRole("textbox", { name: "Numbers" }).fill("");
  }
  await axe();
});

journey("what a messenger does to a link is undone", { at: null }, async ({ page, open }) => {
  const { hash } = parts(page);
  for (const mangled of [
    "#/convolution%3Fpad%3D1%26stride%3D2",
    "#%2Fconvolution%3Fpad%3D1%26stride%3D2",
    "#%2Fconvolution?pad=1&stride=2",
    "#/convolution?pad%3D1%26stride%3D2",
    "#/convolution?pad=1&amp;stride=2",
    "#/convolution?pad=1&amp;amp;stride=2",
    "#/convolution?pad=1&stride=2.",
    "#/convolution?pad=1&stride=2).",
    "#/convolution?pad=1&stride=2>",
    "#/CONVOLUTION?pad=1&stride=2",
  ]) {
    await open(mangled);
    await hash("#/convolution?pad=1&stride=2");
    await page.getByRole("heading", { level: 1, name: "Convolution" }).waitFor({ state: "attached" });
    assert.equal(await page.getByRole("status").filter({ hasText: /There is no page|can't be read|not known/ }).count(), 0, mangled);
  }
  // In an open page, too.
  await page.evaluate(() => { location.hash = "#/Pooling."; });
  await hash("#/pooling");
});
