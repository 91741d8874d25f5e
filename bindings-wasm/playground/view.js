/** What a merge looks like: elements made of it, by the DOM alone, so that no text is markup. */

import { memberOf } from "./tree.js";

/** @typedef {import("./tree.js").Tree} Tree */
/** @typedef {{ base: Tree, theirs: Tree, mine: Tree }} Sides */

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * The merged document, a line for each scalar; lines tell which side they came from.
 *
 * @param {Tree} tree
 * @param {Sides} sides
 */
export function documentLines(tree, sides) {
  return element("pre", {}, ...lines(tree, sides, 0, "", ""));
}

/**
 * @param {Tree} tree
 * @param {Partial<Sides>} sides
 * @param {number} depth
 * @param {string} before what stands before the value on its line
 * @param {string} after
 * @returns {HTMLElement[]}
 */
function lines(tree, sides, depth, before, after) {
  const origin = originOf(tree, sides);
  if (tree.type === "scalar" || tree.members.length === 0) {
    return [line(depth, `${before}${tree.text}${after}`, origin)];
  }
  const isObject = tree.type === "object";
  const inner = tree.members.flatMap(({ name, key, value }, index) => {
    const comma = index < tree.members.length - 1 ? "," : "";
    const within = isObject ? insideOf(sides, name) : elementsOf(sides, value);
    return lines(value, within, depth + 1, isObject ? `${key}: ` : "", comma);
  });
  const [open, close] = isObject ? ["{", "}"] : ["[", "]"];
  return [line(depth, before + open, ""), ...inner, line(depth, close + after, "")];
}

/**
 * @param {number} depth
 * @param {string} text
 * @param {string} origin
 */
function line(depth, text, origin) {
  const shown = element(
    "span",
    { class: origin && `line from-${origin}` },
    "  ".repeat(depth),
    text,
  );
  if (origin) {
    shown.append(element("span", { class: "unseen" }, ` (${ORIGINS[origin]})`));
  } else {
    shown.className = "line";
  }
  return shown;
}

/** @type {Record<string, string>} */
const ORIGINS = {
  theirs: "from theirs",
  mine: "from mine",
  both: "from both",
  merge: "computed",
};

/**
 * Which side a value of the result came from; nothing for what base had.
 *
 * @param {Tree} tree
 * @param {Partial<Sides>} sides
 */
function originOf(tree, { base, theirs, mine }) {
  const isTheirs = theirs?.text === tree.text;
  const isMine = mine?.text === tree.text;
  if (base?.text === tree.text) {
    return "";
  }
  if (isTheirs && isMine) {
    return "both";
  }
  if (isTheirs || isMine) {
    return isTheirs ? "theirs" : "mine";
  }
  return "merge";
}

/**
 * @param {Partial<Sides>} sides
 * @param {string} name
 * @returns {Partial<Sides>}
 */
function insideOf({ base, theirs, mine }, name) {
  return {
    base: memberOf(base, name),
    theirs: memberOf(theirs, name),
    mine: memberOf(mine, name),
  };
}

/**
 * What an element of a list is compared with: an equal element, or one that shares a member with
 * it, such as the key of a keyed list.
 *
 * @param {Partial<Sides>} sides
 * @param {Tree} value
 * @returns {Partial<Sides>}
 */
function elementsOf(sides, value) {
  const entries = Object.entries(sides).map(([side, tree]) => {
    const elements = tree?.type === "array" ? tree.members.map((member) => member.value) : [];
    const equal = elements.find(({ text }) => text === value.text);
    return [side, equal ?? elements.find((other) => isAkin(other, value))];
  });
  return Object.fromEntries(entries);
}

/**
 * @param {Tree} one
 * @param {Tree} other
 */
function isAkin(one, other) {
  if (one.type !== "object" || other.type !== "object") {
    return false;
  }
  const [first] = other.members;
  return first !== undefined && memberOf(one, first.name)?.text === first.value.text;
}

/** @type {Record<string, string>} */
const KINDS = {
  "edit-edit": "both changed it",
  "add-add": "both added it",
  "delete-edit": "theirs deleted it, mine changed it",
  "edit-delete": "theirs changed it, mine deleted it",
  order: "both reordered it",
  group: "both changed the group",
  "duplicate-key": "a key is missing or repeated",
};

/**
 * @param {import("session-merge").Conflict<string>} conflict
 * @param {{ pattern: string, field: string, value: unknown } | undefined} decider
 */
export function conflictItem(conflict, decider) {
  const { pointer, kind, winner } = conflict;
  const sides = /** @type {const} */ (["base", "theirs", "mine"]).map((side) =>
    element(
      "div",
      { class: `side ${side}${winner === side ? " won" : ""}` },
      element("dt", {}, side),
      element("dd", {}, conflict[side] ?? "missing"),
    ),
  );
  const outcome = winner === null ? "refused" : `${winner} ${winner === "deleted" ? "" : "wins"}`;
  return element(
    "li",
    {},
    element(
      "p",
      { class: "place" },
      element("code", {}, pointer || "the whole document"),
      element("span", { class: `winner ${winner ?? "refused"}` }, outcome.trim()),
    ),
    element("p", { class: "hint" }, `${KINDS[kind]}; `, ...reason(decider)),
    element("dl", {}, ...sides),
  );
}

/** @param {{ pattern: string, field: string, value: unknown } | undefined} decider */
function reason(decider) {
  if (!decider) {
    return ["no rule says who wins, so the default does"];
  }
  const { pattern, field, value } = decider;
  const rule = element("code", {}, `${field}: ${JSON.stringify(value)}`);
  return pattern === ""
    ? ["decided for the whole document by ", rule]
    : ["decided under ", element("code", {}, pattern), " by ", rule];
}

/** @param {{ op: string, path: string, value?: string }} operation its value as JSON text */
export function operationItem({ op, path, value }) {
  const place = element("code", {}, path || "the whole document");
  const parts = [element("span", { class: `op ${op}` }, op), " ", place];
  if (value !== undefined) {
    parts.push(" ", element("code", { class: "value" }, value));
  }
  return element("li", {}, ...parts);
}
