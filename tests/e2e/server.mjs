// A static server as strict as GitHub Pages: exact paths below a mount point, the right types, 404 for the rest.
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".md": "text/plain; charset=utf-8",
  ".gz": "application/gzip",
};

/** Where the files of `folder` expect to be: the path in `<base>`, or one of ours where they work anywhere. */
export async function mountOf(folder) {
  const html = await readFile(join(folder, "index.html"), "utf8");
  const base = /<base href="([^"]*)"/.exec(html)?.[1];
  return base === undefined || base === "./" ? "/receptive/" : base;
}

/** Serves the .gz files of `folder` as hosts do that take them for text under way: browsers unpack what is labelled so. Slowly, to be watched. */
export async function serveEncoded(folder, { tellsLength }) {
  const PIECE = 64 * 1024;
  const server = createServer(async (request, response) => {
    const bytes = await readFile(join(folder, new URL(request.url, "http://localhost").pathname));
    response.writeHead(200, {
      "Content-Type": "application/octet-stream",
      "Content-Encoding": "gzip",
      ...tellsLength && { "Content-Length": bytes.length },
    });
    for (let at = 0; at < bytes.length && !response.destroyed; at += PIECE) {
      response.write(bytes.subarray(at, at + PIECE));
      await pause(10);
    }
    response.end();
  });
  await new Promise((done, failed) => server.once("error", failed).listen(0, "127.0.0.1", done));
  const close = () => new Promise(done => { server.close(done); server.closeAllConnections(); });
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/** Serves `folder` and the scripts in `more` on a free port; `origin`, `base` (with the mount point), `missing` (paths answered by 404), `close()`; set `labels` for a host that serves .gz files as packed on the way alone. */
export async function serve(folder, more = {}) {
  const mount = await mountOf(folder);
  const missing = [];
  const site = { missing, labels: false };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const name = path === mount ? "index.html" : path.startsWith(mount) ? path.slice(mount.length) : "";
    if (Object.hasOwn(more, name)) {
      response.writeHead(200, { "Content-Type": TYPES[".js"] });
      response.end(more[name]);
      return;
    }
    const hidden = name.split("/").some(part => part === "" || part.startsWith("."));
    const file = join(folder, name);
    const found = !hidden && await stat(file).catch(() => null);
    if (!found?.isFile()) {
      missing.push(path);
      response.writeHead(404, { "Content-Type": TYPES[".html"] });
      response.end(await readFile(join(folder, "404.html")));
      return;
    }
    response.writeHead(200, {
      "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
      "Content-Length": found.size,
      ...site.labels && name.endsWith(".gz") && { "Content-Encoding": "gzip" },
      // As GitHub Pages has it; what may change under its name is asked for again.
      "Cache-Control": /-[0-9a-f]{10,16}(_bg)?\.\w+$/.test(path) ? "max-age=600" : "no-cache",
      "X-Content-Type-Options": "nosniff",
    });
    createReadStream(file).on("error", () => response.destroy()).pipe(response);
  });
  await new Promise((done, failed) => server.once("error", failed).listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const close = () => new Promise(done => { server.close(done); server.closeAllConnections(); });
  return Object.assign(site, { origin, base: origin + mount, close });
}
