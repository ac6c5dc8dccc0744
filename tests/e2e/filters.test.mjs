// The lab of filters on pictures, as a person uses it, with a camera that Chromium makes up.
import assert from "node:assert/strict";
import { handOver } from "./hand-over.mjs";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";
import { parts } from "./lab.mjs";
import { GREY, bmp, jpeg, png } from "./picture-files.mjs";

const photos = page => page.locator(".photo");
/** Waits until all pictures are drawn, in this many frames. */
const drawn = async (page, count) => {
  await page.waitForFunction(count => {
    const captions = [...document.querySelectorAll(".photo figcaption span")];
    return captions.length === count && captions.every(caption => caption.textContent);
  }, count);
};
/** The red of one pixel of a picture. */
const red = (page, index, row, col) => page.evaluate(([index, row, col]) => {
  const canvas = document.querySelectorAll(".photo canvas")[index];
  return canvas.getContext("2d").getImageData(col, row, 1, 1).data[0];
}, [index, row, col]);
const captions = async page => (await page.locator(".photo figcaption").allInnerTexts()).map(text => text.replace(/\s+/g, " "));
const alerts = page => page.locator(".pictures").getByRole("alert");
const choose = (page, name, buffer, mimeType = "image/png") =>
  page.locator(".picture-tools input[type=file]").setInputFiles({ name, mimeType, buffer });

/** White, black, white, black; below all grey 128. */
const CHECKS = png(4, 2, GREY, (row, col) => [row ? 128 : 255 * (1 - col % 2)]);

journey("the photographer's edges, and the sum behind a pixel", { at: "#/filters" }, async ({ page, shot }) => {
  const { reads, sums, hash, region, button } = parts(page);
  await drawn(page, 2);
  assert.deepEqual(await captions(page), ["Photographer 512 × 512: 0 to 255 Lav Varshney, CC0", "Edge detection 512 × 512: −722 to 1001, 130,876 cut off"]);
  assert.equal(await page.getByRole("combobox", { name: "Preset" }).locator("option:checked").innerText(), "Edge detection");
  await reads("Kernel", ["−1", "−1", "−1", "−1", 8, "−1", "−1", "−1", "−1"]);
  // Above and left of the first pixel is padding.
  await sums("0×(−1) + 0×(−1) + 0×(−1) + 0×(−1) + 200×8 + 200×(−1) + 0×(−1) + 200×(−1) + 199×(−1) = 1001");
  assert.match(await region("Output shape").innerText(), /512 × 512[\s\S]*2,359,296/);
  await button("Step forward").click();
  await hash("#/filters?step=2");
  await shot("filters");
  // A result beside the present one leads to its own sum.
  await page.getByRole("grid", { name: "Output" }).getByRole("gridcell").nth(4).click();
  await page.getByRole("slider", { name: "Step" }).fill("83161");
  await hash("#/filters?step=83161");
  await sums("125×(−1) + 127×(−1) + 132×(−1) + 121×(−1) + 130×8 + 135×(−1) + 124×(−1) + 128×(−1) + 130×(−1) = 18");
  assert.equal(await red(page, 1, 162, 216), 18, "the picture has the magnifier's number");
});

journey("a number typed into the kernel filters the picture anew, and undo takes it back", { at: "#/filters?k=identity&step=83161" }, async ({ page }) => {
  const { reads, hash, button } = parts(page);
  await drawn(page, 2);
  const before = await red(page, 1, 162, 216);
  assert.equal(before, await red(page, 0, 162, 216), "the identity changes nothing");
  const kernel = page.getByRole("grid", { name: "Kernel" });
  await kernel.getByRole("gridcell").nth(4).click();
  await page.keyboard.type("1/2");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll(".photo canvas")[1].getContext("2d").getImageData(216, 162, 1, 1).data[0] === 65);
  await hash("#/filters?k=0,0,0;0,1/2,0;0,0,0&step=83161");
  assert.equal((await captions(page))[1].startsWith("Own 512 × 512: 0 to 128"), true, (await captions(page))[1]);
  await button("Undo").click();
  await page.waitForFunction(before => document.querySelectorAll(".photo canvas")[1].getContext("2d").getImageData(216, 162, 1, 1).data[0] === before, before);
  await reads("Kernel", [0, 0, 0, 0, 1, 0, 0, 0, 0]);
});

