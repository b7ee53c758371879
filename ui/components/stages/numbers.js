// What a cell was made of: its window, its products, its sum. Arithmetic alone, no page.

import { floatsOf } from "../kit/bytes.js";

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
  const cell = Math.floor(index / channels);
  return [Math.floor(cell / width), cell % width, index % channels];
}

export function valueAt(stage, place) {
  return stage.values[indexOf(stage, place)];
}

export function strongest(stage) {
  let best = 0;
  stage.values.forEach((value, i) => {
    if (value > stage.values[best]) best = i;
  });
  return placeOf(stage, best);
}

export function fits(stage, place) {
  return place.length === stage.shape.length && place.every((one, i) => one >= 0 && one < stage.shape[i]);
}

/** The first row and column of the window, which may lie in the padding. */
function corner(stage, place) {
  return [0, 1].map((side) => place[side] * stage.stride[side] - stage.before[side]);
}

/** A window of one map of the input; what lies in the padding is null. */
export function windowOf(stage, before, place, channel) {
  const [top, left] = corner(stage, place);
  const [height, width] = before.shape;
  return Array.from({ length: stage.window[0] }, (_, i) =>
    Array.from({ length: stage.window[1] }, (__, j) => {
      const [row, column] = [top + i, left + j];
      if (row < 0 || column < 0 || row >= height || column >= width) return null;
      return valueAt(before, [row, column, channel]);
    }),
  );
}

function kernelOf(stage, channels, channel, filter) {
  const [height, width] = stage.window;
  const filters = stage.shape[2];
  return Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (__, j) => stage.kernel[((i * width + j) * channels + channel) * filters + filter]),
  );
}

/** For each channel its window, its kernel and the sum of their products; the bias; the total. */
export function convolved(stage, before, place) {
  const channels = before.shape[2];
  const parts = Array.from({ length: channels }, (_, channel) => {
    const seen = windowOf(stage, before, place, channel);
    const kernel = kernelOf(stage, channels, channel, place[2]);
    let sum = 0;
    seen.forEach((line, i) => line.forEach((value, j) => (sum += (value ?? 0) * kernel[i][j])));
    return { channel, seen, kernel, sum };
  });
  const bias = stage.bias[place[2]];
  return { parts, bias, total: parts.reduce((sum, part) => sum + part.sum, bias) };
}

/** A dense unit: every feature's value times its weight, the one that moves the sum most first. */
export function weighed(stage, before, unit) {
  const units = stage.shape[0];
  const parts = Array.from(before.values, (value, feature) => {
    const weight = stage.kernel[feature * units + unit];
    return { feature, value, weight, product: value * weight };
  });
  const bias = stage.bias[unit];
  const total = parts.reduce((sum, part) => sum + part.product, bias);
  return { parts: parts.sort((a, b) => Math.abs(b.product) - Math.abs(a.product)), bias, total };
}

/** The exponentials of all scores, less the largest, and their sum. */
export function shared(before) {
  const largest = Math.max(...before.values);
  const parts = Array.from(before.values, (score) => Math.exp(score - largest));
  return { largest, parts, sum: parts.reduce((sum, part) => sum + part, 0) };
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
