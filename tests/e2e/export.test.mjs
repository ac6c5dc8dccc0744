// Copy and export: what is copied and saved is read back, from the menu, by keys, offline, and on paper.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";

/** The labs, each with its steps, texts that its figure shows at the last one, and what its LaTeX has. */
const LABS = [
  { page: "convolution", steps: 4, numbers: ["19", "25", "37", "43"] },
  { page: "pooling", steps: 4, numbers: ["4", "5", "7", "8"] },
  { page: "channels", steps: 4, numbers: [] },
  { page: "backward", steps: 4, numbers: ["−1", "−2", "3", "5", "9", "11"] },
  { page: "batch-norm", steps: 28, numbers: ["0.5", "1.4", "10", "50.9"] },
  { page: "highway", steps: 9, numbers: ["3", "0.982", "2.96"] },
  { page: "receptive-field", steps: 7, numbers: ["29 × 29 seen", "5 × 5 seen"], latex: "aligned" },
  { page: "why", steps: 12, numbers: ["36,000,000", "7,500", "480,000", "24.9"], latex: "aligned" },
];

function parts(page) {
  const menu = page.getByRole("group", { name: "Copy and export", exact: true });
  const button = page.getByRole("button", { name: "Copy and export" });
  const said = words => page.locator(".said-last").filter({ hasText: words }).waitFor();
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const item = name => menu.getByRole("button", { name, exact: true });
  const choose = async name => {
    await button.click();
    await item(name).click();
  };
  /** What is copied by a command of the menu. */
  const copied = async (name, words) => {
    await choose(name);
    await said(words);
    return clipboard();
  };
  /** The file that a command of the menu saves: its name and its bytes. */
  const saved = async (name, timeout = 10_000) => {
    const download = page.waitForEvent("download", { timeout });
    await choose(name);
    const file = await download;
    await said(`Saved ${file.suggestedFilename()}`);
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  };
  return { menu, button, said, clipboard, item, choose, copied, saved };
}

/** An SVG's texts and size, as the browser's own reader of XML has them. */
function read(page, svg) {
  return page.evaluate(svg => {
    const document = new DOMParser().parseFromString(svg, "image/svg+xml");
    const error = document.querySelector("parsererror")?.textContent;
    if (error) throw new Error(error);
    const root = document.documentElement;
    const own = node => [...node.childNodes].map(node => node.textContent).join("");
    return {
      width: Number(root.getAttribute("width")), height: Number(root.getAttribute("height")),
      title: root.querySelector("title")?.textContent,
      texts: [...root.querySelectorAll("text")].map(own),
    };
  }, svg);
}

/** Width, height and number of colours of a picture, or of all frames of an animation, as the browser decodes them. */
function decode(page, bytes, type) {
  return page.evaluate(async ([base64, type]) => {
    const data = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ data, type });
    await decoder.tracks.ready;
    const track = decoder.tracks.selectedTrack;
    const frames = [];
    for (let index = 0; index < track.frameCount; index += 1) {
      const { image } = await decoder.decode({ frameIndex: index });
      const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
      let sum = 0;
      for (const pixel of pixels) sum = (Math.imul(sum, 31) + pixel) | 0;
      frames.push({ width: canvas.width, height: canvas.height, colours: new Set(pixels).size, sum, ms: (image.duration ?? 0) / 1000, paper: pixels[0] });
      image.close();
    }
    return { frames, repeats: track.repetitionCount };
  }, [bytes.toString("base64"), type]);
}

