// What is on screen fits it: at any width, zoom and size of text, with the scroll bars that people have.
import assert from "node:assert/strict";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";
import { LABS, PAGES as SITE } from "./pages.mjs";

const PAGES = SITE.map(page => page.at);

/** Two frames: what follows a new size is done by then. */
const settle = page => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));

const sideways = page => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function resize(page, width, height) {
  await page.setViewportSize({ width, height });
  await settle(page);
}

journey("no page scrolls sideways from 320 px to 1,400, and the header stands on one line", { at: null, timeout: 180_000 }, async ({ page, open }) => {
  for (const hash of PAGES) {
    await open(hash);
    const wrong = [];
    for (let width = 320; width <= 1400; width += 20) {
      await page.setViewportSize({ width, height: 800 });
      const { over, bar } = await page.evaluate(async () => {
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
        const bar = document.querySelector("header.bar");
        // A lecture has no header.
        if (!bar) return { over, bar: location.hash.startsWith("#/lecture") };
        const { bottom, right } = bar.getBoundingClientRect();
        const parts = [...bar.querySelectorAll(":scope > :not([popover]) :is(a, button), :scope > :is(a, button)")].filter(part => part.checkVisibility());
        const inside = part => {
          const at = part.getBoundingClientRect();
          return at.bottom <= bottom && at.right <= right && at.left >= 0;
        };
        return { over, bar: parts.length >= 2 && parts.every(inside) };
      });
      if (over > 0 || !bar) wrong.push(`${width}: ${over} px over, header ${bar ? "fits" : "broken"}`);
    }
    assert.deepEqual(wrong, [], hash);
  }
});

journey("the header lets go of words before it lets go of links, and of nothing without need", { at: "#/convolution" }, async ({ page }) => {
  const bar = page.getByRole("banner");
  const seen = async () => ({
    key: await bar.locator("kbd").first().isVisible(),
    links: await bar.getByRole("link", { name: "Train" }).count(),
    menu: await bar.getByRole("button", { name: "Menu", exact: true }).count(),
    lecture: await bar.getByRole("button", { name: "Lecture mode" }).count(),
  });
  await resize(page, 1400, 800);
  assert.deepEqual(await seen(), { key: true, links: 1, menu: 0, lecture: 1 });
  await resize(page, 800, 800);
  // As icons the tools keep their names; what is hidden is no second time in the accessibility tree.
  assert.deepEqual(await seen(), { key: false, links: 1, menu: 0, lecture: 1 });
  await resize(page, 440, 800);
  assert.deepEqual(await seen(), { key: false, links: 0, menu: 1, lecture: 0 });
  await resize(page, 1400, 800);
  assert.deepEqual(await seen(), { key: true, links: 1, menu: 0, lecture: 1 });
  // Larger text is noticed as well.
  await resize(page, 760, 800);
  assert.equal((await seen()).menu, 0);
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  await settle(page);
  assert.equal((await seen()).menu, 1);
  await page.evaluate(() => { document.documentElement.style.fontSize = ""; });
  await settle(page);
  assert.equal((await seen()).menu, 0);
  // It is the same on the next page.
  await bar.getByRole("link", { name: "Train" }).click();
  await page.locator(".training").waitFor();
  await resize(page, 440, 800);
  assert.deepEqual(await seen(), { key: false, links: 0, menu: 1, lecture: 0 });
});

for (const [name, width, height, text] of [
  ["at 200 % zoom", 640, 400, ""],
  ["at 400 % zoom", 320, 200, ""],
  ["with text at 200 %", 1280, 800, "200%"],
  ["with text at 200 % on a phone", 390, 844, "200%"],
]) {
  journey(`every control is reachable ${name}`, { at: null, screen: { width, height }, timeout: 120_000 }, async ({ page, open }) => {
    for (const hash of PAGES) {
      await open(hash);
      await page.evaluate(text => { document.documentElement.style.fontSize = text; }, text);
      await page.waitForFunction(() => ![...document.querySelectorAll("main [role=status]")].some(status => status.textContent.endsWith("…")));
      await settle(page);
      assert(await sideways(page) <= 0, `${hash} scrolls sideways`);
      assert.deepEqual(await unreachable(page, "body"), [], hash);
      if (width < 600) assert.deepEqual(await namesOnNumbers(page), [], hash);
      const all = page.getByRole("button", { name: "Settings", exact: true });
      for (const settings of [...LABS, "#/benches"].includes(hash) ? await all.all() : []) {
        if (!await settings.isVisible()) continue;
        await settings.click();
        assert.deepEqual(await unreachable(page, ".panel.open"), [], `${hash}, settings`);
        await page.keyboard.press("Escape");
      }
    }
  });
}

