// What a person does on any page: controls are found by their roles, acts are drawn from a seed, and what must hold
// after each act is checked.
import assert from "node:assert/strict";

/** Numbers from 0 to 1, the same for the same words. */
export function seeded(...words) {
  let state = 0x811c9dc5;
  for (const letter of words.join()) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
  const draw = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  draw.below = count => Math.floor(draw() * count);
  draw.of = list => list[draw.below(list.length)];
  return draw;
}

/** Puts `person` into every page of the context: what the functions below ask in the page. */
export const prepare = context => context.addInitScript(() => {
  const memories = [];
  // Pages whose heading says what is chosen there.
  const OTHER = { train: "Train own layers" };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name].bind(WebAssembly);
    WebAssembly[name] = async (...parts) => {
      const made = await original(...parts);
      const { memory } = (made.instance ?? made).exports;
      if (memory) memories.push(memory);
      return made;
    };
  }
  const ROLES = { A: "link", BUTTON: "button", SELECT: "select", TEXTAREA: "text", SUMMARY: "button" };
  const TYPES = { range: "slider", file: "file", radio: "radio", checkbox: "checkbox" };
  const roleOf = element => element.getAttribute("role")
    ?? ROLES[element.tagName] ?? (element.tagName === "INPUT" ? TYPES[element.type] ?? "text" : "region");
  const modal = () => [...document.querySelectorAll("dialog")].filter(dialog => dialog.matches(":modal")).at(-1);
  const menu = () => document.querySelector(":popover-open");
  const kindOf = element => {
    let role = roleOf(element);
    if (role === "gridcell") role = element.closest("[aria-readonly=true]") ? "cell to read" : "cell to edit";
    if (element.closest("dialog")) return `${role} of a dialog`;
    if (element.closest("[popover]")) return `${role} of a menu`;
    return role;
  };
  const nameOf = element => (roleOf(element) === "option" ? element.querySelector("span").textContent : element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent).trim().replace(/\s+/g, " ");
  const valueOf = element => roleOf(element) === "gridcell" ? element.textContent : element.value ?? "";
  // Which control it is, also after the page was built anew.
  const markOf = element => {
    // A page with several labs has several of each.
    const labOf = element => element.closest("[aria-label^='Lab: ']")?.getAttribute("aria-label") ?? "";
    const grid = element.closest("[role=grid]");
    if (grid) return `${labOf(grid)} ${grid.getAttribute("aria-label")} ${element.dataset.at}`;
    const isAlike = other => kindOf(other) === kindOf(element) && nameOf(other) === nameOf(element) && labOf(other) === labOf(element);
    return `${labOf(element)} ${kindOf(element)} “${nameOf(element)}” ${controls().filter(isAlike).indexOf(element)}`;
  };
  // Those that can be used now.
  const controls = () => {
    const found = (modal() ?? document).querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex], [role=option]");
    return [...found].filter(element => {
      const box = element.getBoundingClientRect();
      return !element.disabled && box.width > 0 && box.height > 0 && !element.closest("[aria-hidden=true]")
        && (element.checkVisibility({ visibilityProperty: true })) && roleOf(element) !== "region";
    });
  };
  // Its middle, if a press there meets it.
  const place = element => {
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
    const { left, top, width, height } = element.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const hit = document.elementFromPoint(x, y);
    return hit && (element.contains(hit) || hit.contains(element) && hit.closest("label")) ? { x, y } : null;
  };
  // What the address says: the page's word, or "" for home.
  const word = () => /^#*\/*([a-z-]*)(?:[\/?]|$)/.exec(location.hash)?.[1] ?? "?";
  // A place on a page, such as a lesson, has a title and a heading of its own.
  const isPlace = () => /^#*\/*[a-z-]+\/+[^\/?]/.test(location.hash);
  const shown = () => ({
    word: word(),
    title: document.title,
    heading: document.querySelector("main h1")?.textContent ?? "",
    ready: document.documentElement.dataset.boot === "ready" && document.querySelectorAll("main").length === 1,
  });
  const frame = () => new Promise(done => { requestAnimationFrame(() => setTimeout(done)); setTimeout(done, 100); });
  globalThis.person = {
    memory: () => memories.map(memory => memory.buffer.byteLength),
    kinds: () => [...new Set(controls().map(kindOf))],
    // The control of that kind at this share of all of them, ready to be pressed.
    find: (kinds, share, within = "*") => {
      const all = controls().filter(element => kinds.includes(kindOf(element).replace(/ of a .*/, "")) && element.closest(within));
      for (let tries = 0; tries < Math.min(all.length, 8); tries += 1) {
        const element = all[(Math.floor(share * all.length) + tries * 7) % all.length];
        const at = place(element);
        // Links to elsewhere leave the app; pictures are opened by the system's dialog.
        if (at && !/^(?!#)/.test(element.getAttribute("href") ?? "#")) return { ...at, name: nameOf(element), kind: kindOf(element) };
      }
      return null;
    },
    // Gives a control of exactly that kind the focus; tells which it is.
    focus: (kind, share) => {
      const all = controls().filter(element => kindOf(element) === kind);
      const element = all[Math.floor(share * all.length)];
      element?.focus();
      return element && { mark: markOf(element), value: valueOf(element) };
    },
    // What a control holds, by what `focus` told.
    value: mark => { const element = controls().find(element => markOf(element) === mark); return element && valueOf(element); },
    // The middle of a link to the page of that word, and of the button that shows it first, if it is in a menu.
    link: word => {
      const to = link => new RegExp(`^#/${word}(\\?|$)`).test(link.getAttribute("href"));
      const links = [...document.querySelectorAll("a[href]")].filter(to);
      const open = links.find(link => controls().includes(link) && place(link));
      if (open) return place(open);
      const menu = links.map(link => link.closest("[popover]")).find(Boolean);
      const opener = menu && document.querySelector(`[popovertarget=${menu.id}]`);
      return opener && controls().includes(opener) ? { ...place(opener), opens: true } : null;
    },
    press: name => controls().find(element => nameOf(element) === name)?.click(),
    named: kind => controls().filter(element => kindOf(element) === kind).map(nameOf),
    options: () => { const select = document.activeElement; return select.tagName === "SELECT" ? [...select.options].filter(option => !option.disabled).map(option => option.value) : []; },
    shown, frame,
    modal: () => !!modal(), menu: () => !!menu(),
    // Waits until the page is the one that the address says, and with `rests` until nothing is on its way; tells what is
    // there after ten seconds.
    settle: async (pages, rests) => {
      const end = performance.now() + 10_000;
      for (;;) {
        const now = shown();
        const isOther = Object.entries(pages).some(([word, page]) => word !== now.word && page.title === now.title);
        const { title, heading } = isPlace() && !isOther ? now : pages[now.word] ?? pages["?"];
        // What is on its way is told by a status.
        const waits = [...document.querySelectorAll("main [role=status]")].some(status => status.textContent.endsWith("…"));
        if (now.ready && !(rests && waits) && now.title === title && (now.heading === heading || now.heading === OTHER[now.word])) return null;
        if (performance.now() > end) return { ...now, wanted: { title, heading } };
        await frame();
      }
    },
  };
});

