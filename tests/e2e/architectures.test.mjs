// The architectures page: networks counted, compared, edited, repaired and taken along.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";

const OWN = "#/architectures?net=own&in=3,8,8&layers=c16k3p1;[c16k3p1;relu;c16k3p1];relu;gap;f;l10&beside=none";
const BROKEN = "#/architectures?net=own&in=3,8,8&layers=c16k3p1;[c32k3s2p1;relu;c32k3p1];relu;gap;f;l10";

/** The page's parts. */
function parts(page) {
  const table = name => page.getByRole("table", { name, exact: true });
  return {
    table,
    /** The texts of a table's row whose name begins so. */
    row: (network, name) => table(network).getByRole("row", { name }),
    total: async (network, text) => {
      await table(network).locator("tfoot tr").filter({ hasText: text }).waitFor();
    },
    layer: page.getByRole("region", { name: "Layer", exact: true }),
    sums: page.getByRole("region", { name: "Arithmetic" }),
    undo: page.getByRole("button", { name: "Undo" }),
    hash: () => page.evaluate(() => location.hash),
  };
}

journey("the course's pair side by side: counted, compared, and what differs", { at: "#/architectures" }, async ({ page }) => {
  const { table, total } = parts(page);
  await total("AlexNet", "60,965,224");
  await total("LeNet", "61,706");
  assert.deepEqual(await table("AlexNet").getByRole("columnheader").allInnerTexts(),
    ["Layer", "Output", "Kernel", "Parameters", "Multiply-adds", "Activation memory", "Receptive field"]);
  assert.match(await table("AlexNet").getByRole("row").nth(2).innerText(), /Convolution[\s\S]*96 × 55 × 55[\s\S]*11 × 11[\s\S]*34,944/);
  await page.getByText("AlexNet has 988× more parameters than LeNet, and takes 1,739× more multiply-adds.").waitFor();
  await page.getByRole("row", { name: "Hidden units 4,096, 4,096 120, 84" }).waitFor();
  await page.getByLabel("Network", { exact: true }).selectOption({ label: "ResNet-34" });
  await total("ResNet-34", "21,797,672");
  await page.getByLabel("against").selectOption({ label: "Plain-34" });
  await total("Plain-34", "21,623,848");
  await page.getByRole("row", { name: "Shortcuts 16 0" }).waitFor();
  await page.waitForFunction(() => location.hash === "#/architectures?net=resnet34b&beside=plain34");
});

journey("what is small enough is trained: the link takes its layers along", { at: "#/architectures?net=lenet&beside=none" }, async ({ page, open }) => {
  const train = page.getByRole("link", { name: "Train this" });
  await page.getByText(/^Train this: 61,706 parameters, 416,520 multiply-adds an image\. An epoch of 60,000 images takes about \d+ s\.$/).waitFor();
  await train.click();
  await page.getByRole("heading", { level: 1, name: "Train own layers" }).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Layers" }).inputValue(), "c6k5p2;relu;m2;c16k5;relu;m2;f;l120;relu;l84;relu;l10");
  await page.getByText(/^61,706 parameters, .* An epoch of 60,000 images takes about /).waitFor();
  await page.locator("button:enabled").filter({ hasText: "Start training" }).waitFor();
  // ImageNet's pictures are not here.
  await open("#/architectures?net=resnet18&beside=none");
  await page.getByRole("table", { name: "ResNet-18" }).waitFor();
  assert.equal(await train.count(), 0);
});

journey("a layer that is pressed shows its arithmetic; edited, all follows, and is undone", { at: "#/architectures?net=lenet&beside=none" }, async ({ page, open }) => {
  const { row, layer, sums, total, undo, hash } = parts(page);
  await row("LeNet", /^Convolution.*16 × 10/).getByRole("button").click();
  assert.match(await sums.innerText(), /16 · \(6 · 5 · 5 \+ 1\) = 2,416/);
  const filters = layer.getByLabel("Filters");
  await filters.fill("32");
  await filters.press("Tab");
  await total("Own network", "112,122");
  assert.match(await sums.innerText(), /32 · \(6 · 5 · 5 \+ 1\) = 4,832/);
  // The focus went on to the next field, and stays there.
  assert.equal(await page.evaluate(() => document.activeElement.value), "5");
  await page.waitForFunction(() => location.hash.includes("layers=c6k5p2;relu;m2;c32k5;"));
  const link = await hash();
  await undo.click();
  await total("LeNet", "61,706");
  await page.keyboard.press("Control+y");
  await total("Own network", "112,122");
  await open("#/pooling");
  await open(link);
  await total("Own network", "112,122");
});

journey("what is typed wrong stays, and says what would be right", { at: "#/architectures?net=lenet&layer=1&beside=none" }, async ({ page }) => {
  const { layer, total } = parts(page);
  const kernel = layer.getByLabel("Kernel");
  await kernel.fill("five");
  await kernel.press("Enter");
  await layer.getByRole("alert").filter({ hasText: "“five” can't be read here. Right is one whole number, or two for height and width." }).waitFor();
  assert.equal(await kernel.inputValue(), "five");
  await total("LeNet", "61,706");
  await kernel.fill("3, 5");
  await kernel.press("Enter");
  await layer.getByRole("alert").waitFor({ state: "detached" });
  assert.equal(await kernel.inputValue(), "3,5");
  await page.getByLabel("Input: channels, rows and columns").selectOption({ label: "3 × 32 × 32" });
  await page.waitForFunction(() => location.hash.includes("in=3,32,32"));
});

