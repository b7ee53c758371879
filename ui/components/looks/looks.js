// Which cell looks at which: the weights of the cell under the pointer over the image, and beside it
// those of each head. No trip to the server.

import { bytesOf, floatsOf } from "../kit/bytes.js";
import { cellUnder, mark, paint, rowAndColumn, stepped, watchCells } from "../kit/cells.js";
import { pixel, RAMP, STOPS } from "../kit/colours.js";
import { button, element, isNews, partsOf, remembered, setAttribute, setText } from "../kit/element.js";
import { fixed, largestSize } from "../kit/numbers.js";
import { MEAN, rowOf, windowOf, words } from "./rows.js";

const BRIGHT = 150; // of a heat's green: on what is brighter, ink is dark
const INK = 0.62; // of the ink's own colour; the rest is the heat's
const WHITE = [255, 255, 255];

const levelOf = (share, full) => Math.round((255 * share) / full);

/** A pixel of the image over the heat of its cell: light ink on what is dark, dark ink on what is bright. */
function inked(heat, ink) {
  const parts = [heat & 255, (heat >> 8) & 255, (heat >> 16) & 255];
  const towards = parts[1] > BRIGHT ? STOPS[0] : WHITE;
  return pixel(parts.map((part, i) => part + INK * ink * (towards[i] - part)));
}

/** The weights of a cell by each head, and by their mean at the front. */
function rowsOf({ shares, heads, size }, cell) {
  const [down, across] = size;
  const own = cell[0] * across + cell[1];
  return Array.from({ length: heads + 1 }, (_, i) => rowOf(shares, heads, down * across, i + MEAN, own));
}

function draw(state, cell) {
  const { look, head } = state;
  const rows = rowsOf(look, cell);
  const [down, across] = look.size;
  const fulls = rows.map(largestSize);
  const heats = rows.map((row, i) => Array.from(row, (share) => RAMP[levelOf(share, fulls[i])]));
  const [height, width] = look.pixels;
  paint(state.image, height, width, (i) => {
    const [y, x] = rowAndColumn(i, width);
    const of = Math.floor((y * down) / height) * across + Math.floor((x * across) / width);
    return inked(heats[head - MEAN][of], look.bytes[i] / 255);
  });
  state.small.forEach((canvas, i) => paint(canvas, down, across, (at) => heats[i][at]));
  mark(state.own, down, across, [cell[0], cell[0]], [cell[1], cell[1]]);
  const [lines, columns] = windowOf(cell, look.size);
  mark(state.near, down, across, lines, columns);
  state.largest.forEach((one, i) => setText(one, fixed(fulls[i], 2)));
  setText(state.most, fixed(fulls[head - MEAN], 3));
  const by = head === MEAN ? "On average over the heads" : `By ${state.names[head - MEAN].toLowerCase()}`;
  const said = words(rows[head - MEAN], cell, look.size, by);
  state.said.replaceChildren(...said.map((line) => element("div", "", line)));
}

function light(state, cell) {
  const text = JSON.stringify([cell, state.head]);
  if (text === state.lit) return;
  state.lit = text;
  draw(state, cell);
  state.buttons.forEach((one, i) => setAttribute(one, "aria-pressed", String(i + MEAN === state.head)));
}

function build(state) {
  const label = `The image in ${state.look.size.join("×")} cells: choose one with the arrow keys`;
  state.image = element("canvas", { class: "image", tabIndex: 0, role: "img", "aria-label": label });
  state.near = element("div", "mark near");
  state.own = element("div", "mark own");
  state.frame.replaceChildren(state.image, state.near, state.own);
  state.small = state.names.map(() => element("canvas", { class: "small", "aria-hidden": "true" }));
  state.largest = state.names.map(() => element("span", "largest"));
  state.buttons = state.names.map((name, i) => {
    const below = element("span", "", name, " ", state.largest[i]);
    return button("head", () => state.choose(i + MEAN), state.small[i], below);
  });
  state.heads.replaceChildren(...state.buttons);
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".looks");
  const state = remembered(root, () => partsOf(root, "frame", "heads", "most", "said"));
  if (isNews(state, [data.look, data.names])) {
    const look = { ...data.look, shares: floatsOf(data.look.shares), bytes: bytesOf(data.look.image) };
    Object.assign(state, { look, names: data.names, lit: "" });
    build(state);
  }
  state.cell = data.cell;
  state.head = data.head;
  state.choose = (head) => {
    if (data.locked.head) return;
    state.head = head;
    light(state, state.cell);
    setStateValue("head", head);
  };
  state.buttons.forEach((one) => (one.disabled = data.locked.head));
  light(state, state.cell);
  const pick = (cell) => {
    if (data.locked.cell) return;
    state.cell = cell;
    light(state, cell);
    setStateValue("cell", cell);
  };
  watchCells(state.frame, {
    under: (event) => cellUnder(event, state.image, state.look.size[0], state.look.size[1]),
    point: (cell) => light(state, cell),
    leave: () => light(state, state.cell),
    pick,
    step: (step) => pick(stepped(state.cell, step, state.look.size)),
  });
}
