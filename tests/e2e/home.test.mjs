// The home page and the shell around all pages.
import assert from "node:assert/strict";
import { SCREEN, inBothThemes, journey } from "./harness.mjs";

inBothThemes("the demonstration plays, pauses, and leads on", { at: "#/" }, async ({ page, axe, shot }) => {
  const step = page.locator(".hero-f .stepcount b");
  await page.waitForFunction(() => document.querySelector(".hero-f .stepcount b")?.textContent === "2");
  await page.getByRole("button", { name: "Pause" }).click();
  const stands = await step.textContent();
  await page.waitForFunction(() => new Promise(done => setTimeout(() => done(true), 1200)));
  assert.equal(await step.textContent(), stands);
  await axe();
  await shot(`home ${await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")}`);
  await page.keyboard.press("PageDown");
  assert.notEqual(await step.textContent(), stands);
  await page.getByRole("link", { name: "Open the convolution lab" }).click();
  await page.getByRole("heading", { name: "Convolution", level: 1 }).waitFor();
});

journey("with less motion nothing starts by itself", { at: "#/", reducedMotion: true }, async ({ page }) => {
  await page.getByRole("button", { name: "Play" }).waitFor();
});

for (const [name, screen] of Object.entries(SCREEN)) {
  journey(`home fits a ${name}`, { at: "#/", screen }, async ({ page, axe, shot }) => {
    await page.getByRole("button", { name: "Pause" }).click();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, "the page never scrolls sideways");
    await axe();
    await shot(`home ${name}`);
  });
}

journey("every link leads somewhere", { at: "#/" }, async ({ page, open }) => {
  const hrefs = await page.getByRole("link").evaluateAll(links => links.map(link => link.getAttribute("href")));
  for (const href of new Set(hrefs.filter(href => href.startsWith("#/")))) {
    await open(href);
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.equal(await page.getByText("This address names no page").count(), 0, href);
  }
});

journey("an unknown page says so and leads home", { at: "#/nowhere?x=1" }, async ({ page, axe }) => {
  await page.getByRole("heading", { name: "This address names no page" }).waitFor();
  await page.getByRole("status").filter({ hasText: "There is no page “nowhere”." }).waitFor();
  await axe();
  await page.getByRole("link", { name: "Home", exact: true }).click();
  await page.getByRole("heading", { name: /See every number/ }).waitFor();
});

journey("the theme is chosen, and remembered", { at: "#/", theme: "light" }, async ({ page, base }) => {
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await paper();
  const button = page.getByRole("button", { name: /^Theme:/ });
  await button.click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await page.locator("html[data-theme=dark]").waitFor();
  assert.notEqual(await paper(), light);
  await page.goto(`${base}?again`);
  await page.locator("html[data-theme=dark][data-boot=ready]").waitFor();
  await page.getByRole("button", { name: "Theme: dark" }).click();
  await page.locator("html:not([data-theme])").waitFor();
});

journey("a page is found again as it was left", { at: "#/convolution?pad=1&step=3" }, async ({ page }) => {
  await page.getByRole("link", { name: "Receptive" }).click();
  await page.getByRole("heading", { name: /See every number/ }).waitFor();
  await page.getByRole("link", { name: "Convolution, step 3" }).waitFor();
  await page.getByRole("button", { name: "Labs" }).click();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Convolution", exact: true }).click();
  await page.waitForFunction(() => location.hash === "#/convolution?pad=1&step=3");
  await page.waitForFunction(() => document.querySelector(".shape-result")?.textContent === "4 × 4");
});

journey("the next visit leads back to the lab where one was, and tells what was done", { at: "#/pooling?step=2" }, async ({ page, base }) => {
  await page.getByRole("button", { name: "Step forward" }).click();
  await page.waitForFunction(() => location.hash === "#/pooling?step=3");
  await page.goto(`${base}?again`);
  await page.getByRole("link", { name: "Pooling, step 3" }).click();
  await page.waitForFunction(() => location.hash === "#/pooling?step=3");
  await page.getByRole("heading", { name: "Pooling", level: 1 }).waitFor();
  // A page that is no lab is not where one was.
  await page.getByRole("link", { name: "Lecture", exact: true }).first().click();
  await page.goto(`${base}?again`);
  await page.getByRole("link", { name: "Pooling, step 3" }).waitFor();
});

for (const { at, name, field, typed, told } of [
  { at: "#/depth", name: "Depth", field: "Another depth", typed: "12", told: /depth=[^&]*\b12\b/ },
  { at: "#/train", name: "Train", field: "Batch size", typed: "48", told: /batch=48/ },
]) {
  journey(`what is being typed is kept by who leaves by Back: ${name}`, { at: "#/pooling" }, async ({ page }) => {
    await page.evaluate(at => { location.hash = at; }, at);
    await page.getByRole("textbox", { name: field }).fill(typed);
    await page.goBack();
    await page.getByRole("heading", { name: "Pooling", level: 1 }).waitFor();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
    await page.waitForFunction(told => new RegExp(told).test(location.hash), told.source);
  });
}

journey("the way to training begins with the fast recipe", { at: "#/" }, async ({ page, open }) => {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Train", exact: true }).click();
  await page.waitForFunction(() => location.hash === "#/train?recipe=fast");
  assert.equal(await page.getByRole("combobox", { name: "Recipe" }).inputValue(), "fast");
  // The bare address keeps opening what it always has.
  await open("#/train");
  await page.waitForFunction(() => document.querySelector("#recipe").value === "course");
});

journey("on a phone the menu holds what the header does", { at: "#/", screen: SCREEN.phone }, async ({ page, axe, shot }) => {
  await page.getByRole("button", { name: "Menu" }).click();
  const menu = page.getByRole("navigation", { name: "Menu" });
  await menu.getByRole("link", { name: "Train", exact: true }).waitFor();
  await axe();
  await shot("home menu");
  await menu.getByRole("link", { name: "Convolution", exact: true }).click();
  await page.getByRole("heading", { name: "Convolution", level: 1 }).waitFor();
});

journey("lecture mode from the keyboard", { at: "#/", screen: SCREEN.projector }, async ({ page, axe, shot }) => {
  await page.keyboard.press("f");
  await page.locator("html[data-mode=lecture]").waitFor();
  await page.keyboard.press(" ");
  await axe();
  await shot("home lecture");
  await page.keyboard.press("Escape");
  await page.getByRole("banner").waitFor();
});
