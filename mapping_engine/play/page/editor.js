// @ts-check
// A text area with line numbers, in which places can be marked.

import { make } from "./dom.js";

/** @typedef {import("./types").Span} Span */
/** @typedef {"lit" | "error" | "warning"} Mark */

const supported = "highlights" in CSS;
const lit = supported ? new Highlight() : null;
const error = supported ? new Highlight() : null;
const warning = supported ? new Highlight() : null;
const highlights = { lit, error, warning };
for (const [name, highlight] of Object.entries(highlights)) {
  if (highlight) CSS.highlights.set(name, highlight);
}

/**
 * The place of a line and column, which count from 1 and in characters, in a text of JavaScript.
 * @param {string} text
 * @param {number} line
 * @param {number} column
 */
export function offsetOf(text, line, column) {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
}

export class Editor {
  /**
   * @param {HTMLElement} root
   * @param {() => void} changed
   */
  constructor(root, changed) {
    this.area = make("textarea", {
      "aria-labelledby": root.getAttribute("aria-labelledby"),
      spellcheck: "false",
      autocomplete: "off",
      wrap: "off",
    });
    root.removeAttribute("aria-labelledby");
    this.numbers = make("pre", { class: "numbers", "aria-hidden": "true" });
    this.under = make("pre", { class: "under", "aria-hidden": "true" });
    /** @type {Map<Mark, Range[]>} */
    this.ranges = new Map();
    root.append(this.numbers, make("div", { class: "text" }, this.under, this.area));
    this.area.addEventListener("scroll", () => this.follow());
    this.area.addEventListener("input", () => {
      this.draw();
      changed();
    });
  }

  get text() {
    return this.area.value;
  }

  set text(text) {
    if (this.area.value === text) return;
    this.area.value = text;
    this.draw();
  }

  /** Draw what lies under the text again; marks are gone until they are made anew. */
  draw() {
    for (const name of this.ranges.keys()) this.mark(name, []);
    this.under.textContent = `${this.text}\n`;
    const count = this.text.split("\n").length;
    this.numbers.textContent = Array.from({ length: count }, (_, n) => n + 1).join("\n");
    this.follow();
  }

  follow() {
    const { scrollLeft, scrollTop } = this.area;
    this.under.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
    this.numbers.style.transform = `translateY(${-scrollTop}px)`;
  }

  /**
   * Mark these places, and no others, in this way.
   * @param {Mark} name
   * @param {Span[]} spans
   */
  mark(name, spans) {
    const highlight = highlights[name];
    const node = this.under.firstChild;
    for (const range of this.ranges.get(name) ?? []) highlight?.delete(range);
    this.ranges.set(name, []);
    if (!highlight || !node) return;
    const ranges = spans.map((span) => {
      const [start, end] = this.offsets(span);
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, Math.max(end, Math.min(start + 1, this.text.length)));
      return range;
    });
    for (const range of ranges) highlight.add(range);
    this.ranges.set(name, ranges);
  }

  /**
   * @param {Span} span
   * @returns {[number, number]}
   */
  offsets(span) {
    const start = offsetOf(this.text, span.line, span.column);
    const end = offsetOf(this.text, span.end_line, span.end_column);
    return [Math.min(start, this.text.length), Math.min(Math.max(start, end), this.text.length)];
  }

  /**
   * Scroll so that a line is seen; leave the page where it is.
   * @param {number} line
   */
  reveal(line) {
    const height = parseFloat(getComputedStyle(this.area).lineHeight);
    const top = (line - 1) * height;
    const { scrollTop, clientHeight } = this.area;
    if (top < scrollTop + height || top > scrollTop + clientHeight - 3 * height) {
      this.area.scrollTo({ top: Math.max(0, top - clientHeight / 3), left: 0 });
    }
    this.follow();
  }

  /**
   * Put the cursor at a place.
   * @param {Span} span
   */
  go(span) {
    const [start, end] = this.offsets(span);
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(start, end);
    this.reveal(span.line);
  }
}
