// Fifty steps and the bits of the weights after them, in any engine.
import { readFileSync } from "node:fs";

export const FIFTY_STEPS = "epochs=1&train=3200";
/** What tests/training.rs finds natively: FNV-1a of the weights' bits after these fifty steps. */
export const EXPECTED = readFileSync(new URL("../fifty_steps.txt", import.meta.url), "utf8").trim();

/** In the page, before it has workers: keeps the last snapshot that any of them sends. */
export function listen() {
  window.Worker = class extends Worker {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => { if (data[1]) window.snapshot = data[1].slice(); });
    }
  };
}

/** In the page: FNV-1a over the weights of the last snapshot, each as 32 bits. */
export function hash() {
  // LeNet's. SGD stores the weights and as many velocities behind a header.
  const parameters = 61_706;
  const bytes = window.snapshot;
  const view = new DataView(bytes.buffer, bytes.byteLength - 8 * parameters);
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < parameters; at += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(view.getUint32(4 * at, true))) * 0x100000001b3n);
  }
  return `0x${hash.toString(16).padStart(16, "0")}`;
}
