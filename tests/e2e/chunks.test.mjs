// The app's chunks: each page loads what it needs and no other's, and what does not come costs nothing.
import assert from "node:assert/strict";
import { inBothThemes, journey } from "./harness.mjs";
import { PAGES } from "./pages.mjs";

/** The parts of the app that the page asks for from now on, such as "pooling"; each once for each request. */
function requests(page) {
  const names = [];
  page.on("request", request => {
    const file = new URL(request.url()).pathname.split("/").at(-1);
    const [, name, kind] = /^(.+)-[0-9a-f]+(?:_bg)?\.(js|wasm|css)$/.exec(file) ?? [];
    if (kind === "wasm") names.push(name);
    // Most style sheets are every page's; one that is not bears the name of the first that needs it.
    else if (kind === "js" || PAGES.some(({ part }) => part === name)) names.push(`${name}.${kind}`);
  });
  return names;
}

const hash = (page, expect) => page.waitForFunction(expect => location.hash === expect, expect);
const ready = page => page.locator("html[data-boot=ready]").waitFor();
/** Labs are in a menu. */
const go = async (page, name) => {
  if (!await header(page, name).isVisible()) await page.getByRole("banner").getByRole("button", { name: "Labs" }).click();
  await header(page, name).click();
};
const header = (page, name) => page.getByRole("banner").getByRole("link", { name, exact: true });
const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();

const filesOf = (page, part) => page.evaluate(part => receptive.filesOf(part), part);
const sorted = names => [...names].sort();
/** Waits until so many were asked for; which, its caller says. */
const came = async (page, asked, wanted) => {
  for (let turns = 0; asked.length < wanted.size && turns < 200; turns += 1) await page.waitForTimeout(20);
};

for (const { at, heading: title, part, after = [] } of PAGES) {
  journey(`${at} opened first loads its files, each once, and no others`, { at: null }, async ({ page, open }) => {
    const asked = requests(page);
    await open(at);
    await heading(page, title);
    const own = await filesOf(page, part);
    assert(own.includes(part), `${own}`);
    const all = new Set(["app.js", "app", ...own]);
    for (const name of after) for (const file of await filesOf(page, name)) all.add(file);
    await came(page, asked, all);
    assert.deepEqual(sorted(asked), sorted(all));
  });
}

/** Waits until nothing more is asked for. */
const rests = async (page, asked) => {
  for (let before = -1; before !== asked.length;) {
    before = asked.length;
    await page.waitForTimeout(700);
  }
};

for (const [slug, lab] of [["images", "channels"], ["convolution", "convolution"]]) {
  journey(`the lesson ${slug} loads its text's files and its first lab's, and no others until the lab works`, { at: null, ahead: true }, async ({ page, open }) => {
    const asked = requests(page);
    await open(`#/lessons/${slug}`);
    await page.locator(".lesson-stage .lab").waitFor();
    const wanted = new Set(["app.js", "app", ...await filesOf(page, "lessons"), ...await filesOf(page, lab)]);
    await rests(page, asked);
    // The list of commands is the first of what is fetched ahead.
    assert.deepEqual(sorted(asked.slice(0, asked.indexOf("commands"))), sorted(wanted));
    assert.deepEqual(sorted(asked), sorted(new Set(asked)), "what comes after it is not asked for twice either");
  });
}

for (const { at, heading: title } of PAGES) {
  journey(`${at} asks for no file twice, with what is fetched ahead`, { at: null, ahead: true }, async ({ page, open }) => {
    const asked = requests(page);
    await open(at);
    await heading(page, title);
    await rests(page, asked);
    assert.deepEqual(sorted(asked), sorted(new Set(asked)));
  });
}

