// @ts-check
// The page: what is edited goes to the server, and what it answers is shown.

import { chainOf } from "./chain.js";
import { Refusal, ask, byId, make } from "./dom.js";
import { Editor } from "./editor.js";

/** @typedef {import("./types").Applied} Applied */
/** @typedef {import("./types").Compared} Compared */
/** @typedef {import("./types").Failure} Failure */
/** @typedef {import("./types").Field} Field */
/** @typedef {import("./types").Finding} Finding */
/** @typedef {import("./types").Payload} Payload */
/** @typedef {import("./types").RuleFile} RuleFile */
/** @typedef {import("./types").RuleTest} RuleTest */
/** @typedef {import("./types").Sampled} Sampled */
/** @typedef {import("./types").Span} Span */
/** @typedef {import("./types").Started} Started */

const WAIT = 250;
const EVENT = "the event";
const status = byId("status", HTMLElement);
const outcome = byId("outcome", HTMLElement);
const picture = byId("picture", HTMLElement);
const findingsList = byId("findings", HTMLUListElement);
const fileSelect = byId("file", HTMLSelectElement);
const sampleSelect = byId("sample", HTMLSelectElement);
const clock = byId("now", HTMLInputElement);
const dialog = byId("dialog", HTMLDialogElement);
const dialogBody = byId("dialog-body", HTMLElement);

const event = new Editor(byId("event", HTMLElement), changed);
const settings = new Editor(byId("settings", HTMLElement), changed);
const rules = new Editor(byId("rules", HTMLElement), () => {
  texts.set(fileSelect.value, rules.text);
  changedRules();
});

/** @type {Map<string, RuleFile>} */
const files = new Map();
/** What the page makes of each file. @type {Map<string, string>} */
const texts = new Map();
/** @type {Finding[]} */
let findings = [];
/** The field whose chain is shown: `key` finds it again. @type {{key: string, lit: Span[], rule: Span} | null} */
let chosen = null;
let own = false;
let sample = 0;
let timer = 0;
let unchecked = true;
let asking = new AbortController();

// What is asked

function given() {
  const edited = [...texts].filter(([name, text]) => files.get(name)?.text !== text);
  return {
    texts: Object.fromEntries(edited),
    event: event.text,
    settings: settings.text,
    now: clock.value,
    sample,
  };
}

/** What was asked of the page as it was is not waited for. */
function changed() {
  asking.abort();
  clearTimeout(timer);
  timer = window.setTimeout(refresh, WAIT);
  status.textContent = "…";
}

function changedRules() {
  unchecked = true;
  for (const fix of findingsList.querySelectorAll("button.fix")) fix.setAttribute("disabled", "");
  showFiles();
  changed();
}

async function refresh() {
  clearTimeout(timer);
  asking.abort();
  const { signal } = (asking = new AbortController());
  try {
    /** @type {Applied} */
    const found = await ask("apply", given(), signal);
    showOutcome(found);
  } catch (problem) {
    if (signal.aborted) return;
    showRefusal(problem);
  }
  if (!unchecked) return;
  try {
    const found = await ask("check", given(), signal);
    findings = found.findings;
    unchecked = false;
    showFindings();
  } catch (problem) {
    if (!signal.aborted) showRefusal(problem);
  }
}

// Rule files and findings

function showFiles() {
  for (const option of fileSelect.options) {
    const file = files.get(option.value);
    const edited = file && texts.get(file.name) !== file.text;
    option.text = `${edited ? "● " : ""}${option.value}${file?.own || !own ? "" : " (bundled)"}`;
  }
  const edited = given().texts;
  byId("revert", HTMLButtonElement).disabled = !(fileSelect.value in edited);
  byId("save", HTMLButtonElement).disabled = !Object.keys(edited).length;
}

/** @param {string} name */
function openFile(name) {
  if (!files.has(name)) return false;
  fileSelect.value = name;
  rules.text = texts.get(name) ?? "";
  showFiles();
  markRules();
  return true;
}

function markRules() {
  const here = findings.filter((each) => each.span.file === fileSelect.value);
  const errors = here.filter((each) => each.severity === "error");
  rules.mark("error", errors.map((each) => each.span));
  rules.mark("warning", here.filter((each) => !errors.includes(each)).map((each) => each.span));
  rules.mark("lit", chosen?.rule.file === fileSelect.value ? [chosen.rule] : []);
}

function showFindings() {
  findingsList.replaceChildren(...findings.map(findingItem));
  markRules();
}

