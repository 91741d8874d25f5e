import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** The browser of the system: its path, or why there is none. */
export function findChromium() {
  const found = NAMES.map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim());
  const path = found.find((each) => each !== "");
  return { path, missing: path ? false : "no Chromium is installed" };
}

export function launch(path) {
  return chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
}

/** Serves a folder, and nothing else; gives its address and what stops it. */
export async function serveFolder(folder) {
  const listener = createServer(async (request, response) => {
    const name = request.url === "/" ? "index.html" : request.url.slice(1);
    try {
      const body = await readFile(join(folder, name.replaceAll("..", "")));
      response.writeHead(200, { "content-type": TYPES[extname(name)] }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const close = () => {
    listener.closeAllConnections();
    return new Promise((resolve) => listener.close(resolve));
  };
  return { url: `http://127.0.0.1:${listener.address().port}`, close };
}
