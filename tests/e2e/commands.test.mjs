// One registry of commands: the palette, the list of shortcuts, and keys.
import assert from "node:assert/strict";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";

function parts(page) {
  const palette = page.getByRole("dialog", { name: "Commands" });
  const field = palette.getByRole("combobox", { name: "Search commands" });
  const options = palette.getByRole("option");
  return {
    palette, field, options,
    sheet: page.getByRole("dialog", { name: "Keyboard shortcuts" }),
    option: name => palette.getByRole("option", { name }),
    // The row that Enter means, as the field tells it.
    meant: () => field.evaluate(field => document.getElementById(field.getAttribute("aria-activedescendant"))?.querySelector("span").textContent),
    names: () => options.evaluateAll(rows => rows.map(row => row.querySelector("span").textContent)),
    focused: () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim()),
    run: async query => {
      await page.keyboard.press("Control+k");
      await field.fill(query);
      await page.keyboard.press("Enter");
      await palette.waitFor({ state: "hidden" });
    },
  };
}

journey("commands are found and run by keys alone", { at: "#/" }, async ({ page }) => {
  const { palette, field, meant, names, run } = parts(page);
  // The demonstration, which comes after the page, has commands of its own.
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.keyboard.press("Control+k");
  await palette.waitFor();
  assert.equal(await field.evaluate(field => field === document.activeElement), true);
  assert.equal(await meant(), "Step back", "the first");
  await page.keyboard.press("ArrowUp");
  assert.equal(await meant(), "Go to home", "the last: it can't be done here");
  await page.keyboard.press("Enter");
  await palette.waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await meant(), "Play or pause");

  await page.keyboard.type("lctr");
  assert.equal(await meant(), "Lecture mode");
  assert.deepEqual((await names()).slice(0, 2), ["Lecture mode", "Go to lecture"]);
  await page.keyboard.press("Enter");
  await page.locator("html[data-mode=lecture]").waitFor();
  await palette.waitFor({ state: "hidden" });
  // Esc closes the palette first, and lecture mode after that.
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await palette.waitFor({ state: "hidden" });
  assert.equal(await page.locator("html").getAttribute("data-mode"), "lecture");
  await page.keyboard.press("Escape");
  await page.locator("html:not([data-mode])").waitFor();

  await run("dark theme");
  await page.locator("html[data-theme=dark]").waitFor();
  await run("match system");
  await page.locator("html:not([data-theme])").waitFor();
  await run("go to training");
  await page.getByRole("heading", { name: "Train LeNet" }).waitFor();
  assert.equal(await page.evaluate(() => location.hash), "#/train?recipe=fast", "as the header's link");
  await page.goBack();
  await page.getByRole("heading", { name: /See every number/ }).waitFor();
});

journey("what can't be done here says where it can", { at: "#/train?train=640" }, async ({ page }) => {
  const { palette, field, options, option } = parts(page);
  await page.keyboard.press("Control+k");
  await option("Start or pause training").waitFor();
  await option("Reset training Not now").waitFor();
  assert.equal(await option("Undo").count(), 0, "what is elsewhere is there for those who look for it");
  await field.fill("undo");
  assert.deepEqual(await options.allInnerTexts().then(texts => texts.map(text => text.split("\n").filter(Boolean).slice(-2))), [["Undo", "In labs"], ["Reset scene", "In the lecture"]]);
  assert.equal(await options.first().getAttribute("aria-disabled"), "true");
  await options.first().click({ force: true });
  await palette.waitFor();
  await field.fill("no such thing");
  await palette.getByText("No command is called that.").waitFor();
  assert.equal(await options.count(), 0);
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await field.fill("one batch");
  await option("Step one batch").click();
  await palette.waitFor({ state: "hidden" });
  await page.getByRole("status", { name: "Training status" }).filter({ hasText: /step 1 of/ }).waitFor();
});

