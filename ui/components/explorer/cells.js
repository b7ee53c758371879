// How the maps of the explorer are drawn, and where on a canvas each of their cells is.

import { mark, paint } from "../kit/cells.js";
import { RAMP } from "../kit/colours.js";

export const ACROSS = 32; // features of a long vector in a line

export const isVector = (part) => part.shape.length === 1;
const lowest = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const highest = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** The values that get the darkest and the brightest colour. */
export function ends(state, part, map) {
  if (state.scale === "map") return [part.lows[map], part.highs[map]];
  const parts = state.scale === "layer" ? [part] : state.parts;
  return [lowest(parts.map((one) => lowest(one.lows))), highest(parts.map((one) => highest(one.highs)))];
}

/** Lines and columns as they are drawn: a vector is broken into lines. @returns {[number, number]} */
export function grid(part) {
  if (!isVector(part)) return [part.height, part.width];
  return [Math.ceil(part.width / ACROSS), Math.min(part.width, ACROSS)];
}

export function draw(state, canvas, part, map) {
  const [rows, columns] = grid(part);
  const cells = part.height * part.width;
  const [low, high] = ends(state, part, map);
  const own = (part.highs[map] - part.lows[map]) / 255;
  const colour = (i) => {
    const value = part.lows[map] + part.levels[map * cells + i] * own;
    const level = high > low ? Math.round((255 * (value - low)) / (high - low)) : 0;
    return RAMP[Math.max(0, Math.min(255, level))];
  };
  paint(canvas, rows, columns, colour, cells);
}

export function brightest(part, map) {
  const cells = part.height * part.width;
  let best = 0;
  for (let i = 1; i < cells; i++) if (part.levels[map * cells + i] > part.levels[map * cells + best]) best = i;
  return place(part, best);
}

export function place(part, index) {
  if (isVector(part)) return { row: index, column: 0 };
  return { row: Math.floor(index / part.width) * part.every, column: (index % part.width) * part.every };
}

/** Where a cell is drawn: its line and column on the canvas. */
export function drawn(part, at) {
  if (isVector(part)) return [Math.floor(at.row / ACROSS), at.row % ACROSS];
  return [Math.floor(at.row / part.every), Math.floor(at.column / part.every)];
}

export const frame = (box, part, row, column) => mark(box, ...grid(part), [row, row], [column, column]);
