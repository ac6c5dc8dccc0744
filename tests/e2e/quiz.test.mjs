// The quiz: a student's way through it by keyboard alone, what wrong answers are told, sheets, codes, and what is kept.
import assert from "node:assert/strict";
import { journey, onEveryScreen } from "./harness.mjs";

const group = (page, number, of) => page.getByRole("group", { name: `Question ${number} of ${of}`, exact: true });
const status = page => page.getByRole("status").filter({ visible: true });
const button = (page, name) => page.getByRole("button", { name, exact: true });

/** The answers of a sheet, as its key prints them, with their links. */
async function key(page, open, link) {
  await open(`${link}&answers=1`);
  const answers = page.locator(".quiz-key");
  await answers.first().waitFor();
  const texts = await answers.locator("b").allInnerTexts();
  const links = await answers.getByRole("link", { name: "Show me" }).evaluateAll(all => all.map(one => one.getAttribute("href")));
  return texts.map((text, at) => ({ text: text.replace("Answer: ", ""), link: links[at] }));
}

journey("a quiz by keyboard alone: wrong, named, tried again, right, to the end and its code", { at: null }, async ({ page, open, axe, shot }) => {
  const answers = await key(page, open, "#/quiz/output-shape?seed=3&n=3");
  assert.equal(answers.length, 3);
  await open("#/quiz/output-shape?seed=3&n=3");
  for (let at = 0; at < 3; at++) {
    await group(page, at + 1, 3).waitFor();
    const rows = page.getByRole("textbox", { name: "Rows", exact: true });
    if (at === 0) await rows.focus(); else await page.waitForFunction(() => document.activeElement?.id === "quiz-f0");
    if (at === 1) {
      // The first mistake that the question knows has a sentence; any number has one.
      await page.keyboard.type("1");
      await page.keyboard.press("Tab");
      await page.keyboard.type("99");
      await page.keyboard.press("Enter");
      await page.getByText("1 × 99 is not right, and no usual mistake gives it.").waitFor();
      await page.waitForFunction(() => document.activeElement?.id === "quiz-again");
      await axe();
      await shot("quiz wrong");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.id === "quiz-f0");
      assert.equal(await rows.inputValue(), "");
    }
    const [high, wide] = answers[at].text.split(" × ");
    await page.keyboard.type(high);
    await page.keyboard.press("Tab");
    await page.keyboard.type(wide);
    await page.keyboard.press("Enter");
    await status(page).filter({ hasText: `Right: ${answers[at].text}.` }).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "quiz-next");
    if (at === 0) await shot("quiz right");
    await page.keyboard.press("Enter");
  }
  await page.getByRole("heading", { level: 1, name: "2 of 3 right at once" }).waitFor();
  await axe();
  await shot("quiz end");
  const code = await page.getByLabel("Result code", { exact: true }).innerText();
  assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{1,4})+$/);
  await button(page, "Copy").click();
  await page.getByRole("status").filter({ hasText: "Code copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), code);
  await open("#/quiz/results");
  const codes = page.getByRole("textbox", { name: "Result codes" });
  await codes.fill(`Ada ${code}\nBob ${code.replace(/.$/, letter => letter === "0" ? "1" : "0")}`);
  await page.getByRole("row", { name: /^1\. How large is the output\?.* 1 of 1/ }).waitFor();
  await page.getByRole("row", { name: "Ada 2 of 3" }).waitFor();
  await page.getByText(/^Line 2, .* is no result: a letter is wrong or missing\.$/).waitFor();
  await axe();
  await shot("quiz results");
});

journey("a mistake is named with the question's numbers, and Show me opens the lab on it; the way back takes the question up", { at: "#/quiz/course" }, async ({ page, open, shot }) => {
  await group(page, 1, 13).waitFor();
  const grid = page.getByRole("grid", { name: "Your answer", exact: true });
  await grid.getByRole("textbox", { name: "Row 0, column 0" }).focus();
  await page.keyboard.type("19");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("25");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.type("43");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.type("43");
  await button(page, "Check").click();
  await status(page).filter({ hasText: "Row 1, column 0: That window lies one column too far right" }).waitFor();
  await shot("quiz matrix");
  await page.getByRole("link", { name: "Show me" }).click();
  await page.getByRole("heading", { level: 1, name: "Convolution" }).waitFor();
  assert.equal(await page.locator(".notice").count(), 0);
  await page.goBack();
  await group(page, 1, 13).waitFor();
  await page.getByRole("list", { name: "Answers so far" }).getByText("1: wrong").waitFor({ state: "attached" });
  for (const [at, text] of [["0", "19"], ["1", "25"], ["2", "37"], ["3", "43"]]) await page.locator(`#quiz-f${at}`).fill(text);
  await page.locator("#quiz-f3").press("Enter");
  await status(page).filter({ hasText: "Right: 19, 25; 37, 43." }).waitFor();
  await button(page, "Next question").press("Enter");
  await group(page, 2, 13).waitFor();
  await open("#/quiz");
  await page.getByText("1 mistake comes back").waitFor();
});

