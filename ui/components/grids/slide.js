// How a window slides: which cells one output cell reads, which outputs one cell feeds, and the
// arithmetic in words. The numbers themselves come from Python.

import { sumLines, total } from "../kit/numbers.js";
import { positions } from "../kit/windows.js";
import { bracketed, exact } from "./words.js";

/** The output places of one axis that read a position, each with the place in the kernel. */
function readers(axis, count, position) {
  const found = [];
  for (let place = 0; place < count; place++) {
    const i = positions(axis, place).indexOf(position);
    if (i >= 0) found.push([place, i]);
  }
  return found;
}

/** `[kernel row, kernel column, row, column]` of everything that one output cell reads. */
export function patch(axes, row, column) {
  const across = positions(axes.columns, column);
  return positions(axes.rows, row).flatMap((line, i) => across.map((pixel, j) => [i, j, line, pixel]));
}

/** `[row, column, kernel row, kernel column]` of every output cell that reads a cell. */
export function feeds(axes, height, width, row, column) {
  const across = readers(axes.columns, width, column);
  return readers(axes.rows, height, row).flatMap(([y, i]) => across.map(([x, j]) => [y, x, i, j]));
}

/** The products, so many in a line, the sum, the bias and the result; several channels one after the other. */
export function writtenSum({ across, channels, result, bias }) {
  const rows = [];
  const sums = channels.map(({ label, pairs }) => {
    const products = pairs.map(([value, weight]) => value * weight);
    const terms = pairs.map(([value, weight]) => `${bracketed(value)}×${bracketed(weight)}`);
    const sum = total(products);
    const names = channels.length > 1 ? [label, ""] : ["products", "sum"];
    rows.push([names[0], sumLines(terms, across)]);
    rows.push([names[1], `${products.map(bracketed).join(" + ")} = ${exact(sum)}`]);
    return sum;
  });
  const sum = exact(total(sums));
  if (sums.length > 1) rows.push(["all channels", `${sums.map(bracketed).join(" + ")} = ${sum}`]);
  if (bias !== null) rows.push(["+ bias", `${sum} + ${bracketed(bias)} = ${result}`]);
  return rows;
}

export function writtenPool({ kind, axes, values, result }) {
  const rows = [["window", sumLines(values.map(exact), axes.columns.kernel).replaceAll("\n+ ", "\n").replaceAll(" + ", "  ")]];
  if (kind === "max") rows.push(["largest", `max(${values.map(exact).join(", ")}) = ${result}`]);
  else rows.push(["mean", `(${values.map(bracketed).join(" + ")}) / ${values.length} = ${result}`]);
  return rows;
}
