/** The declarations say what is exported, of every part of the package. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

const { exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const require = createRequire(import.meta.url);

/** Names that are there at run time too. */
function declared(path) {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
  const values = /^export (?:declare )?(?:abstract )?(?:class|function|const) (\w+)/gm;
  const names = new Set([...text.matchAll(values)].map(([, name]) => name));
  for (const [, list] of text.matchAll(/^export \{ (.*) \} from/gm)) {
    for (const name of list.split(", ")) {
      names.add(name);
    }
  }
  for (const [, other] of text.matchAll(/^export \* from "(.*)\.js"/gm)) {
    for (const name of declared(`${other}.d.ts`)) {
      names.add(name);
    }
  }
  return names;
}

for (const [path, conditions] of Object.entries(exports)) {
  const types = conditions.types?.default;
  // What these stand on is the user's to install.
  const needsPeer = ["./express", "./hono"].includes(path);
  if (types && !needsPeer) {
    test(path, async () => {
      const name = path.replace(".", "session-merge");
      const names = [...declared(types)].sort();
      const parts = [await import(name), require(name)];
      for (const part of parts) {
        assert.deepEqual(
          Object.keys(part)
            .filter((it) => it !== "default")
            .sort(),
          names,
        );
      }
    });
  }
}
