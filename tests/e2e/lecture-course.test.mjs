// The course's lecture is given by a clicker's keys, a number is changed on the way, and a second window drives it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { SCREEN, journey } from "./harness.mjs";

const COURSE = "#/lecture/cnn";
const HD = { width: 1920, height: 1080 };

/** The page's parts by their accessible names. */
function parts(page) {
  const button = name => page.getByRole("button", { name, exact: true });
  const scene = number => page.getByRole("region", { name: new RegExp(`^Scene ${number} of \\d+: `) });
  return { button, scene, line: page.locator(".talk-said [role=status]"), title: page.locator(".talk-title") };
}

/** Which scene it is, how much of it is revealed, and how many there are. */
const where = page => page.evaluate(() => {
  const name = document.querySelector(".talk-scene").getAttribute("aria-label");
  const [, scene, all] = /^Scene (\d+) of (\d+): ./.exec(name);
  return { scene: Number(scene), all: Number(all), line: document.querySelector(".talk-said").innerText, title: document.querySelector(".talk-title").innerText };
});

/** Waits until the scene's lab or figure is drawn. */
const drawn = page => page.waitForFunction(() => {
  const room = document.querySelector(".talk-room");
  return room.querySelector(".talk-figure") || (room.querySelector(".stage-room") && !room.querySelector(".lab-waits"));
});

/** What of the scene is cut off. */
const cut = page => page.evaluate(() => {
  const found = [];
  const inside = (at, box) => at.top >= box.top - 2 && at.bottom <= box.bottom + 2 && at.left >= box.left - 2 && at.right <= box.right + 2;
  const screen = { top: 0, left: 0, right: innerWidth, bottom: innerHeight };
  const foot = document.querySelector(".talk-foot").getBoundingClientRect();
  if (!inside(foot, screen)) found.push("the foot");
  const above = { ...screen, bottom: foot.top };
  for (const name of [".talk-title", ".talk-said"]) {
    const element = document.querySelector(name);
    if (!inside(element.getBoundingClientRect(), above) || element.scrollHeight > element.clientHeight + 2) found.push(name);
  }
  const room = document.querySelector(".talk-room").getBoundingClientRect();
  const shows = element => {
    const at = element.getBoundingClientRect();
    if (!inside(at, room)) return false;
    for (let box = element.parentElement; box && !box.matches(".talk-room"); box = box.parentElement) {
      if (getComputedStyle(box).overflow !== "visible" && !inside(at, box.getBoundingClientRect())) return false;
    }
    return true;
  };
  const many = document.querySelectorAll(".term").length > 26;
  const all = [...document.querySelectorAll(`.talk-room .stage .win, .talk-room .sum:not([hidden]) :is(${many ? ".result" : ".term, .result"}), .talk-room .diagram, .talk-table, .talk-line, .talk-bars, .talk-plot, .talk-open`)];
  for (const element of all) if (!shows(element)) found.push(`${element.className?.baseVal ?? element.className}: ${element.textContent.slice(0, 30)}`);
  const tools = document.querySelector(".talk-tools").getBoundingClientRect();
  if (!inside(tools, screen)) found.push("the tools");
  return [...new Set(found)].slice(0, 4);
});