/** @param {Finding} finding */
function findingItem(finding) {
  const { span, fix, help, notes } = finding;
  const item = make(
    "li",
    { class: finding.severity },
    placeButton(span),
    ` ${finding.message} `,
    make("span", { class: "code" }, `${finding.code} ${finding.severity}`),
    ...[...(notes ?? []), ...(help ? [help] : [])].map((text) => make("p", { class: "quiet" }, text)),
  );
  if (fix && files.has(fix.span.file)) {
    item.append(make("button", { type: "button", class: "fix", click: () => apply(fix) }, `Fix: ${fix.message}`));
  }
  return item;
}

/** @param {{span: Span, replacement: string}} fix */
function apply({ span, replacement }) {
  openFile(span.file);
  const [start, end] = rules.offsets(span);
  rules.text = rules.text.slice(0, start) + replacement + rules.text.slice(end);
  texts.set(span.file, rules.text);
  rules.area.focus();
  rules.area.setSelectionRange(start, start + replacement.length);
  rules.reveal(span.line);
  changedRules();
}

/** @param {Span} span */
function placeButton(span) {
  const name = span.file.split("/").pop();
  const go = () => {
    dialog.close();
    if (openFile(span.file)) rules.go(span);
  };
  const place = `${name}:${span.line}`;
  return files.has(span.file)
    ? make("button", { type: "button", class: "place", title: span.file, click: go }, place)
    : make("span", { class: "code" }, place);
}

// Requests

/** @param {Applied} found */
function showOutcome(found) {
  const focused = document.activeElement?.getAttribute("data-key");
  const pairs = found.payloads.length === found.requests.length;
  const sections = [
    ...(found.error ? [failure(found.error)] : []),
    ...(found.nothing ? [make("p", { class: "note" }, `No request: ${found.nothing}`)] : []),
    ...[...found.warnings, ...found.of_settings].map((each) =>
      make("p", { class: "note warning" }, ...(each.span ? [placeButton(each.span), " "] : []), `${each.message} `,
        make("span", { class: "code" }, each.code))),
    ...(found.choices.length ? [fieldList(found.choices, "choice")] : []),
    ...found.payloads.flatMap((each, n) => payloadSection(each, n, pairs ? found.requests[n] : undefined)),
    ...(pairs ? [] : found.requests.map(requestHead)),
  ];
  outcome.replaceChildren(...sections);
  outcome.classList.remove("stale");
  const count = found.requests.length;
  status.textContent = found.error ? "refused" : `${count} request${count === 1 ? "" : "s"}`;
  const buttons = [...outcome.querySelectorAll("button.field")];
  const again = buttons.find((each) => each.getAttribute("data-key") === chosen?.key);
  const first = again ?? buttons[0];
  if (first) first.setAttribute("tabindex", "0");
  if (again instanceof HTMLElement) again.click();
  else if (chosen) choose(null);
  const back = buttons.find((each) => each.getAttribute("data-key") === focused);
  if (focused && back instanceof HTMLElement) back.focus();
}

/** @param {unknown} problem */
function showRefusal(problem) {
  outcome.querySelectorAll(".failure").forEach((each) => each.remove());
  outcome.prepend(refusal(problem));
  if (!outcome.classList.contains("stale") && outcome.children.length > 1) {
    outcome.children[0]?.after(make("p", { class: "note" }, "What follows was made before that."));
  }
  outcome.classList.add("stale");
  status.textContent = "not applied";
}

/** @param {unknown} problem */
function refusal(problem) {
  if (problem instanceof Refusal) return failure(problem.failure);
  return make("p", { class: "failure" }, "Nothing answers: start the command again.");
}

/** @param {Failure} error */
function failure(error) {
  return make(
    "div",
    { class: "failure" },
    ...[error, ...(error.others ?? [])].map((each) =>
      make("p", {}, ...(each.span ? [placeButton(each.span), " "] : []), make("strong", {}, each.message),
        ` ${each.help ?? ""} `, make("span", { class: "code" }, each.code))),
  );
}

/**
 * @param {Payload} payload
 * @param {number} number
 * @param {Applied["requests"][0] | undefined} request
 */
function payloadSection(payload, number, request) {
  const made = Object.entries(payload.variables).map(([name, value]) => `${name} = ${value}`);
  const words = [payload.name, ...made].filter(Boolean).join(", ");
  return [
    ...(request ? [requestHead(request)] : []),
    make("h3", {}, `Payload ${number + 1}${words ? ` (${words})` : ""}`),
    fieldList(payload.fields, String(number)),
  ];
}

