// What a cell was made of: its window, its products, its sum. Arithmetic alone, no page.

import { floatsOf } from "../kit/bytes.js";
import { rowAndColumn } from "../kit/cells.js";
import { placeOfLargest, total } from "../kit/numbers.js";

export function unpacked(stage) {
  const made = { ...stage, values: floatsOf(stage.values) };
  if (stage.kernel) Object.assign(made, { kernel: floatsOf(stage.kernel), bias: floatsOf(stage.bias) });
  return made;
}

/** Where a cell's value stands; a vector's place is its feature alone. */
function indexOf(stage, place) {
  const [, width, channels] = stage.shape;
  return stage.shape.length === 1 ? place[0] : (place[0] * width + place[1]) * channels + place[2];
}

export function placeOf(stage, index) {
  if (stage.shape.length === 1) return [index];
  const [, width, channels] = stage.shape;
  const [cell, channel] = rowAndColumn(index, channels);
  return [...rowAndColumn(cell, width), channel];
}

export const valueAt = (stage, place) => stage.values[indexOf(stage, place)];

export const strongest = (stage) => placeOf(stage, placeOfLargest(stage.values));

export function fits(stage, place) {
  return place.length === stage.shape.length && place.every((one, i) => one >= 0 && one < stage.shape[i]);
}

/** The first row and column of the window, which may lie in the padding. */
function corner(stage, place) {
  return [0, 1].map((side) => place[side] * stage.stride[side] - stage.before[side]);
}

/** The lines of a window, a value for each row and column of it. */
function linesOf({ window: [height, width] }, valueOf) {
  const line = (i) => Array.from({ length: width }, (_, j) => valueOf(i, j));
  return Array.from({ length: height }, (_, i) => line(i));
}

/** A window of one map of the input; what lies in the padding is null. */
export function windowOf(stage, before, place, channel) {
  const [top, left] = corner(stage, place);
  return linesOf(stage, (i, j) => {
    const cell = [top + i, left + j, channel];
    return fits(before, cell) ? valueAt(before, cell) : null;
  });
}

function kernelOf(stage, channels, channel, filter) {
  const [width, filters] = [stage.window[1], stage.shape[2]];
  return linesOf(stage, (i, j) => stage.kernel[((i * width + j) * channels + channel) * filters + filter]);
}

/** For each channel its window, its kernel and the sum of their products; the bias; the total. */
export function convolved(stage, before, place) {
  const channels = before.shape[2];
  const parts = Array.from({ length: channels }, (_, channel) => {
    const seen = windowOf(stage, before, place, channel);
    const kernel = kernelOf(stage, channels, channel, place[2]);
    const sum = total(seen.flatMap((line, i) => line.map((value, j) => (value ?? 0) * kernel[i][j])));
    return { channel, seen, kernel, sum };
  });
  const bias = stage.bias[place[2]];
  return { parts, bias, sum: bias + total(parts.map((part) => part.sum)) };
}

/** A dense unit: every feature's value times its weight, the one that moves the sum most first. */
export function weighed(stage, before, unit) {
  const units = stage.shape[0];
  const parts = Array.from(before.values, (value, feature) => {
    const weight = stage.kernel[feature * units + unit];
    return { feature, value, weight, product: value * weight };
  });
  const bias = stage.bias[unit];
  const sum = bias + total(parts.map((part) => part.product));
  return { parts: parts.sort((a, b) => Math.abs(b.product) - Math.abs(a.product)), bias, sum };
}

/** The exponentials of all scores, less the largest, and their sum. */
export function shared(before) {
  const largest = Math.max(...before.values);
  const parts = Array.from(before.values, (score) => Math.exp(score - largest));
  return { largest, parts, sum: total(parts) };
}

/** What of the stage before feeds a cell: rows and columns, first and last, and a map or all. */
export function feeding(stage, before, place) {
  if (before.shape.length === 1) return null;
  if (stage.kind === "flatten") {
    const [row, column, map] = placeOf(before, place[0]);
    return { rows: [row, row], columns: [column, column], map };
  }
  if (!stage.window) return { rows: [place[0], place[0]], columns: [place[1], place[1]], map: place[2] };
  const [top, left] = corner(stage, place);
  const rows = [top, top + stage.window[0] - 1];
  const columns = [left, left + stage.window[1] - 1];
  return { rows, columns, map: stage.kind === "pool" ? place[2] : null };
}