for (const [name, screen] of Object.entries({ projector: SCREEN.projector, "full HD": HD })) {
  journey(`the lecture from its first scene to its last by a clicker's key, nothing cut off (${name})`, { at: COURSE, screen, timeout: 300_000, reducedMotion: true }, async ({ page, shot }) => {
    const { scene } = parts(page);
    await scene(1).waitFor();
    const { all } = await where(page);
    assert(all >= 30, `${all} scenes`);
    const wrong = [], seen = new Set(), sections = [];
    for (let press = 0; press < 4 * all; press += 1) {
      await drawn(page);
      await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));
      const now = await where(page);
      const section = await page.locator(".talk-section").innerText();
      if (sections.at(-1) !== section) sections.push(section);
      const found = await cut(page);
      if (found.length) wrong.push(`${now.scene} ${now.title} (${now.line.replaceAll("\n", " ")}): ${found.join(", ")}`);
      if (name === "projector" || found.length) await shot(`lecture ${name} ${String(now.scene).padStart(2, "0")} ${press}`);
      seen.add(now.scene);
      const before = `${page.url()}`;
      await page.keyboard.press("PageDown");
      await page.waitForTimeout(30);
      const after = await where(page);
      if (after.scene === now.scene && after.line === now.line && now.scene === all && before) break;
    }
    assert.equal(seen.size, all);
    assert.deepEqual(sections, ["Images", "Convolution", "Filters", "Padding", "Stride", "Channels", "Pooling", "CNN or MLP", "LeNet", "AlexNet", "Deeper", "ResNet"]);
    assert.deepEqual(wrong, []);
  });
}

journey("a press reveals before it goes on, and back again", { at: `${COURSE}?scene=15`, screen: SCREEN.projector }, async ({ page, shot }) => {
  const { scene, line, button } = parts(page);
  await scene(15).waitFor();
  const output = page.getByRole("grid", { name: "Output", exact: true });
  await output.waitFor();
  const corner = output.locator('[data-at="0,3"]');
  assert.doesNotMatch(await corner.innerText(), /4/);
  await shot("lecture asked");
  await page.keyboard.press("PageDown");
  await line.filter({ hasText: /^4: zeros add nothing/ }).waitFor();
  assert.equal((await corner.innerText()).trim(), "4");
  await shot("lecture revealed");
  await page.waitForFunction(() => location.hash === "#/lecture/cnn?scene=15&revealed=1");
  await page.keyboard.press("ArrowLeft");
  await line.filter({ hasText: "Which number lands in the corner?" }).waitFor();
  assert.doesNotMatch(await corner.innerText(), /4/);
  await page.keyboard.press(" ");
  await page.keyboard.press("ArrowRight");
  await scene(16).waitFor();
  await button("Back").click();
  await scene(15).waitFor();
  await line.filter({ hasText: /^4: / }).waitFor();
  await button("Next").click();
  await button("Next").click();
  await scene(17).waitFor();
  await button("Reveal").click();
  await line.filter({ hasText: "TensorFlow puts it below" }).waitFor();
});

journey("a number that is changed stays changed, going on and back, until the scene is reset", { at: `${COURSE}?scene=6`, screen: SCREEN.projector }, async ({ page }) => {
  const { scene, line, button } = parts(page);
  await page.getByRole("grid", { name: "Input", exact: true }).locator('[data-at="0,0"]').click();
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await page.keyboard.type("8");
  // A clicker's key goes on from within a grid, and what was being typed is taken.
  await button("Next").click();
  await scene(7).waitFor();
  await button("Back").click();
  await scene(6).waitFor();
  const cell = at => page.getByRole("grid", { name: "Input", exact: true }).locator(`[data-at="${at}"]`);
  assert.deepEqual([await cell("0,0").textContent(), await cell("1,0").textContent()], ["5", "8"]);
  await line.filter({ hasText: /=/ }).waitFor();
  await button("Reset scene").click();
  await page.waitForFunction(() => document.querySelector('.talk-room [role=grid][aria-label=Input] [data-at="0,0"]')?.textContent === "0");
  await line.filter({ hasText: "One step to the right" }).waitFor();
});

