// Files of pictures, made of their numbers: plain ones, and those that say of themselves what few do.
import { crc32, deflateSync } from "node:zlib";

const word = value => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(value); return bytes; };
const half = value => { const bytes = Buffer.alloc(2); bytes.writeUInt16BE(value); return bytes; };
const little = (value, length) => Buffer.from(Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) % 256));
const latin = text => Buffer.from(text, "latin1");

/** PNG's colour types. */
export const GREY = 0, RGB = 2, PALETTE = 3, RGBA = 6;
/** PNG's chunk of a palette: red, green and blue of each colour. */
export const plte = colours => ["PLTE", Buffer.from(colours.flat())];

/** What the page says of a file with a palette. */
export const PLACES = "The file's numbers are places in a palette: here are its colours, as Pillow's convert(\"RGB\") gives them.";

/** A chunk of a PNG. */
const chunk = (name, data) => {
  const body = Buffer.concat([latin(name), Buffer.from(data)]);
  return Buffer.concat([word(body.length - 4), body, word(crc32(body))]);
};
const packed = (width, height, value) => deflateSync(Buffer.from(
  Array.from({ length: height }, (_, row) => [0, ...Array.from({ length: width }, (_, col) => value(row, col)).flat()]).flat(),
));

/**
 * A PNG whose pixels `value(row, col)` tells as bytes, or of less than 8 bits whose bytes. `chunks`, each a name and its data, stand before the pixels, `last`
 * ones behind them; with a `second` picture it is animated. What it `says` of its sides need not be so.
 */
export function png(width, height, colour, value, { bits = 8, chunks = [], last = [], second, says = [width, height] } = {}) {
  const frame = number => [word(number), word(width), word(height), word(0), word(0), half(1), half(1), Buffer.from([0, 0])];
  const across = bits < 8 ? Math.ceil(width * bits / 8) : width;
  const moves = second
    ? [chunk("fcTL", Buffer.concat(frame(1))), chunk("fdAT", Buffer.concat([word(2), packed(across, height, second)]))]
    : [];
  return Buffer.concat([
    latin("\x89PNG\r\n\x1a\n"),
    chunk("IHDR", Buffer.concat([...says.map(word), Buffer.from([bits, colour, 0, 0, 0])])),
    ...second ? [chunk("acTL", Buffer.concat([word(2), word(0)]))] : [],
    ...chunks.map(([name, data]) => chunk(name, data)),
    ...second ? [chunk("fcTL", Buffer.concat(frame(0)))] : [],
    chunk("IDAT", packed(across, height, value)),
    ...moves,
    ...last.map(([name, data]) => chunk(name, data)),
    chunk("IEND", []),
  ]);
}

/** PNG's chunk of a colour profile. */
export const iccp = profile => ["iCCP", Buffer.concat([latin("a profile\0\0"), deflateSync(profile)])];
/** PNG's chunk of a gamma. */
export const gama = gamma => ["gAMA", word(Math.round(gamma * 100_000))];

/** A colour profile whose brightness is linear: what a browser makes of it differs much. */
export function profile() {
  const fixed = value => word(Math.round(value * 65_536));
  const xyz = (...values) => Buffer.concat([latin("XYZ \0\0\0\0"), ...values.map(fixed)]);
  const linear = Buffer.concat([latin("curv\0\0\0\0"), word(1), half(0x100), half(0)]);
  const text = Buffer.concat([latin("text\0\0\0\0linear\0\0")]);
  const name = Buffer.concat([latin("desc\0\0\0\0"), word(7), latin("linear\0"), Buffer.alloc(82)]);
  const tags = [
    ["desc", name], ["cprt", text], ["wtpt", xyz(0.9642, 1, 0.8249)],
    ["rXYZ", xyz(0.436, 0.2225, 0.0139)], ["gXYZ", xyz(0.3851, 0.7169, 0.0971)], ["bXYZ", xyz(0.1431, 0.0606, 0.7141)],
    ["rTRC", linear], ["gTRC", linear], ["bTRC", linear],
  ];
  let at = 132 + 12 * tags.length;
  const table = [word(tags.length)];
  const data = [];
  for (const [tag, bytes] of tags) {
    const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
    table.push(latin(tag), word(at), word(bytes.length));
    data.push(padded);
    at += padded.length;
  }
  const head = Buffer.alloc(128);
  head.writeUInt32BE(at, 0);
  head.writeUInt32BE(0x02100000, 8);
  head.write("mntrRGB XYZ ", 12, "latin1");
  head.write("acsp", 36, "latin1");
  fixed(0.9642).copy(head, 68);
  fixed(1).copy(head, 72);
  fixed(0.8249).copy(head, 76);
  return Buffer.concat([head, ...table, ...data]);
}

/** JPEG's segment of a colour profile, as [marker, data]. */
export const icc = profile => [0xe2, Buffer.concat([latin("ICC_PROFILE\0\x01\x01"), profile])];
/** JPEG's segment that tells how the camera was held: 1 to 8. */
export const exif = turn => [0xe1, Buffer.concat([latin("Exif\0\0"), tiff(turn)])];
const tiff = turn => Buffer.concat([latin("MM\0*"), word(8), half(1), half(0x112), half(3), word(1), half(turn), half(0), word(0)]);
/** PNG's chunk that tells the same. */
export const exifChunk = turn => ["eXIf", tiff(turn)];

