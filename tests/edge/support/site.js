import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../django/", import.meta.url));

/** The Django site under gunicorn, with two processes, on a port of its own. */
export async function startSite(python, environment) {
  const env = { ...process.env, ...environment };
  const made = spawnSync(python, ["site_app.py"], { cwd: FOLDER, env, encoding: "utf8" });
  if (made.status !== 0) {
    throw new Error(made.stderr);
  }
  const port = await freePort();
  const gunicorn = ["-m", "gunicorn", "site_app:application", "--workers=2", "--threads=4"];
  const options = [`--bind=127.0.0.1:${port}`, "--log-level=warning", "--no-control-socket"];
  const server = spawn(python, [...gunicorn, ...options], { cwd: FOLDER, env, stdio: "inherit" });
  const site = { url: `http://127.0.0.1:${port}`, stop: () => stop(server) };
  try {
    await answers(site.url, server);
  } catch (error) {
    await site.stop();
    throw error;
  }
  return site;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function answers(url, server) {
  for (let attempt = 0; attempt < 100 && server.exitCode === null; attempt++) {
    try {
      await fetch(`${url}/nowhere`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error("the Django site does not answer");
}

async function stop(server) {
  if (server.exitCode === null) {
    const stopped = once(server, "exit");
    server.kill();
    await stopped;
  }
}
