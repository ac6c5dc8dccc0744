// What people type, open and link to stays text, whatever signs are in it: on screen, in figures and in files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SCREEN, journey } from "./harness.mjs";
import { parts } from "./lab.mjs";

/** An element that would tell of itself, the end of an attribute, and a character written by its name. */
const TYPED = `<img src=x onerror="ran()">'&lt;"`;
/** Short enough to be shown whole in a cell of a figure. */
const SHORT = `<i>"&`;

/** Fails if any of it became an element, or ran. */
async function staysText(page) {
  const found = await page.evaluate(() => ({
    elements: document.querySelectorAll("img, [onerror], #app script").length,
    ran: window.hasRun ?? false,
  }));
  assert.deepEqual(found, { elements: 0, ran: false });
}

const watched = { at: null, timeout: 90_000 };
const begin = async (page, open, hash) => {
  await page.addInitScript(() => { window.ran = () => { window.hasRun = true; }; });
  await open(hash);
};

journey("a cell, the bias and what is said of them", watched, async ({ page, open }) => {
  await begin(page, open, "#/convolution");
  const { button } = parts(page);
  const cell = page.getByRole("grid", { name: "Input", exact: true }).getByRole("gridcell").nth(4);
  await cell.click();
  await page.keyboard.type(TYPED);
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: `“${TYPED.slice(0, 8)}` }).waitFor();
  assert.equal(await cell.textContent(), TYPED);
  await staysText(page);
  await button("Use 0").click();

  await page.getByRole("textbox", { name: "Bias" }).fill(TYPED);
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "<img" }).waitFor();
  await staysText(page);
});

journey("a figure with such a cell is an SVG that says it", watched, async ({ page, open }) => {
  await begin(page, open, "#/convolution");
  await page.getByRole("grid", { name: "Input", exact: true }).getByRole("gridcell").nth(4).click();
  await page.keyboard.type(SHORT);
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Copy and export" }).click();
  const menu = page.getByRole("group", { name: "Copy and export", exact: true });
  await menu.getByRole("button", { name: "Save figure as SVG" }).waitFor();
  await staysText(page);
  const download = page.waitForEvent("download");
  await menu.getByRole("button", { name: "Save figure as SVG" }).click();
  const svg = readFileSync(await (await download).path()).toString();
  const read = await page.evaluate(svg => {
    const document = new DOMParser().parseFromString(svg, "image/svg+xml");
    return {
      error: document.querySelector("parsererror")?.textContent,
      texts: [...document.querySelectorAll("text")].map(text => text.textContent),
      others: document.querySelectorAll("i, img, script").length,
    };
  }, svg);
  assert.equal(read.error, undefined);
  assert(read.texts.includes(SHORT), `${SHORT} of ${read.texts}`);
  assert.equal(read.others, 0);
});

journey("what a link has of it is quoted", watched, async ({ page, open }) => {
  const value = encodeURIComponent(TYPED);
  await begin(page, open, `#/convolution?stride=${value}&${value}=1&x=${value},1;2,3`);
  await page.getByRole("status").filter({ hasText: "stride=<img" }).waitFor();
  await page.getByRole("alert").filter({ hasText: "<img" }).waitFor();
  await staysText(page);
  await open(`#/${value}`);
  await page.getByText("<img", { exact: false }).first().waitFor();
  await staysText(page);
});

journey("names of files", watched, async ({ page, open }) => {
  const name = `<img src=x onerror=ran()>&"'.txt`;
  await begin(page, open, "#/filters?k=identity");
  await page.locator(".picture-tools input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from("To do") });
  await page.locator(".pictures").getByRole("alert").filter({ hasText: name }).waitFor();
  await staysText(page);

  await open("#/convolution");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search commands" }).fill("paste a matrix");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Paste a matrix" });
  await dialog.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(`1 2\n3 ${TYPED}`) });
  await dialog.getByText(name).waitFor();
  await staysText(page);
});

for (const [name, screen] of [["desk", SCREEN.desktop], ["phone", SCREEN.phone]]) {
  journey(`labels, sums and tables are still elements on a ${name}`, { at: "#/convolution?b=2", screen }, async ({ page, shot }) => {
    await page.locator(".plate-label b", { hasText: "Input" }).waitFor();
    assert.equal(await page.locator(".op").evaluateAll(signs => signs.every(sign => sign.getAttribute("aria-hidden") === "true")), true);
    assert.equal(await page.locator(".sum .term").count() > 3, true);
    await page.locator(".shape-lines math").first().waitFor();
    await shot(`markup ${name}`);
  });
}