/** The names of grids that reach down into a grid. */
function namesOnNumbers(page) {
  return page.evaluate(() => [...document.querySelectorAll(".stage")].flatMap(stage => {
    const grids = [...stage.querySelectorAll(".plate")].map(grid => grid.getBoundingClientRect());
    return [...stage.querySelectorAll(".plate-label > *")].filter(name => {
      const at = name.getBoundingClientRect(), label = name.parentElement;
      // Of many grids, what has no room on a label's one line is out of sight below it.
      const bottom = Math.min(at.bottom, getComputedStyle(label).overflowY === "hidden" ? label.getBoundingClientRect().bottom : Infinity);
      return at.width > 0 && grids.some(grid => at.left < grid.right - 1 && at.right > grid.left + 1 && at.top < grid.bottom - 1 && bottom > grid.top + 2);
    }).map(name => name.textContent);
  }));
}

/** The controls inside that can't be brought into view or that something else covers. */
function unreachable(page, inside) {
  return page.evaluate(inside => {
    const wrong = [];
    const edge = document.documentElement.clientWidth;
    for (const control of document.querySelectorAll(`${inside} :is(a[href], button, input, select, textarea)`)) {
      if (!control.checkVisibility({ visibilityProperty: true }) || control.disabled || control.closest(".skip, .vh, [popover]:not(:popover-open), .plate")) continue;
      control.focus();
      control.scrollIntoView({ block: "nearest", inline: "nearest" });
      const at = control.getBoundingClientRect();
      const x = (Math.max(at.left, 0) + Math.min(at.right, edge)) / 2, y = (Math.max(at.top, 0) + Math.min(at.bottom, innerHeight)) / 2;
      const hit = document.elementFromPoint(x, y);
      // A field that can't be seen takes presses through its label.
      const own = hit && (control.contains(hit) || control.labels?.[0]?.contains(hit));
      if (!own || at.left < -1 || at.right > edge + 1) wrong.push(`${control.getAttribute("aria-label") ?? control.textContent}: ${hit?.className}`);
    }
    return wrong;
  }, inside);
}

journey("what a button shows is in its name", { at: null, timeout: 120_000 }, async ({ page, context, open }) => {
  const session = await context.newCDPSession(page);
  let checked = 0;
  for (const hash of [...PAGES, "#/convolution?lecture=1"]) {
    await open(hash);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const names = new Map(nodes.filter(node => node.role?.value === "button" && !node.ignored).map(node => [node.backendDOMNodeId, node.name?.value ?? ""]));
    for (const [backendNodeId, name] of names) {
      const { object } = await session.send("DOM.resolveNode", { backendNodeId });
      const { result } = await session.send("Runtime.callFunctionOn", { objectId: object.objectId, returnByValue: true, functionDeclaration: "function () { return this.innerText; }" });
      const bare = text => text.replace(/\s+/g, "").toLowerCase();
      // Signs such as − and ∞ are pictures, no words.
      const words = (result.value ?? "").replace(/[^\p{L}\p{N}\s]/gu, "");
      assert(bare(name.replace(/[^\p{L}\p{N}\s]/gu, "")).includes(bare(words)), `${hash}: “${result.value}” is called “${name}”`);
      checked += 1;
    }
  }
  assert(checked > 100, `only ${checked} buttons`);
});

for (const [name, screen] of [["laptop", { width: 1280, height: 800 }], ["projector", { width: 1024, height: 768 }]]) {
  journey(`in lecture mode nothing of a padded input is cut: ${name}`, { at: null, screen }, async ({ page, open }) => {
    for (const hash of ["#/convolution?pad=1&lecture=1", "#/convolution?pad=1,0,2,1&step=5&lecture=1", "#/pooling?pad=1&lecture=1"]) {
      await open(hash);
      await settle(page);
      assert.deepEqual(await cut(page), [], hash);
    }
  });
}