journey("pointing at a picture looks, pressing goes there, arrows move by a pixel", { at: "#/filters" }, async ({ page }) => {
  const { hash, sums } = parts(page);
  await drawn(page, 2);
  const result = page.getByRole("button", { name: /^Edge detection: row 0, column 0$/ });
  const box = await result.boundingBox();
  // An event's place is whole pixels of the screen.
  const [x, y] = [Math.floor(box.x) + 90, Math.floor(box.y) + 60];
  const pixel = (at, start, extent) => Math.floor((at - start) / extent * 512);
  const [row, col] = [pixel(y, box.y, box.height), pixel(x, box.x, box.width)];
  await page.mouse.move(x, y);
  await page.waitForFunction(note => document.querySelector(".plate-label span")?.textContent === note, `at ${row}, ${col}`);
  await page.mouse.move(5, 5);
  await sums("0×(−1) + 0×(−1) + 0×(−1) + 0×(−1) + 200×8 + 200×(−1) + 0×(−1) + 200×(−1) + 199×(−1) = 1001");
  await page.mouse.click(x, y);
  await hash(`#/filters?step=${row * 512 + col + 1}`);
  await page.getByRole("slider", { name: "Step" }).fill("1");
  await result.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await hash("#/filters?step=514");
  await page.getByRole("button", { name: "Edge detection: row 1, column 1" }).waitFor();
});

journey("three filters in a row, with ReLU and pooling between them", { at: "#/filters?image=chelsea&grey=1" }, async ({ page, shot }) => {
  const { region, button } = parts(page);
  await drawn(page, 2);
  const control = name => region("Settings").getByRole("combobox", { name, exact: true });
  await control("Kernel").selectOption("Gaussian 5 × 5");
  await page.getByRole("spinbutton", { name: "Filters" }).fill("3");
  await page.keyboard.press("Enter");
  await drawn(page, 4);
  await button("2").click();
  await control("Kernel").selectOption("Sobel x");
  await page.getByRole("switch", { name: "ReLU" }).click();
  await control("Pool 2 × 2").selectOption("max");
  await button("3").click();
  await control("Kernel").selectOption("Laplacian");
  await drawn(page, 4);
  await page.waitForFunction(() => document.querySelectorAll(".photo canvas")[3].width === 225);
  assert.deepEqual((await captions(page)).map(text => text.split(":")[0]), [
    "Cat 300 × 451", "Gaussian 5 × 5 300 × 451", "Sobel x, ReLU, max pool 150 × 225", "Laplacian 150 × 225",
  ]);
  await page.getByRole("heading", { name: "Output shape" }).waitFor();
  assert.match(await region("Output shape").innerText(), /150 × 225/);
  await page.waitForFunction(() => location.hash.includes("k=gaussian-5||sobel-x||laplacian"));
  await shot("filters stacked");
});

