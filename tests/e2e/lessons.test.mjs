// The course's lessons, as a student reads them.
import assert from "node:assert/strict";
import { SCREEN, journey, onEveryScreen } from "./harness.mjs";
import { parts } from "./lab.mjs";

const LESSONS = ["images", "convolution", "filters", "padding", "stride", "channels", "pooling", "cnn-or-mlp", "lenet", "alexnet", "deeper", "resnet"];

const question = page => page.getByRole("group", { name: "Question", exact: true });
const shows = (page, link) => page.waitForFunction(link => document.querySelector(".lesson-stage-head a")?.getAttribute("href").startsWith(link), link);

journey("the list of lessons leads to the first, and on to the next", { at: "#/lessons" }, async ({ page, shot }) => {
  await page.getByRole("heading", { level: 1, name: "Course" }).waitFor();
  assert.equal(await page.getByRole("list", { name: "Lessons" }).getByRole("link").count(), LESSONS.length);
  await shot("lessons list");
  await page.getByRole("link", { name: "Start lesson 1: Images as numbers" }).click();
  await page.waitForFunction(() => location.hash === "#/lessons/images");
  await page.getByRole("heading", { level: 1, name: "Images as numbers" }).waitFor();
  await page.getByRole("link", { name: "Next lesson: Convolution" }).click();
  await page.getByRole("heading", { level: 1, name: "Convolution" }).waitFor();
  assert.equal(await page.title(), "Convolution · Receptive");
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Images as numbers" }).waitFor();
});

journey("every lesson opens, with its lab beside it", { at: null, timeout: 180_000 }, async ({ page, open }) => {
  for (const slug of LESSONS) {
    await open(`#/lessons/${slug}`);
    await page.locator("article h2").first().waitFor();
    await page.locator(".lesson-stage .lab").waitFor();
    assert.equal(await page.getByRole("region", { name: /^Lab: / }).count(), 1, slug);
    assert.equal(await page.locator(".lesson-stage .msg").count(), 0, slug);
    assert(await page.getByRole("checkbox").count() > 0, `${slug} has a task`);
  }
});

journey("the lab follows the reader, and leaves alone what a reader made", { at: "#/lessons/padding" }, async ({ page, shot }) => {
  await shows(page, "#/receptive-field");
  const heading = name => page.getByRole("heading", { level: 2, name });
  await heading("How much keeps the size?").evaluate(it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 100));
  await shows(page, "#/convolution");
  await page.waitForFunction(() => location.hash.includes("part=4"));
  await shot("lesson padding");
  // A task is fulfilled by the lab.
  const task = page.getByRole("checkbox", { name: /Make the output as large as the input/ });
  assert.equal(await task.getAttribute("aria-checked"), "false");
  await page.getByRole("button", { name: "Settings" }).click();
  const raise = page.getByRole("button", { name: /^(Raise|Increase) padding/i }).first();
  await raise.click();
  await raise.click();
  await page.waitForFunction(() => document.querySelector("[role=checkbox]").getAttribute("aria-checked") === "true");
  await page.waitForFunction(() => /lab=convolution/.test(location.hash));
  await shot("lesson task reached");
  // What was made stays; the part's button brings its lab.
  await heading("A ring of zeros").evaluate(it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 100));
  await page.waitForFunction(() => location.hash.includes("part=3"));
  await page.waitForFunction(() => document.querySelector(".lesson-stage-head a").getAttribute("href").includes("pad=2"));
  await page.locator("[aria-current=step]").getByRole("button", { name: "Show this in the lab" }).click();
  await page.waitForFunction(() => document.querySelector(".lesson-stage-head a").getAttribute("href").includes("pad=1"));
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Padding" }).waitFor();
  await page.waitForFunction(() => document.querySelector("[role=checkbox]")?.getAttribute("aria-checked") === "true");
});