/** Grids that a box around them cuts, or that scroll inside their own. The editor of cells is no content. */
function cut(page) {
  return page.evaluate(() => {
    const { bottom, right } = document.querySelector(".stage-scroll").getBoundingClientRect();
    return [...document.querySelectorAll(".plate")].flatMap(plate => {
      const grid = plate.querySelector("[role=grid]");
      const at = grid.getBoundingClientRect(), frame = plate.getBoundingClientRect();
      const inside = at.bottom <= frame.bottom + 1 && at.right <= frame.right + 1 && frame.bottom <= bottom && frame.right <= right;
      return inside ? [] : [`${grid.getAttribute("aria-label")}: ${Math.round(at.bottom)} in ${Math.round(frame.bottom)} in ${Math.round(bottom)}`];
    });
  });
}

journey("no box has a scroll bar for a few pixels", { at: null, timeout: 120_000 }, async ({ page, open }) => {
  for (const hash of LABS) {
    await open(hash);
    const presets = await page.locator(".preset option:not([hidden])").evaluateAll(options => options.map(option => option.value));
    for (const preset of presets) {
      await page.getByRole("combobox", { name: "Preset" }).selectOption(preset);
      await settle(page);
      // What does not fit does not by more than the bar that says so.
      const wrong = await page.evaluate(() => [...document.querySelectorAll(".shape, .arith, .stage-scroll, .lab .controls, .sum, .terms")].flatMap(box => {
        const over = getComputedStyle(box).overflowY === "auto" ? box.scrollHeight - box.clientHeight : 0;
        return over > 0 && over < 8 ? [`${box.className} by ${over}`] : [];
      }));
      assert.deepEqual(wrong, [], `${hash}, preset ${preset}`);
    }
  }
});

/** Each lab in each of its views, with the settings that make it longest. */
const LONGEST = [
  "#/convolution", "#/convolution?view=im2col", "#/convolution?view=toeplitz", "#/convolution?view=conventions", "#/convolution?transposed=1",
  "#/convolution?transposed=1&view=toeplitz", "#/convolution?pad=1,0,2,1&stride=1,2&dilation=2,1&x=1,2,3,4,5;2,3,4,5,6;3,4,5,6,7;4,5,6,7,8;5,6,7,8,9",
  "#/pooling", "#/pooling?kind=average&pad=1&shift=right", "#/channels", "#/channels?k=0,1;2,3|1,2;3,4||0,1;2,3|1,2;3,4&b=0,1",
  "#/backward", "#/backward?view=full", "#/backward?view=check", "#/backward?op=max", "#/backward?op=average",
  "#/batch-norm?step=3", "#/batch-norm?view=backward&step=3", "#/batch-norm?view=check&step=3", "#/highway?step=6", "#/highway?view=backward&step=8", "#/highway?view=depth", "#/receptive-field", "#/receptive-field?layers=c5;c5;c3;c3;c3;c3;m2;c3", "#/receptive-field?view=axis", "#/why", "#/why?view=connections", "#/why?view=shift",
];

