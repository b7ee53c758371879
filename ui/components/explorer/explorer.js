// The network as a strip of feature maps, one layer of it large, one of its maps larger. Stepping,
// playing, scrubbing and colours are the browser's; a place is told to Python once it rests.

import { bytesOf } from "../kit/bytes.js";
import { cellUnder, within } from "../kit/cells.js";
import { added, element, remembered } from "../kit/element.js";
import { ARROWS } from "../kit/keys.js";
import { counted, number } from "../kit/numbers.js";
import { ACROSS, brightest, draw, drawn, ends, frame, grid, isVector, place } from "./cells.js";

const FEW = 2; // maps of a layer in the strip
const PLAY_MS = 900;
const REST_MS = 220; // steps closer than this are told as one
const MOST_KEPT = 8;
const states = new WeakMap();
const kept = new Map(); // by id, so that maps which were sent once need not come with every click

function index(state) {
  return Math.max(0, state.parts.findIndex((part) => part.name === state.at.layer));
}

function tell(state, rest = 0) {
  clearTimeout(state.waiting);
  state.waiting = setTimeout(() => {
    // With the time, so that to come back to a place is news as well.
    if (!state.timer) state.send("at", { ...state.at, has: [...kept.keys()], when: Date.now() });
  }, rest);
}

/** The maps of this data, decoded; undefined where they are not here any more. */
function partsOf(data) {
  if (data.parts && !kept.has(data.id)) {
    kept.set(data.id, data.parts.map((part) => ({ ...part, levels: bytesOf(part.bytes) })));
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(data.id);
}

function go(state, layer, rest = REST_MS) {
  const part = state.parts[within(layer, state.parts.length)];
  const map = isVector(part) ? 0 : Math.min(state.at.map, part.count - 1);
  state.at = { layer: part.name, map, ...brightest(part, map) };
  show(state);
  tell(state, rest);
}

function choose(state, map, at) {
  const part = state.parts[index(state)];
  state.at = { layer: part.name, map, ...(at ?? brightest(part, map)) };
  show(state);
  tell(state);
}

function halt(state) {
  clearInterval(state.timer);
  state.timer = undefined;
  delete state.root.querySelector(".play").dataset.on;
  state.root.querySelector(".play").setAttribute("aria-label", "Play through the layers");
}

function play(state) {
  if (state.timer) {
    halt(state);
    return tell(state);
  }
  if (index(state) === state.parts.length - 1) go(state, 0);
  const button = state.root.querySelector(".play");
  button.dataset.on = "";
  button.setAttribute("aria-label", "Hold");
  state.timer = setInterval(() => {
    if (!state.root.isConnected) return halt(state);
    go(state, index(state) + 1);
    if (index(state) === state.parts.length - 1) {
      halt(state);
      tell(state);
    }
  }, PLAY_MS);
}

function strip(state) {
  const cards = state.parts.map((part, layer) => {
    const onclick = () => {
      halt(state);
      go(state, layer, 0);
    };
    const few = element("span", "few");
    for (let map = 0; map < Math.min(FEW, part.count); map++) added(few, "canvas", "");
    const [title, size] = [element("b", "", part.title), element("small", "", part.size)];
    const card = element("button", { class: "card", type: "button", onclick }, title, few, size);
    card.style.setProperty("--colour", part.colour);
    return element("div", { role: "listitem" }, card);
  });
  state.root.querySelector(".strip").replaceChildren(...cards);
  state.painted = "";
}

function paintStrip(state) {
  const cards = state.root.querySelectorAll(".card");
  state.parts.forEach((part, layer) =>
    cards[layer].querySelectorAll("canvas").forEach((canvas, map) => {
      draw(state, canvas, part, map);
      const [rows, columns] = grid(part);
      if (isVector(part)) Object.assign(canvas.style, { width: `${Math.min(84, Math.max(40, columns * 3))}px`, height: rows === 1 ? "14px" : "40px" });
      else canvas.style.width = `${(40 * columns) / rows}px`;
    }),
  );
}

function units(state, part) {
  return part.values.map((value, unit) => {
    const onclick = () => choose(state, 0, { row: unit, column: 0 });
    const look = { class: "unit", type: "button", "aria-pressed": String(state.at.row === unit), onclick };
    return element("button", look, element("b", "", part.classes?.[unit] ?? unit), element("span", "", number(value)));
  });
}

function maps(state, part) {
  return Array.from({ length: part.count }, (_, map) => {
    const title = `Map ${map}: ${number(part.lows[map])} to ${number(part.highs[map])}`;
    const named = { class: "map", type: "button", "aria-label": `Map ${map}`, title };
    const canvas = element("canvas");
    draw(state, canvas, part, map);
    const look = { ...named, "aria-pressed": String(map === state.at.map), onclick: () => choose(state, map) };
    return element("button", look, canvas);
  });
}

function show(state) {
  const { root } = state;
  const layer = index(state);
  const part = state.parts[layer];
  const find = (selector) => root.querySelector(selector);
  const scrub = find(".scrub");
  scrub.max = state.parts.length - 1;
  scrub.value = layer;
  scrub.setAttribute("aria-valuetext", part.title);
  find(".back").disabled = layer === 0;
  find(".on").disabled = layer === state.parts.length - 1;
  for (const button of root.querySelectorAll(".scales button")) button.setAttribute("aria-pressed", button.dataset.scale === state.scale);
  if (state.painted !== state.scale) {
    paintStrip(state);
    state.painted = state.scale;
    state.stage = "";
  }
  showCurrent(root, layer);
  find(".name").textContent = part.title;
  find(".size").textContent = isVector(part) ? `${part.size} features` : part.size;
  const stage = `${layer} ${state.scale}`;
  const row = find(".maps");
  if (state.stage !== stage) {
    state.stage = stage;
    row.replaceChildren(...(isVector(part) ? units(state, part) : maps(state, part)));
    const sampled = part.every > 1 ? ` Drawn with every ${part.every}. cell.` : "";
    find(".more").textContent = (part.hidden ? `${counted(part.hidden)} more are not drawn.` : "") + sampled;
  } else {
    const chosen = isVector(part) ? state.at.row : state.at.map;
    [...row.children].forEach((button, i) => button.setAttribute("aria-pressed", i === chosen));
  }
  showOne(state, part);
}

function showCurrent(root, layer) {
  const list = root.querySelector(".strip");
  root.querySelectorAll(".card").forEach((card, i) => {
    if (i !== layer) return card.removeAttribute("aria-current");
    card.setAttribute("aria-current", "true");
    const { offsetLeft, offsetWidth } = card.parentElement;
    if (offsetLeft < list.scrollLeft || offsetLeft + offsetWidth > list.scrollLeft + list.clientWidth)
      list.scrollLeft = offsetLeft - list.clientWidth / 2 + offsetWidth / 2;
  });
}

function showOne(state, part) {
  const { root, at } = state;
  const canvas = root.querySelector(".large");
  draw(state, canvas, part, at.map);
  canvas.style.minHeight = isVector(part) ? "28px" : "";
  const words = isVector(part) ? `${part.title}, feature ${at.row}` : `${part.title}, map ${at.map}, cell ${at.row}, ${at.column}`;
  canvas.setAttribute("aria-label", `${words}. Arrow keys move the cell.`);
  frame(root.querySelector(".mark"), part, ...drawn(part, at));
  root.querySelector(".hover").style.display = "none";
  const [low, high] = ends(state, part, at.map);
  root.querySelector(".low").textContent = number(low);
  root.querySelector(".high").textContent = number(high);
  root.querySelector("figcaption").textContent = words + sees(part);
}

const sees = (part) => (part.sees ? `; sees ${part.sees}` : "");

function pointed(state, event) {
  const part = state.parts[index(state)];
  const [row, column] = cellUnder(event, event.currentTarget, ...grid(part));
  const cell = isVector(part) ? row * ACROSS + column : row * part.width + column;
  return cell < part.height * part.width ? { part, row, column, cell } : undefined;
}

function hover(state, event) {
  const found = pointed(state, event);
  if (!found) return;
  const { part, row, column, cell } = found;
  frame(state.root.querySelector(".hover"), part, row, column);
  const map = state.at.map;
  const level = part.levels[map * part.height * part.width + cell];
  const value = part.lows[map] + (level / 255) * (part.highs[map] - part.lows[map]);
  const at = place(part, cell);
  const words = isVector(part) ? `feature ${cell}` : `cell ${at.row}, ${at.column}`;
  state.root.querySelector("figcaption").textContent = `${words}: about ${number(value)}; click for the true number and how it was made`;
}

function keys(state, event) {
  const by = ARROWS[event.key];
  if (!by) return;
  event.preventDefault();
  const part = state.parts[index(state)];
  if (isVector(part)) {
    const row = state.at.row + by[0] * ACROSS + by[1];
    if (row >= 0 && row < part.width) choose(state, 0, { row, column: 0 });
    return;
  }
  const row = within(state.at.row + by[0] * part.every, part.shape[0]);
  const column = within(state.at.column + by[1] * part.every, part.shape[1]);
  choose(state, state.at.map, { row, column });
}

function listen(state) {
  const { root } = state;
  const find = (selector) => root.querySelector(selector);
  const step = (by) => () => {
    halt(state);
    go(state, index(state) + by);
  };
  find(".back").onclick = step(-1);
  find(".on").onclick = step(1);
  find(".play").onclick = () => play(state);
  find(".scrub").oninput = (event) => {
    halt(state);
    go(state, Number(event.target.value));
  };
  for (const button of root.querySelectorAll(".scales button"))
    button.onclick = () => {
      state.scale = button.dataset.scale;
      show(state);
    };
  const large = find(".large");
  large.onpointermove = (event) => hover(state, event);
  large.onpointerleave = () => showOne(state, state.parts[index(state)]);
  large.onclick = (event) => {
    const found = pointed(state, event);
    if (found) choose(state, state.at.map, place(found.part, found.cell));
  };
  large.onkeydown = (event) => keys(state, event);
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".explorer");
  const state = remembered(states, root, () => ({ root, scale: "map", id: "" }));
  state.send = setStateValue;
  const parts = partsOf(data);
  if (!parts) {
    setStateValue("at", { ...data.at, has: [], when: Date.now() });
    return undefined;
  }
  listen(state);
  const isNew = state.id !== data.id;
  if (state.rev !== data.rev) {
    state.rev = data.rev;
    state.at = data.at;
  }
  if (isNew) {
    state.id = data.id;
    state.parts = parts;
    strip(state);
  }
  if (isNew || state.at === data.at) show(state);
  return () => halt(state);
}
