// Whatever pictures people have: each ends in its numbers, with a note of what the browser did to them, or in a sentence.
import assert from "node:assert/strict";
import { handOver } from "./hand-over.mjs";
import { journey } from "./harness.mjs";
import { GREY, PALETTE, PLACES, RGB, RGBA, bmp, exif, exifChunk, gama, gif, icc, iccp, jpeg, movingWebp, plte, png, profile } from "./picture-files.mjs";

const drop = (page, name, bytes, type = "") => handOver(page, ".lab", { name, type, bytes });
const alert = page => page.locator(".pictures").getByRole("alert");

/** Drops a file and waits for its picture: its size, some pixels (row, column and numbers), and the note below it. */
async function opens(page, name, bytes, size, pixels, note, type) {
  await drop(page, name, bytes, type);
  const expected = { size, pixels: pixels.map(([, numbers]) => numbers.length === 1 ? Array(3).fill(numbers[0]) : numbers), note };
  const look = ([places, expected]) => {
    const [size, note] = ["span", "small"].map(part => document.querySelector(`.photo figcaption ${part}`).textContent);
    const context = document.querySelector(".photo canvas").getContext("2d");
    const pixels = places.map(([row, col]) => [...context.getImageData(col, row, 1, 1).data.slice(0, 3)]);
    const found = { size: size.split(":")[0], pixels, note };
    return expected === null ? found : JSON.stringify(found) === JSON.stringify(expected);
  };
  const places = pixels.map(([place]) => place);
  await page.waitForFunction(look, [places, expected]).catch(async error => {
    assert.deepEqual(await page.evaluate(look, [places, null]), expected, `${name}: ${await page.locator(".pictures").innerText()}`);
    throw error;
  });
  assert.equal(await alert(page).count(), 0, name);
}

/** Drops a file that ends in this sentence, and leaves the picture that is there. */
async function refuses(page, name, bytes, sentence, type) {
  // The caption is whole once it has the range of the picture's values.
  await page.locator(".photo figcaption span").first().filter({ hasText: ":" }).waitFor();
  const before = await page.locator(".photo figcaption").first().innerText();
  await drop(page, name, bytes, type);
  await alert(page).filter({ hasText: name }).waitFor();
  assert.equal((await alert(page).locator("p").first().innerText()).trim(), sentence);
  assert.equal(await page.locator(".photo figcaption").first().innerText(), before);
  await alert(page).getByRole("button", { name: "Keep this picture" }).click();
  await alert(page).waitFor({ state: "detached" });
}

const ramp = (row, col) => [16 * col + 8 * row];
const colours = (row, col) => [10 + 20 * col, 100, 200 - 20 * row];
/** Blocks of 8 × 8 pixels. */
const blocks = (row, col) => [60 * col + 50 + row];
const noise = (row, col) => [(row * 7919 + col * 104_729 + row * col * 31) % 251, (row * 31 + col * 17) % 241, row * col % 239];
const ASIDE = "Its colour profile is left aside: the numbers are the file's.";

journey("profiles and gammas are left aside: the numbers are those that NumPy's readers give", { at: "#/filters?k=identity" }, async ({ page, shot }) => {
  await opens(page, "plain.png", png(8, 3, GREY, ramp), "3 × 8", [[[0, 7], [112]], [[2, 1], [32]]], "");
  await opens(page, "gamma.png", png(8, 4, GREY, ramp, { chunks: [gama(1)] }), "4 × 8", [[[0, 7], [112]], [[1, 1], [24]]],
    "Its gamma of 1 is left aside: the numbers are the file's.");
  await opens(page, "usual.png", png(8, 3, GREY, ramp, { chunks: [gama(1 / 2.2)] }), "3 × 8", [[[0, 7], [112]]], "");
  await opens(page, "profile.png", png(8, 4, RGB, colours, { chunks: [iccp(profile())] }), "3 × 4 × 8", [[[0, 0], [10, 100, 200]], [[3, 7], [150, 100, 140]]], ASIDE);
  await shot("pictures profile");
  await opens(page, "profile.jpg", jpeg(2, 3, (row, col) => [...blocks(row, col), 100, 200], [icc(profile())]), "3 × 16 × 24",
    [[[0, 0], [50, 100, 200]], [[15, 23], [171, 100, 200]]], ASIDE);
});

journey("where the browser applies a profile all the same, it is said", { at: "#/filters?k=identity" }, async ({ page }) => {
  await page.evaluate(() => {
    const make = window.createImageBitmap;
    window.createImageBitmap = blob => make(blob);
  });
  await opens(page, "gamma.png", png(8, 4, GREY, ramp, { chunks: [gama(1)] }), "4 × 8", [[[0, 0], [0]]],
    "The browser applied its gamma of 1: the numbers are not the file's, as NumPy reads them.");
});