for (const screen of [SCREEN.desktop, { width: 1100, height: 800 }]) {
  journey(`settings are whole, and what is told of the shape is in whole parts (${screen.width} × ${screen.height})`, { at: null, screen, timeout: 180_000 }, async ({ page, open }) => {
    const button = name => page.getByRole("button", { name, exact: true });
    const check = async at => {
      await settle(page);
      const wrong = await page.evaluate(() => {
        const panel = document.querySelector(".panel"), { top, bottom } = panel.getBoundingClientRect();
        const boxes = [panel, ...panel.querySelectorAll(".controls, .shape")].filter(box => box.checkVisibility());
        const scrolls = boxes.filter(box => getComputedStyle(box).overflowY !== "visible" && box.scrollHeight - box.clientHeight > 1);
        const parts = [...panel.querySelectorAll(".ctl, .shape h2, .more-shape")].filter(part => part.checkVisibility());
        const out = parts.filter(part => { const at = part.getBoundingClientRect(); return at.top < top || at.bottom > bottom; });
        const room = panel.querySelector(".shape-lines").getBoundingClientRect();
        const lines = [...panel.querySelectorAll(".shape-lines > *")].map(line => line.getBoundingClientRect()).filter(at => at.left < room.right);
        const cut = lines.filter(at => at.bottom > room.bottom + 1);
        const hidden = panel.querySelectorAll(".shape-lines > *").length - lines.length;
        const page = document.documentElement;
        if (page.scrollWidth > page.clientWidth || page.scrollHeight > page.clientHeight) scrolls.push({ className: "the page" });
        return { scrolls: scrolls.map(box => box.className), out: out.map(part => part.textContent), cut: cut.length, lost: hidden > 0 && !panel.querySelector(".more-shape")?.checkVisibility() };
      });
      assert.deepEqual(wrong, { scrolls: [], out: [], cut: 0, lost: false }, at);
    };
    const closed = screen.width < 1200;
    const one = async at => {
      if (closed) await button("Settings").click();
      await page.locator(".panel .ctl").first().waitFor();
      await check(at);
      // Where something has no room a button shows all of it, and leads back.
      if (await button("More").isVisible()) {
        await button("More").click();
        await page.waitForFunction(() => {
          const lines = document.querySelector(".shape-lines");
          return !document.querySelector(".controls").checkVisibility() && lines.scrollWidth <= lines.clientWidth;
        });
        await button("Back to the settings").click();
        await page.locator(".controls").waitFor();
      }
      if (closed) await button("Close settings").click();
    };
    for (const at of LONGEST) {
      await open(at);
      await one(at);
    }
    await open("#/filters");
    if (closed) await button("Settings").click();
    const kernel = page.getByRole("combobox", { name: "Kernel", exact: true });
    for (const kind of await kernel.locator("option").evaluateAll(options => options.map(option => option.value))) {
      await kernel.selectOption(kind);
      await check(`#/filters, kernel ${kind}`);
    }
  });
}

journey("the digits of a number stay in their cell", { at: null, timeout: 120_000 }, async ({ page, open }) => {
  for (const at of ["#/convolution?x=-1234567.25,1/3,0.0001;999999,-12345,3;4,5,6&k=-123.456,1/16;7,8", "#/convolution?x=99999,999999,9999999;-9999999,-999999,-99999;1000000000,-1000000000,8&k=1"]) {
    await open(at);
    await settle(page);
    const out = await page.evaluate(() => [...document.querySelectorAll("[role=gridcell]")].flatMap(cell => {
      if (!cell.textContent) return [];
      const range = document.createRange();
      range.selectNodeContents(cell);
      const over = range.getBoundingClientRect().width - cell.getBoundingClientRect().width;
      return over > 0 ? [`${cell.textContent} by ${Math.round(over)}`] : [];
    }));
    assert.deepEqual(out, [], at);
  }
});

for (const [name, screen] of Object.entries({ desktop: SCREEN.desktop, projector: SCREEN.projector })) {
  journey(`a question leaves the grids their room (${name})`, { at: null, screen, timeout: 120_000 }, async ({ page, open }) => {
    for (const at of ["#/convolution?predict=1", "#/convolution?pad=1&predict=1", "#/pooling?predict=1", "#/convolution?x=0,1,2,3,4,5;1,2,3,4,5,6;2,3,4,5,6,7;3,4,5,6,7,8;4,5,6,7,8,9;5,6,7,8,9,1&predict=1"]) {
      for (const lecture of name === "projector" ? ["", "&lecture=1"] : [""]) {
        await open(at + lecture);
        await page.getByRole("region", { name: "Prediction" }).waitFor();
        await settle(page);
        const over = await page.evaluate(() => { const box = document.querySelector(".stage-scroll"); return box.scrollHeight - box.clientHeight; });
        assert.equal(over, 0, `${at}${lecture}`);
      }
    }
  });
}

for (const [name, screen, button] of [["phone", SCREEN.phone, "Menu"], ["desktop", SCREEN.desktop, "Labs"]]) {
  inBothThemes(`a menu of the header shows all that is in it (${name})`, { at: "#/channels", screen }, async ({ page, axe, shot }) => {
    await page.getByRole("banner").getByRole("button", { name: button }).click();
    const menu = page.locator(".menu:popover-open");
    await menu.waitFor();
    assert.equal(await menu.evaluate(it => it.scrollWidth - it.clientWidth), 0, "nothing is to be scrolled to");
    const outside = await menu.evaluate(it => [...it.querySelectorAll("a, button")].map(control => control.getBoundingClientRect())
      .filter(({ left, right, top, bottom }) => left < 0 || right > innerWidth || top < 0 || bottom > innerHeight).length);
    assert.equal(outside, 0);
    await axe();
    await shot(`menu ${name} ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
  });
}
