// Maps on canvases with all their numbers. What a cell sees of the input links the maps: hovering
// one lights the others, and its sum is written out. No trip to the server.

import { floatsOf } from "../kit/bytes.js";
import { cellUnder, mark, paint, unmark, within } from "../kit/cells.js";
import { pixel, signedCss, signedPixel } from "../kit/colours.js";
import { added, element, remembered } from "../kit/element.js";
import { ARROWS } from "../kit/keys.js";
import { fixed, number, read } from "../kit/numbers.js";

const CHANNELS = ["Red", "Green", "Blue"];
const PRODUCTS_A_LINE = 3;
const states = new WeakMap();

const written = (value) => fixed(value, 3);

function draw(canvas, { width, height, channels, scale, full }, numbers) {
  const at = (i, channel) => 255 * numbers[i * channels + Math.min(channel, channels - 1)];
  const colour = {
    signed: (i) => signedPixel(full ? numbers[i * channels] / full : 0),
    brightness: (i) => pixel([at(i, 0), at(i, 1), at(i, 2)]),
  };
  paint(canvas, height, width, colour[scale]);
}

function build(part) {
  const tile = element("figure", "tile", element("figcaption", "title"));
  if (part.kernel) {
    const grid = added(tile, "div", "kernel");
    grid.style.setProperty("--across", part.kernel.width);
    for (let i = 0; i < part.kernel.height * part.kernel.width; i++) {
      added(grid, part.kernel.canChange ? "input" : "span", "weight");
    }
  }
  const canvas = element("canvas", { class: "cells", tabIndex: 0, role: "img" });
  added(tile, "div", "frame", canvas, element("div", "mark"));
  tile.append(element("div", "value"), element("div", "note"));
  return tile;
}

function sameFrame(a, b) {
  const kind = (part) => part.kernel && [part.kernel.width, part.kernel.height, part.kernel.canChange].join();
  return a && kind(a) === kind(b);
}

function fill(tile, part, numbers) {
  tile.querySelector(".title").textContent = part.title;
  tile.querySelector(".note").textContent = part.note;
  const canvas = tile.querySelector("canvas");
  canvas.setAttribute("aria-label", `${part.title}, ${part.height}×${part.width}`);
  canvas.style.aspectRatio = `${part.width} / ${part.height}`;
  draw(canvas, part, numbers);
  if (!part.kernel) return;
  const full = Math.max(...part.kernel.shown.map(Math.abs));
  tile.querySelectorAll(".weight").forEach((cell, i) => {
    const weight = part.kernel.shown[i];
    cell.style.background = signedCss(full ? weight / full : 0, 0.42);
    if (cell.tagName !== "INPUT") cell.textContent = part.kernel.texts[i];
    else {
      cell.inputMode = "text"; // a phone's number pad has no minus
      cell.setAttribute("aria-label", `Weight ${Math.floor(i / part.kernel.width)}, ${i % part.kernel.width}`);
      if (cell.getRootNode().activeElement !== cell) cell.value = String(Number(weight.toPrecision(6)));
    }
  });
}

/** The cells of a map, on one axis, that belong to a cell in the middle of `centre` that sees `size`. */
function linked(part, axis, centre, size) {
  const jump = part.jump[axis] || 1;
  const first = part.offset[axis] - part.moved[axis];
  if (part.size[axis] < size) {
    const reach = (size - part.size[axis]) / 2;
    return [Math.ceil((centre - reach - first) / jump - 1e-6), Math.floor((centre + reach - first) / jump + 1e-6)];
  }
  const place = Math.round((centre - first) / jump - 1e-6);
  return [place, place];
}

function valueText(state, at, row, column) {
  const part = state.parts[at];
  const start = (row * part.width + column) * part.channels;
  return [...state.numbers[at].slice(start, start + part.channels)].map((one) => written(one)).join(" · ");
}

/** Where cells are, counted from 0: `row 3`, or `rows 3–5`. @type {(word: string, places: number[]) => string} */
function spot(word, [first, last]) {
  return first === last ? `${word} ${first}` : `${word}s ${first}–${last}`;
}

