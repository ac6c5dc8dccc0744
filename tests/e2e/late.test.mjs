// What ends late finds nobody: every button of every page is pressed while promises, frames, timers and observers are
// held back, the page is left, and only then all of that comes.
import assert from "node:assert/strict";
import { journey } from "./harness.mjs";
import { PAGES } from "./pages.mjs";

/** Puts `late` into the page, which holds back what the browser would call. */
function holdBack() {
  let held = false, heldPromises = false, pending = 0;
  const waiting = [];
  // Calls `f` at once, or when all is let go, if it is wanted still.
  const soon = (f, wanted = () => true) => { if (held) waiting.push(() => wanted() && f()); else f(); };

  const promised = [
    [window, "fetch"], [Blob.prototype, "arrayBuffer"], [Blob.prototype, "text"], [ReadableStreamDefaultReader.prototype, "read"],
    [Response.prototype, "arrayBuffer"], [HTMLImageElement.prototype, "decode"], [window, "createImageBitmap"],
    [HTMLMediaElement.prototype, "play"], [MediaDevices.prototype, "getUserMedia"], [SubtleCrypto.prototype, "digest"],
    [Clipboard.prototype, "writeText"], [Clipboard.prototype, "write"],
  ];
  for (const [owner, name] of promised) {
    const original = owner[name];
    owner[name] = function (...parts) {
      pending += 1;
      const promise = original.apply(this, parts);
      return new Promise((done, failed) => {
        const end = f => value => { pending -= 1; if (heldPromises) waiting.push(() => f(value)); else f(value); };
        promise.then(end(done), end(failed));
      });
    };
  }
  for (const [begin, end] of [["setTimeout", "clearTimeout"], ["requestAnimationFrame", "cancelAnimationFrame"]]) {
    const gone = new Set(), [start, stop] = [window[begin].bind(window), window[end].bind(window)];
    window[begin] = (call, delay) => {
      // The time of those that are held passes before they are let go.
      const number = start((...parts) => soon(() => call(...parts), () => !gone.has(number)), held ? 0 : delay);
      return number;
    };
    window[end] = number => { gone.add(number); stop(number); };
  }
  for (const name of ["ResizeObserver", "IntersectionObserver"]) {
    window[name] = class extends window[name] {
      #on = true;
      constructor(call, ...rest) { super((...parts) => soon(() => call(...parts), () => this.#on), ...rest); }
      disconnect() { this.#on = false; super.disconnect(); }
    };
  }
  globalThis.late = {
    hold: promises => { held = true; heldPromises = promises; },
    // A turn of the browser, which is never held back.
    turn: () => new Promise(done => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); }),
    // Until no promise is on its way that is not held; one that does not end, such as a camera's, is not waited for.
    quiet: async () => {
      for (let turns = 0, still = 0; still < 20 && turns < 2_000; turns += 1) {
        still = pending > 0 ? 0 : still + 1;
        await late.turn();
      }
    },
    release: async () => {
      // A timer of no time may be on its way yet.
      for (let turns = 0; turns < 20; turns += 1) await late.turn();
      held = heldPromises = false;
      let count = 0;
      for (let call; (call = waiting.shift()); count += 1) {
        call();
        await late.turn();
      }
      return count;
    },
  };
}

const CONTROLS = "main button:enabled, main input[type=file], main select:enabled";
/** So many are pressed in one visit, far from each other: most of what is begun by neighbours ends the one before. */
const A_VISIT = 6;

/** Presses what is there by that name; what an earlier press has taken away is none. */
function press([selector, name]) {
  const nameOf = control => control.getAttribute("aria-label") ?? (control.id || control.textContent.trim());
  const control = [...document.querySelectorAll(selector)].find(control => nameOf(control) === name);
  if (control?.tagName === "BUTTON") {
    control.click();
  } else if (control?.tagName === "SELECT") {
    control.selectedIndex = (control.selectedIndex + 1) % control.options.length;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (control) {
    const chosen = new DataTransfer();
    chosen.items.add(new File(["1,2\n3,4"], "numbers.csv", { type: "text/csv" }));
    control.files = chosen.files;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

const names = selector => [...new Set([...document.querySelectorAll(selector)]
  .map(control => control.getAttribute("aria-label") ?? (control.id || control.textContent.trim())))];

/** Whether all of the page is there: its benches come after it, and their buttons with them. */
const arrived = () => !document.querySelector("main :is(.outline, .lab-waits)")
  && ![...document.querySelectorAll("main [role=status]")].some(status => status.textContent.endsWith("…"));

// The rows of the export menu are made when it opens; what makes the files is loaded before anything is held back.
async function openMenu() {
  const button = document.getElementById("export");
  if (!button) return;
  button.click();
  button.click();
  await receptive.fetch("export");
}

for (const [number, { at }] of PAGES.entries()) {
  // The list of lessons has links alone; a lesson has buttons.
  const from = at === "#/lessons" ? "#/lessons/stride" : at;
  // Its neighbour and one far from it.
  const others = [1, 5].map(steps => PAGES[(number + steps) % PAGES.length].at);
  const context = { permissions: ["clipboard-read", "clipboard-write", "camera"] };
  journey(`what ends late finds nobody: ${from}`, { at: null, context }, async ({ page, open }) => {
    let doing = "";
    const said = [];
    page.on("console", message => { if (message.type() === "error") said.push(`${doing}: ${message.text()}`); });
    page.on("pageerror", error => said.push(`${doing}: ${error}`));
    await page.addInitScript(holdBack);
    const titles = {};
    for (const other of others) {
      await open(other);
      titles[other] = await page.title();
    }
    await open(from);
    await page.waitForFunction(arrived);
    await page.evaluate(openMenu);
    const controls = await page.evaluate(names, CONTROLS);
    const visits = Math.ceil(controls.length / A_VISIT);
    assert(visits > 0, "nothing to press");
    let came = 0;
    // First all is late, then what promises have brought about goes on to wait for frames and timers.
    for (let visit = 0; visit < 2 * visits; visit += 1) {
      const [to, all] = [others[visit % others.length], visit < visits];
      const pressed = controls.filter((_, at) => at % visits === visit % visits);
      doing = `${pressed.map(name => `“${name}”`).join(", ")}, then ${to}`;
      await open(from);
      await page.waitForFunction(arrived);
      await page.evaluate(openMenu);
      await page.evaluate(all => late.hold(all), all);
      for (const name of pressed) {
        await page.evaluate(press, [CONTROLS, name]);
        await page.evaluate(all => all ? late.turn() : late.quiet(), all);
      }
      await open(to);
      // Asked from outside: the page's own clock stands.
      while (await page.title() !== titles[to]) await page.evaluate(() => late.turn());
      came += await page.evaluate(() => late.release());
      await page.evaluate(() => late.turn());
      assert.deepEqual(said, []);
      assert.equal(await page.title(), titles[to], doing);
    }
    assert(came > 0, "nothing was late");
  });
}
