// The numbers behind a cell, as text that can be read and copied.

import { signedCss } from "../kit/colours.js";
import { added, element } from "../kit/element.js";
import { apart, counted, fixed, largestSize, number, total } from "../kit/numbers.js";
import { convolved, placeOf, shared, valueAt, weighed, windowOf } from "./numbers.js";

const shown = (value) => number(value, 4);

const SHOWN_CHANNELS = 4;
const SHOWN_FEATURES = 8;

function grid(values, won) {
  const table = element("table", "numbers");
  const scale = largestSize(values.flat()) || 1;
  for (const line of values) {
    const row = table.insertRow();
    for (const value of line) {
      const cell = row.insertCell();
      cell.textContent = value ? fixed(value, 2) : "0";
      cell.classList.toggle("padding", value === null);
      cell.classList.toggle("won", value !== null && value === won);
      if (value) cell.style.background = signedCss(value / scale, 0.6);
    }
  }
  return table;
}

function name(place) {
  return place.length === 1 ? `number ${place[0]}` : `map ${place[2]}, row ${place[0]}, column ${place[1]}`;
}

function sentence(...parts) {
  return element("p", "", ...parts.map((part) => (typeof part === "string" ? part : element("b", "", part[0]))));
}

function ofConvolution(stage, before, place) {
  const { parts, bias, sum } = convolved(stage, before, place);
  const order = [...parts].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
  const few = order.slice(0, SHOWN_CHANNELS);
  const blocks = element("div", "blocks");
  for (const part of few) {
    const block = added(blocks, "div", "block");
    if (parts.length > 1) added(block, "small", "", `map ${part.channel}`);
    const signs = [element("span", "", "×"), element("span", "", `= ${shown(part.sum)}`)];
    added(block, "div", "line", grid(part.seen), signs[0], grid(part.kernel), signs[1]);
  }
  const rest = order.slice(SHOWN_CHANNELS);
  const sums = few.map((part) => shown(part.sum));
  if (rest.length) sums.push(`${shown(total(rest.map((part) => part.sum)))} (the other ${rest.length} maps)`);
  return [blocks, sentence(`${sums.join(" + ")} + bias ${shown(bias)} = `, [shown(sum)])];
}

function ofPooling(stage, before, place) {
  const seen = windowOf(stage, before, place, place[2]);
  const value = valueAt(stage, place);
  return [grid(seen, value), sentence("The largest of the window is ", [shown(value)])];
}

function ofDense(stage, before, place) {
  const { parts, bias, sum } = weighed(stage, before, place[0]);
  const row = (tag, texts) => element("tr", "", ...texts.map((text) => element(tag, "", text)));
  const rows = parts.slice(0, SHOWN_FEATURES).map((part) =>
    row("td", [part.feature, shown(part.value), shown(part.weight), shown(part.product)]));
  const table = element("table", "products", row("th", ["number", "value", "weight", "product"]), ...rows);
  const products = parts.map((part) => part.product);
  const [first, rest] = [products.slice(0, SHOWN_FEATURES), products.slice(SHOWN_FEATURES)];
  const sums = `${shown(total(first))} (these ${SHOWN_FEATURES}) + ${shown(total(rest))} (the other ${counted(rest.length)})`;
  return [table, sentence(`${sums} + bias ${shown(bias)} = `, [shown(sum)])];
}

function ofSoftmax(stage, before, place) {
  const { largest, parts, sum } = shared(before);
  const score = before.values[place[0]];
  const exponential = parts[place[0]];
  const share = exponential / sum;
  return [
    sentence(`exp(${shown(score)} − ${shown(largest)}) = ${shown(exponential)}`),
    sentence(`${shown(exponential)} / ${apart(sum, 1)} (the sum over all ${parts.length}) = `, [`${apart(100 * share, 100)}\u202f%`]),
  ];
}

/** What a cell was made of: a head line, and its numbers. */
export function details(stages, at, place, classes) {
  const [stage, before] = [stages[at], stages[at - 1]];
  const value = valueAt(stage, place);
  const head = stage.kind === "dense" || stage.kind === "softmax" ? `class ${classes[place[0]]}` : name(place);
  const made = {
    input: () => [sentence("The pixel is ", [shown(value)])],
    conv: () => ofConvolution(stage, before, place),
    relu: () => [sentence(`max(0, ${shown(valueAt(before, place))}) = `, [shown(value)])],
    pool: () => ofPooling(stage, before, place),
    flatten: () => [sentence(`It is ${name(placeOf(before, place[0]))} of the stage before: `, [shown(value)])],
    dense: () => ofDense(stage, before, place),
    softmax: () => ofSoftmax(stage, before, place),
  }[stage.kind]();
  return [element("h2", "", `${stage.title}, ${head}`), ...made];
}
