// What a cell sees, layer by layer back to the pixels. A pixel is the brighter, the more ways lead
// from it to the cell.

import { bytesOf } from "../kit/bytes.js";
import { cellUnder, paint, rowAndColumn, stepped, watchCells } from "../kit/cells.js";
import { inkOf, LIT, pixel } from "../kit/colours.js";
import { element, isNews, partsOf, remembered } from "../kit/element.js";
import { counted } from "../kit/numbers.js";
import { positions } from "../kit/windows.js";

/** On one axis the ways from each place of the layer before to the chosen ones. */
function waysBack(axis, ways, size) {
  const found = new Array(size).fill(0);
  ways.forEach((count, place) => {
    for (const at of count ? positions(axis, place) : []) if (at >= 0 && at < size) found[at] += count;
  });
  return found;
}

const sizeOf = (stack, layer) => (layer < 0 ? stack.size : stack.layers[layer].size);

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
      const axis = stack.layers[at].axes[side];
      return [positions(axis, first)[0], positions(axis, last).at(-1)];
    });
  }
  return ends;
}

/** First and last of the places that count, and whether there are others between them. */
function span(line) {
  const places = [...line.keys()].filter((place) => line[place] > 0);
  const [first, last] = [places[0], places.at(-1)];
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

function draw(canvas, stack, layer, ways, ink) {
  const [height, width] = sizeOf(stack, layer);
  const most = ways ? Math.max(...ways[0]) * Math.max(...ways[1]) : 1;
  paint(canvas, height, width, (i) => {
    const [row, column] = rowAndColumn(i, width);
    const count = ways ? ways[0][row] * ways[1][column] : 0;
    const share = count ? 0.35 + 0.65 * Math.sqrt(count / most) : 0;
    if (layer < 0) return pixel(LIT.map((part) => part * 0.8 * share + stack.bytes[i] * (1 - 0.8 * share)));
    const grey = (row + column) % 2 ? 0.1 : 0.05;
    const alpha = share + grey * (1 - share);
    return pixel(LIT.map((part, k) => (part * share + ink[k] * grey * (1 - share)) / alpha), alpha);
  });
}

function light(state, cell) {
  const text = String(cell);
  if (text === state.lit) return;
  state.lit = text;
  const ways = waysOf(state.stack, cell);
  state.canvases.forEach((canvas, i) => draw(canvas, state.stack, i - 1, ways.get(i - 1), state.ink));
  state.said.textContent = words(state.stack, cell);
}

function pointed(event) {
  const canvas = event.target.closest("canvas");
  return canvas && [Number(canvas.dataset.layer), ...cellUnder(event, canvas, canvas.height, canvas.width)];
}

function card(stack, layer) {
  const size = sizeOf(stack, layer).join("×");
  const name = layer < 0 ? "Input" : stack.layers[layer].name;
  const label = `${name}, ${size}: choose a cell with the arrow keys`;
  const canvas = element("canvas", { tabIndex: 0, role: "img", "data-layer": layer, "aria-label": label });
  const colour = layer < 0 ? "var(--neutral)" : stack.layers[layer].colour;
  const look = { class: "card", role: "listitem", style: { "--colour": colour } };
  return element("div", look, element("b", "", name), element("span", "", size), canvas);
}

function build(state) {
  const cards = [-1, ...state.stack.layers.keys()].map((layer) => card(state.stack, layer));
  state.maps.replaceChildren(...cards);
  state.canvases = cards.map((one) => one.querySelector("canvas"));
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".field");
  const state = remembered(root, () => partsOf(root, "maps", "said"));
  const ink = inkOf(root);
  if (isNews(state, [data.stack, ink])) {
    const stack = { ...data.stack, bytes: bytesOf(data.stack.pixels) };
    Object.assign(state, { ink, stack, lit: "" });
    build(state);
  }
  state.chosen = data.chosen;
  light(state, state.chosen);
  const choose = (cell) => {
    if (data.locked) return;
    state.chosen = cell;
    light(state, cell);
    setStateValue("cell", cell);
  };
  watchCells(root, {
    under: pointed,
    point: (cell) => light(state, cell),
    leave: () => light(state, state.chosen),
    pick: choose,
    step: (step, event) => {
      const layer = Number(event.target.dataset.layer);
      const [, row, column] = state.chosen[0] === layer ? state.chosen : [layer, 0, 0];
      choose([layer, ...stepped([row, column], step, sizeOf(state.stack, layer))]);
    },
  });
}