/** @param {Applied["requests"][0]} request */
function requestHead(request) {
  const copy = make("button", { type: "button", class: "copy" }, "Copy as curl");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(request.curl);
    status.textContent = "copied, masked";
  });
  return make(
    "div",
    { class: "request" },
    make("p", {}, make("strong", {}, `${request.method} `), request.url),
    copy,
    make("details", {}, make("summary", {}, "as curl"), make("pre", { tabindex: "0" }, request.curl)),
  );
}

/**
 * @param {Field[]} fields
 * @param {string} of
 */
function fieldList(fields, of) {
  const items = fields.map((field, n) => {
    const next = fields[n + 1]?.path ?? "";
    const isGroup = next.startsWith(`${field.path}.`) || next.startsWith(`${field.path}[`);
    const depth = of === "choice" ? 0 : field.path.split(/[.[]/).length - 1;
    const above = field.path.lastIndexOf(".") + 1;
    const shown = of === "choice" ? field.path : field.path.slice(above);
    const value = field.sent ? (isGroup ? "" : field.value ?? "") : "left out";
    const button = make(
      "button",
      {
        type: "button",
        class: `field depth-${Math.min(depth, 4)}`,
        "data-key": `${of} ${field.path}`,
        "data-sent": String(field.sent),
        tabindex: "-1",
        title: field.path,
        click: () => choose(field, button),
      },
      make("span", { class: "name" }, shown),
      " ",
      make("span", { class: "value" }, value),
    );
    return make("li", {}, button);
  });
  return make("ul", { class: "fields" }, ...items);
}

/**
 * Show the chain of a field, its rule and its source.
 * @param {Field | null} field
 * @param {HTMLElement} [button]
 */
function choose(field, button) {
  const key = button?.getAttribute("data-key") ?? "";
  const isNew = key !== chosen?.key;
  for (const each of outcome.querySelectorAll("[aria-current]")) each.removeAttribute("aria-current");
  for (const each of outcome.querySelectorAll("button.field[tabindex='0']")) each.setAttribute("tabindex", "-1");
  chosen = field && { key, lit: field.sources, rule: field.span };
  const value = field?.sent ? `= ${field.value}` : `left out${field?.reason ? `: ${field.reason}` : ""}`;
  byId("chain-head", HTMLElement).replaceChildren(
    ...(field ? ["Chain of ", make("code", {}, field.path), " ", make("span", { class: "quiet" }, value)] : ["Chain"]),
  );
  event.mark("lit", field?.sources ?? []);
  if (!field || !button) {
    picture.replaceChildren(make("p", { class: "quiet" }, "This field is not made any more."));
    markRules();
    return;
  }
  button.setAttribute("aria-current", "true");
  button.setAttribute("tabindex", "0");
  picture.replaceChildren(chainOf(field.entries, (entry) => light(entry.span, entry.sources)));
  if (isNew) {
    light(field.span, field.sources);
    picture.scrollTo(0, 0);
  } else markRules();
}

/**
 * Light a place in the rules, and places in the event.
 * @param {Span} rule
 * @param {Span[]} sources
 */
function light(rule, sources) {
  if (chosen) chosen = { ...chosen, rule, lit: sources };
  if (openFile(rule.file)) rules.reveal(rule.line);
  else if (rule.file.endsWith(".yaml")) readFiles().then(() => openFile(rule.file) && rules.reveal(rule.line));
  event.mark("lit", sources);
  if (sources[0]) event.reveal(sources[0].line);
}

outcome.addEventListener("keydown", (pressed) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[pressed.key];
  const buttons = [...outcome.querySelectorAll("button.field")];
  const place = buttons.indexOf(/** @type {Element} */ (document.activeElement));
  if (!step || place < 0) return;
  const next = buttons[place + step];
  if (next instanceof HTMLElement) {
    next.focus();
    next.click();
  }
  pressed.preventDefault();
});

// Dialogs

/**
 * @param {string} head
 * @param {...(Node | string)} body
 */
function openDialog(head, ...body) {
  byId("dialog-head", HTMLElement).textContent = head;
  dialogBody.replaceChildren(...body);
  if (!dialog.open) dialog.showModal();
}

/** @param {unknown} problem */
function refusedDialog(problem) {
  openDialog("That cannot be done", refusal(problem));
}

byId("differences", HTMLButtonElement).addEventListener("click", async () => {
  openDialog("Differences", make("p", {}, "Comparing…"));
  try {
    /** @type {Compared} */
    const found = await ask("compare", given());
    const rows = found.rows.map((row) =>
      make("tr", {}, make("td", {}, row.what), make("td", { class: "number" }, String(row.events)),
        make("td", {}, ...row.examples.map((each) => make("div", {}, each)))));
    const heads = ["what", "events", "examples, masked"].map((each) => make("th", { scope: "col" }, each));
    openDialog(
      "Differences",
      make("p", { id: "counted" }, `${found.differing} of ${found.events} events differ from what the files and settings say.`),
      ...(rows.length ? [make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows))] : []),
    );
  } catch (problem) {
    refusedDialog(problem);
  }
});

