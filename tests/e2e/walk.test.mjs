// From every page to every other, with the focus in every kind of control: what is left behind breaks nothing, and what
// was being typed is kept.
import assert from "node:assert/strict";
import { journey } from "./harness.mjs";
import { prepare, seeded, settle, survey } from "./person.mjs";

const TYPED = ["cell to edit", "spinbutton", "text"];

/** Fields that give what was typed to a list of the link, and are empty then. */
const GIVES = { "Another depth": "depth" };

journey("from every page to every other, with the focus anywhere", { at: null, timeout: 480_000 }, async ({ page, context, base, complaints }) => {
  await prepare(context);
  const pages = await survey(page, base);
  const words = Object.keys(pages);
  assert(words.length > 10, `pages found: ${words}`);
  const draw = seeded("walk");
  await page.goto(`${base}#/?`);
  await settle(page, pages);
  const names = await destinations(page, pages);

  const byHash = async word => {
    // Never the address that is there already: that would be no navigation.
    await page.evaluate(word => { location.hash = word === "?" ? `#/no-such-page?${performance.now()}` : `#${word}/`; }, word);
    await settle(page, pages, true);
  };
  const byPalette = async word => {
    if (!names[word]) return byHash(word);
    await runCommand(page, names[word]);
    await settle(page, pages, true);
    assert.equal(await page.evaluate(() => person.shown().word), word, "where the palette leads");
  };
  const byLink = async word => {
    let at = await page.evaluate(word => person.link(word), word);
    if (!at) return byHash(word);
    await page.mouse.click(at.x, at.y);
    if (at.opens) {
      at = await page.evaluate(word => person.link(word), word);
      await page.mouse.click(at.x, at.y);
    }
    await settle(page, pages, true);
  };
  const byBack = async () => {
    await page.evaluate(() => history.back());
    await settle(page, pages, true);
  };
  const WAYS = [byPalette, byLink, byHash, byBack];

  for (const from of words) {
    await byHash(from);
    // The lecture's buttons show nothing more of a scene, they go on to others, whose labs come later.
    const todo = (await kindsOf(page)).filter(({ opener }) => from !== "lecture" || !opener);
    const pairs = words.filter(word => word !== from).map(to => [to, null]);
    // A page with more kinds than others has pages goes to some of them again.
    for (let i = 0; i < Math.max(pairs.length, todo.length); i += 1) {
      const to = pairs[i % pairs.length][0], way = WAYS[(i + words.indexOf(from)) % WAYS.length];
      const { kind, opener, types } = todo[i] ?? draw.of(todo);
      const story = `from “${from}” to “${to}” ${way.name}, the focus in ${kind}${opener ? ` behind “${opener}”` : ""}${types ? ", typing" : ""}`;
      try {
        if (way === byBack) await byHash(to);
        await byHash(from);
        if (opener) await open(page, opener);
        const focused = await page.evaluate(([kind, share]) => person.focus(kind, share), [kind, draw()]);
        assert(focused, "it is gone");
        let kept = null;
        if (types) {
          kept = focused.value === "2" ? "3" : "2";
          await page.keyboard.press("Control+a");
          await page.keyboard.type(kept);
        } else if (kind === "slider") {
          await page.keyboard.press("ArrowRight");
          kept = await page.evaluate(mark => person.value(mark), focused.mark);
        }
        await way(to);
        await works(page);
        assert.deepEqual(complaints(), []);
        if (kept !== null && !opener && names[from]) {
          await byPalette(from);
          await settle(page, pages, true);
          const list = Object.entries(GIVES).find(([name]) => focused.mark.includes(name))?.[1];
          // Two equal extents are one field.
          const marks = [focused.mark, focused.mark.replace(/ (height|width)”/, "”")];
          const value = await page.evaluate(([own, tied]) => person.value(own) ?? person.value(tied), marks);
          const gave = list && value === "" && await page.evaluate(list => (new URLSearchParams(location.hash.split("?")[1]).get(list) ?? "").split(","), list);
          if (gave) assert(gave.includes(kept), `${focused.mark}: ${gave} with ${kept}`);
          else assert.equal(value, kept, `${focused.mark} as it was left`);
        }
      } catch (error) {
        throw new Error(`${story}: ${error.message}`, { cause: error });
      }
    }
  }
});

/** Runs the command that the palette knows by that name. */
async function runCommand(page, name) {
  // The key that opens the palette closes one that is open: what is typed then would be the page's keys.
  const search = page.getByRole("combobox", { name: "Search commands" });
  if (await search.isVisible()) await search.fill("");
  else await page.keyboard.press("Control+k");
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
}

/** Which command goes to which page. */
async function destinations(page, pages) {
  await page.keyboard.press("Control+k");
  const commands = await page.evaluate(() => person.named("option of a dialog"));
  await page.keyboard.press("Escape");
  const names = {};
  for (const name of commands.filter(name => /^Go to /.test(name))) {
    await page.evaluate(() => { location.hash = "#/no-such-page"; });
    await settle(page, pages, true);
    await runCommand(page, name);
    await settle(page, pages, true);
    names[await page.evaluate(() => person.shown().word)] = name;
  }
  return names;
}

async function open(page, opener) {
  if (opener.startsWith("key ")) await page.keyboard.press(opener.slice(4));
  else await page.evaluate(name => person.press(name), opener);
  await page.evaluate(() => person.frame());
  await page.evaluate(() => person.frame());
}

/** Every kind of control of the page, and those that a button of it or a key shows. */
async function kindsOf(page) {
  const known = new Map((await page.evaluate(() => person.kinds())).map(kind => [kind, { kind }]));
  const buttons = await page.evaluate(() => [...new Set(person.named("button"))]);
  for (const opener of ["key Control+k", "key ?", ...buttons]) {
    await open(page, opener);
    for (const kind of await page.evaluate(() => person.kinds())) if (!known.has(kind)) known.set(kind, { kind, opener });
    await page.keyboard.press("Escape");
    await page.evaluate(() => person.frame());
  }
  const typed = [...known.values()].filter(({ kind }) => TYPED.includes(kind.replace(/ of a .*/, "")));
  return [...known.values(), ...typed.map(known => ({ ...known, types: true }))];
}

/** Fails unless the page does what a command says: the palette lists what there is now. */
async function works(page) {
  await page.keyboard.press("Control+k");
  assert(await page.evaluate(() => person.named("option of a dialog").length > 10), "the palette does not come");
  const theme = await page.evaluate(() => document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  await page.keyboard.type(`${theme} theme`);
  await page.keyboard.press("Enter");
  await page.locator(`html[data-theme=${theme}]`).waitFor({ timeout: 5000 });
}