/** The products under a kernel, channel by channel, and their sum. */
function sum(state, at, row, column) {
  const { kernel, title } = state.parts[at];
  const source = state.parts[kernel.source];
  const pixels = state.numbers[kernel.source];
  const lines = [];
  let total = 0;
  for (let channel = 0; channel < source.channels; channel++) {
    const products = [];
    let part = 0;
    for (let i = 0; i < kernel.height; i++) {
      for (let j = 0; j < kernel.width; j++) {
        const weight = kernel.weights[i][j][channel];
        const seen = pixels[((row + i) * source.width + column + j) * source.channels + channel];
        part += weight * seen;
        const short = number(weight);
        products.push(`${written(seen)} × ${weight < 0 ? `(${short})` : short}`);
      }
    }
    total += part;
    if (source.channels > 1) lines.push(`${CHANNELS[channel]}: ${written(part)}`);
    else {
      for (let i = 0; i < products.length; i += PRODUCTS_A_LINE) {
        lines.push((i ? "+ " : "  ") + products.slice(i, i + PRODUCTS_A_LINE).join(" + "));
      }
    }
  }
  const head = `${title}, row ${row}, column ${column}:`;
  const body = source.channels > 1 ? [lines.join("   +   ")] : lines;
  const end = kernel.relu ? `= ${written(total)}, after ReLU ${written(Math.max(total, 0))}` : `= ${written(total)}`;
  return [head, ...body, end].join("\n");
}

function show(state, cell) {
  unmark(state.root);
  state.tiles.forEach((tile) => tile.querySelector(".value").replaceChildren());
  state.said.textContent = "";
  state.at = cell;
  if (!cell) return;
  const [at, row, column] = cell;
  const from = state.parts[at];
  if (!from || row >= from.height || column >= from.width) return;
  const centre = [row, column].map((place, axis) => from.offset[axis] + place * from.jump[axis] - from.moved[axis]);
  state.parts.forEach((part, i) => {
    const [rows, columns] = [0, 1].map((axis) => {
      return i === at ? [cell[1 + axis], cell[1 + axis]] : linked(part, axis, centre[axis], from.size[axis]);
    });
    if (!mark(state.tiles[i].querySelector(".mark"), part.height, part.width, rows, columns)) return;
    const isOne = [rows, columns].every(([first, last]) => first === last);
    const text = isOne ? valueText(state, i, rows[0], columns[0]) : "";
    const where = element("small", "", `${spot("row", rows)}, ${spot("column", columns)}`);
    state.tiles[i].querySelector(".value").replaceChildren(element("span", "", text), where);
  });
  if (from.kernel) state.said.textContent = sum(state, at, row, column);
}

function cellAt(state, event) {
  const tile = event.target.closest(".tile");
  const at = state.tiles.indexOf(tile);
  if (at < 0 || !event.target.closest(".frame")) return null;
  const { height, width } = state.parts[at];
  return [at, ...cellUnder(event, tile.querySelector("canvas"), height, width)];
}

function press(state, event, pick) {
  if (event.target.tagName !== "CANVAS") return;
  const at = state.tiles.indexOf(event.target.closest(".tile"));
  const [, row, column] = state.at?.[0] === at ? state.at : [at, 0, 0];
  const step = ARROWS[event.key];
  if (step) {
    const { height, width } = state.parts[at];
    show(state, [at, within(row + step[0], height), within(column + step[1], width)]);
  } else if (event.key === "Enter") pick(state.at);
  else return;
  event.preventDefault();
}

function edited(tile) {
  const numbers = [...tile.querySelectorAll(".weight")].map((cell) => read(cell.value));
  return numbers.every(Number.isFinite) ? numbers : null;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".maps");
  const said = parentElement.querySelector(".said");
  const state = remembered(states, root, () => ({ root, parts: [], tiles: [], said }));
  state.tiles = data.tiles.map((part, i) => (sameFrame(state.parts[i], part) ? state.tiles[i] : build(part)));
  const isSame = root.children.length === state.tiles.length && state.tiles.every((tile, i) => root.children[i] === tile);
  if (!isSame) root.replaceChildren(...state.tiles); // else an input would lose the focus
  state.parts = data.tiles;
  state.numbers = data.tiles.map((part) => floatsOf(part.numbers));
  root.style.setProperty("--side", `${data.side}px`);
  root.classList.toggle("paired", data.rows === 2);
  state.tiles.forEach((tile, i) => fill(tile, data.tiles[i], state.numbers[i]));
  show(state, data.chosen);
  const pick = (cell) => {
    if (data.picks && cell) setTriggerValue("cell", cell);
  };
  root.onpointermove = (event) => {
    const cell = cellAt(state, event);
    if (cell) show(state, cell);
  };
  root.onpointerleave = () => show(state, data.chosen);
  root.onclick = (event) => pick(cellAt(state, event));
  root.onkeydown = (event) => press(state, event, pick);
  root.onchange = (event) => {
    const tile = event.target.closest(".tile");
    const weights = tile && edited(tile);
    if (weights) setTriggerValue("weights", weights);
  };
}