journey("what does not fit is explained at its layer, and repaired", { at: BROKEN }, async ({ page }) => {
  const { row, total } = parts(page);
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "Layer 6, sum: The block makes 32 × 4 × 4 and its shortcut brings 16 × 8 × 8" }).waitFor();
  await row("Own network", /^Sum with shortcut does not fit/).waitFor();
  await row("Own network", /^Global average not counted/).waitFor();
  await alert.getByRole("button", { name: "Project the shortcut" }).click();
  await alert.waitFor({ state: "detached" });
  await row("Own network", /^Sum with projection/).waitFor();
  await total("Own network", "15,210");
});

journey("layers are moved, removed and added by keys alone", { at: OWN }, async ({ page }) => {
  const { row, layer, table } = parts(page);
  const buttons = table("Own network").getByRole("button");
  await buttons.first().focus();
  await page.keyboard.press("Alt+ArrowDown");
  await page.waitForFunction(() => location.hash.includes("layers=%5Bc16k3p1;c16k3p1;relu;c16k3p1%5D"));
  await page.waitForFunction(() => document.activeElement.id === "row-1");
  await page.keyboard.press("Alt+ArrowUp");
  await page.waitForFunction(() => location.hash.includes("layers=c16k3p1;%5Bc16k3p1"));
  await row("Own network", /^Global average/).getByRole("button").focus();
  await page.keyboard.press("Delete");
  await page.waitForFunction(() => !location.hash.includes("gap"));
  await row("Own network", /^Sum with shortcut/).getByRole("button").press("Enter");
  await layer.getByLabel("Add after layer 7, ReLU").selectOption({ label: "Residual block" });
  await page.waitForFunction(() => location.hash.includes("%5D;relu;%5Bc16k3p1nb;bn;relu;c16k3p1nb;bn%5D;relu"));
  await layer.getByLabel("Shortcut").selectOption({ label: "Projection, option B" });
  await row("Own network", /^Sum with projection/).waitFor();
  await layer.getByRole("button", { name: "Close" }).click();
  await page.waitForFunction(() => document.querySelector("#arch-layer").hidden);
});

journey("taken along: program, Markdown, CSV and picture", { at: "#/architectures?net=resnet18&beside=none" }, async ({ page }) => {
  const menu = page.getByRole("group", { name: "Copy and export" });
  const choose = async name => {
    await page.getByRole("button", { name: "Copy and export" }).click();
    await menu.getByRole("button", { name }).click();
  };
  const copied = async () => page.evaluate(() => navigator.clipboard.readText());
  await choose("Copy PyTorch code");
  await page.getByText("PyTorch code copied").first().waitFor();
  assert.match(await copied(), /nn\.Sequential\(nn\.Conv2d\(64, 128, 1, stride=2, bias=False\), nn\.BatchNorm2d\(128\)\)/);
  await choose("Copy table as Markdown");
  await page.getByText("Table copied as Markdown").first().waitFor();
  assert.match(await copied(), /\| Total \|  \|  \| 11,689,512 \| 1,814,073,344 \|/);
  for (const [name, file, holds] of [["Save table as CSV", "resnet-18.csv", /Total,,,11689512,1814073344/], ["Save figure as SVG", "resnet-18.svg", /<title>ResNet-18, drawn to scale<\/title>/]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), choose(name)]);
    assert.equal(download.suggestedFilename(), file);
    assert.match(await readFile(await download.path(), "utf8"), holds);
  }
});

journey("a link that can't be read says so, and the default opens", { at: "#/architectures?net=lenet9&layers=c5;zz" }, async ({ page }) => {
  const { total } = parts(page);
  await total("AlexNet", "60,965,224");
  await page.getByText("The link's net=lenet9 can't be read").waitFor();
  await page.getByText("The link's layers=c5;zz can't be read").waitFor();
});

journey("on a projector all texts are read from far", { at: "#/architectures?lecture=1&layer=5", screen: SCREEN.projector }, async ({ page }) => {
  await parts(page).total("AlexNet", "60,965,224");
  const small = await page.evaluate(() => [...document.querySelectorAll("main *")]
    .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) && element.getClientRects().length)
    .map(element => {
      const scale = element.ownerSVGElement ? element.getScreenCTM().a : 1;
      return [element.textContent.trim().slice(0, 20), parseFloat(getComputedStyle(element).fontSize) * scale];
    })
    .filter(([, size]) => size < 19.9));
  assert.deepEqual(small, []);
});

for (const [name, hash] of [["architectures", "#/architectures"], ["architectures layer", "#/architectures?net=resnet18&layer=3"], ["architectures broken", BROKEN]]) {
  onEveryScreen(name, hash);
}
