// What people type, open and link to stays text, whatever signs are in it: on screen and in what is copied.
import assert from "node:assert/strict";
import { SCREEN, journey } from "./harness.mjs";
import { parts } from "./lab.mjs";

/** An element that would tell of itself, the end of an attribute, and a character written by its name. */
const TYPED = `<img src=x onerror="ran()">'&lt;"`;
/** Short, and without what separates cells. */
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
  assert((await cell.textContent()).startsWith("<img src=x onerror="), await cell.textContent());
  await staysText(page);
  await button("Use 0").click();

  await page.getByRole("textbox", { name: "Bias" }).fill(TYPED);
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "<img" }).waitFor();
  await staysText(page);
});

journey("what is copied of it is what was typed, and the menu is the app's own", watched, async ({ page, open }) => {
  await begin(page, open, "#/convolution");
  await page.getByRole("grid", { name: "Input", exact: true }).getByRole("gridcell").nth(4).click();
  await page.keyboard.type(SHORT);
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Copy and export" }).click();
  const menu = page.getByRole("group", { name: "Copy and export", exact: true });
  assert.equal(await menu.getByRole("button", { name: "Save figure as SVG" }).isDisabled(), true, "there is nothing to draw");
  await menu.getByRole("group", { name: "Copy input as" }).getByRole("button", { name: "Markdown" }).click();
  await page.locator(".said-last").filter({ hasText: "Input copied as Markdown" }).waitFor();
  assert((await page.evaluate(() => navigator.clipboard.readText())).includes(`| 3 | ${SHORT} | 5 |`));
  await staysText(page);
});

journey("what a link has of it is quoted", watched, async ({ page, open }) => {
  const value = encodeURIComponent(TYPED);
  await begin(page, open, `#/convolution?stride=${value}&${value}=1&x=${encodeURIComponent(SHORT)},1;2,3`);
  await page.getByRole("status").filter({ hasText: "stride=<img" }).waitFor();
  await page.getByRole("alert").filter({ hasText: SHORT }).waitFor();
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
  await page.getByRole("combobox", { name: "Search commands" }).fill("paste matrix");
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
    await page.locator(".shape-lines math").first().waitFor({ state: "attached" });
    await shot(`markup ${name}`);
  });
}
