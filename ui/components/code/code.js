// Every word of the code goes in as text, never as markup.

// Python as our exports write it: strings, comments, numbers, names.
const TOKENS =
  /("""[\s\S]*?"""|f?"(?:\\.|[^"\\\n])*"|f?'(?:\\.|[^'\\\n])*')|(#[^\n]*)|(\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)|([A-Za-z_]\w*)/g;
const WORDS = new Set(
  "and as assert class def elif else for from if import in is lambda None not or return True False while with".split(" "),
);
const HINT = "Point at a line of a layer to see what the layer does; click it to choose the layer.";
const FOLDED_MS = 1500;
const DRAGGED_PX = 4;
const states = new WeakMap();

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

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

function build(root, state) {
  const bar = element("div", "bar");
  state.title = element("span", "title");
  state.copy = element("button", "copy", "Copy");
  state.copy.type = "button";
  bar.append(state.title, state.copy);
  state.frame = element("div", "lines");
  state.frame.setAttribute("role", "group");
  state.about = element("div", "about");
  root.append(bar, state.frame, state.about);
}

function fill(state, data) {
  const all = element("div", "");
  const coloured = colouredLines(state.text);
  state.lines = data.lines.map(([, path], i) => {
    const line = element("code", "line");
    line.append(...coloured[i].map(([kind, words]) => (kind ? element("span", kind, words) : words)));
    if (path && data.layers[path]) {
      line.dataset.path = path;
      line.tabIndex = -1;
      line.setAttribute("role", "button");
      const { title, numbers, purpose } = data.layers[path];
      line.setAttribute("aria-description", `${title}: ${numbers}. ${purpose}`);
    }
    all.append(line, "\n");
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
  if (!said) {
    state.about.replaceChildren(element("span", "purpose", state.choices.length ? HINT : ""));
    return;
  }
  state.about.replaceChildren(
    element("b", "", said.title),
    element("span", "numbers", said.numbers),
    element("span", "purpose", said.purpose),
  );
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
  try {
    await navigator.clipboard.writeText(state.text);
    state.copy.textContent = "Copied";
  } catch {
    // Not over plain HTTP, or not allowed: the reader can still press the keys.
    const range = document.createRange();
    range.selectNodeContents(state.frame);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    state.copy.textContent = "Ctrl+C";
  }
  clearTimeout(state.timer);
  state.timer = setTimeout(() => (state.copy.textContent = "Copy"), FOLDED_MS);
}

function step(state, from, by) {
  const place = state.choices.indexOf(from);
  const next = by === -Infinity ? 0 : by === Infinity ? state.choices.length - 1 : place + by;
  const line = state.choices[Math.min(Math.max(next, 0), state.choices.length - 1)];
  from.tabIndex = -1;
  line.tabIndex = 0;
  line.focus();
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

function listen(state) {
  const { frame } = state;
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
    if (event.key in STEPS) step(state, line, STEPS[event.key]);
    else if (event.key === "Enter" || event.key === " ") state.choose(line.dataset.path);
    else return;
    event.preventDefault();
  };
  state.copy.onclick = () => copy(state);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".code-view");
  let state = states.get(root);
  if (!state) {
    state = { text: null, choices: [], lines: [] };
    states.set(root, state);
    build(root, state);
    listen(state);
  }
  state.choose = (path) => setTriggerValue("picked", path);
  const lines = JSON.stringify(data.lines);
  const isNew = state.key !== lines;
  state.layers = data.layers;
  state.selected = data.selected;
  if (isNew) {
    state.key = lines;
    state.text = data.lines.map(([text]) => text).join("\n") + "\n";
    fill(state, data);
  }
  state.said = null;
  state.title.textContent = data.label;
  state.frame.setAttribute("aria-label", data.label);
  mark(state);
  point(state, root.querySelector(".line[data-path]:focus, .line[data-path]:hover")?.dataset.path ?? "");
}