journey("Gabor's sliders, a random kernel, and a picture in colour", { at: "#/filters?image=coffee" }, async ({ page }) => {
  const { region, hash } = parts(page);
  await drawn(page, 2);
  assert.match((await captions(page))[0], /^Coffee 3 × 400 × 600/);
  await region("Settings").getByRole("combobox", { name: "Kernel", exact: true }).selectOption("Gabor");
  const slider = page.getByRole("slider", { name: "Direction of the wave" });
  await slider.focus();
  const before = await page.evaluate(() => location.hash);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(before => location.hash !== before && location.hash.includes("gabor"), before);
  await region("Settings").getByRole("combobox", { name: "Kernel", exact: true }).selectOption("Random");
  await page.waitForFunction(() => location.hash.includes("random"));
  await page.getByRole("button", { name: "green", exact: true }).click();
  await page.getByRole("grid", { name: "Pixels, green" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("grid", { name: "Pixels, red" }).waitFor();
  void hash;
});

journey("normalising a kernel whose sum is 0 is explained", { at: "#/filters?k=sobel-x" }, async ({ page }) => {
  await drawn(page, 2);
  await page.getByRole("switch", { name: "Normalise" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "add up to 0" });
  await alert.waitFor();
  await alert.getByRole("button").first().click();
  await alert.waitFor({ state: "detached" });
  await page.getByRole("grid", { name: "Output" }).waitFor();
});

journey("a picture of one's own: opened, kept, and none that is too large or no picture", { at: "#/filters?k=identity" }, async ({ page, shot }) => {
  await drawn(page, 2);
  await choose(page, "notes.txt", Buffer.from("To do"), "text/plain");
  assert.match(await alerts(page).innerText(), /notes\.txt is none of the pictures that are opened: PNG, JPEG, WebP, GIF and BMP\./);
  await choose(page, "huge.png", png(1, 1, GREY, () => [0], { says: [12_000, 9_000] }));
  await alerts(page).filter({ hasText: "12,000 × 9,000" }).waitFor();
  assert.match(await alerts(page).innerText(), /108 million pixels/);
  await shot("filters too large");
  assert.match((await captions(page))[0], /^Photographer/, "nothing is lost");
  await alerts(page).getByRole("button", { name: "Keep this picture" }).click();
  await alerts(page).waitFor({ state: "detached" });
  await choose(page, "checks.png", CHECKS);
  await page.waitForFunction(() => document.querySelector(".photo figcaption b").textContent === "Own picture");
  await drawn(page, 2);
  assert.match((await captions(page))[0], /^Own picture 2 × 4: 0 to 255/);
  assert.deepEqual([await red(page, 1, 0, 0), await red(page, 1, 0, 1)], [255, 0]);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(() => document.querySelector(".photo figcaption b").textContent === "Photographer");
  await page.getByRole("button", { name: "Redo" }).click();
  await page.waitForFunction(() => document.querySelector(".photo figcaption").innerText.includes("2 × 4"));
});

const opened = (page, size) => page.waitForFunction(size => document.querySelector(".photo figcaption").innerText.includes(size), size);

journey("a large picture becomes its means", { at: "#/filters?k=identity" }, async ({ page }) => {
  await drawn(page, 2);
  await choose(page, "stripes.png", png(4096, 8, GREY, (_, col) => [col % 2 ? 255 : 0]));
  await opened(page, "2 × 1024");
  for (const col of [0, 1, 511, 1023]) assert([127, 128].includes(await red(page, 0, 0, col)), `the mean in column ${col}`);
  // A small one stays as it is; of 16 bits the upper eight.
  await choose(page, "plain.png", png(4, 2, GREY, (row, col) => [10 * row + col]));
  await opened(page, "2 × 4");
  assert.equal(await red(page, 0, 1, 3), 13);
  await choose(page, "deep.png", png(6, 2, GREY, (_, col) => [40 * col, 77], { bits: 16 }));
  await opened(page, "2 × 6");
  assert.equal(await red(page, 0, 0, 5), 200);
  assert.equal(await alerts(page).count(), 0);
});

journey("a damaged picture says so", { at: "#/filters" }, async ({ page }) => {
  await drawn(page, 2);
  await choose(page, "broken.png", Buffer.concat([CHECKS.subarray(0, 45), Buffer.alloc(12)]));
  await alerts(page).filter({ hasText: "broken.png" }).waitFor();
});

journey("a picture that is dropped or pasted is opened, numbers go into the kernel", { at: "#/filters?k=identity" }, async ({ page }) => {
  await drawn(page, 2);
  for (const kind of ["drop", "paste"]) {
    assert.equal(await handOver(page, ".lab", { name: "given.png", type: "image/png", bytes: CHECKS }, kind), true, kind);
    await page.waitForFunction(() => document.querySelector(".photo figcaption").innerText.includes("2 × 4"));
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(() => document.querySelector(".photo figcaption b").textContent === "Photographer");
  }
});

journey("a dropped file whose name says no type is known by its first bytes", { at: "#/filters?k=identity" }, async ({ page }) => {
  await drawn(page, 2);
  const drop = (name, bytes, on = ".lab") => handOver(page, on, { name, bytes }, "drop");
  const grey = () => [128];
  const photo = jpeg(1, 2, grey);
  for (const [name, bytes] of [["IMG_0001", photo], ["photo.jfif2", photo], ["screen", png(16, 8, GREY, grey)], ["old", bmp(16, 8, () => [128, 128, 128])]]) {
    await drop(name, bytes);
    await opened(page, "8 × 16");
    assert.equal(await page.getByRole("dialog").count(), 0, name);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(() => document.querySelector(".photo figcaption b").textContent === "Photographer");
  }
  for (const [name, beginning] of [["IMG_0002", "\0\0\0\x18ftypheic\0\0\0\0"], ["scan", "II*\0\x08\0\0\0"]]) {
    await drop(name, Buffer.from(beginning, "latin1"));
    await alerts(page).filter({ hasText: `${name} is none of the pictures that are opened: PNG, JPEG, WebP, GIF and BMP.` }).waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0, name);
  }
  await alerts(page).getByRole("button", { name: "Keep this picture" }).click();
  const dialog = page.getByRole("dialog", { name: "Paste a matrix" });
  for (const [name, text, says] of [["numbers", "1,0,1\n0,1,0\n1,0,1\n", "3 × 3"], ["BM", "BM,2\n3,4\n", "BM"], ["slides", "%PDF-1.7", "This is a PDF."]]) {
    await drop(name, text, "[role=grid][aria-label=Kernel] [role=gridcell]");
    await dialog.getByText(says).first().waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
  }
  assert.equal(await alerts(page).count(), 0);
  assert.match((await captions(page))[0], /^Photographer/);
});

journey("a preset keeps the picture that is there, goes to its pixel, and can be undone", { at: "#/filters" }, async ({ page }) => {
  const { hash } = parts(page);
  await drawn(page, 2);
  const preset = page.getByRole("combobox", { name: "Preset" });
  await preset.selectOption("Sobel x: upright edges");
  await page.waitForFunction(() => document.querySelectorAll(".photo figcaption b")[1].textContent === "Sobel x");
  await drawn(page, 2);
  await page.waitForFunction(() => /k=sobel-x.*step=\d+/.test(location.hash));
  await preset.selectOption("Three of 5 × 5 in colour");
  await drawn(page, 4);
  await page.getByRole("button", { name: "Undo" }).click();
  await drawn(page, 2);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".photo figcaption b")[1].textContent === "Edge detection");
  await drawn(page, 2);
  assert.equal(await page.getByRole("alert").count(), 0);
  void hash;
});

