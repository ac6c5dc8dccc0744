// WebKitGTK, driven over WebDriver: Debian's `webkit2gtk-driver` ($WEBKIT_DRIVER names another) and, where there is no
// display, its `xvfb`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";

/** Starts the browser: its `name` and `version`, `open()` for a page, and `close()`. */
export async function launch() {
  const started = [];
  const start = (name, args, options) => {
    const child = spawn(name, args, options);
    started.push(child);
    child.once("error", error => { throw new Error(`${name} did not start: install webkit2gtk-driver and xvfb`, { cause: error }); });
    return child;
  };
  let display = process.env.DISPLAY;
  if (!display) {
    const screen = start("Xvfb", ["-displayfd", "3", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    const [line] = await once(createInterface(screen.stdio[3]), "line");
    display = `:${line}`;
  }
  const port = 20_000 + process.pid % 20_000;
  start(process.env.WEBKIT_DRIVER ?? "WebKitWebDriver", [`--port=${port}`], { stdio: "ignore", env: { ...process.env, DISPLAY: display } });
  const address = `http://127.0.0.1:${port}`;
  const ask = async (method, path, body) => {
    const response = await fetch(address + path, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  };
  // The driver says nothing when it is ready.
  for (let tries = 0; ; tries += 1) {
    try { await ask("GET", "/status"); break; } catch (error) { if (tries > 200) throw error; }
    await new Promise(done => { setTimeout(done, 50); });
  }
  const { sessionId, capabilities } = await ask("POST", "/session", { capabilities: {} });
  const post = (command, body = {}) => ask("POST", `/session/${sessionId}/${command}`, body);
  await post("timeouts", { script: 60_000, pageLoad: 60_000 });
  await post("window/rect", { width: 1280, height: 838 });
  return {
    name: "webkit",
    version: `${capabilities.browserName} ${capabilities.browserVersion}`,
    open: async () => open(post, () => ask("GET", `/session/${sessionId}/screenshot`)),
    async close() {
      await ask("DELETE", `/session/${sessionId}`);
      for (const child of started.reverse()) child.kill();
    },
  };
}

/** What WebDriver calls the keys that are no characters. */
const KEYS = { Control: "\uE009", Enter: "\uE007", Escape: "\uE00C", Tab: "\uE004", ArrowLeft: "\uE012", ArrowRight: "\uE014" };

function open(post, screenshot) {
  const evaluate = async (body, argument = null) => {
    // Not by `eval`, which the page's policy forbids.
    const script = `const [argument, done] = arguments;
      Promise.resolve(argument).then(${body}).then(value => done({ value }), error => done({ error: String(error) }));`;
    const { error, value } = await post("execute/async", { script, args: [argument] });
    if (error) throw new Error(error);
    return value;
  };
  const keys = actions => post("actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  const key = (type, name) => ({ type, value: KEYS[name] ?? name });
  return {
    async goto(url) {
      await post("url", { url });
      // WebDriver tells of no complaints: those from here on are collected in the page.
      await evaluate(() => {
        if (window.complaints) return;
        window.complaints = [];
        const error = console.error;
        console.error = (...what) => { window.complaints.push(`console error: ${what.join(" ")}`); error(...what); };
        addEventListener("error", event => window.complaints.push(`uncaught: ${event.message}`), true);
        addEventListener("unhandledrejection", event => window.complaints.push(`uncaught: ${event.reason}`));
      });
    },
    evaluate,
    type: text => keys([...text].flatMap(letter => [key("keyDown", letter), key("keyUp", letter)])),
    press: names => keys([...names.map(name => key("keyDown", name)), ...names.toReversed().map(name => key("keyUp", name))]),
    click: (x, y) => post("actions", {
      actions: [{
        type: "pointer", id: "mouse", actions: [
          { type: "pointerMove", x: Math.round(x), y: Math.round(y) }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 },
        ],
      }],
    }),
    shot: async file => writeFile(file, Buffer.from(await screenshot(), "base64")),
    complaints: () => evaluate(() => window.complaints),
    close: () => post("url", { url: "about:blank" }),
  };
}