journey("jump by number, overview, black screen, notes and code", { at: COURSE, screen: SCREEN.projector }, async ({ page, axe, shot }) => {
  const { scene, button } = parts(page);
  await scene(1).waitFor();
  await page.keyboard.type("21");
  await page.getByText("Scene 21, then Enter").waitFor();
  await page.keyboard.press("Enter");
  await scene(21).waitFor();
  await page.keyboard.press("End");
  await scene(50).waitFor();
  await page.keyboard.press("Home");
  await scene(1).waitFor();
  await page.keyboard.press("o");
  const scenes = page.getByRole("navigation", { name: "Scenes" });
  assert.equal(await scenes.locator("ol button").count(), 50);
  await axe();
  await shot("lecture overview");
  await scenes.getByRole("button", { name: /^12 / }).click();
  await scene(12).waitFor();
  assert.equal(await scenes.count(), 0);
  await page.keyboard.press("b");
  await button("Show the scene again").waitFor();
  await page.keyboard.press("PageDown");
  assert.equal(await button("Show the scene again").count(), 0);
  await scene(12).waitFor();
  await page.keyboard.press("n");
  await page.getByRole("region", { name: "Notes" }).waitFor();
  await shot("lecture notes");
  await axe();
  await page.keyboard.press("n");
  await page.keyboard.press("Home");
  for (let i = 0; i < 5; i += 1) await button("Next").click();
  await scene(6).waitFor();
  await button("QR code").click();
  const code = page.getByRole("region", { name: "Code for phones" });
  await code.getByRole("img", { name: "QR code of the link below" }).waitFor();
  assert.match(await code.getByRole("link").innerText(), /#\/convolution$/);
  await shot("lecture code");
  await axe();
  await page.keyboard.press("Escape");
  assert.equal(await code.count(), 0);
  await page.keyboard.press("f");
  await page.waitForFunction(() => document.fullscreenElement === document.documentElement);
  await page.keyboard.press("f");
  await page.waitForFunction(() => document.fullscreenElement === null);
});

journey("the presenter's window drives the screen, and either can close", { at: `${COURSE}?scene=5`, screen: SCREEN.projector }, async ({ page, context, shot }) => {
  const { scene, button } = parts(page);
  await scene(5).waitFor();
  const opening = context.waitForEvent("page");
  await button("Presenter window").click();
  const other = await opening;
  await other.setViewportSize({ width: 1100, height: 760 });
  const presenter = parts(other);
  await presenter.scene(5).waitFor();
  await other.getByRole("timer", { name: "Elapsed" }).waitFor();
  await other.getByText("The screen follows").waitFor();
  await other.bringToFront();
  await other.screenshot({ path: "test-results/lecture-presenter.png" });
  await other.keyboard.press("PageDown");
  await parts(page).line.filter({ hasText: "= 19" }).waitFor();
  await other.keyboard.press("PageDown");
  await scene(6).waitFor();
  await page.bringToFront();
  await page.keyboard.press("PageDown");
  await presenter.line.filter({ hasText: "= 25" }).waitFor();
  await other.bringToFront();
  await other.keyboard.press("b");
  await button("Show the scene again").waitFor();
  await other.keyboard.press("b");
  await page.waitForFunction(() => !document.querySelector(".talk-black"));
  await other.close();
  await page.keyboard.press("PageDown");
  await scene(6).waitFor();
  await shot("lecture after the presenter");
});

journey("the screen stays on while a lecture is given, and no longer", { at: null }, async ({ page, context, open }) => {
  await context.addInitScript(() => {
    const lights = window.lights = { on: 0, asked: 0 };
    Object.defineProperty(navigator, "wakeLock", { value: {
      async request() {
        lights.asked += 1;
        lights.on += 1;
        return { release() { lights.on -= 1; return Promise.resolve(); } };
      },
    } });
  });
  await open(COURSE);
  await page.waitForFunction(() => window.lights.on === 1);
  // Another tab was in front: the browser took it back, and it is asked for anew.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  await page.waitForFunction(() => window.lights.asked === 2 && window.lights.on === 1);
  await open("#/pooling");
  await page.waitForFunction(() => window.lights.on === 0);
  assert.equal(await page.evaluate(() => window.lights.asked), 2);
});

journey("a lecture of one's own: added, named, put in order, exported, and a damaged file opens", { at: "#/pooling?stride=2" }, async ({ page, open }) => {
  const add = async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("Add to lecture");
    await page.keyboard.press("Enter");
    await page.getByText("Added to your lecture").first().waitFor();
  };
  await add();
  await open("#/convolution?pad=1");
  await add();
  await open("#/lecture/own");
  const { scene, button, title } = parts(page);
  await scene(1).waitFor();
  assert.equal(await title.innerText(), "Pooling");
  await page.keyboard.press("o");
  await page.getByRole("textbox", { name: "Title of scene 2" }).fill("Padding, by hand");
  await page.getByRole("textbox", { name: "Notes of scene 2" }).fill("Ask first");
  await button("Up scene 2").click();
  await page.getByRole("textbox", { name: "Title of scene 1" }).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Title of scene 1" }).inputValue(), "Padding, by hand");
  const saving = page.waitForEvent("download");
  await button("Export as a file").click();
  const text = await readFile(await (await saving).path(), "utf8");
  assert.match(text, /^# My lecture\n\n### Padding, by hand\nshow: convolution\?pad=1\nnote: Ask first\n\n### Pooling\nshow: pooling\?stride=2\n$/);
  await page.reload();
  await scene(1).waitFor();
  assert.equal(await title.innerText(), "Padding, by hand");
  await page.keyboard.press("o");
  await page.getByLabel("Import a file").setInputFiles({ name: "x.md", mimeType: "text/plain", buffer: Buffer.from(text.replace("note:", "n\u0000te:") + "\n### More\nshow: why") });
  await page.getByText("Line 5 can't be read and was left out").first().waitFor();
  assert.equal(await page.getByRole("textbox", { name: /^Title of scene/ }).count(), 3);
  await button("Keep on this device").click();
  await button("Close").click();
  await page.keyboard.press("End");
  await scene(3).waitFor();
});

journey("a scene opens in a tenth of a second", { at: COURSE, screen: SCREEN.projector, reducedMotion: true, timeout: 120_000 }, async ({ page }) => {
  await parts(page).scene(1).waitFor();
  const step = () => page.evaluate(async () => {
    const title = () => document.querySelector(".talk-title").textContent;
    const before = title();
    const begin = performance.now();
    document.querySelector("#talk-next").click();
    for (;;) {
      const room = document.querySelector(".talk-room");
      if (title() !== before && !room.querySelector(".lab-waits") && (room.querySelector(".talk-figure") || room.querySelector(".stage [role=grid], .stage .diagram, .diagram"))) return performance.now() - begin;
      if (performance.now() - begin > 5000) return 5000;
      await new Promise(done => setTimeout(done));
    }
  });
  // The first time a lab's chunks are fetched and compiled.
  for (let i = 0; i < 49; i += 1) await step();
  await page.keyboard.press("Home");
  await parts(page).scene(1).waitFor();
  const times = [];
  for (let i = 0; i < 49; i += 1) times.push(Math.round(await step()));
  console.log(`scenes open in ${times.join(", ")} ms`);
  const sorted = [...times].sort((a, b) => a - b);
  assert(sorted[24] <= 100, `the middle one took ${sorted[24]} ms`);
});

// The lecture is in lecture mode by itself, and so the journey of other pages, which switches it, is none for it.
for (const [name, at] of [["a figure", `${COURSE}?scene=24`], ["a lab", `${COURSE}?scene=15&revealed=1`]]) {
  journey(`Lecture, ${name}: accessible on every screen, light and dark`, { at }, async ({ page, axe }) => {
    for (const [screen, size] of Object.entries(SCREEN)) {
      await page.setViewportSize(size);
      for (const [theme, rules] of [["light", null], ["dark", ["color-contrast"]]]) {
        await page.emulateMedia({ colorScheme: theme });
        await axe({ rules });
      }
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert(sideways <= 0, `${name} overflows by ${sideways} px on ${screen}`);
    }
  });
}