for (const { page: name, steps, numbers, latex: inLatex = "bmatrix" } of LABS) {
  journey(`${name}: what is saved is what is shown`, { at: `#/${name}?step=${steps}`, timeout: 120_000 }, async ({ page }) => {
    const { saved } = parts(page);
    const count = Number((await page.getByRole("slider", { name: "Step" }).getAttribute("max")));
    const last = await page.getByRole("grid").last().getByRole("gridcell").allTextContents();

    const svg = await saved("Save figure as SVG");
    assert.equal(svg.name, `${name}-step-${steps}.svg`);
    const figure = await read(page, svg.bytes.toString());
    for (const number of [...numbers, ...last.filter(Boolean)]) assert(figure.texts.includes(number), `${number} of ${figure.texts}`);
    assert(figure.title.length > 0);

    const png = await saved("Save figure as PNG");
    assert.equal(png.name, `${name}-step-${steps}.png`);
    const { frames: [picture] } = await decode(page, png.bytes, "image/png");
    assert.deepEqual([picture.width, picture.height], [Math.floor(figure.width * 2), Math.floor(figure.height * 2)]);
    assert(picture.colours > 8, "not blank");
    assert.equal(picture.paper >>> 0, 0xffffffff, "on white paper");

    const strip = await saved("Save filmstrip as SVG");
    assert.equal(strip.name, `${name}-steps.svg`);
    const film = await read(page, strip.bytes.toString());
    for (let step = 1; step <= Math.min(count, 64); step += 1) assert(film.texts.includes(`step ${step} of ${count}`), `step ${step}`);

    const gif = await saved("Save animation as GIF", 90_000);
    assert.equal(gif.name, `${name}-steps.gif`);
    const { frames, repeats } = await decode(page, gif.bytes, "image/gif");
    assert.equal(frames.length, count);
    assert.equal(repeats, Infinity, "it begins again");
    assert.equal(new Set(frames.map(frame => frame.sum)).size, count, "each step is another picture");
    for (const frame of frames) {
      assert(frame.width > 300 && frame.height > 100 && frame.colours > 8);
      assert.deepEqual([frame.width, frame.height], [frames[0].width, frames[0].height]);
    }
    assert.equal(Math.round(frames[0].ms), 900);
    assert.equal(Math.round(frames.at(-1).ms), 2250);
  });

  journey(`${name}: what is copied`, { at: `#/${name}` }, async ({ page }) => {
    const { copied } = parts(page);
    const code = await copied("Copy PyTorch code", "PyTorch code copied");
    // tests/pytorch.rs compares that file with the lab's own, and runs it.
    assert.equal(code, readFileSync(new URL(`../pytorch/${name.replace("-", "_")}.py`, import.meta.url), "utf8"));

    for (const [command, words, environment] of [
      ["Copy matrices as LaTeX", "Matrices copied as LaTeX", inLatex],
      ["Copy figure as TikZ", "Figure copied as TikZ", "tikzpicture"],
    ]) {
      const latex = await copied(command, words);
      const all = pattern => [...latex.matchAll(pattern)].map(([, name]) => name);
      assert(all(/\\begin\{(\w+)\}/g).includes(environment));
      assert.deepEqual(all(/\\begin\{(\w+)\}/g).sort(), all(/\\end\{(\w+)\}/g).sort());
      const braces = latex.replace(/\\[{}\\]/g, "").replace(/[^{}]/g, "");
      assert.equal(braces.split("{").length, braces.split("}").length);
    }
  });
}

journey("numbers are copied in six formats", { at: "#/convolution?k=1/9,-2&step=4" }, async ({ page }) => {
  const { button, menu, said, clipboard } = parts(page);
  const copy = async (array, format) => {
    await button.click();
    await menu.getByRole("group", { name: `Copy ${array} as` }).getByRole("button", { name: format, exact: true }).click();
    await said(new RegExp(`${array} copied as .*${format}`, "i"));
    return clipboard();
  };
  assert.equal(await copy("input", "TSV"), "0\t1\t2\n3\t4\t5\n6\t7\t8");
  assert.equal(await copy("kernel", "NumPy"), "np.array([[1/9, -2]])");
  assert.equal(await copy("kernel", "PyTorch"), "torch.tensor([[1/9, -2]], dtype=torch.float32)");
  assert.match(await copy("kernel", "LaTeX"), /\\frac\{1\}\{9\} & -2/);
  assert.match(await copy("input", "Markdown"), /^\| {2}\|.*\n\|---/);
  // In full precision.
  assert.match(await copy("output", "MATLAB"), /-3\.888888888888889;/);
});

journey("an exercise keeps its answers", { at: "#/convolution?predict=1&step=2" }, async ({ page }) => {
  const { button, menu, saved } = parts(page);
  await button.click();
  await menu.getByRole("group", { name: "Copy input as" }).waitFor();
  assert.equal(await menu.getByRole("group", { name: "Copy output as" }).count(), 0);
  await page.keyboard.press("Escape");
  const { texts } = await read(page, (await saved("Save filmstrip as SVG")).bytes.toString());
  assert(texts.includes("19") && !texts.includes("25") && !texts.includes("43"), String(texts));
  // What was answered is shown.
  await page.getByRole("textbox", { name: /Output row 0, column 1/ }).fill("25");
  await page.keyboard.press("Enter");
  await page.getByRole("grid", { name: "Output" }).getByRole("gridcell", { name: "25" }).waitFor();
  assert((await read(page, (await saved("Save figure as SVG")).bytes.toString())).texts.includes("25"));
});

journey("what can't be made says so", { at: "#/convolution?stride=0" }, async ({ page }) => {
  const { button, item, menu } = parts(page);
  await button.click();
  assert(await item("Save figure as SVG").isDisabled());
  assert(await item("Print handout").isEnabled());
  await menu.getByRole("group", { name: "Copy input as" }).getByRole("button", { name: "MATLAB" }).click();
  await page.locator(".said-last").filter({ hasText: "Input copied as MATLAB" }).waitFor();
});