byId("test", HTMLButtonElement).addEventListener("click", async () => {
  const name = make("input", { id: "case", value: sampleSelect.selectedOptions[0]?.text ?? "", autocomplete: "off" });
  const shown = make("pre", { tabindex: "0", id: "case-text" });
  const keep = make("button", { type: "button", id: "keep" }, own ? "Save" : "Copy");
  const note = make("p", { class: "note", id: "case-note" },
    "The event is written as it stands here: make up whoever is in it before you save. Secrets are replaced.");
  let isSaved = false;
  const read = async (/** @type {boolean} */ kept) => {
    if (isSaved) return true;
    try {
      /** @type {RuleTest} */
      const found = await ask("test", { ...given(), name: name.value, keep: kept });
      shown.textContent = found.yaml;
      isSaved = found.saved;
      if (isSaved) note.textContent = `Added to ${found.file}; it passes.`;
      return true;
    } catch (problem) {
      refusedDialog(problem);
      return false;
    }
  };
  let last = Promise.resolve(true);
  const next = (/** @type {boolean} */ kept) => (last = last.then(() => read(kept)));
  name.addEventListener("change", () => next(false));
  name.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Enter") return;
    pressed.preventDefault();
    next(false);
  });
  keep.addEventListener("click", async () => {
    keep.disabled = true;
    if (own) await next(true);
    else await navigator.clipboard.writeText(shown.textContent ?? "");
    if (!own) note.textContent = "Copied. A bundled pack is not changed: `mapping-engine eject` makes a copy of it.";
  });
  if (await read(false)) {
    openDialog("Save as rule test", make("label", {}, "Name ", name), note, shown, keep);
    name.select();
  }
});

byId("save", HTMLButtonElement).addEventListener("click", async () => {
  if (!own) {
    openDialog("This pack is bundled", make("p", {}, "It is not changed. A copy of your own is made by:"),
      make("pre", { tabindex: "0" }, `mapping-engine eject ${byId("pack", HTMLElement).textContent}`));
    return;
  }
  try {
    for (const [name, text] of Object.entries(given().texts)) {
      const file = files.get(name);
      if (!file) continue;
      await ask("save", { file: name, text, was: file.text });
      files.set(name, { ...file, text });
    }
    status.textContent = "saved";
  } catch (problem) {
    refusedDialog(problem);
  }
  showFiles();
});

// The head of the page

byId("revert", HTMLButtonElement).addEventListener("click", () => {
  const file = files.get(fileSelect.value);
  if (!file) return;
  texts.set(file.name, file.text);
  openFile(file.name);
  changedRules();
  rules.area.focus();
});

fileSelect.addEventListener("change", () => openFile(fileSelect.value));
clock.addEventListener("input", changed);
sampleSelect.addEventListener("change", () => openSample(sampleSelect.selectedIndex));
byId("previous", HTMLButtonElement).addEventListener("click", () => openSample(sample - 1));
byId("next", HTMLButtonElement).addEventListener("click", () => openSample(sample + 1));
window.addEventListener("beforeunload", (leaving) => {
  if (Object.keys(given().texts).length) leaving.preventDefault();
});

/** @param {number} number */
async function openSample(number) {
  if (number < 0 || number >= sampleSelect.options.length) return;
  sample = sampleSelect.selectedIndex = number;
  /** @type {Sampled} */
  const found = await ask("sample", { sample });
  event.text = found.event;
  settings.text = found.settings;
  clock.value = found.now;
  await refresh();
}

/** Learn of rule files that are not known yet: rules that could not be read may name some. */
async function readFiles() {
  /** @type {Started} */
  const found = await ask("start", given());
  for (const file of found.files.filter((each) => !files.has(each.name))) {
    files.set(file.name, file);
    texts.set(file.name, file.text);
    fileSelect.append(make("option", { value: file.name }, file.name));
  }
  return found;
}

async function start() {
  const found = await readFiles();
  own = found.own;
  byId("pack", HTMLElement).textContent = found.pack;
  byId("whose", HTMLElement).textContent = own ? "" : "bundled, read-only";
  document.title = `${found.pack} – play`;
  sampleSelect.replaceChildren(...found.samples.map((name, n) => make("option", { value: n }, name)));
  openFile(found.files[0]?.name ?? "");
  await openSample(0);
}

start();
