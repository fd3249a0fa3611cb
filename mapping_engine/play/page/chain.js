// @ts-check
// The picture of a chain: boxes in the order in which they were tried.

import { make } from "./dom.js";

/** @typedef {import("./types").Entry} Entry */

/** @type {Record<string, [string, string, string]>} */
const OUTCOMES = {
  used: ["taken", "✓", "taken"],
  met: ["taken", "✓", "met"],
  invalid: ["invalid", "✕", "invalid"],
  missing: ["missing", "○", "missing"],
  blank: ["missing", "○", "blank"],
  skipped: ["skipped", "⤼", "skipped"],
  "not met": ["unmet", "⊘", "not met"],
  "condition not met": ["unmet", "⊘", "condition not met"],
};
/** @type {Record<string, string>} */
const KINDS = { row: "row ", condition: "when ", transform: "|> ", kind: "request " };
const CHOICES = ["arm", "row"];

/**
 * The entries of a field: alternatives below each other, steps side by side.
 * @param {Entry[]} entries
 * @param {(entry: Entry) => void} pick
 * @returns {HTMLOListElement}
 */
export function chainOf(entries, pick) {
  const choices = entries.some((each) => CHOICES.includes(each.kind));
  const items = entries.map((each) => make("li", {}, isPlain(each) ? laneOf(each, pick) : boxOf(each, pick)));
  return make("ol", { class: choices ? "lanes" : "flow" }, ...items);
}

/**
 * Whether an alternative is all said by its steps.
 * @param {Entry} entry
 */
function isPlain({ kind, children }) {
  const steps = children.every((each) => each.kind === "transform" || !each.children.length);
  return kind === "arm" && children.length > 0 && steps;
}

/**
 * @param {Entry} entry
 * @param {(entry: Entry) => void} pick
 */
function laneOf(entry, pick) {
  const [look, sign, word] = lookOf(entry);
  const badge = make(
    "button",
    { type: "button", class: "step", click: () => pick(entry) },
    make("span", { class: "sign", "aria-hidden": "true" }, sign),
    make("span", { class: "said" }, word),
  );
  const steps = chainOf(entry.children, pick);
  return make("div", { class: "lane", "data-outcome": look, "data-label": entry.label }, badge, steps);
}

/** @param {Entry} entry */
function lookOf(entry) {
  return OUTCOMES[entry.outcome] ?? ["missing", "○", entry.outcome];
}

/**
 * @param {Entry} entry
 * @param {(entry: Entry) => void} pick
 * @returns {HTMLElement}
 */
function boxOf(entry, pick) {
  const [look, sign, word] = lookOf(entry);
  const isStep = entry.outcome === "used" && !CHOICES.includes(entry.kind);
  const said = isStep ? entry.value ?? word : word;
  const more = entry.reason ?? (isStep || entry.kind === "condition" ? null : entry.value);
  const box = make(
    "button",
    { type: "button", class: "step", click: () => pick(entry) },
    make("span", { class: "sign", "aria-hidden": "true" }, sign),
    make("code", {}, `${KINDS[entry.kind] ?? ""}${entry.label}`),
    make("span", { class: "said" }, more && more !== said ? `${said}: ${more}` : said),
  );
  const made = make("div", { class: "box", "data-outcome": look, "data-label": entry.label }, box);
  if (entry.again) made.append(make("p", { class: "quiet" }, "shown above"));
  if (!entry.children.length) return made;
  const inner = chainOf(entry.children, pick);
  if (["transform", "condition"].includes(entry.kind)) {
    made.append(make("details", {}, make("summary", {}, "its steps"), inner));
  } else made.append(inner);
  return made;
}
