// @ts-check
// Elements, and questions to the server.

/** @typedef {import("./types").Failure} Failure */
/** @typedef {string | number | boolean | null | undefined | ((event: Event) => void)} Value */

/**
 * The element of the page with this id, which is of this class.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`no ${kind.name} #${id}`);
  return found;
}

/**
 * A new element: what is true, text or number becomes an attribute, a function a listener of the
 * event that it is named after.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, Value>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/** What the server refuses; `failure` says why. */
export class Refusal extends Error {
  /** @param {Failure} failure */
  constructor(failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * What the server answers. Throws a Refusal where it does not.
 * @template T
 * @param {string} name
 * @param {object} given
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function ask(name, given, signal) {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify(given);
  const response = await fetch(name, { method: "POST", headers, body, signal: signal ?? null });
  const found = await response.json();
  if (found.error) throw new Refusal(found.error);
  return found.answer;
}
