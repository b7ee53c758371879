// How cells are spread over windows of a larger map: which cells meet in one of it, and to which one
// goes. The numbers themselves come from Python.

import { exact } from "./words.js";

/** The places of one axis that are put over one of the larger map, each with the place in the kernel. */
function meeting({ size, kernel, stride, before }, place) {
  const found = [];
  for (let position = 0; position < size; position++) {
    const i = place + before - position * stride;
    if (i >= 0 && i < kernel) found.push([i, position]);
  }
  return found;
}

/** `[kernel row, kernel column, row, column]` of everything that is added up in one output cell. */
export function sources(axes, row, column) {
  const across = meeting(axes.columns, column);
  return meeting(axes.rows, row).flatMap(([i, line]) => across.map(([j, pixel]) => [i, j, line, pixel]));
}

/** `[row, column, kernel row, kernel column]` of the window of a cell; what is cut off lies outside the output. */
export function windowOf({ rows, columns }, row, column) {
  const found = [];
  for (let i = 0; i < rows.kernel; i++) {
    for (let j = 0; j < columns.kernel; j++) {
      found.push([row * rows.stride - rows.before + i, column * columns.stride - columns.before + j, i, j]);
    }
  }
  return found;
}

/** A cell's value times each weight of the kernel `[rows][columns]`, as it stands in the window. */
export function writtenWindow(value, kernel) {
  const adds = kernel.map((line) => line.map((weight) => exact(value * weight)));
  const widest = Math.max(...adds.flat().map((text) => text.length));
  const lines = adds.map((line) => line.map((text) => text.padStart(widest)).join("  "));
  return [[`${exact(value)} × kernel`, lines.join("\n")]];
}