journey("cells of a spreadsheet, which come with a picture of themselves, go into the kernel", { at: "#/filters?k=identity" }, async ({ page }) => {
  const { reads } = parts(page);
  await drawn(page, 2);
  await page.getByRole("grid", { name: "Kernel" }).getByRole("gridcell").first().click();
  await handOver(page, ":focus", { name: "cells.png", type: "image/png", bytes: CHECKS, text: "1\t2\n3\t4" }, "paste");
  await reads("Kernel", [1, 2, 0, 3, 4, 0, 0, 0, 0]);
  assert.match((await captions(page))[0], /^Photographer/);
});

journey("a photo that does not come can be asked for again", { at: null, expected: [/^request failed: .*coffee/, /^console error/] }, async ({ page, open }) => {
  await page.route("**/coffee.webp", route => route.abort("internetdisconnected"));
  await open("#/filters?image=coffee");
  await alerts(page).filter({ hasText: "“Coffee” could not be loaded" }).waitFor();
  await page.unroute("**/coffee.webp");
  await alerts(page).getByRole("button", { name: "Try again" }).click();
  await drawn(page, 2);
  await alerts(page).waitFor({ state: "detached" });
});

/** Keeps the camera's stream where a journey can look at it. */
const watchCamera = page => page.addInitScript(() => {
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia.bind(media);
  media.getUserMedia = async wanted => (window.stream = await ask(wanted));
});
const isOff = page => page.evaluate(() => window.stream.getTracks().every(track => track.readyState === "ended"));

journey("the camera is asked for, filtered, and goes off when it is left", { at: null, context: { permissions: ["camera"] } }, async ({ page, open, shot }) => {
  await watchCamera(page);
  await open("#/filters?k=gaussian");
  await drawn(page, 2);
  assert.equal(await page.evaluate(() => window.stream), undefined, "nothing starts by itself");
  await page.getByRole("button", { name: "Use camera" }).click();
  await page.waitForFunction(() => document.querySelector(".photo canvas").width === 640);
  await drawn(page, 2);
  assert.match((await captions(page))[0], /^Webcam 3 × 480 × 640/);
  // It moves: the made-up camera counts its frames.
  const look = () => page.evaluate(() => document.querySelector(".photo canvas").toDataURL().length);
  const first = await look();
  await page.waitForFunction(first => document.querySelector(".photo canvas").toDataURL().length !== first, first);
  await shot("filters camera");
  await page.getByRole("button", { name: "Stop camera" }).click();
  await page.getByRole("button", { name: "Start camera" }).waitFor();
  assert.equal(await isOff(page), true, "stopped by its button");
  await page.getByRole("button", { name: "Start camera" }).click();
  await page.getByRole("button", { name: "Stop camera" }).waitFor();
  const labs = page.getByRole("banner").getByRole("button", { name: "Labs" });
  await labs.click();
  await page.getByRole("link", { name: "Backpropagation" }).click();
  await page.getByRole("heading", { name: "Backpropagation", level: 1 }).waitFor();
  assert.equal(await isOff(page), true, "off when the page is left");
  // Of a lab with other files as well.
  await open("#/filters?image=webcam");
  await page.getByRole("button", { name: "Start camera" }).click();
  await page.getByRole("button", { name: "Stop camera" }).waitFor();
  await labs.click();
  await page.getByRole("banner").getByRole("link", { name: "Convolution", exact: true }).click();
  await page.getByRole("heading", { name: "Convolution", level: 1 }).waitFor();
  assert.equal(await isOff(page), true, "off when another page comes");
  // Another picture takes its place as well, and no link starts it.
  await open("#/filters");
  await drawn(page, 2);
  await open("#/filters?image=webcam");
  await page.getByRole("button", { name: "Start camera" }).click();
  await page.getByRole("button", { name: "Stop camera" }).waitFor();
  await page.getByRole("region", { name: "Settings" }).getByRole("combobox", { name: "Picture" }).selectOption("Cat");
  await page.getByRole("button", { name: "Use camera" }).waitFor();
  await page.waitForFunction(() => window.stream.getTracks().every(track => track.readyState === "ended"));
});

