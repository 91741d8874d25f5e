import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../django/codec.py", import.meta.url));

/** The Djangos at hand: their name, and the Python to run them or the reason why there is none. */
export const DJANGOS = ["5.2", "6.1"].map((version) => {
  const variable = `DJANGO_${version.replace(".", "_")}`;
  return {
    version,
    python: process.env[`${variable}_PYTHON`],
    missing: process.env[`${variable}_MISSING`] ?? "not started by tests/edge/run.py",
  };
});

/** Asks a Django to write and read sessions, as `codec.py` says. */
export function askDjango(python, request) {
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT], {
    input: JSON.stringify(request),
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return JSON.parse(stdout);
}