/** All pages by their word in the address, with title and heading: those that links lead to, and `?` for no such page. */
export async function survey(page, base) {
  const pages = {};
  const todo = ["", "?"];
  for (let word; (word = todo.shift()) !== undefined;) {
    if (pages[word]) continue;
    await page.goto("about:blank");
    await page.goto(`${base}#/${word === "?" ? "no-such-page" : word}`);
    await page.locator("html[data-boot=ready]").waitFor();
    await page.waitForFunction(() => document.querySelector("main h1"));
    const { title, heading } = await page.evaluate(() => person.shown());
    pages[word] = { title, heading };
    const links = await page.locator("a[href^='#/']").evaluateAll(links => links.map(link => link.getAttribute("href")));
    todo.push(...links.map(link => /^#\/([a-z-]*)/.exec(link)[1]));
  }
  return pages;
}

/** Fails unless the page becomes the one that the address says, and with `rests` has all that it waits for. */
export async function settle(page, pages, rests = false) {
  for (let tries = 0; ; tries += 1) {
    try {
      const wrong = await page.evaluate(([pages, rests]) => person.settle(pages, rests), [pages, rests]);
      assert(!wrong, `not the page of the address: ${JSON.stringify(wrong)}`);
      return;
    } catch (error) {
      // A reload took the page away meanwhile.
      if (tries === 20 || !/context was destroyed|is not defined|navigat/i.test(error.message)) throw error;
      await page.waitForLoadState();
    }
  }
}

const TEXTS = ["0", "1", "2", "-3", "4", "7", "0.5", "1/3", "12", "100", "", "x", "-", "1e3", "2,5", "-0", "99999", "<b>"];
const PASTES = ["1\t2\n3\t4", "[[1,2,3],[4,5,6],[7,8,9]]", "5", "1,2\n3", "words", "[[[1,0],[0,1]],[[2,0],[0,2]]]", "[1 -1; 2 0]"];
const KEYS = [
  "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Space", "Enter", "Escape", "Tab",
  "Shift+Tab", "Delete", "Backspace", "F2", "f", "[", "]", "?", "Control+z", "Control+Shift+z", "Control+y", "Control+a",
  "Control+c", "Control+v", "Control+ArrowRight", "Control+End", "p", "s",
];
const SIZES = [[1280, 800], [1100, 800], [1024, 768], [768, 1024], [390, 844], [320, 640], [1600, 900]];

const press = async (page, draw, kinds, within) => {
  const found = await page.evaluate(([kinds, share, within]) => person.find(kinds, share, within), [kinds, draw(), within]);
  if (found) await page.mouse.click(found.x, found.y);
  return found && `${found.kind} “${found.name.slice(0, 40)}”`;
};
const typeText = async (page, draw) => {
  const text = draw.of(TEXTS);
  if (draw() < 0.6) await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
  const end = draw.of(["Enter", "Tab", "Escape", "Shift+Tab", ""]);
  if (end) await page.keyboard.press(end);
  return `“${text}” ${end}`;
};

/** What can be done, and how often. Each tells what it did, or nothing where it was not possible. */
const ACTS = [
  [10, "cell", async (page, draw) => {
    const what = await press(page, draw, ["cell to edit", "cell to read"]);
    return what && draw() < 0.6 ? `${what}, types ${await typeText(page, draw)}` : what;
  }],
  [6, "field", async (page, draw) => {
    const what = await press(page, draw, ["text", "spinbutton", "combobox"]);
    return what && `${what}, types ${await typeText(page, draw)}`;
  }],
  [12, "button", (page, draw) => press(page, draw, ["button", "switch", "radio", "menuitem", "tab"])],
  [4, "in main", (page, draw) => press(page, draw, ["button", "switch"], "main")],
  [3, "link", (page, draw) => press(page, draw, ["link"])],
  [12, "key", async (page, draw) => {
    const key = draw.of(KEYS), times = draw() < 0.2 ? 5 : 1;
    for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
    return `${key} × ${times}`;
  }],
  [4, "slider", async (page, draw) => {
    const what = await press(page, draw, ["slider"]);
    if (what) for (let i = draw.below(4); i > 0; i -= 1) await page.keyboard.press(draw.of(["ArrowRight", "ArrowLeft", "PageUp", "End", "Home"]));
    return what;
  }],
  [5, "select", async (page, draw) => {
    const kind = (await page.evaluate(() => person.kinds())).find(kind => kind.startsWith("select"));
    const found = kind && await page.evaluate(([kind, share]) => person.focus(kind, share), [kind, draw()]);
    if (!found) return null;
    const value = draw.of(await page.evaluate(() => person.options()));
    if (value === undefined) return null;
    const select = await page.evaluateHandle(() => document.activeElement);
    // What a last act still had on its way may have taken it off the page.
    if (!await select.evaluate(it => it.matches("select"))) {
      await select.dispose();
      return null;
    }
    await select.selectOption(value, { timeout: 5_000 }).catch(async error => {
      const state = await select.evaluate(it => ({ mark: it.outerHTML.slice(0, 200), is: it.isConnected, focused: it === document.activeElement }));
      // So it may meanwhile.
      if (state.is) throw new Error(`${error.message}\n${JSON.stringify(state)}, ${found.mark}, ${value}`);
    });
    // A handle keeps what it holds, and the page around it.
    await select.dispose();
    return `${found.mark}: ${value}`;
  }],
  [6, "palette", async (page, draw) => {
    await page.keyboard.press("Control+k");
    const options = await page.evaluate(() => person.named("option of a dialog"));
    const query = draw.of(options)?.split(" ").slice(0, draw() < 0.8 ? 9 : 1).join(" ") ?? "go";
    await page.keyboard.type(query.slice(0, 14));
    const end = draw() < 0.85 ? "Enter" : draw.of(["Escape", "Control+k"]);
    await page.keyboard.press(end);
    return `${query}, ${end}`;
  }],
  [3, "back", async page => {
    if (!await page.evaluate(() => navigation.canGoBack)) return null;
    await page.evaluate(() => history.back());
    return "back";
  }],
  [2, "forward", async page => {
    if (!await page.evaluate(() => navigation.canGoForward)) return null;
    await page.evaluate(() => history.forward());
    return "forward";
  }],
  [4, "address", async (page, draw, pages) => {
    const [path, query = ""] = (await page.evaluate(() => location.hash)).split("?");
    const word = draw.of(Object.keys(pages));
    const digit = () => String(draw.below(10));
    const fields = query.split("&");
    const hash = draw.of([
      `#/${word}`, `#/${word}`, `#/${word}?${query}`, `${path}?${query.replace(/\d/g, () => draw() < 0.3 ? digit() : "1")}`,
      `${path}?${fields.filter(() => draw() < 0.5).join("&")}`, `${path}?${query}&lecture=1`, `${path}?${query}&predict=1`,
      `${path}?${query}&hide=${draw.of(["output", "settings", "shape", "arithmetic", "nothing"])}`, `${path}?${query}&embed=1`,
      `${path}?${query.slice(0, draw.below(query.length + 1))}`, `${path}?pad=${digit()}&stride=${digit()}&step=${digit()}`,
    ]);
    await page.evaluate(hash => { location.hash = hash; }, hash);
    return hash;
  }],
  [2, "size", async (page, draw) => {
    const [width, height] = draw.of(SIZES);
    await page.setViewportSize({ width, height });
    return `${width} × ${height}`;
  }],
  [2, "pointer", async (page, draw) => {
    const { width, height } = page.viewportSize();
    await page.mouse.move(draw.below(width), draw.below(height), { steps: 3 });
    if (draw() < 0.5) await page.mouse.wheel(0, draw.below(800) - 400);
    return "moves";
  }],
  [2, "drag", async (page, draw) => {
    const { width, height } = page.viewportSize();
    await page.mouse.move(draw.below(width), draw.below(height));
    await page.mouse.down();
    await page.mouse.move(draw.below(width), draw.below(height), { steps: 4 });
    // Sometimes the page goes while the pointer is down.
    if (draw() < 0.3) await page.evaluate(() => { location.hash = "#/pooling"; });
    await page.mouse.up();
    return "drags";
  }],
  [3, "paste", async (page, draw) => {
    const text = draw.of(PASTES);
    await page.evaluate(text => navigator.clipboard.writeText(text).catch(() => {}), text);
    const what = await press(page, draw, ["cell to edit", "text"]);
    await page.keyboard.press("Control+v");
    return `${JSON.stringify(text)} into ${what}`;
  }],
];
const WEIGHT = ACTS.reduce((sum, [weight]) => sum + weight, 0);

async function act(page, draw, pages) {
  let at = draw() * WEIGHT;
  const [, name, perform] = ACTS.find(([weight]) => (at -= weight) < 0);
  const what = await perform(page, draw, pages);
  return `${name}: ${what ?? "nothing there"}`;
}

/** Does it, or throws after a minute: a page that hangs answers nothing, and what was done would never be told. */
async function soon(perform) {
  let timer;
  const late = new Promise((_, refuse) => { timer = setTimeout(() => refuse(new Error("the page hangs: no answer for a minute")), 60_000); });
  try {
    await Promise.race([perform(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** So many times as many nodes as at the beginning are no leak. */
const GROWTH = 1.1;

/**
 * How many nodes are held that are in no document. Not all that the browser counts: it keeps some by itself, most likely
 * fields that were typed into, with their page, to undo the typing, and where a drag began that the page's change broke
 * off, with its page, until the next drag.
 */
async function detached(cdp) {
  let text = "";
  const take = ({ chunk }) => { text += chunk; };
  cdp.on("HeapProfiler.addHeapSnapshotChunk", take);
  await cdp.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  cdp.off("HeapProfiler.addHeapSnapshotChunk", take);
  const { snapshot: { meta }, nodes, edges, strings } = JSON.parse(text);
  const [name, edgeCount, detachedness] = ["name", "edge_count", "detachedness"].map(field => meta.node_fields.indexOf(field));
  const [size, edgeSize, to] = [meta.node_fields.length, meta.edge_fields.length, meta.edge_fields.indexOf("to_node")];
  const ends = [0];
  for (let at = 0; at < nodes.length; at += size) ends.push(ends.at(-1) + nodes[at + edgeCount] * edgeSize);
  const isDrag = at => strings[nodes[at + name]] === "blink::DragController";
  const isWeak = edge => meta.edge_types[0][edges[edge]] === "weak";
  const reached = new Set([0]);
  let count = 0;
  // A set is walked in the order of what is put in, also meanwhile.
  for (const at of reached) {
    if (nodes[at + detachedness] === 2) count += 1;
    if (isDrag(at)) continue;
    for (let edge = ends[at / size]; edge < ends[at / size + 1]; edge += edgeSize) if (!isWeak(edge)) reached.add(edges[edge + to]);
  }
  return count;
}

const counted = of => ({ nodes: of("Nodes"), listeners: of("JSEventListeners") });

/** Whether the browser counts more than at first. */
const grew = ({ nodes, listeners }, first) => nodes > first.nodes * GROWTH || listeners > first.listeners;

/** Listeners of what outlives every page: a page that forgets to take its own back adds to them. */
async function lasting(cdp) {
  let sum = 0;
  for (const expression of ["window", "document", "document.documentElement", "document.body"]) {
    const { result } = await cdp.send("Runtime.evaluate", { expression });
    const { listeners } = await cdp.send("DOMDebugger.getEventListeners", { objectId: result.objectId });
    sum += listeners.length;
  }
  return sum;
}

/** What is held after a collection of garbage, on the page that has least; with a `first` weight what stays more than that. */
async function weigh(page, cdp, pages, first = null) {
  await page.setViewportSize({ width: 1280, height: 800 });
  // Esc leaves what the acts may have opened.
  for (const _ of "abc") await page.keyboard.press("Escape");
  await page.evaluate(() => { location.hash = "#/no-such-page"; });
  await settle(page, pages);
  let of;
  // What is on its way still holds the page that it was for, on a busy machine for long: a leak is what stays.
  const last = Date.now() + 60_000;
  for (let tries = 0; tries < 2 || first && grew(counted(of), first) && Date.now() < last; tries += 1) {
    await page.evaluate(async () => { for (let i = 0; i < 5; i += 1) await person.frame(); });
    await cdp.send("HeapProfiler.collectGarbage");
    const { metrics } = await cdp.send("Performance.getMetrics");
    of = name => metrics.find(metric => metric.name === name).value;
  }
  const memory = await page.evaluate(() => person.memory());
  const attached = await page.evaluate(() => document.getElementsByTagName("*").length);
  return { ...counted(of), attached, lasting: await lasting(cdp), heap: of("JSHeapUsedSize"), wasm: memory.reduce((sum, bytes) => sum + bytes, 0) };
}

/**
 * Lets a person do `acts` acts; throws at the first that breaks something, with what was done last. Tells what the page
 * held at the beginning, and after each `every` acts.
 *
 * The second half draws the acts of the first again. The page's wasm memory never shrinks: a larger state makes it grow
 * once, what is kept again and again. `tell` hears at the end by which act it grew most.
 */
export async function wander(page, { base, seed, acts, until = acts, every = 250, complaints, tell = () => {} }) {
  const pages = await survey(page, base);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  page.on("dialog", dialog => dialog.dismiss().catch(() => {}));
  const done = [], weights = [];
  const start = Date.now();
  let trained = 0, held = 0, largest = { bytes: 0 };
  const weighed = async number => {
    // Only the last is held against the first: it alone waits for what is on its way.
    const first = number === until ? weights[0] : null;
    const weight = { acts: number, seconds: (Date.now() - start) / 1000, ...await weigh(page, cdp, pages, first) };
    if (!weights.length || first && grew(weight, first)) weight.detached = await detached(cdp);
    weights.push(weight);
    tell(weights.at(-1));
  };
  let number = 0;
  try {
    await page.goto(`${base}#/`);
    // Every module is loaded before the first weighing: what it brings is no leak.
    for (const word of Object.keys(pages)) {
      await page.evaluate(word => { location.hash = `#/${word}`; }, word);
      await settle(page, pages);
    }
    await weighed(0);
    for (number = 1; number <= until; number += 1) {
      const at = await page.evaluate(() => location.hash);
      done.push(`${number} at ${at.slice(0, 200)}`);
      await soon(async () => {
        done.push(`    ${await act(page, seeded(seed, (number - 1) % Math.ceil(acts / 2)), pages)}`);
        await settle(page, pages);
      });
      const now = await page.evaluate(() => person.memory().reduce((sum, bytes) => sum + bytes, 0));
      if (held && now - held > largest.bytes) largest = { bytes: now - held, number, what: done.slice(-2).join() };
      held = now;
      // A run is let go on for a few acts.
      trained = page.workers().length > 0 ? trained + 1 : 0;
      if (trained > 3 && await page.evaluate(() => ["Pause", "Stop"].some(name => person.press(name)))) trained = 0;
      const heard = complaints();
      assert.equal(heard.length, 0, heard.join("\n"));
      if (number % every === 0) await weighed(number);
    }
    tell({ largest });
    return weights;
  } catch (error) {
    const command = `node tests/random-user.mjs --seeds ${seed} --acts ${acts} --until ${number}`;
    error.message = `seed ${seed}, act ${number}: ${error.message}\n  ${done.slice(-24).join("\n  ")}\n  again: ${command}`;
    throw error;
  }
}

/** What a healthy page never causes, as it is heard. */
export function watch(context, server) {
  const heard = [], before = server.missing.length;
  context.on("console", message => { if (message.type() === "error") heard.push(`console error: ${message.text()}`); });
  context.on("weberror", error => heard.push(`uncaught: ${error.error().stack ?? error.error()}`));
  context.on("requestfailed", request => {
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") heard.push(`request failed: ${request.url()} (${why})`);
  });
  context.on("page", page => page.on("crash", () => heard.push("the page crashed")));
  return () => [...heard, ...server.missing.slice(before).map(path => `not found: ${path}`)];
}

/** Fails where the page holds more and more. */
export function level(weights) {
  const first = weights[0], last = weights.at(-1);
  const within = (what, before, most) =>
    assert(last[what] <= most, `${what}: ${before[what]} after ${before.acts} acts, ${last[what]} after ${last.acts}`);
  within("lasting", first, first.lasting);
  // A field that was typed into the browser keeps with its page and that one's listeners, to undo the typing: then there
  // are as many nodes more, and scripts must not hold them.
  if (last.listeners > first.listeners) {
    within("listeners", first, first.listeners + last.nodes - last.attached - (first.nodes - first.attached));
    within("detached", first, first.detached + last.acts / 10);
  }
  // A node for each page that was left would be more; a view's template is kept from its first use on. What the browser
  // counts more, scripts must not hold.
  if (last.nodes > first.nodes * GROWTH) within("detached", first, first.detached + last.acts / 10);
  within("attached", first, first.attached * GROWTH);
  const later = weights.filter(weight => weight.acts >= last.acts / 2);
  const grew = later.filter((weight, at) => at > 0 && weight.wasm > later[at - 1].wasm).length;
  // It never gets smaller, so a state larger than all before it makes it grow for good: in a short run, some of them come late.
  assert(grew < Math.max(later.length / 2, 4), `wasm grew between ${grew} of ${later.length} weighings: ${later.map(weight => weight.wasm)}`);
}
