// Reads style/tokens.css, prints the WCAG contrast of every pair the interface uses, and fails below the target.
import { readFileSync } from "node:fs";
const css = readFileSync(new URL("../style/tokens.css", import.meta.url), "utf8");
const tok = {};
for (const m of css.matchAll(/--([\w-]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)/g)) tok[m[1]] = [m[2], m[3]];
for (const m of css.matchAll(/--([\w-]+):\s*var\(--([\w-]+)\);/g)) if (!tok[m[1]] && tok[m[2]]) tok[m[1]] = tok[m[2]];
const rgb = h => [1, 3, 5].map(i => parseInt(h.slice(i, i + 2), 16));
const lum = c => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
const ratio = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
const mix = (a, b, t) => a.map((v, i) => v * t + b[i] * (1 - t));
const text = 4.5, ui = 3, pairs = [
  ["ink", "paper", text], ["ink", "sunken", text], ["ink", "cell", text], ["ink-2", "paper", text], ["ink-2", "sunken", text],
  ["ink-3", "paper", text], ["ink-3", "sunken", text], ["ink-3", "cell", text], ["on-ink", "ink", text],
  ["lens", "paper", text], ["lens", "cell", text], ["lens", "lens-wash", text], ["lens", "sunken", text], ["ink", "lens-wash", text], ["on-lens", "lens", text],
  ["pos", "paper", text], ["neg", "paper", text], ["pos", "cell", text], ["neg", "cell", text],
  ["sym-p", "paper", text], ["sym-s", "paper", text], ["sym-d", "paper", text],
  ["ok", "paper", text], ["ok", "ok-wash", text], ["bad", "paper", text], ["bad", "bad-wash", text], ["ink", "ok-wash", text], ["ink", "bad-wash", text],
  ["edge", "paper", ui], ["edge", "cell", ui], ["edge", "sunken", ui], ["focus", "paper", ui], ["focus", "sunken", ui], ["focus", "cell", ui],
  ["pos-fill", "paper", ui], ["neg-fill", "paper", ui], ["series-test", "paper", ui],
  ["run-2", "paper", text], ["run-3", "paper", text], ["run-4", "paper", text], ["run-5", "paper", text],
];
let bad = 0;
for (const [f, b, need] of pairs) {
  const r = [0, 1].map(i => ratio(rgb(tok[f][i]), rgb(tok[b][i])));
  if (Math.min(...r) < need) bad++;
  console.log(`${f} on ${b}`.padEnd(24), r.map(v => v.toFixed(2).padStart(6)).join(" "), `>= ${need}`, Math.min(...r) < need ? "FAIL" : "");
}
// tinted number cells: ink text on the strongest allowed tint (38 %) of --pos-fill / --neg-fill over --cell
for (const f of ["pos-fill", "neg-fill"]) {
  const r = [0, 1].map(i => ratio(rgb(tok.ink[i]), mix(rgb(tok[f][i]), rgb(tok.cell[i]), .38)));
  if (Math.min(...r) < text) bad++;
  console.log(`ink on 38% ${f}`.padEnd(24), r.map(v => v.toFixed(2).padStart(6)).join(" "), `>= ${text}`);
}
process.exit(bad ? 1 : 0);