journey("a picture that lies on its side is turned, and it is said how", { at: "#/filters?k=identity" }, async ({ page }) => {
  const words = {
    2: "Mirrored, left to right", 3: "Turned by 180°", 4: "Mirrored, top to bottom", 5: "Rows and columns swapped",
    6: "Turned by 90° clockwise", 7: "Rows and columns swapped and turned by 180°", 8: "Turned by 90° counterclockwise",
  };
  // Of 2 × 3 blocks, whose numbers are 50 110 170 above 51 111 171: what comes to stand top left and top right.
  const corners = { 1: [50, 170], 2: [170, 50], 3: [171, 51], 4: [51, 171], 5: [50, 51], 6: [51, 50], 7: [171, 170], 8: [170, 171] };
  for (const [turn, [left, right]] of Object.entries(corners)) {
    const [size, width] = turn > 4 ? ["24 × 16", 16] : ["16 × 24", 24];
    const says = words[turn] ? `${words[turn]} (EXIF orientation ${turn}).` : "";
    await opens(page, `${turn}.jpg`, jpeg(2, 3, blocks, [exif(Number(turn))]), size, [[[0, 0], [left]], [[0, width - 1], [right]]], says);
  }
  await opens(page, "turned.png", png(8, 2, GREY, ramp, { chunks: [exifChunk(6)] }), "8 × 2", [[[0, 0], [8]], [[7, 1], [112]]],
    "Turned by 90° clockwise (EXIF orientation 6).");
  await opens(page, "late.png", png(8, 3, GREY, ramp, { last: [exifChunk(6)] }), "3 × 8", [[[0, 7], [112]]], "");
});

journey("what is transparent lies on white, and is counted", { at: "#/filters?k=identity" }, async ({ page }) => {
  const seen = [0, 128, 255, 255];
  await opens(page, "clear.png", png(4, 2, RGBA, (row, col) => [10, 200, 30, row ? 255 : seen[col]]), "3 × 2 × 4",
    [[[0, 0], [255, 255, 255]], [[0, 2], [10, 200, 30]], [[1, 0], [10, 200, 30]]],
    "Pixels that are transparent, wholly or in part, lie on white: 2 of 8 (25 %).");
  const half = await page.evaluate(() => document.querySelector(".photo canvas").getContext("2d").getImageData(1, 0, 1, 1).data[0]);
  assert(Math.abs(half - 132) <= 1, `10 · 128/255 + 255 · 127/255 is 132, not ${half}`);
});

journey("many bits, few bits, printers' colours, and pictures that move", { at: "#/filters?k=identity" }, async ({ page }) => {
  await opens(page, "deep.png", png(6, 2, GREY, (_, col) => [40 * col, 40 * col], { bits: 16 }), "2 × 6", [[[0, 5], [200]]],
    "Of 16 bits a number the browser kept 8.");
  await opens(page, "flat.png", png(8, 3, GREY, row => [row ? 0 : 0xf0], { bits: 1 }), "3 × 8", [[[0, 0], [255]], [[0, 4], [0]]],
    "The file's numbers, 0 to 1, became 0 to 255.");
  await opens(page, "printed.jpg", jpeg(2, 3, (row, col) => [...blocks(row, col), 255, 255, 200]), "3 × 16 × 24", [[[0, 0], [39, 200, 200]], [[15, 23], [134, 200, 200]]],
    "The browser made red, green and blue of cyan, magenta, yellow and black.");
  await opens(page, "moves.gif", gif(5, 2, [10, 200, 90]), "2 × 5", [[[1, 4], [10]]], `${PLACES} The first of 3 pictures.`);
  await opens(page, "palette.png", png(8, 3, PALETTE, (row, col) => [(row + col) % 2], { chunks: [plte([[10, 200, 30], [90, 0, 250]])] }), "3 × 3 × 8",
    [[[0, 0], [10, 200, 30]], [[0, 1], [90, 0, 250]]], PLACES);
  await opens(page, "moves.png", png(6, 2, GREY, () => [10], { second: () => [200] }), "2 × 6", [[[1, 4], [10]]], "The first of 2 pictures.");
  const webp = await page.evaluate(async () => {
    const texts = [];
    for (const grey of [10, 200]) {
      const canvas = Object.assign(document.createElement("canvas"), { width: 7, height: 2 });
      const context = canvas.getContext("2d");
      context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
      context.fillRect(0, 0, 7, 2);
      const blob = await new Promise(done => canvas.toBlob(done, "image/webp"));
      texts.push(btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer()))));
    }
    return texts;
  });
  const files = webp.map(text => Buffer.from(text, "base64"));
  await opens(page, "moves.webp", movingWebp(7, 2, files), "2 × 7", [], "The first of 2 pictures.");
  const [red] = await page.evaluate(() => document.querySelector(".photo canvas").getContext("2d").getImageData(3, 1, 1, 1).data);
  assert(red < 20, "the first of both");
});