journey("a choice by the arrows: the mistake that makes an option is named", { at: "#/quiz/pooling?seed=3&n=4" }, async ({ page, open, axe, shot }) => {
  const options = page.getByRole("radiogroup", { name: "Answer" }).getByRole("radio");
  await options.first().waitFor();
  assert.equal(await options.count(), 4);
  const answers = await key(page, open, "#/quiz/pooling?seed=3&n=4");
  const right = answers[0].text.charCodeAt(0) - 65;
  await open("#/quiz/pooling?seed=3&n=4");
  await options.nth((right + 3) % 4).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await status(page).filter({ hasText: /[a-z]{3}/ }).waitFor();
  assert.doesNotMatch(await status(page).innerText(), /no usual mistake/);
  await axe();
  await shot("quiz choice wrong");
  await button(page, "Reveal the answer").click();
  await status(page).filter({ hasText: `The answer is ${answers[0].text}.` }).waitFor();
  await axe();
  await shot("quiz choice revealed");
});

journey("a sheet for a class: put together, printed, with and without answers", { at: "#/quiz" }, async ({ page, axe, shot }) => {
  await page.getByLabel("Questions about").selectOption({ label: "Architecture arithmetic" });
  await page.getByLabel("How many").fill("0");
  await page.getByText("A sheet has 1 to 50 questions.").waitFor();
  await page.getByLabel("How many").fill("6");
  await page.getByLabel("Seed").fill("12");
  const link = page.getByRole("link", { name: "Print it", exact: true });
  await page.waitForFunction(() => [...document.querySelectorAll("a")].some(link => link.hash === "#/quiz/architecture?seed=12&n=6&sheet=1"));
  await link.click();
  await page.getByRole("heading", { level: 1, name: "Architecture arithmetic, sheet 12" }).waitFor();
  await group(page, 6, 6).waitFor();
  assert.equal(await page.getByText(/^Answer: /).count(), 0);
  await page.getByRole("link", { name: "With answers" }).click();
  await page.getByText(/^Answer: /).first().waitFor();
  assert.equal(await page.getByText(/^Answer: /).count(), 6);
  await axe();
  await page.emulateMedia({ media: "print" });
  await shot("quiz sheet on paper");
});

journey("without storage the quiz works, and says that nothing is kept", { at: null }, async ({ page, open }) => {
  await page.addInitScript(() => { Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } }); });
  await open("#/quiz");
  await page.getByText("Progress is not kept on this device: the browser does not allow it.").waitFor();
  await page.getByRole("link", { name: "Stride", exact: true }).click();
  await group(page, 1, 10).waitFor();
  await page.getByRole("textbox", { name: "Answer", exact: true }).fill("two");
  await button(page, "Check").click();
  await status(page).filter({ hasText: "“two” is not a number." }).waitFor();
  await button(page, "Reveal the answer").click();
  await button(page, "Next question").press("Enter");
  await group(page, 2, 10).waitFor();
});

for (const [name, at] of [["quiz", "#/quiz"], ["quiz question", "#/quiz/channels?seed=2&n=8"], ["quiz pooling", "#/quiz/pooling?seed=3&n=4"], ["quiz network", "#/quiz/architecture?seed=2&n=1"], ["quiz sheet", "#/quiz/course?seed=1&answers=1"], ["quiz results", "#/quiz/results"]]) onEveryScreen(name, at);

journey("320 pixels are enough", { at: "#/quiz/channels?seed=2&n=8", screen: { width: 320, height: 640 } }, async ({ page, open, shot }) => {
  for (const at of ["#/quiz/channels?seed=2&n=8", "#/quiz/pooling?seed=3&n=4", "#/quiz", "#/quiz/course?answers=1"]) {
    await open(at);
    await page.locator("h1").first().waitFor();
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert(sideways <= 0, `${at} overflows by ${sideways} px`);
  }
  await shot("quiz narrow");
});

journey("what a sheet for a class is about is kept where one comes back", { at: "#/quiz" }, async ({ page, open }) => {
  const about = page.getByLabel("Questions about");
  await about.selectOption({ label: "Architecture arithmetic" });
  await page.waitForFunction(() => location.hash === "#/quiz?about=architecture");
  await page.getByRole("link", { name: "Print it", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: /^Architecture arithmetic, sheet/ }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Quiz" }).waitFor();
  const chosen = () => about.evaluate(select => select.selectedOptions[0].text);
  assert.equal(await chosen(), "Architecture arithmetic");
  await open("#/convolution");
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Quiz" }).waitFor();
  assert.equal(await chosen(), "Architecture arithmetic");
  await page.reload();
  await about.waitFor();
  assert.equal(await chosen(), "Architecture arithmetic");
});

journey("practice asks other questions at each visit; once one is answered the link is that visit's", { at: null }, async ({ page, open }) => {
  const text = async () => {
    await group(page, 1, 10).waitFor();
    return group(page, 1, 10).innerText();
  };
  const visits = [];
  for (let visit = 0; visit < 3; visit++) {
    await open("#/quiz/output-shape");
    if (visit > 0) await page.reload();
    visits.push(await text());
    assert.equal(await page.evaluate(() => location.hash), "#/quiz/output-shape");
  }
  assert.equal(new Set(visits).size, 3, "three visits");
  // Within a visit, too.
  await open("#/quiz");
  await page.evaluate(() => { location.hash = "#/quiz/output-shape"; });
  const first = await text();
  assert(!visits.includes(first));
  await page.getByRole("textbox", { name: "Rows", exact: true }).fill("1");
  await page.getByRole("textbox", { name: "Columns", exact: true }).fill("99");
  await button(page, "Check").click();
  await page.waitForFunction(() => /^#\/quiz\/output-shape\?visit=\d+$/.test(location.hash));
  const link = await page.evaluate(() => location.hash);
  // Somebody else's device.
  await page.evaluate(() => localStorage.clear());
  await open("#/quiz");
  await page.evaluate(() => localStorage.clear());
  await open(link);
  assert.equal(await text(), first);
});
