// The browser that tests and benchmarks run in: $CHROMIUM, else the system's Chromium or Chrome. The shell without windows
// comes first: making them takes half of a journey's time.
import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

/** Starts the browser, with `more` arguments beside those for a machine without a screen. */
export function launch(more = []) {
  return chromium.launch({
    executablePath: findChromium(),
    chromiumSandbox: process.getuid?.() !== 0,
    // As people have it: what scrolls shows it.
    ignoreDefaultArgs: ["--hide-scrollbars"],
    args: [
      "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
      // The camera of the filters lab, where a journey allows it.
      "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
      ...more,
    ],
  });
}

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = [
    ...names.flatMap(name => folders.map(folder => join(folder, name))),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ];
  const runs = path => { try { accessSync(path, constants.X_OK); return true; } catch { return false; } };
  const found = places.find(runs);
  assert(found, "The browser tests need Chromium or Google Chrome: install one, or name it in CHROMIUM.");
  return found;
}
