/** JSON text as a tree that keeps the spelling of every scalar: numbers come out exact. */

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+)/gy;

/**
 * @typedef {object} Scalar
 * @property {"scalar"} type
 * @property {string} text
 */

/**
 * @typedef {object} Container
 * @property {"object" | "array"} type
 * @property {string} text compact
 * @property {{ name: string, key: string, value: Tree }[]} members `key` is the JSON text of `name`
 */

/** @typedef {Scalar | Container} Tree */

/**
 * The tree of a JSON text, which has to be valid.
 *
 * @param {string} text
 * @returns {Tree}
 */
export function treeOf(text) {
  const tokens = Array.from(text.matchAll(TOKEN), ([, token]) => token);
  let at = 0;

  /** @returns {Tree} */
  function value() {
    const token = tokens[at++];
    return token === "{" || token === "[" ? container(token) : { type: "scalar", text: token };
  }

  /**
   * @param {string} open
   * @returns {Container}
   */
  function container(open) {
    const isObject = open === "{";
    const close = isObject ? "}" : "]";
    /** @type {Container["members"]} */
    const members = [];
    while (tokens[at] !== close) {
      if (tokens[at] === ",") {
        at += 1;
      }
      const key = isObject ? tokens[at] : String(members.length);
      at += isObject ? 2 : 0; // the name, and the colon after it
      members.push({ name: isObject ? JSON.parse(key) : key, key, value: value() });
    }
    at += 1;
    const parts = members.map(({ key, value: { text } }) => (isObject ? `${key}:${text}` : text));
    return { type: isObject ? "object" : "array", text: open + parts.join(",") + close, members };
  }

  return value();
}

/**
 * The member of that name, if the tree is an object that has one.
 *
 * @param {Tree | undefined} tree
 * @param {string} name
 */
export function memberOf(tree, name) {
  const members = tree?.type === "object" ? tree.members : [];
  return members.findLast((member) => member.name === name)?.value;
}

const NARROW = 34;

/**
 * The tree as text to edit: what is short stands on one line.
 *
 * @param {Tree} tree
 * @param {string} [indent]
 * @param {number} [before] how much stands before it on its line
 * @returns {string}
 */
export function spread(tree, indent = "", before = NARROW) {
  if (tree.type === "scalar" || tree.members.length === 0) {
    return tree.text;
  }
  const isObject = tree.type === "object";
  const deeper = `${indent}  `;
  const parts = tree.members.map(({ key, value }) => {
    const name = isObject ? `${key}: ` : "";
    return name + spread(value, deeper, deeper.length + name.length);
  });
  const [open, close] = isObject ? ["{", "}"] : ["[", "]"];
  const space = isObject ? " " : "";
  const short = open + space + parts.join(", ") + space + close;
  if (before + short.length <= NARROW && !short.includes("\n")) {
    return short;
  }
  return `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${indent}${close}`;
}
