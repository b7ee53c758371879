// Which cells of maps a window reads, and which see which.

/**
 * The places that a window reads on one axis; those in the padding lie before or behind the others.
 * @type {(axis: { kernel: number, stride: number, before: number, dilation: number }, place: number) => number[]}
 */
export function positions({ kernel, stride, before, dilation }, place) {
  return Array.from({ length: kernel }, (_, i) => place * stride - before + i * dilation);
}

/**
 * What cells see of the input, on each axis: so many of its rows and columns, the first cell around
 * `offset`, each of the others a `jump` further. Behind up-sampling these are means; `spans` has what
 * the first cells see, first and last, until it repeats further on.
 * @typedef {{ size: number[], offset: number[], jump: number[], spans?: number[][][] }} Field
 */

/** What a cell sees on one axis. @type {(field: Field, axis: number, place: number) => number[]} */
function span(field, axis, place) {
  const spans = field.spans?.[axis] ?? [];
  const times = Math.floor(place / spans.length);
  if (spans.length) return spans[place - times * spans.length].map((end) => end + Math.round(times * spans.length * field.jump[axis]));
  const centre = field.offset[axis] + place * field.jump[axis];
  const reach = (field.size[axis] - 1) / 2;
  return [centre - reach, centre + reach];
}

/**
 * The cells that see nothing but a part of the input, first to last, on one axis: all or none where all see the same.
 * @type {(field: Field, axis: number, part: number[]) => number[]}
 */
export function feeding(field, axis, [from, to]) {
  const [jump, reach] = [field.jump[axis], (field.size[axis] - 1) / 2];
  if (field.spans?.[axis].length) {
    let first = Math.floor((from - field.size[axis] - field.offset[axis]) / (jump || 1));
    while (span(field, axis, first)[0] < from) first++;
    let last = first - 1;
    while (span(field, axis, last + 1)[1] <= to) last++;
    return [first, last];
  }
  const [ahead, left] = [from + reach - field.offset[axis], to - reach - field.offset[axis]];
  if (!jump) return ahead <= 0 && left >= 0 ? [0, Infinity] : [0, -1];
  return [Math.ceil(ahead / jump - 1e-6), Math.floor(left / jump + 1e-6)];
}

/** The part of the input that a cell sees: first and last row, first and last column. @type {(field: Field, row: number, column: number) => number[][]} */
export function seen(field, row, column) {
  return [row, column].map((place, axis) => span(field, axis, place));
}