journey("what is on its way already when it is wanted is waited for, not asked for again", { at: null, ahead: true }, async ({ page, open }) => {
  let release;
  const held = new Promise(done => { release = done; });
  await page.route("**/quiz-*", async route => { await held; await route.continue(); });
  const asked = requests(page);
  await open("#/pooling");
  await page.evaluate(() => receptive.ahead("quiz", false));
  while (!["quiz", "quiz.css"].every(name => asked.includes(name))) await page.waitForTimeout(20);
  await page.evaluate(() => { location.hash = "#/quiz"; });
  await page.waitForTimeout(300);
  release();
  await heading(page, "Quiz");
  assert.equal(asked.filter(name => name === "quiz").length, 1);
});

journey("each file is asked for once, however often the page changes", { at: null }, async ({ page, open }) => {
  const asked = requests(page);
  await open("#/convolution");
  const wanted = new Set(["app.js", "app"]);
  for (const _ of "ab") {
    for (const { at, heading: title, part, after = [] } of PAGES) {
      await page.evaluate(at => { location.hash = at; }, at);
      await heading(page, title);
      for (const name of [part, ...after]) for (const file of await filesOf(page, name)) wanted.add(file);
      await came(page, asked, wanted);
    }
  }
  assert.deepEqual(sorted(asked), sorted(wanted));
});

journey("the files of the page are asked for with the main module, not after it", { at: null }, async ({ page, base }) => {
  const asked = requests(page);
  let release;
  const held = new Promise(done => { release = done; });
  await page.route("**/app-*.wasm", async route => { await held; await route.continue(); });
  await page.goto(`${base}#/backward`, { waitUntil: "commit" });
  await page.waitForFunction(() => window.receptiveBoot);
  const own = await filesOf(page, "backward");
  while (!own.every(file => asked.includes(file))) await page.waitForEvent("request");
  release();
  await heading(page, "Backpropagation");
});

// Where a test watches the network the browser keeps no cache, so that a journey can't be offline after that.
journey("what is likely wanted next is fetched ahead", { at: null, ahead: true }, async ({ page, open }) => {
  const asked = requests(page);
  await open("#/pooling");
  const wanted = (await Promise.all(["channels", "commands", "export", "paste"].map(part => filesOf(page, part)))).flat();
  await page.waitForFunction(names => names.every(name => performance.getEntriesByType("resource")
    .some(({ name: url, responseEnd }) => responseEnd > 0 && url.includes(`/${name}-`))), wanted);
  const here = await filesOf(page, "pooling");
  assert.deepEqual(sorted(asked), sorted(["app.js", "app", ...new Set([...here, ...wanted])]), "each once, and not all there is");
});

journey("who saves data gets nothing ahead", { at: "#/pooling" }, async ({ page }) => {
  const asked = requests(page);
  await page.keyboard.press("PageDown");
  await hash(page, "#/pooling?step=2");
  await page.evaluate(() => new Promise(done => { requestIdleCallback(done); }));
  assert.deepEqual(asked, []);
});

