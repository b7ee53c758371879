// How the maps of the explorer are drawn, and where on a canvas each of their cells is.

import { mark, paint, rowAndColumn, within } from "../kit/cells.js";
import { RAMP } from "../kit/colours.js";
import { placeOfLargest } from "../kit/numbers.js";

export const ACROSS = 32; // features of a long vector in a line

export const isVector = (part) => part.shape.length === 1;

/** The values that get the darkest and the brightest colour. */
export function ends(state, part, map) {
  if (state.scale === "map") return [part.lows[map], part.highs[map]];
  const parts = state.scale === "layer" ? [part] : state.parts;
  return [Math.min(...parts.map((one) => Math.min(...one.lows))), Math.max(...parts.map((one) => Math.max(...one.highs)))];
}

/** Lines and columns as they are drawn: a vector is broken into lines. @returns {[number, number]} */
export function grid(part) {
  if (!isVector(part)) return [part.height, part.width];
  return [Math.ceil(part.width / ACROSS), Math.min(part.width, ACROSS)];
}

const cellsOf = (part) => part.height * part.width;

/** About the value of the i-th cell, which was sent as one of 256 levels. */
export function valueOf(part, map, i) {
  const low = part.lows[map];
  return low + (part.levels[map * cellsOf(part) + i] / 255) * (part.highs[map] - low);
}

export function draw(state, canvas, part, map) {
  const [low, high] = ends(state, part, map);
  const level = (i) => (high > low ? Math.round((255 * (valueOf(part, map, i) - low)) / (high - low)) : 0);
  paint(canvas, ...grid(part), (i) => RAMP[within(level(i), RAMP.length)], cellsOf(part));
}

export function brightest(part, map) {
  const cells = cellsOf(part);
  return place(part, placeOfLargest(part.levels.subarray(map * cells, (map + 1) * cells)));
}

export function place(part, i) {
  if (isVector(part)) return { row: i, column: 0 };
  const [line, across] = rowAndColumn(i, part.width);
  return { row: line * part.every, column: across * part.every };
}

/** Where a cell is drawn: its line and column on the canvas. */
export function drawn(part, at) {
  if (isVector(part)) return rowAndColumn(at.row, ACROSS);
  return [Math.floor(at.row / part.every), Math.floor(at.column / part.every)];
}

export const frame = (box, part, row, column) => mark(box, ...grid(part), [row, row], [column, column]);
