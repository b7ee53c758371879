// Every word of the code goes in as text, never as markup.

import { within } from "../kit/cells.js";
import { added, copied, element, isNews, partsOf, remembered } from "../kit/element.js";
import { stepDown } from "../kit/keys.js";

// Python as our exports write it: strings, comments, numbers, names.
const TOKENS =
  /("""[\s\S]*?"""|f?"(?:\\.|[^"\\\n])*"|f?'(?:\\.|[^'\\\n])*')|(#[^\n]*)|(\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)|([A-Za-z_]\w*)/g;
const WORDS = new Set(
  "and as assert class def elif else for from if import in is lambda None not or return True False while with".split(" "),
);
const HINT = "Point at a line of a layer to see what the layer does; click it to choose the layer.";
const FOLDED_MS = 1500;
const DRAGGED_PX = 4;

function kindOf(match, text) {
  if (match[1]) return "text";
  if (match[2]) return "note";
  if (match[3]) return "number";
  if (WORDS.has(match[4])) return "word";
  return text[match.index + match[0].length] === "(" ? "name" : "";
}

/** The code in pieces of one colour; a piece may run over several lines. */
function pieces(text) {
  const found = [];
  let reached = 0;
  for (const match of text.matchAll(TOKENS)) {
    const kind = kindOf(match, text);
    if (!kind) continue;
    found.push(["", text.slice(reached, match.index)], [kind, match[0]]);
    reached = match.index + match[0].length;
  }
  return [...found, ["", text.slice(reached)]];
}

/** Each line of the code as a list of pieces. */
function colouredLines(text) {
  const lines = [[]];
  for (const [kind, words] of pieces(text)) {
    words.split("\n").forEach((part, i) => {
      if (i) lines.push([]);
      if (part) lines.at(-1).push([kind, part]);
    });
  }
  return lines;
}

function fill(state, data) {
  const all = element("div");
  const coloured = colouredLines(state.code);
  state.lines = data.lines.map(([, path], i) => {
    const { title, numbers, purpose } = data.layers[path] ?? {};
    const description = `${title}: ${numbers}. ${purpose}`;
    const layer = title && { "data-path": path, tabIndex: -1, role: "button", "aria-description": description };
    const words = coloured[i].map(([kind, text]) => (kind ? element("span", kind, text) : text));
    const line = added(all, "code", { class: "line", ...layer }, ...words);
    all.append("\n");
    return line;
  });
  state.frame.replaceChildren(all);
  state.choices = state.lines.filter((line) => line.dataset.path);
  if (state.choices.length) state.choices[0].tabIndex = 0;
}

/** Whether a line is of this layer, or of one that it holds. */
function belongs(line, path) {
  const own = line.dataset.path;
  return Boolean(path && own) && (own === path || own.startsWith(`${path}.`));
}

function explain(state, path) {
  const said = state.layers[path];
  if (state.said === (said ? path : "")) return;
  state.said = said ? path : "";
  const head = said ? [element("b", "", said.title), element("span", "numbers", said.numbers)] : [];
  const hint = state.choices.length ? HINT : "";
  state.about.replaceChildren(...head, element("span", "purpose", said ? said.purpose : hint));
}

/** Lights up the lines of a layer and says what it is; without one, of the layer that is chosen. */
function point(state, path) {
  for (const line of state.lines) line.classList.toggle("same", belongs(line, path));
  explain(state, path || state.selected);
}

function mark(state) {
  for (const line of state.lines) {
    const chosen = belongs(line, state.selected);
    line.classList.toggle("selected", chosen);
    if (line.dataset.path) line.setAttribute("aria-pressed", String(line.dataset.path === state.selected));
  }
}

async function copy(state) {
  state.copy.textContent = (await copied(state.code, state.frame)) ? "Copied" : "Ctrl+C";
  clearTimeout(state.timer);
  state.timer = setTimeout(() => (state.copy.textContent = "Copy"), FOLDED_MS);
}

function step(state, from, by) {
  const line = state.choices[within(state.choices.indexOf(from) + by, state.choices.length)];
  from.tabIndex = -1;
  line.tabIndex = 0;
  line.focus();
}

const ENDS = { Home: -Infinity, End: Infinity };

function listen(state) {
  const { frame } = state;
  state.copy.onclick = () => copy(state);
  const lineAt = (event) => event.target.closest(".line[data-path]");
  const pathAt = (event) => lineAt(event)?.dataset.path ?? "";
  frame.onpointerover = (event) => point(state, pathAt(event));
  frame.onpointerleave = () => point(state, "");
  frame.onfocusin = (event) => point(state, pathAt(event));
  frame.onfocusout = () => point(state, "");
  frame.onpointerdown = (event) => (state.from = [event.clientX, event.clientY]);
  frame.onclick = (event) => {
    const moved = state.from && Math.hypot(event.clientX - state.from[0], event.clientY - state.from[1]);
    const path = pathAt(event);
    if (path && !(moved > DRAGGED_PX)) state.choose(path); // a drag marks text
  };
  frame.onkeydown = (event) => {
    const line = lineAt(event);
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = stepDown(event) ?? ENDS[event.key];
    if (by) step(state, line, by);
    else if (event.key === "Enter" || event.key === " ") state.choose(line.dataset.path);
    else return;
    event.preventDefault();
  };
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".code-view");
  const state = remembered(root, () => partsOf(root, "title", "copy", "frame", "about"));
  listen(state);
  state.choose = (path) => setTriggerValue("picked", path);
  state.layers = data.layers;
  state.selected = data.selected;
  if (isNews(state, data.lines)) {
    state.code = data.lines.map(([text]) => text).join("\n") + "\n";
    fill(state, data);
  }
  state.said = null;
  state.title.textContent = data.label;
  state.frame.setAttribute("aria-label", data.label);
  mark(state);
  point(state, root.querySelector(".line[data-path]:focus, .line[data-path]:hover")?.dataset.path ?? "");
}
