/** The page: it merges whenever something was typed, and shows what came of it. */

import { DepthError, JSONError, MergeConflict, mergeJson, Rules, RulesError } from "session-merge";
import { deciders } from "./deciding.js";
import { EXAMPLES } from "./examples.js";
import { memberOf, spread, treeOf } from "./tree.js";
import { conflictItem, documentLines, element, operationItem } from "./view.js";

/** @typedef {"base" | "theirs" | "mine" | "rules"} Editor */

const SIDES = /** @type {const} */ (["base", "theirs", "mine"]);
const EDITORS = /** @type {const} */ ([...SIDES, "rules"]);
const PAUSE_MS = 120;

/** Something is wrong with what an editor holds. */
class Fault extends Error {
  /**
   * @param {Editor} name
   * @param {string} message
   */
  constructor(name, message) {
    super(message);
    this.editor = name;
  }
}

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {Editor} name */
const editor = (name) => /** @type {HTMLTextAreaElement} */ (at(name));

/** @param {string} id */
function pick(id) {
  const { about, ...documents } = EXAMPLES[id];
  at("about").textContent = about;
  for (const name of EDITORS) {
    editor(name).value = spread(treeOf(JSON.stringify(documents[name])));
  }
  /** @type {HTMLInputElement} */ (at(`example-${id}`)).checked = true;
  history.replaceState(null, "", `#${id}`);
  show();
}

function offerExamples() {
  for (const [id, { name }] of Object.entries(EXAMPLES)) {
    const radio = element("input", { type: "radio", name: "example", id: `example-${id}` });
    radio.addEventListener("change", () => pick(id));
    at("examples").append(radio, element("label", { for: `example-${id}` }, name));
  }
}

/** Merges, and shows the result or what is wrong. */
function show() {
  for (const name of EDITORS) {
    complain(name, "");
  }
  try {
    merge();
  } catch (error) {
    at("merged").replaceChildren();
    list("conflicts", [], "–");
    list("patch", [], "–");
    const [name, message] = blame(error);
    complain(name, message);
    at("status").textContent = `Nothing is merged: see ${name}.`;
  }
}

function merge() {
  const texts = SIDES.map((side) => editor(side).value);
  const rules = readRules();
  const compiled = new Rules(rules);
  const [base, theirs, mine] = texts;
  let merged;
  let conflicts;
  try {
    merged = mergeJson(base, theirs, mine, compiled);
    ({ conflicts } = merged);
  } catch (error) {
    if (!(error instanceof MergeConflict)) {
      throw error;
    }
    conflicts = /** @type {import("session-merge").Conflict<string>[]} */ (error.conflicts);
  }
  const decided = deciders(texts, rules);
  const items = conflicts.map((conflict, index) => conflictItem(conflict, decided.get(index)));
  list("conflicts", items, "None: no two changes met.");
  const operations = merged ? operationsOf(merged.patchText) : [];
  showDocument(merged?.text, texts);
  list("patch", operations.map(operationItem), merged ? "Empty: theirs has it all." : "–");
  at("status").textContent = merged
    ? `${count(conflicts.length, "conflict")}, ${count(operations.length, "change")} to theirs.`
    : `Refused by the rules: ${count(conflicts.length, "conflict")}, nothing is stored.`;
}

/** @returns {import("session-merge").RuleSet} */
function readRules() {
  const text = editor("rules").value;
  try {
    mergeJson(text, text, text);
  } catch (error) {
    // Base is what is read first, so it is what the message speaks of.
    throw error instanceof Error
      ? new Fault("rules", error.message.replace("base", "rules"))
      : error;
  }
  return JSON.parse(text);
}

/**
 * @param {string | undefined} text
 * @param {string[]} texts
 */
function showDocument(text, texts) {
  if (text === undefined) {
    at("merged").replaceChildren(element("p", { class: "hint" }, "No result."));
    return;
  }
  const [base, theirs, mine] = texts.map(treeOf);
  at("merged").replaceChildren(documentLines(treeOf(text), { base, theirs, mine }));
}

/** @param {string} patch */
function operationsOf(patch) {
  const tree = treeOf(patch);
  const operations = tree.type === "array" ? tree.members : [];
  return operations.map(({ value }) => ({
    op: JSON.parse(memberOf(value, "op")?.text ?? '""'),
    path: JSON.parse(memberOf(value, "path")?.text ?? '""'),
    value: memberOf(value, "value")?.text,
  }));
}

/**
 * @param {string} id
 * @param {HTMLElement[]} items
 * @param {string} none
 */
function list(id, items, none) {
  const made =
    items.length > 0 ? element("ol", {}, ...items) : element("p", { class: "hint" }, none);
  at(id).replaceChildren(made);
}

/**
 * The editor at fault, and what to say about it.
 *
 * @param {unknown} error
 * @returns {[Editor, string]}
 */
function blame(error) {
  if (error instanceof RulesError) {
    return ["rules", error.message];
  }
  if (error instanceof JSONError || error instanceof DepthError) {
    return [error.input ?? "mine", error.message];
  }
  if (error instanceof Fault) {
    return [error.editor, error.message];
  }
  throw error;
}

/**
 * @param {Editor} name
 * @param {string} message
 */
function complain(name, message) {
  const error = at(`${name}-error`);
  error.textContent = message;
  error.hidden = message === "";
  editor(name).setAttribute("aria-invalid", String(message !== ""));
  const described = message === "" ? `${name}-hint` : `${name}-hint ${name}-error`;
  editor(name).setAttribute("aria-describedby", described);
}

/**
 * @param {number} number
 * @param {string} noun
 */
function count(number, noun) {
  return `${number === 0 ? "no" : number} ${noun}${number === 1 ? "" : "s"}`;
}

function offerSchemes() {
  const button = at("scheme");
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  /** @param {boolean} isDark */
  const name = (isDark) => {
    button.textContent = isDark ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${isDark ? "light" : "dark"} colours`);
  };
  const isDark = () => (root.dataset.scheme ?? (dark.matches ? "dark" : "light")) === "dark";
  button.addEventListener("click", () => {
    root.dataset.scheme = isDark() ? "light" : "dark";
    name(isDark());
  });
  dark.addEventListener("change", () => name(isDark()));
  name(isDark());
}

let timer = 0;
for (const name of EDITORS) {
  editor(name).addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(show, PAUSE_MS);
  });
}
offerSchemes();
offerExamples();
const [first] = Object.keys(EXAMPLES);
const wanted = location.hash.slice(1);
pick(Object.hasOwn(EXAMPLES, wanted) ? wanted : first);