journey("a figure looks as the page, one for paper is light", { at: "#/convolution", theme: "dark" }, async ({ page }) => {
  const { saved, copied } = parts(page);
  const svg = (await saved("Save figure as SVG")).bytes.toString();
  assert.match(svg, /#0e1216/, "the dark theme's paper");
  const tikz = await copied("Copy figure as TikZ", "Figure copied as TikZ");
  assert.match(tikz, /\{receptivePaper\}\{HTML\}\{FFFFFF\}/);
});

journey("the menu by keys", { at: "#/convolution" }, async ({ page }) => {
  const { button, item, menu, said } = parts(page);
  const focused = name => page.waitForFunction(name => document.activeElement.textContent === name || document.activeElement.ariaLabel === name, name);
  await button.focus();
  await page.keyboard.press("Enter");
  await menu.waitFor();
  await page.keyboard.press("Tab");
  await focused("Copy link");
  await page.keyboard.press("Tab");
  await focused("Add to lecture");
  await page.keyboard.press("Tab");
  await focused("Copy PyTorch code");
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "hidden" });
  await focused("Copy and export");
  await page.keyboard.press("Space");
  await item("Copy PyTorch code").focus();
  await page.keyboard.press("Enter");
  await said("PyTorch code copied");
  await focused("Copy and export");
  // The same by the palette.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("latex");
  await page.keyboard.press("Enter");
  await said("Matrices copied as LaTeX");
});

for (const [name, screen] of Object.entries({ desktop: SCREEN.desktop, projector: SCREEN.projector, phone: SCREEN.phone })) {
  inBothThemes(`the menu is accessible (${name})`, { at: "#/convolution", screen }, async ({ page, axe, shot }) => {
    const { button, menu } = parts(page);
    await button.click();
    await menu.waitFor();
    const box = await menu.boundingBox();
    assert(box.x >= 0 && box.x + box.width <= screen.width && box.y + box.height <= screen.height, JSON.stringify(box));
    await axe();
    await shot(`export menu ${name}`);
  });
}

journey("offline it says what to do, and then works", {
  at: "#/convolution", expected: [/^request failed: .*export-/, /^console error/],
}, async ({ page }) => {
  const { said, button, item, choose } = parts(page);
  await page.route("**/export-*", route => route.abort("internetdisconnected"));
  await choose("Copy PyTorch code");
  await said("The part that copies and exports could not be loaded. Check the connection, then try again.");
  await page.unroute("**/export-*");
  await button.click();
  await item("Copy PyTorch code").click();
  await said("PyTorch code copied");
});

journey("an animation ends with its page", { at: `#/convolution?x=${Array(16).fill(Array(16).fill(3).join()).join(";")}` }, async ({ page, open }) => {
  const { choose, said } = parts(page);
  await choose("Save animation as GIF");
  await said(/Frame \d+ of 225 of the animation/);
  let downloads = 0;
  page.on("download", () => { downloads += 1; });
  await open("#/");
  await page.getByRole("heading", { name: /See every number/ }).waitFor();
  await page.locator(".said-last").filter({ hasText: "Frame" }).waitFor({ state: "detached" });
  // All the way round: what went on would have come by then.
  await open("#/pooling");
  const one = page.waitForEvent("download");
  await choose("Save figure as SVG");
  await one;
  assert.equal(downloads, 1);
});

for (const theme of ["light", "dark"]) {
  for (const lab of ["convolution?pad=1&step=3", "channels?step=2", "pooling?lecture=1"]) {
    journey(`${lab} on paper (${theme})`, { at: `#/${lab}`, theme }, async ({ page, shot }) => {
      // As the browser does when it prints.
      await page.emulateMedia({ media: "print" });
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      await page.setViewportSize({ width: 680, height: 1000 });
      const shown = selector => page.locator(selector).first().isVisible();
      for (const selector of [".bar", ".dock", ".lab-tools", ".controls"]) assert.equal(await shown(selector), false, selector);
      for (const selector of ["h1", ".lab-head p", "[role=grid]", ".sum", ".shape", ".on-paper"]) assert.equal(await shown(selector), true, selector);
      assert.equal(await page.locator(".on-paper").textContent(), await page.evaluate(() => location.href));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert(wide <= 680, `nothing is cut off: ${wide}`);
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(255, 255, 255)");
      await shot(`paper ${lab.split("?")[0]} ${theme}`);
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      await page.emulateMedia({ media: null });
      assert.equal(await page.locator(".on-paper").isVisible(), false);
      for (const format of ["A4", "Letter"]) {
        const pdf = (await page.pdf({ format, path: `test-results/paper-${lab.split("?")[0]}-${theme}-${format}.pdf` })).toString("latin1");
        assert.equal(pdf.match(/\/Type \/Page\b/g).length, 1, "one sheet");
      }
    });
  }
}