journey("there and back, each page is as it was left", { at: "#/convolution?pad=1" }, async ({ page }) => {
  await page.keyboard.press("PageDown");
  await hash(page, "#/convolution?pad=1&step=2");
  await go(page, "Train");
  await hash(page, "#/train?recipe=fast");
  const seed = page.getByRole("textbox", { name: "Seed", exact: true });
  await seed.fill("5");
  await seed.press("Tab");
  await page.waitForFunction(() => location.hash.includes("seed=5"));
  const training = await page.evaluate(() => location.hash);

  await go(page, "Convolution");
  await hash(page, "#/convolution?pad=1&step=2");
  await page.waitForFunction(() => document.querySelector(".shape-result")?.textContent === "4 × 4");
  // One press is one step: nothing of an earlier time on the page listens still.
  await page.keyboard.press("PageDown");
  await hash(page, "#/convolution?pad=1&step=3");

  await go(page, "Train");
  await hash(page, training);
  assert.equal(await seed.inputValue(), "5");
  await page.keyboard.press("f");
  await page.locator("html[data-mode=lecture]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("html:not([data-mode])").waitFor();
  // The address follows a little later: going back before that would leave the lecture mode's in the history.
  await hash(page, training);

  // The browser's own way back.
  await page.goBack();
  await hash(page, "#/convolution?pad=1&step=3");
  await heading(page, "Convolution");
  await page.goForward();
  await heading(page, "Train LeNet");
  assert.equal(await seed.inputValue(), "5");
});

journey("a large state comes back", { at: null }, async ({ page, open }) => {
  const row = start => Array.from({ length: 40 }, (_, i) => ((start * 37 + i * 11) % 100) / 8).join(",");
  await open(`#/convolution?x=${Array.from({ length: 40 }, (_, i) => row(i)).join(";")}`);
  await page.waitForFunction(() => location.hash.startsWith("#/convolution?z="));
  const before = await page.evaluate(() => location.hash);
  await go(page, "Train");
  await heading(page, "Train LeNet");
  await go(page, "Convolution");
  await heading(page, "Convolution");
  await hash(page, before);
});

journey("theme, lecture mode and focus go along", { at: null, theme: "light" }, async ({ page, open }) => {
  // Where nothing can be stored the theme is handed over all the same.
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get() { throw new DOMException("blocked", "SecurityError"); } });
  });
  await open("#/convolution");
  await page.getByRole("button", { name: "Theme: match system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await page.locator("html[data-theme=dark]").waitFor();
  await header(page, "Train").focus();
  await page.keyboard.press("Enter");
  await heading(page, "Train LeNet");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Train");
  await page.getByRole("button", { name: "Theme: dark" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");

  await open("#/convolution?lecture=1&hide=presets");
  await heading(page, "Convolution");
  await page.locator("html[data-mode=lecture][data-theme=dark]").waitFor();
  await open("#/train?lecture=1&epochs=2");
  await heading(page, "Train LeNet");
  await hash(page, "#/train?epochs=2&lecture=1");
  await page.locator("html[data-mode=lecture][data-theme=dark]").waitFor();
});

journey("what a link to a page that is loaded later has wrong is said", { at: "#/convolution" }, async ({ page, open }) => {
  await open("#/train?nothing=1");
  await page.getByRole("status").filter({ hasText: "The link's field “nothing” is not known here" }).waitFor();
  await open("#/nowhere");
  await page.getByRole("status").filter({ hasText: "There is no page “nowhere”." }).waitFor();
  // A link that is too long to be read opens the home page, whatever page it names.
  await open(`#/train?epochs=2&x=${"1".repeat(256 * 1024)}`);
  await heading(page, /See every number/);
  await page.getByRole("status").filter({ hasText: "characters long" }).waitFor();
});

journey("until the other page's files come the page stays, and can be kept", { at: "#/convolution?pad=1" }, async ({ page, shot }) => {
  let release;
  const held = new Promise(done => { release = done; });
  await page.route("**/train-*.wasm", async route => { await held; await route.continue(); });
  await go(page, "Train");
  await page.locator("html[data-boot=loading]").waitFor();
  await heading(page, "Convolution");
  assert.match(page.url(), /#\/train\?recipe=fast$/);
  // What is done meanwhile is kept, and does not take the address back.
  await page.keyboard.press("PageDown");
  await page.waitForTimeout(400);
  assert.match(page.url(), /#\/train\?recipe=fast$/);
  await shot("modules waiting");
  await page.goBack();
  await ready(page);
  await heading(page, "Convolution");
  release();
  await page.waitForResponse(/train-.*\.wasm/).catch(() => {});
  await page.waitForTimeout(200);
  await heading(page, "Convolution");
  await go(page, "Train");
  await heading(page, "Train LeNet");
  await ready(page);
});

inBothThemes("a chunk that does not come is told, and nothing is lost",
  { at: "#/convolution?pad=1", expected: [/^request failed: .*train-/, /^console error/] },
  async ({ page, axe, shot }) => {
    await page.keyboard.press("PageDown");
    await hash(page, "#/convolution?pad=1&step=2");
    await page.route("**/train-*", route => route.abort("internetdisconnected"));
    const dialog = page.getByRole("alertdialog");
    await go(page, "Train");
    await dialog.filter({ hasText: "could not be loaded" }).waitFor();
    await axe();
    await shot(`modules lost ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
    await page.getByRole("button", { name: "Stay here" }).click();
    await ready(page);
    await hash(page, "#/convolution?pad=1&step=2");
    await page.keyboard.press("PageDown");
    await hash(page, "#/convolution?pad=1&step=3");

    await go(page, "Train");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await hash(page, "#/convolution?pad=1&step=3");

    await go(page, "Train");
    await dialog.waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await dialog.filter({ hasText: "could not be loaded" }).waitFor();
    await page.unroute("**/train-*");
    await page.getByRole("button", { name: "Try again" }).click();
    await heading(page, "Train LeNet");
    await hash(page, "#/train?recipe=fast");
    await go(page, "Convolution");
    await hash(page, "#/convolution?pad=1&step=3");
  });

journey("a run goes on where the labs do not come", { at: "#/train?epochs=100&train=6400", timeout: 120_000, expected: [/^request failed: .*convolution-/, /^console error/] },
  async ({ page }) => {
    const status = page.getByRole("status", { name: "Training status" });
    await page.getByRole("button", { name: "Start training" }).click();
    await status.filter({ hasText: /examples\/s/ }).waitFor({ timeout: 60_000 });
    await page.route("**/convolution-*", route => route.abort("internetdisconnected"));
    await go(page, "Convolution");
    await page.getByRole("button", { name: "Stay here" }).click();
    await hash(page, "#/train?epochs=100&train=6400");
    const before = await status.innerText();
    await page.waitForFunction(before => document.querySelector("[aria-label='Training status']").textContent !== before, before);
    await page.unroute("**/convolution-*");
    await go(page, "Convolution");
    await heading(page, "Convolution");
    await page.waitForFunction(() => document.querySelectorAll("main").length === 1);
    assert.equal(page.workers().length, 0, "a page that is left trains no more");
  });

journey("a style sheet that comes late is waited for, and one that does not come is told",
  { at: null, expected: [/^request failed: .*train-/], tolerated: [/^console error/] },
  async ({ page, open }) => {
    let release;
    const held = new Promise(done => { release = done; });
    // Over the second after which the page's own sheets are put in anew.
    await page.route("**/train-*.css", async route => { await held; await route.continue(); });
    await open("#/convolution");
    await go(page, "Train");
    await page.getByRole("status").filter({ hasText: /^Loading/ }).waitFor();
    release();
    await heading(page, "Train LeNet");
    await page.unroute("**/train-*.css");
    await page.route("**/train-*.css", route => route.abort("internetdisconnected"));
    await page.reload();
    await page.getByRole("alert").filter({ hasText: "Receptive could not be loaded" }).waitFor();
    await page.unroute("**/train-*.css");
    await page.getByRole("button", { name: "Reload" }).click();
    await heading(page, "Train LeNet");
  });

journey("a style sheet that came stays where another file fails", { at: "#/convolution", tolerated: [/^console error/, /^request failed/] }, async ({ page }) => {
  let asked = false;
  await page.route("**/train-*.wasm", async route => {
    asked = true;
    await page.waitForFunction(() => [...document.styleSheets].some(sheet => sheet.href?.includes("/train-")));
    await route.abort("connectionreset");
  });
  await go(page, "Train");
  await page.getByRole("alertdialog").filter({ hasText: "could not be loaded" }).waitFor();
  assert(asked);
  await page.unroute("**/train-*.wasm");
  await page.getByRole("button", { name: "Try again" }).click();
  await heading(page, "Train LeNet");
  assert.equal(await page.locator(".training").evaluate(it => getComputedStyle(it).display), "grid");
});

for (const [how, fault, words, again] of [
  ["is cut off", async route => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.body()).subarray(0, 999) });
  }, "The page could not be loaded. Check the connection.", "Try again"],
  ["is not found", route => route.fulfill({ status: 404, contentType: "text/html", body: "" }), "Receptive was updated on this site", "Reload"],
  ["is a page in its place", route => route.fulfill({ contentType: "text/html", body: "<!DOCTYPE html>" }), "Receptive was updated on this site", "Reload"],
  ["is of the wrong kind", route => route.fulfill({ contentType: "text/plain", body: "no" }), "The page could not be loaded. Check the connection.", "Try again"],
  ["fails on the server", route => route.fulfill({ status: 500, body: "" }), "The page could not be loaded. Check the connection.", "Try again"],
]) {
  journey(`a chunk that ${how} is told, the page stays, and ${again} repairs it`, { at: "#/convolution?pad=1", tolerated: [/^console error/, /^status/] },
    async ({ page }) => {
      await page.route("**/backward-*.wasm", fault);
      await page.evaluate(() => { location.hash = "#/backward"; });
      await page.getByRole("alertdialog").filter({ hasText: words }).waitFor();
      await page.getByRole("button", { name: "Stay here" }).click();
      await hash(page, "#/convolution?pad=1");
      await page.keyboard.press("PageDown");
      await hash(page, "#/convolution?pad=1&step=2");
      await page.evaluate(() => { location.hash = "#/backward"; });
      await page.getByRole("alertdialog").filter({ hasText: words }).waitFor();
      await page.unroute("**/backward-*.wasm");
      await page.getByRole("button", { name: again }).click();
      await heading(page, "Backpropagation");
    });
}

journey("a chunk of another build is told, and the page stays", { at: "#/convolution?pad=1", tolerated: [/^console error/] }, async ({ page }) => {
  // A module that asks the main one for something that it never had.
  const foreign = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0];
  await page.route("**/backward-*.wasm", route => route.fulfill({ contentType: "application/wasm", body: Buffer.from(foreign) }));
  await page.evaluate(() => { location.hash = "#/backward"; });
  await page.getByRole("alertdialog").filter({ hasText: "Receptive was updated on this site" }).waitFor();
  await page.getByRole("button", { name: "Stay here" }).click();
  await page.keyboard.press("PageDown");
  await hash(page, "#/convolution?pad=1&step=2");
  await page.unroute("**/backward-*.wasm");
});

journey("a site that was updated meanwhile is loaded anew", { at: "#/convolution", expected: [/^console error/, /^status 404/] },
  async ({ page }) => {
    await page.route("**/train-*", route => route.fulfill({ status: 404, contentType: "text/html", body: "" }));
    await go(page, "Train");
    await page.getByRole("alertdialog").filter({ hasText: "Receptive was updated" }).waitFor();
    await page.unroute("**/train-*");
    await page.getByRole("button", { name: "Reload" }).click();
    await heading(page, "Train LeNet");
    await hash(page, "#/train?recipe=fast");
  });

journey("a chunk that hangs shows a sign, and after 20 s what to do", { at: "#/convolution?pad=1", expected: [/^console error: Error: Nothing came for 20 s/] },
  async ({ page, shot, axe }) => {
    await page.route("**/train-*.wasm", () => { /* No answer. */ });
    await page.clock.install();
    await go(page, "Train");
    const sign = page.getByRole("status").filter({ hasText: /^Loading/ });
    await sign.waitFor();
    await axe();
    await shot("modules sign");
    await page.clock.fastForward(20_000);
    await page.getByRole("alertdialog").filter({ hasText: "Nothing came for 20 s" }).waitFor();
    await sign.waitFor({ state: "hidden" });
    await page.unroute("**/train-*.wasm");
    await page.getByRole("button", { name: "Try again" }).click();
    await heading(page, "Train LeNet");
  });

journey("a paste waits for what reads it, and says where that does not come", { at: "#/convolution", expected: [/^request failed: .*paste-/], tolerated: [/^console/] },
  async ({ page }) => {
    await page.route("**/paste-*.wasm", route => route.abort("internetdisconnected"));
    const paste = async () => {
      await page.getByRole("gridcell").first().click();
      await page.evaluate(() => navigator.clipboard.writeText("5\t6\n7\t8"));
      await page.keyboard.press("Control+v");
    };
    const sentence = page.getByText("The part that reads what is pasted could not be loaded. Check the connection, then try again.");
    await paste();
    await sentence.waitFor();
    assert.equal(await page.getByRole("gridcell").first().innerText(), "0");
    const dialog = async () => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("paste matrix");
      await page.keyboard.press("Enter");
    };
    await page.unroute("**/paste-*.wasm");
    await dialog();
    await page.getByRole("dialog").getByRole("textbox").waitFor();
    await page.keyboard.press("Escape");
    await paste();
    await page.getByRole("gridcell", { name: "5", exact: true }).first().waitFor();
  });

journey("copy and export show that they are loading", { at: "#/convolution" }, async ({ page, shot, axe }) => {
  let release;
  const held = new Promise(done => { release = done; });
  await page.route("**/export-*.wasm", async route => { await held; await route.continue(); });
  await page.getByRole("button", { name: "Copy and export" }).click();
  const sign = page.getByRole("status").filter({ hasText: /^Loading copy and export/ });
  await sign.waitFor();
  await axe();
  await shot("modules tools sign");
  release();
  await sign.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Copy PyTorch code" }).click();
  await page.getByRole("status").filter({ hasText: "PyTorch code copied" }).waitFor();
});

journey("a list of lessons that does not come is said, and comes when asked again",
  { at: null, expected: [/^request failed: .*contents-/], tolerated: [/^console/] },
  async ({ page, open }) => {
    await page.route(/contents-[0-9a-f]+\.wasm$/, route => route.abort("internetdisconnected"));
    await open("#/lessons");
    await heading(page, "Course");
    await page.getByText("The list of lessons could not be loaded. Check the connection, then try again.").waitFor();
    await page.unroute(/contents-[0-9a-f]+\.wasm$/);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("list", { name: "Lessons" }).waitFor();
  });

journey("a command that is typed before the list of commands has come is done once it has", { at: "#/convolution" }, async ({ page }) => {
  let release;
  const held = new Promise(done => { release = done; });
  await page.route("**/commands-*.wasm", async route => { await held; await route.continue(); });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("go to pooling");
  await page.keyboard.press("Enter");
  release();
  await heading(page, "Pooling");
});

journey("a list of commands that does not come is said", { at: "#/convolution", expected: [/^request failed: .*commands-/], tolerated: [/^console/] }, async ({ page }) => {
  await page.route("**/commands-*.wasm", route => route.abort("internetdisconnected"));
  await page.keyboard.press("?");
  await page.getByRole("status").filter({ hasText: "The list of shortcuts could not be loaded. Check the connection, then try again." }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Commands" }).getByText("The list of commands could not be loaded. Check the connection, then try again.").waitFor();
  await page.unroute("**/commands-*.wasm");
  await page.keyboard.type("pooling");
  await page.getByRole("option", { name: /Go to pooling/ }).waitFor();
});

journey("what packs a long link comes with the first one; where it does not, the link is longer and opens the same",
  { at: null, expected: [/^request failed: .*pack-/], tolerated: [/^console/] },
  async ({ page, open }) => {
    const asked = requests(page);
    const row = start => Array.from({ length: 30 }, (_, i) => ((start * 37 + i * 11) % 100) / 8).join(",");
    const long = `#/convolution?x=${Array.from({ length: 30 }, (_, i) => row(i)).join(";")}`;
    await open("#/convolution");
    assert(!asked.includes("pack"));
    await page.route("**/pack-*.wasm", route => route.abort("internetdisconnected"));
    await open(long);
    await page.keyboard.press("PageDown");
    await page.waitForFunction(() => /&step=2$/.test(location.hash));
    assert((await page.evaluate(() => location.hash)).startsWith(long.slice(0, 100)));
    await page.reload();
    await page.waitForFunction(() => /step\s*2/.test(document.querySelector(".stepcount")?.textContent));
    await page.unroute("**/pack-*.wasm");
    await page.reload();
    await page.waitForFunction(() => location.hash.startsWith("#/convolution?z="));
  });
