// The network as a strip of feature maps, one layer of it large, one of its maps larger. Stepping,
// playing, scrubbing and colours are the browser's; a place is told to Python once it rests.

import { bytesOf } from "../kit/bytes.js";
import { cellUnder, stepped, watchCells } from "../kit/cells.js";
import { added, button, element, partsOf, remembered, setAttribute } from "../kit/element.js";
import { counted, number } from "../kit/numbers.js";
import { Stepper } from "../kit/stepper.js";
import { ACROSS, brightest, draw, drawn, ends, frame, grid, isVector, place, valueOf } from "./cells.js";

const FEW = 2; // maps of a layer in the strip
const STEP_MS = 900;
const REST_MS = 220; // steps closer than this are told as one
const MOST_KEPT = 8;
const LABELS = {
  back: "Layer before", play: "Play through the layers", pause: "Hold", next: "Next layer", place: "Layer",
};
const kept = new Map(); // by id, so that maps which were sent once need not come with every click

const index = (state) => Math.max(0, state.parts.findIndex((part) => part.name === state.at.layer));

/** Tells the place once it rests, with the time, so that to come back to one is news as well. */
function tell(state, rest = 0) {
  clearTimeout(state.waiting);
  state.waiting = setTimeout(() => {
    if (state.stepper.timer) tell(state, REST_MS);
    else if (state.large.isConnected) state.send("at", { ...state.at, has: [...kept.keys()], when: Date.now() });
  }, rest);
}