journey("the focus goes back to where it was", { at: "#/convolution" }, async ({ page }) => {
  const { palette, sheet, focused } = parts(page);
  const button = page.getByRole("button", { name: "Commands" });
  await button.click();
  await palette.waitFor();
  await page.keyboard.press("Escape");
  await palette.waitFor({ state: "hidden" });
  assert.equal(await button.evaluate(button => button === document.activeElement), true);
  // A text field holds no palette: the key works there too.
  const cell = page.getByRole("grid", { name: "Input" }).getByRole("gridcell").first();
  await cell.focus();
  await page.keyboard.type("?");
  assert.equal(await sheet.count(), 0, "a grid wants its keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await palette.waitFor();
  await page.keyboard.press("Control+k");
  await palette.waitFor({ state: "hidden" });
  assert.equal(await cell.evaluate(cell => cell === document.activeElement), true);
  // A press beside it closes it.
  await page.keyboard.press("Control+k");
  await page.mouse.click(5, 400);
  await palette.waitFor({ state: "hidden" });
});

journey("keys behind the palette rest", { at: "#/convolution?step=2" }, async ({ page }) => {
  const { palette, field } = parts(page);
  const slider = page.getByRole("slider", { name: "Step" });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("ff ?");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("Control+z");
  await palette.waitFor();
  assert.equal(await page.locator("html").getAttribute("data-mode"), null);
  assert.match(await slider.getAttribute("aria-valuetext"), /^step 2 /);
  await field.fill("stp fwd");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("[aria-label=Step]").ariaValueText.startsWith("step 3 "));
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector("[aria-label=Step]").ariaValueText.startsWith("step 4 "));
  await page.keyboard.press("[");
  assert.equal(await page.getByRole("combobox", { name: "Speed" }).inputValue(), "0.5");
});

journey("the shortcuts of the page that is on", { at: "#/train" }, async ({ page, open, shot }) => {
  const { sheet, palette, focused } = parts(page);
  const keys = () => sheet.locator("dl > div").evaluateAll(rows => rows.map(row => [...row.children].map(cell => cell.textContent)));
  await page.keyboard.press("?");
  await sheet.waitFor();
  assert.equal(await focused(), "Close");
  assert.deepEqual(await keys(), [
    ["Lecture mode", "F"], ["Leave lecture mode", "Esc"],
    ["Start or pause training", "Space PageDown"],
    ["Command palette", "Ctrl+K"], ["Keyboard shortcuts", "?"],
  ]);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  await open("#/convolution");
  await page.getByRole("heading", { name: "Convolution", level: 1 }).waitFor();
  // From the palette to the list, and from there back.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("keys");
  await page.keyboard.press("Enter");
  await sheet.waitFor();
  assert.deepEqual((await keys()).slice(0, 4), [["First step", "Home"], ["Step back", "← PageUp"], ["Play or pause", "Space"], ["Step forward", "→ PageDown"]]);
  await shot("commands sheet");
  await page.keyboard.press("Control+k");
  await palette.waitFor();
  assert.equal(await sheet.count(), 0);
  await page.keyboard.press("Escape");
  await palette.waitFor({ state: "hidden" });
});