for (const [name, error, words] of [
  ["denied", "NotAllowedError", "The camera was not allowed."],
  ["missing", "NotFoundError", "No camera was found."],
  ["in use", "NotReadableError", "another program may be using it"],
]) {
  journey(`a camera that is ${name} is explained`, { at: null }, async ({ page, open }) => {
    await page.addInitScript(error => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", error));
    }, error);
    await open("#/filters?k=identity");
    await drawn(page, 2);
    await page.getByRole("button", { name: "Use camera" }).click();
    await alerts(page).filter({ hasText: words }).waitFor();
    assert.match((await captions(page))[0], /^Photographer/, "the picture stays until the camera is there");
    await alerts(page).getByRole("button", { name: "Try again" }).click();
    await alerts(page).filter({ hasText: words }).waitFor();
    await alerts(page).getByRole("button", { name: "Keep this picture" }).click();
    await alerts(page).waitFor({ state: "detached" });
    assert.equal(await page.getByRole("button", { name: "Undo" }).isEnabled(), false, "nothing was done");
  });
}

journey("without a camera's interface the page says why", { at: null }, async ({ page, open }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "mediaDevices", { get: () => undefined }));
  await open("#/filters?image=webcam");
  await page.getByRole("button", { name: "Start camera" }).click();
  await alerts(page).filter({ hasText: "over https only" }).waitFor();
});

journey("predict first: a wrong number is named", { at: "#/filters?k=sobel-x&step=83161&predict=1" }, async ({ page }) => {
  await drawn(page, 2);
  const field = page.getByRole("textbox", { name: /row 162, column 216/ });
  // The kernel turned by half a turn: the same difference the other way.
  await field.fill("-41");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: /turned|flipped/ }).waitFor();
  await field.fill("41");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("[aria-label=Arithmetic] [aria-live]")?.textContent.endsWith("= 41"));
});

journey("garbage in the link becomes the default, and is told", { at: "#/filters?image=moon&filter=9&show=loud" }, async ({ page }) => {
  await drawn(page, 2);
  assert.match(await page.locator(".notices").innerText(), /image=moon can't be read/);
  await page.getByRole("grid", { name: "Kernel" }).waitFor();
});

journey("the figure of a pixel is saved, the kernel copied", { at: "#/filters?step=83161" }, async ({ page }) => {
  await drawn(page, 2);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Copy and export" }).click();
  await page.getByRole("button", { name: "Save figure as SVG" }).click();
  const download = await saved;
  assert.equal(download.suggestedFilename(), "filters-step-83161.svg");
});

journey("touch on a phone: a tap on the picture looks there", { at: "#/filters", screen: SCREEN.phone, context: { hasTouch: true } }, async ({ page, shot, axe }) => {
  await drawn(page, 2);
  await page.locator(".photo .place").nth(1).tap({ position: { x: 60, y: 60 } });
  await page.waitForFunction(() => /step=\d+/.test(location.hash));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await shot("filters phone");
  await axe();
});

journey("in a lecture the pictures and the sum fill the screen", { at: "#/filters?image=astronaut&step=120000&lecture=1", screen: SCREEN.projector }, async ({ page, shot }) => {
  await drawn(page, 2);
  const { hash } = parts(page);
  await page.keyboard.press("PageDown");
  await hash("#/filters?image=astronaut&step=120001&lecture=1");
  await shot("filters lecture");
});

for (const [name, screen] of Object.entries(SCREEN)) {
  inBothThemes(`axe on ${name}`, { at: `#/filters?image=chelsea&k=gaussian||sobel-x&step=60000${name === "projector" ? "&lecture=1" : ""}`, screen }, async ({ page, axe }) => {
    await drawn(page, 3);
    await axe();
  });
}