journey("a question names the mistake, and a right answer is kept", { at: "#/lessons/padding?part=6" }, async ({ page, shot, open }) => {
  const last = question(page).last();
  await last.getByRole("radio", { name: "3", exact: true }).click();
  await last.getByText("That is the padding of one side.").waitFor();
  await shot("lesson wrong answer");
  await last.getByRole("button", { name: "Try again" }).click();
  await last.getByRole("radio", { name: "6", exact: true }).click();
  await last.getByText("6 is right.").waitFor();
  await page.reload();
  await question(page).last().getByText("6 is right.").waitFor();
  await open("#/lessons");
  await page.getByRole("link", { name: "Continue lesson 4: Padding" }).waitFor();
  await page.getByRole("button", { name: "Delete it" }).click();
  await page.getByRole("link", { name: "Start lesson 1: Images as numbers" }).waitFor();
});

journey("two lessons by keyboard alone", { at: "#/lessons/pooling" }, async ({ page }) => {
  await page.locator(".lesson-stage .lab").waitFor();
  await page.locator("article h2").first().focus();
  await page.keyboard.press("Alt+ArrowDown");
  await page.waitForFunction(() => location.hash.includes("part=2"));
  assert.equal(await page.evaluate(() => document.activeElement.id), "part-2");
  await page.keyboard.press("Alt+ArrowUp");
  await page.waitForFunction(() => document.activeElement.id === "part-1");
  const last = question(page).last();
  await last.getByRole("radio").first().focus();
  await page.keyboard.press("Space");
  await last.locator(".says").waitFor();
  await page.getByRole("link", { name: /^Next lesson/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "CNN and MLP" }).waitFor();
});

journey("on a phone the labs stand in the text", { at: "#/lessons/convolution", screen: SCREEN.phone, timeout: 120_000 }, async ({ page, shot }) => {
  await page.getByRole("region", { name: "Lab: Convolution" }).first().getByRole("grid", { name: "Input" }).waitFor();
  await shot("lesson phone");
  const { width } = await page.evaluate(() => ({ width: document.documentElement.scrollWidth - innerWidth }));
  assert(width <= 0, `wider than the phone by ${width}`);
});

journey("a lesson's text that does not come is said, and comes when asked again", { at: null, expected: [/503/, /Failed to load/] }, async ({ page, base }) => {
  let fails = true;
  await page.route("**/lessons-*/en/stride.bin", route => fails ? route.fulfill({ status: 503, body: "" }) : route.continue());
  await page.goto(`${base}#/lessons/stride`);
  await page.getByText("The text did not come. Check the connection, then try again.").waitFor();
  fails = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator("article h2").first().waitFor();
});

journey("a lesson that is none, and a part that is none", { at: "#/lessons/flying?part=3" }, async ({ page, open }) => {
  await page.getByText("There is no page “lessons/flying”.").waitFor();
  await page.getByRole("heading", { level: 1, name: "Course" }).waitFor();
  await open("#/lessons/stride?part=99");
  await page.locator(".lesson-stage .lab").waitFor();
});

onEveryScreen("the course", "#/lessons");
onEveryScreen("a lesson", "#/lessons/stride?part=2");

journey("what the device keeps is saved and deleted in one place, and brought back", { at: "#/lessons/stride" }, async ({ page, open }) => {
  await page.locator(".lesson-stage .lab").waitFor();
  await open("#/lessons");
  await page.getByText("Kept on this device alone: lessons.").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as a file" }).click()]);
  assert.equal(download.suggestedFilename(), "receptive.txt");
  await page.getByRole("button", { name: "Delete it" }).click();
  await page.getByRole("link", { name: "Start lesson 1: Images as numbers" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "Continue lesson 5: Stride" }).waitFor();
});

journey("without storage all works, and the page says that nothing is kept", { at: null }, async ({ page, context, open }) => {
  await context.addInitScript(() => Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } }));
  await open("#/lessons/padding?part=6");
  await page.getByText("Progress is not kept on this device.").waitFor();
  const last = question(page).last();
  await last.getByRole("radio", { name: "6", exact: true }).click();
  await last.getByText("6 is right.").waitFor();
  await open("#/lessons");
  await page.getByText("This browser keeps nothing: what you do lasts as long as the page is open.").waitFor();
});