/** The maps of this data, decoded; undefined where they are not here any more. */
function decoded(data) {
  if (data.parts && !kept.has(data.id)) {
    kept.set(data.id, data.parts.map((part) => ({ ...part, levels: bytesOf(part.bytes) })));
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(data.id);
}

function go(state, layer, rest = REST_MS) {
  const part = state.parts[layer];
  const map = isVector(part) ? 0 : Math.min(state.at.map, part.count - 1);
  put(state, part, map, brightest(part, map), rest);
}

function choose(state, map, at) {
  const part = state.parts[index(state)];
  put(state, part, map, at ?? brightest(part, map));
}

function put(state, part, map, at, rest = 0) {
  state.at = { layer: part.name, map, ...at };
  show(state);
  tell(state, rest);
}

function build(state) {
  const cards = state.parts.map((part, layer) => {
    const few = element("span", "few");
    for (let map = 0; map < Math.min(FEW, part.count); map++) added(few, "canvas");
    const words = [element("b", "", part.title), few, element("small", "", part.size)];
    const onclick = () => {
      state.stepper.stop();
      go(state, layer, 0);
    };
    const look = { class: "card", style: { "--colour": part.colour } };
    return element("div", { role: "listitem" }, button(look, onclick, ...words));
  });
  state.strip.replaceChildren(...cards);
  state.painted = "";
}

function paintStrip(state) {
  state.parts.forEach((part, layer) => {
    const [rows, columns] = grid(part);
    state.strip.children[layer].querySelectorAll("canvas").forEach((canvas, map) => {
      draw(state, canvas, part, map);
      canvas.style.width = `${isVector(part) ? Math.min(84, Math.max(40, columns * 3)) : (40 * columns) / rows}px`;
      if (isVector(part)) canvas.style.height = rows === 1 ? "14px" : "40px";
    });
  });
}

function units(state, part) {
  return part.values.map((value, unit) => {
    const onclick = () => choose(state, 0, { row: unit, column: 0 });
    const look = { class: "unit", "aria-pressed": String(state.at.row === unit) };
    return button(look, onclick, element("b", "", part.classes?.[unit] ?? unit), element("span", "", number(value)));
  });
}

function maps(state, part) {
  return Array.from({ length: part.count }, (_, map) => {
    const title = `Map ${map}: ${number(part.lows[map])} to ${number(part.highs[map])}`;
    const canvas = element("canvas");
    draw(state, canvas, part, map);
    const look = { class: "map", "aria-label": `Map ${map}`, title, "aria-pressed": String(map === state.at.map) };
    return button(look, () => choose(state, map), canvas);
  });
}

function show(state) {
  const layer = index(state);
  const part = state.parts[layer];
  state.stepper.show(layer, state.parts.length, part.title);
  for (const one of state.scales.children) one.setAttribute("aria-pressed", one.dataset.scale === state.scale);
  if (state.painted !== state.scale) {
    paintStrip(state);
    state.painted = state.scale;
    state.stage = "";
  }
  showCurrent(state, layer);
  state.name.textContent = part.title;
  state.size.textContent = isVector(part) ? `${part.size} features` : part.size;
  const stage = `${layer} ${state.scale}`;
  if (state.stage !== stage) {
    state.stage = stage;
    state.maps.replaceChildren(...(isVector(part) ? units(state, part) : maps(state, part)));
    const sampled = part.every > 1 ? ` Drawn with every ${part.every}. cell.` : "";
    state.more.textContent = (part.hidden ? `${counted(part.hidden)} more are not drawn.` : "") + sampled;
  } else {
    const chosen = isVector(part) ? state.at.row : state.at.map;
    [...state.maps.children].forEach((one, i) => one.setAttribute("aria-pressed", i === chosen));
  }
  showOne(state, part);
}

function showCurrent({ strip }, layer) {
  [...strip.children].forEach(({ firstChild: card }, i) => setAttribute(card, "aria-current", i === layer || null));
  const { offsetLeft, offsetWidth } = strip.children[layer];
  if (offsetLeft < strip.scrollLeft || offsetLeft + offsetWidth > strip.scrollLeft + strip.clientWidth)
    strip.scrollLeft = offsetLeft - strip.clientWidth / 2 + offsetWidth / 2;
}

function showOne(state, part) {
  const { at, large } = state;
  draw(state, large, part, at.map);
  large.style.minHeight = isVector(part) ? "28px" : "";
  const words = isVector(part) ? `${part.title}, feature ${at.row}` : `${part.title}, map ${at.map}, cell ${at.row}, ${at.column}`;
  large.setAttribute("aria-label", `${words}. Arrow keys move the cell.`);
  frame(state.mark, part, ...drawn(part, at));
  state.hover.style.display = "none";
  [state.low.textContent, state.high.textContent] = ends(state, part, at.map).map((value) => number(value));
  state.said.textContent = part.sees ? `${words}; sees ${part.sees}` : words;
}

/** The cell under the pointer: which one of its map, and the line and column where it is drawn. */
function cellAt(state, event) {
  const part = state.parts[index(state)];
  const [row, column] = cellUnder(event, state.large, ...grid(part));
  const cell = isVector(part) ? row * ACROSS + column : row * part.width + column;
  return cell < part.height * part.width ? { part, row, column, cell } : undefined;
}

function hover(state, { part, row, column, cell }) {
  frame(state.hover, part, row, column);
  const at = place(part, cell);
  const words = isVector(part) ? `feature ${cell}` : `cell ${at.row}, ${at.column}`;
  const value = number(valueOf(part, state.at.map, cell));
  state.said.textContent = `${words}: about ${value}; click for the true number and how it was made`;
}

function move(state, [down, right]) {
  const part = state.parts[index(state)];
  if (isVector(part)) {
    const row = state.at.row + down * ACROSS + right;
    if (row >= 0 && row < part.width) choose(state, 0, { row, column: 0 });
    return;
  }
  const by = [down * part.every, right * part.every];
  const [row, column] = stepped([state.at.row, state.at.column], by, part.shape);
  choose(state, state.at.map, { row, column });
}

function newState(root) {
  const names = ["strip", "scales", "large", "mark", "hover", "low", "high", "said", "name", "size", "maps", "more"];
  const state = Object.assign(partsOf(root, ...names), { scale: "map", id: "" });
  state.stepper = new Stepper(root.querySelector(".stepper"), (layer) => go(state, layer), { labels: LABELS, stepMs: STEP_MS });
  for (const one of state.scales.children)
    one.onclick = () => {
      state.scale = one.dataset.scale;
      show(state);
    };
  watchCells(state.large, {
    under: (event) => cellAt(state, event),
    point: (found) => hover(state, found),
    leave: () => showOne(state, state.parts[index(state)]),
    pick: ({ part, cell }) => choose(state, state.at.map, place(part, cell)),
    step: (step) => move(state, step),
  });
  return state;
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".explorer");
  const parts = decoded(data);
  if (!parts) {
    setStateValue("at", { ...data.at, has: [], when: Date.now() });
    return undefined;
  }
  const state = remembered(root, () => newState(root));
  state.send = setStateValue;
  const isNew = state.id !== data.id;
  if (state.rev !== data.rev) {
    state.rev = data.rev;
    state.at = data.at;
  }
  if (isNew) {
    state.id = data.id;
    state.parts = parts;
    build(state);
  }
  if (isNew || state.at === data.at) show(state);
  return () => state.stepper.stop();
}