journey("the link is copied by its command, and it is said", { at: "#/convolution?pad=1" }, async ({ page, base, shot }) => {
  const { run } = parts(page);
  await run("copy link");
  await page.getByRole("status").filter({ hasText: "Link copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${base}#/convolution?pad=1`);
  await shot("commands said");
  await page.evaluate(() => {
    navigator.clipboard.write = navigator.clipboard.writeText = () => Promise.reject(new Error("denied"));
  });
  await run("copy link");
  const field = page.getByRole("dialog", { name: "Copy by hand" }).getByRole("textbox", { name: /Copy the link/ });
  assert.equal(await field.inputValue(), `${base}#/convolution?pad=1`);
  await shot("commands by hand");
});

inBothThemes("palette and shortcuts pass axe", { at: "#/convolution" }, async ({ page, axe, shot }) => {
  const { palette, field, sheet, options } = parts(page);
  const theme = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  await page.keyboard.press("Control+k");
  await palette.waitFor();
  await axe();
  await shot(`commands palette ${theme}`);
  await field.fill("step");
  assert(await options.count() > 4);
  await axe();
  await shot(`commands search ${theme}`);
  await field.fill("xyz");
  await axe();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await sheet.waitFor();
  await axe();
  await shot(`commands sheet ${theme}`);
});

for (const name of ["projector", "phone", "tablet"]) {
  journey(`palette and shortcuts fit a ${name}`, { at: name === "projector" ? "#/convolution?lecture=1" : "#/convolution", screen: SCREEN[name] },
    async ({ page, axe, shot }) => {
      const { palette, sheet, option, field } = parts(page);
      if (name === "phone") {
        await shot("commands header phone");
        await page.getByRole("button", { name: "Menu" }).click();
        await shot("commands menu phone");
        await page.getByRole("button", { name: "Commands" }).click();
      } else {
        await page.keyboard.press("Control+k");
      }
      await palette.waitFor();
      const inside = dialog => dialog.evaluate(dialog => {
        const box = dialog.getBoundingClientRect();
        return box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight && dialog.scrollWidth <= dialog.clientWidth;
      });
      assert(await inside(palette));
      await axe();
      await shot(`commands palette ${name}`);
      // The list scrolls to the row that is meant.
      await page.keyboard.press("ArrowUp");
      const list = palette.getByRole("listbox");
      assert(await list.evaluate(list => {
        const row = list.lastElementChild.getBoundingClientRect(), box = list.getBoundingClientRect();
        return row.bottom <= box.bottom + 1 && row.top >= box.top;
      }));
      await field.fill("shortcuts");
      await option("Keyboard shortcuts").click();
      await sheet.waitFor();
      assert(await inside(sheet));
      await axe();
      await shot(`commands sheet ${name}`);
      await sheet.getByRole("button", { name: "Close" }).click();
      await sheet.waitFor({ state: "hidden" });
      if (name === "phone") {
        // By touch the focus is back at what opened the menu.
        await page.getByRole("button", { name: "Menu" }).click();
        await page.getByRole("button", { name: "Lecture mode" }).waitFor();
      }
    });
}

journey("a key that is typed while the palette closes is the page's", { at: "#/convolution" }, async ({ page }) => {
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("combobox", { name: "Search commands" });
  await palette.waitFor();
  // Esc closes a dialog at once and tells it later; where nothing had the focus before, the field keeps it until a frame.
  const press = (key, more = {}) => page.evaluate(([key, more]) => {
    document.getElementById("overlay").close();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  }, [key, more]);
  await press("?", { shiftKey: true });
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await press("k", { ctrlKey: true });
  await palette.waitFor();
  await press("k", { ctrlKey: true });
  await palette.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "command-query");
});

journey("what was typed a moment ago is there when one comes back", { at: "#/convolution" }, async ({ page }) => {
  await page.locator("[role=grid][aria-label=Input] [data-at='0,0']").click();
  for (const leave of ["palette", "link"]) {
    const typed = leave === "palette" ? "7" : "8";
    // Within the time in which the address is not written again.
    await page.evaluate(([typed, leave]) => {
      const cell = document.querySelector("[role=grid][aria-label=Kernel] [data-at='0,0']");
      cell.focus();
      cell.dispatchEvent(new KeyboardEvent("keydown", { key: typed, bubbles: true, cancelable: true }));
      const editor = document.activeElement;
      editor.value = typed;
      editor.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      if (leave === "link") document.querySelector("header a[href^='#/train']").click();
    }, [typed, leave]);
    if (leave === "palette") {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("go to tr");
      await page.keyboard.press("Enter");
    }
    await page.getByRole("heading", { level: 1, name: /Train/ }).waitFor();
    await page.goBack();
    await page.locator("[role=grid][aria-label=Kernel] [data-at='0,0']").filter({ hasText: typed }).waitFor();
    assert.equal(await page.evaluate(() => location.hash.includes("k=")), true);
  }
});
