// What a cell sees, layer by layer back to the pixels. A pixel is the brighter, the more ways lead
// from it to the cell.

import { cellUnder, paint } from "../kit/cells.js";
import { bytesOf } from "../kit/bytes.js";
import { inkOf, LIT, pixel } from "../kit/colours.js";
import { element, remembered } from "../kit/element.js";
import { ARROWS } from "../kit/keys.js";
import { counted } from "../kit/numbers.js";

const states = new WeakMap();

/** On one axis the ways from each place of the layer before to the chosen ones. */
function waysBack(axis, ways, size) {
  const found = new Array(size).fill(0);
  ways.forEach((count, place) => {
    for (let tap = 0; count && tap < axis.kernel; tap++) {
      const at = place * axis.stride - axis.before + tap * axis.dilation;
      if (at >= 0 && at < size) found[at] += count;
    }
  });
  return found;
}

function sizeOf(stack, layer) {
  return layer < 0 ? stack.size : stack.layers[layer].size;
}

/** For each layer before the chosen one, and the input at -1, the ways on both axes. */
function waysOf(stack, [layer, row, column]) {
  let ways = [row, column].map((place, side) => {
    const line = new Array(sizeOf(stack, layer)[side]).fill(0);
    line[place] = 1;
    return line;
  });
  const found = new Map([[layer, ways]]);
  for (let at = layer; at >= 0; at--) {
    const before = sizeOf(stack, at - 1);
    ways = ways.map((line, side) => waysBack(stack.layers[at].axes[side], line, before[side]));
    found.set(at - 1, ways);
  }
  return found;
}

/** What a window sees counted with the padding: first and last place, on each axis. */
function reach(stack, [layer, row, column]) {
  let ends = [[row, row], [column, column]];
  for (let at = layer; at >= 0; at--) {
    ends = ends.map(([first, last], side) => {
      const { kernel, stride, dilation, before } = stack.layers[at].axes[side];
      return [first * stride - before, last * stride - before + (kernel - 1) * dilation];
    });
  }
  return ends;
}

/** First and last of the places that count, and whether there are others between them. */
function span(line) {
  const places = [...line.keys()].filter((place) => line[place] > 0);
  const [first, last] = [places[0], places[places.length - 1]];
  return { first, last, count: places.length, hasGaps: places.length < last - first + 1 };
}

function words(stack, cell) {
  const [layer, row, column] = cell;
  const name = layer < 0 ? "Input" : stack.layers[layer].name;
  const [height, width] = reach(stack, cell).map(([first, last]) => last - first + 1);
  const ways = waysOf(stack, cell).get(-1);
  const [rows, columns] = ways.map(span);
  const seen = rows.count * columns.count;
  const few = rows.hasGaps || columns.hasGaps ? ", with gaps" : "";
  const inImage = seen < height * width ? ` ${counted(seen)} of them count${few}:` : "";
  const most = ways.map((line) => Math.max(...line));
  return (
    `${name}, row ${row}, column ${column}: its field is ${height}×${width} pixels.${inImage} Rows ${rows.first} to ` +
    `${rows.last}, columns ${columns.first} to ${columns.last}. Up to ${counted(most[0] * most[1])} ways lead from one pixel to it.`
  );
}

function colour(canvas, stack, layer, ways, ink) {
  const [height, width] = sizeOf(stack, layer);
  const most = ways ? Math.max(...ways[0]) * Math.max(...ways[1]) : 1;
  paint(canvas, height, width, (i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const count = ways ? ways[0][row] * ways[1][column] : 0;
    const strength = count ? 0.35 + 0.65 * Math.sqrt(count / most) : 0;
    const grey = layer < 0 ? stack.bytes[i] / 255 : (row + column) % 2 ? 0.1 : 0.05;
    const share = strength * (layer < 0 ? 0.8 : 1);
    const alpha = share + grey * (1 - share);
    return pixel(LIT.map((part, k) => (part * share + ink[k] * grey * (1 - share)) / (alpha || 1)), alpha);
  });
}

function light(state, cell) {
  const text = String(cell);
  if (text === state.lit) return;
  state.lit = text;
  const ways = waysOf(state.stack, cell);
  state.canvases.forEach((canvas, i) => colour(canvas, state.stack, i - 1, ways.get(i - 1), state.ink));
  state.said.textContent = words(state.stack, cell);
}

function pointed(event) {
  const canvas = event.target.closest("canvas");
  return canvas && [Number(canvas.dataset.layer), ...cellUnder(event, canvas, canvas.height, canvas.width)];
}

function card(stack, layer) {
  const size = sizeOf(stack, layer).join("×");
  const name = layer < 0 ? "Input" : stack.layers[layer].name;
  const look = { tabIndex: 0, role: "img", "data-layer": layer };
  const label = `${name}, ${size}: choose a cell with the arrow keys`;
  const canvas = element("canvas", { ...look, "aria-label": label });
  const made = element("div", { class: "card", role: "listitem" }, element("b", "", name), element("span", "", size), canvas);
  made.style.setProperty("--colour", layer < 0 ? "#94a3b8" : stack.layers[layer].colour);
  return made;
}

function build(state, root) {
  const cards = [-1, ...state.stack.layers.keys()].map((layer) => card(state.stack, layer));
  root.querySelector(".maps").replaceChildren(...cards);
  state.canvases = cards.map((one) => one.querySelector("canvas"));
}

function moved(cell, key, stack) {
  const step = ARROWS[key];
  if (!step) return null;
  const [height, width] = sizeOf(stack, cell[0]);
  const [row, column] = [cell[1] + step[0], cell[2] + step[1]];
  return row >= 0 && column >= 0 && row < height && column < width ? [cell[0], row, column] : cell;
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".field");
  const state = remembered(states, root, () => ({}));
  const ink = inkOf(root);
  const text = JSON.stringify([data.stack, ink]);
  if (text !== state.text) {
    const stack = { ...data.stack, bytes: bytesOf(data.stack.pixels) };
    Object.assign(state, { text, ink, stack, lit: "", said: root.querySelector(".said") });
    build(state, root);
  }
  state.chosen = data.chosen;
  light(state, state.chosen);
  const choose = (cell) => {
    if (data.locked || !cell) return;
    state.chosen = cell;
    light(state, cell);
    setStateValue("cell", cell);
  };
  root.onpointermove = (event) => {
    const cell = pointed(event);
    if (cell) light(state, cell);
  };
  root.onpointerleave = () => light(state, state.chosen);
  root.onclick = (event) => choose(pointed(event));
  root.onkeydown = (event) => {
    const layer = Number(event.target.dataset?.layer);
    const from = state.chosen[0] === layer ? state.chosen : [layer, 0, 0];
    const cell = moved(from, event.key, state.stack);
    if (!cell) return;
    event.preventDefault();
    choose(cell);
  };
}