journey("a file that is cut off, or far too large, says so with its numbers", { at: "#/filters?k=identity" }, async ({ page, shot }) => {
  const whole = png(64, 64, RGB, noise);
  await refuses(page, "cut.png", whole.subarray(0, 6000), `cut.png is cut off: 6,000 of at least ${whole.length.toLocaleString("en")} bytes are there. Open a whole copy of it.`);
  const photo = jpeg(8, 8, noise);
  const half = Math.floor(photo.length / 2);
  await refuses(page, "cut.jpg", photo.subarray(0, half), `cut.jpg is cut off after ${half} bytes. Open a whole copy of it.`);
  await refuses(page, "cut.gif", gif(16, 16, [10]).subarray(0, 900), "cut.gif is cut off after 900 bytes. Open a whole copy of it.");
  const painted = bmp(40, 20, colours);
  await refuses(page, "cut.bmp", painted.subarray(0, 1000), `cut.bmp is cut off: 1,000 of at least ${painted.length.toLocaleString("en")} bytes are there. Open a whole copy of it.`);
  const wrong = Buffer.from(whole);
  wrong.fill(7, 60, 200);
  await refuses(page, "wrong.png", wrong, `wrong.png is damaged: the browser can't read its ${wrong.length.toLocaleString("en")} bytes. Save the picture anew, and open that.`);
  await shot("pictures cut off");
  await refuses(page, "poster.png", png(1, 1, GREY, () => [0], { says: [20_000, 10_000] }),
    "poster.png is too large: 20,000 × 10,000 = 200 million pixels; up to 40 million are opened.");
});

journey("a picture by another name, or of another type than its name says, is opened all the same", { at: "#/filters?k=identity" }, async ({ page }) => {
  await opens(page, "photo.png", jpeg(2, 3, blocks), "16 × 24", [[[0, 0], [50]]], "", "image/png");
  await opens(page, "drawing.jpg", png(8, 3, GREY, ramp), "3 × 8", [[[0, 7], [112]]], "", "image/jpeg");
  await opens(page, "notes.txt", gif(5, 2, [10]), "2 × 5", [[[0, 0], [10]]], PLACES, "text/plain");
  await refuses(page, "numbers.png", "1,2\n3,4\n", "numbers.png is none of the pictures that are opened: PNG, JPEG, WebP, GIF and BMP.", "image/png");
});

journey("a large picture says from what it was made smaller, and undo brings the note of the one before", { at: "#/filters?k=identity" }, async ({ page, axe }) => {
  await opens(page, "deep.png", png(6, 2, GREY, (_, col) => [40 * col, 40 * col], { bits: 16 }), "2 × 6", [], "Of 16 bits a number the browser kept 8.");
  await opens(page, "wide.png", png(4096, 8, GREY, (_, col) => [col % 2 ? 255 : 0]), "2 × 1024", [],
    "Made smaller, from 8 × 4096 to 2 × 1024: a pixel is the mean of an area.");
  await axe();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(() => document.querySelector(".photo figcaption small").textContent.startsWith("Of 16 bits"));
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(() => document.querySelector(".photo figcaption small").textContent === "Lav Varshney, CC0");
});

journey("a note that does not come costs the note alone", { at: "#/filters?k=identity", expected: [/^request failed: .*origin/, /^console error/] }, async ({ page }) => {
  await page.route("**/origin-*.wasm", route => route.abort("internetdisconnected"));
  const lacks = "The part that tells what the browser did to the picture's numbers could not be loaded. Check the connection, then try again.";
  await opens(page, "deep.png", png(6, 2, GREY, (_, col) => [40 * col, 40 * col], { bits: 16 }), "2 × 6", [[[0, 5], [200]]], lacks);
  await refuses(page, "cut.jpg", jpeg(8, 8, noise).subarray(0, 300), "cut.jpg is damaged: the browser can't read it.");
  await page.unroute("**/origin-*.wasm");
  await opens(page, "deep.png", png(7, 2, GREY, (_, col) => [40 * col, 40 * col], { bits: 16 }), "2 × 7", [], "Of 16 bits a number the browser kept 8.");
});
