// The weights of one cell over all cells: of a head or the mean of all, and what they say in words.

import { fixed, placeOfLargest, total } from "../kit/numbers.js";
import { rowAndColumn } from "../kit/cells.js";

export const MEAN = -1; // in place of a head

/**
 * The weights that a cell has for all cells; `shares` are those of all heads, cell after cell.
 * @type {(shares: Float32Array, heads: number, cells: number, head: number, cell: number) => Float32Array}
 */
export function rowOf(shares, heads, cells, head, cell) {
  const of = (/** @type {number} */ one) => {
    const start = (one * cells + cell) * cells;
    return shares.subarray(start, start + cells);
  };
  if (head !== MEAN) return of(head);
  const every = Array.from({ length: heads }, (_, one) => of(one));
  return Float32Array.from({ length: cells }, (_, i) => total(every.map((row) => row[i])) / heads);
}

/** Rows and columns, first to last, of the 3×3 window around a cell. @type {(cell: number[], size: number[]) => number[][]} */
export const windowOf = (cell, size) =>
  cell.map((place, axis) => [Math.max(place - 1, 0), Math.min(place + 1, size[axis] - 1)]);

/**
 * What part of the weights lies in the window around a cell, and on how many cells that is.
 * @type {(row: Float32Array, cell: number[], size: number[]) => { count: number, part: number }}
 */
export function nearby(row, cell, size) {
  const [[top, bottom], [left, right]] = windowOf(cell, size);
  const found = [...row].filter((_, i) => {
    const [y, x] = rowAndColumn(i, size[1]);
    return y >= top && y <= bottom && x >= left && x <= right;
  });
  return { count: found.length, part: total(found) };
}

/** A cell in words. @type {(cell: number[]) => string} */
const place = ([row, column]) => `row ${row}, column ${column}`;

/**
 * Where a cell looks, in sentences: most, itself, near and far, and the sum.
 * @type {(row: Float32Array, cell: number[], size: number[], by: string) => string[]}
 */
export function words(row, cell, size, by) {
  const most = placeOfLargest(row);
  const own = cell[0] * size[1] + cell[1];
  const { count, part } = nearby(row, cell, size);
  const all = total([...row]);
  const itself = most === own ? "most at itself" : `most at ${place(rowAndColumn(most, size[1]))}`;
  const also = most === own ? "" : ` At itself: ${fixed(row[own], 3)}.`;
  return [
    `${by}, ${place(cell)} looks ${itself}: ${fixed(row[most], 3)}.${also}`,
    `At the ${count} cells of its 3×3 window: ${fixed(part, 3)}. At the ${row.length - count} others: ${fixed(all - part, 3)}. Sum: ${fixed(all, 3)}.`,
  ];
}