/**
 * A JPEG of `rows` × `cols` blocks of 8 × 8 pixels, each block of one colour, which `value(row, col)` tells: one number
 * is grey, three are red, green and blue, four cyan, magenta, yellow and black as printers' files have them, turned round.
 */
export function jpeg(rows, cols, value, segments = []) {
  const count = value(0, 0).length;
  const segment = ([marker, data]) => Buffer.concat([Buffer.from([0xff, marker]), half(data.length + 2), Buffer.from(data)]);
  // Twelve codes of 4 bits for how long a difference is; one of a bit for "no more in this block".
  const tables = Buffer.from([0, 0, 0, 0, 12, ...Array(12).fill(0), ...Array(12).keys(), 16, 1, ...Array(15).fill(0), 0]);
  let bits = "";
  const last = Array(count).fill(128);
  for (let row = 0; row < rows; row += 1) {
    for (let col = 0; col < cols; col += 1) {
      value(row, col).forEach((number, i) => {
        const step = number - last[i];
        last[i] = number;
        const length = step === 0 ? 0 : Math.floor(Math.log2(Math.abs(step))) + 1;
        bits += length.toString(2).padStart(4, "0");
        if (length > 0) bits += (step > 0 ? step : step + 2 ** length - 1).toString(2).padStart(length, "0");
        bits += "0";
      });
    }
  }
  const scan = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1").match(/.{8}/g)
    .flatMap(byte => byte === "11111111" ? [255, 0] : [parseInt(byte, 2)]);
  const components = Array.from({ length: count }, (_, i) => i + 1);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...segments.map(segment),
    // Adobe's: the numbers are the colours themselves.
    ...count > 1 ? [segment([0xee, latin("Adobe\0\x64\0\0\0\0\0")])] : [],
    segment([0xdb, [0, ...Array(64).fill(8)]]),
    segment([0xc0, Buffer.concat([Buffer.from([8]), half(8 * rows), half(8 * cols), Buffer.from([count, ...components.flatMap(i => [i, 0x11, 0])])])]),
    segment([0xc4, tables]),
    segment([0xda, [count, ...components.flatMap(i => [i, 0]), 0, 63, 0]]),
    Buffer.from(scan),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** A GIF of one grey a picture: several are an animation. */
export function gif(width, height, greys) {
  const pictures = greys.map((_, index) => {
    // Nine bits a code, and a clearing code before each: no code grows.
    let bits = "";
    const put = code => { bits = code.toString(2).padStart(9, "0") + bits; };
    for (let i = 0; i < width * height; i += 1) { put(256); put(index); }
    put(257);
    const bytes = bits.padStart(Math.ceil(bits.length / 8) * 8, "0").match(/.{8}/g).map(byte => parseInt(byte, 2)).reverse();
    const blocks = [];
    for (let at = 0; at < bytes.length; at += 255) blocks.push(Buffer.from([Math.min(255, bytes.length - at), ...bytes.slice(at, at + 255)]));
    return Buffer.concat([
      latin("\x21\xf9\x04\0\x0a\0\0\0"), latin("\x2c\0\0\0\0"), little(width, 2), little(height, 2), Buffer.from([0, 8]),
      ...blocks, Buffer.from([0]),
    ]);
  });
  const palette = Buffer.alloc(768);
  greys.forEach((grey, index) => palette.fill(grey, 3 * index, 3 * index + 3));
  return Buffer.concat([latin("GIF89a"), little(width, 2), little(height, 2), Buffer.from([0xf7, 0, 0]), palette, ...pictures, latin("\x3b")]);
}

/** A WebP that moves, of WebP files of one picture each, as a canvas makes them. */
export function movingWebp(width, height, files) {
  const riff = (name, data) => Buffer.concat([latin(name), little(data.length, 4), data, Buffer.alloc(data.length & 1)]);
  const frames = files.map(file => {
    const parts = [little(0, 6), little(width - 1, 3), little(height - 1, 3), little(100, 3), Buffer.from([0])];
    // Of the file's own chunks a frame has those of its pixels.
    for (let at = 12; at < file.length;) {
      const [name, length] = [file.toString("latin1", at, at + 4), file.readUInt32LE(at + 4)];
      if (["VP8 ", "VP8L", "ALPH"].includes(name)) parts.push(riff(name, file.subarray(at + 8, at + 8 + length)));
      at += 8 + length + (length & 1);
    }
    return riff("ANMF", Buffer.concat(parts));
  });
  const head = riff("VP8X", Buffer.concat([Buffer.from([2, 0, 0, 0]), little(width - 1, 3), little(height - 1, 3)]));
  return riff("RIFF", Buffer.concat([latin("WEBP"), head, riff("ANIM", little(0, 6)), ...frames]));
}

/** A BMP of 24 bits whose pixels `value(row, col)` tells as red, green and blue. */
export function bmp(width, height, value) {
  const rows = Array.from({ length: height }, (_, row) => {
    const bytes = Array.from({ length: width }, (_, col) => value(height - 1 - row, col).toReversed()).flat();
    return Buffer.concat([Buffer.from(bytes), Buffer.alloc(-bytes.length & 3)]);
  });
  const body = Buffer.concat(rows);
  return Buffer.concat([
    latin("BM"), little(54 + body.length, 4), little(0, 4), little(54, 4),
    little(40, 4), little(width, 4), little(height, 4), little(1, 2), little(24, 2), Buffer.alloc(24), body,
  ]);
}
