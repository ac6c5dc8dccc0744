// High contrast: the system's few colours, in which all that means something must be seen.
import assert from "node:assert/strict";
import { inBothThemes } from "./harness.mjs";

const forced = { context: { forcedColors: "active" } };

/** The picture of an element as its colours, each with its share of the pixels. */
async function colours(page, target) {
  const png = await target.screenshot({ animations: "disabled" });
  return page.evaluate(async source => {
    const image = new Image();
    image.src = `data:image/png;base64,${source}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const shares = {};
    for (let at = 0; at < data.length; at += 4) {
      const colour = `${data[at]},${data[at + 1]},${data[at + 2]}`;
      shares[colour] = (shares[colour] ?? 0) + 4 / data.length;
    }
    return shares;
  }, png.toString("base64"));
}

/** The system's colours as they come out on its paper: some let it through. */
const system = page => page.evaluate(() => {
  const probe = document.body.appendChild(document.createElement("p"));
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  const paint = name => {
    probe.style.color = name;
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data.slice(0, 3).join();
  };
  const on = name => (paint("Canvas"), paint(name));
  const found = { paper: on("Canvas"), ink: on("CanvasText"), lens: on("Highlight"), grey: on("GrayText") };
  probe.remove();
  return found;
});

inBothThemes("forced colours: grids, window and settings are seen", { at: "#/convolution?pad=1&step=6&k=1,0;0,-1", ...forced }, async ({ page, shot, axe }) => {
  const { paper, ink, lens, grey } = await system(page);
  const share = async (target, colour) => (await colours(page, target))[colour] ?? 0;
  const cell = (name, at) => page.getByRole("grid", { name, exact: true }).getByRole("gridcell").nth(at);
  // The number just computed is inverted.
  assert(await share(cell("Output", 5), ink) > 0.5, "current output");
  assert(await share(cell("Output", 0), ink) < 0.3, "other output");
  // Lines between cells.
  assert(await share(cell("Output", 15), grey) > 0.02, "lines");
  // The hatch of the padding, beside which a cell of the input is plain.
  assert(await share(page.locator(".grid .pad").first(), paper) < await share(cell("Input", 8), paper) - 0.1, "hatch");
  // The window is the lens.
  assert(await share(page.locator(".stage"), lens) > 0.001, `window: ${await share(page.locator(".stage"), lens)}`);
  // What is negative is striped, what is positive is not; a stripe's edges are of other colours.
  const stripes = async at => Object.values(await colours(page, cell("Kernel", at))).filter(share => share > 0.12).length;
  assert(await stripes(3) >= 2 && await stripes(0) < 2, "signs");
  // Pressed segments and switches.
  const padding = page.getByRole("button", { name: "per side" });
  assert(await share(padding, ink) > 0.5, "pressed");
  assert(await share(page.getByRole("button", { name: "total (course)" }), ink) < 0.4, "not pressed");
  const flip = page.getByRole("switch", { name: "Flip kernel" });
  const off = await share(flip.locator("i"), ink);
  await flip.click();
  await page.mouse.move(5, 5);
  assert(await share(flip.locator("i"), ink) > off + 0.2, "switch");
  // A focused cell, even where it is lit: the ring has six pixels on each side, of a cell of 74.
  const before = await colours(page, cell("Input", 4));
  await cell("Input", 4).focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  const after = await colours(page, cell("Input", 4));
  assert(after[ink] > (before[ink] ?? 0) + 0.05 || after[paper] > (before[paper] ?? 0) + 0.05, "focus");
  await shot("forced colours lab");
  await axe();
});

inBothThemes("forced colours: plots and progress are seen", { at: "#/train", ...forced }, async ({ page, shot }) => {
  const { paper, ink } = await system(page);
  const drawn = await page.locator(".plot-frame canvas").first().evaluate(async canvas => {
    // A frame after the style sheet it is painted.
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = new Map();
    for (let at = 0; at < data.length; at += 4) {
      const colour = data[at + 3] === 0 ? "clear" : `${data[at]},${data[at + 1]},${data[at + 2]}`;
      found.set(colour, (found.get(colour) ?? 0) + 1);
    }
    return [...found].sort((a, b) => b[1] - a[1]).slice(0, 40).map(([colour]) => colour);
  });
  assert(drawn.length > 1 && drawn[0] === paper && drawn.includes(ink), `the plot has the colours ${drawn}`);
  const track = page.locator(".bar-track").first();
  await track.locator("i").evaluate(done => done.style.setProperty("--share", "0.5"));
  const shares = await colours(page, track);
  assert(shares[ink] > 0.4 && shares[paper] > 0.3, `progress: ${JSON.stringify(shares)}`);
  await shot("forced colours training");
});
