// Maps on canvases with all their numbers. What a cell sees of the input links the maps: hovering
// one lights the others, and its sum is written out. No trip to the server.

import { floatsOf } from "../kit/bytes.js";
import { cellUnder, mark, paint, rowAndColumn, stepped, unmark, watchCells } from "../kit/cells.js";
import { pixel, signedCss, signedPixel } from "../kit/colours.js";
import { added, element, remembered, setChildren } from "../kit/element.js";
import { fixed, largestSize, number, read, sumLines, total } from "../kit/numbers.js";
import { feeding, seen } from "../kit/windows.js";
import { GAP, linesOf } from "./lines.js";

const CHANNELS = ["Red", "Green", "Blue"];
const PRODUCTS_A_LINE = 3;

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
    const grid = added(tile, "div", { class: "kernel", style: { "--across": part.kernel.width } });
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
  const full = largestSize(part.kernel.shown) || 1;
  tile.querySelectorAll(".weight").forEach((cell, i) => {
    const weight = part.kernel.shown[i];
    cell.style.background = signedCss(weight / full, 0.42);
    if (cell.tagName !== "INPUT") cell.textContent = part.kernel.texts[i];
    else {
      cell.inputMode = "text"; // a phone's number pad has no minus
      cell.setAttribute("aria-label", `Weight ${rowAndColumn(i, part.kernel.width).join(", ")}`);
      if (cell.getRootNode().activeElement !== cell) cell.value = String(Number(weight.toPrecision(6)));
    }
  });
}

/** The cells of a map, on one axis, that one with this field, so large, sees; or the one that sees it. */
function linked(part, axis, field, size) {
  if (part.size[axis] < size) return feeding(part, axis, field);
  const place = Math.round(((field[0] + field[1]) / 2 - part.offset[axis]) / (part.jump[axis] || 1) - 1e-6);
  return [place, place];
}

function numbersAt(state, at, row, column) {
  const { width, channels } = state.parts[at];
  const start = (row * width + column) * channels;
  return [...state.numbers[at].slice(start, start + channels)];
}

/** Where cells are, counted from 0: `row 3`, or `rows 3–5`. @type {(word: string, places: number[]) => string} */
function spot(word, [first, last]) {
  return first === last ? `${word} ${first}` : `${word}s ${first}–${last}`;
}

/** The products under a kernel, channel by channel, and their sum. */
function sum(state, at, row, column) {
  const { kernel, title } = state.parts[at];
  const { source, weights } = kernel;
  const met = (channel) =>
    weights.flatMap((line, i) =>
      line.map((weight, j) => [numbersAt(state, source, row + i, column + j)[channel], weight[channel]]),
    );
  const channels = Array.from({ length: state.parts[source].channels }, (_, channel) => met(channel));
  const sums = channels.map((pairs) => total(pairs.map(([value, weight]) => value * weight)));
  const product = ([value, weight]) => `${written(value)} × ${weight < 0 ? `(${number(weight)})` : number(weight)}`;
  const each = sums.map((one, channel) => `${CHANNELS[channel]}: ${written(one)}`).join("   +   ");
  const body = sums.length > 1 ? each : `  ${sumLines(channels[0].map(product), PRODUCTS_A_LINE)}`;
  const all = total(sums);
  const end = kernel.relu ? `, after ReLU ${written(Math.max(all, 0))}` : "";
  return `${title}, row ${row}, column ${column}:\n${body}\n= ${written(all)}${end}`;
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
  const fields = seen(from, row, column);
  state.parts.forEach((part, i) => {
    const own = i === at && [[row, row], [column, column]];
    const [rows, columns] = own || fields.map((field, axis) => linked(part, axis, field, from.size[axis]));
    if (!mark(state.tiles[i].querySelector(".mark"), part.height, part.width, rows, columns)) return;
    const isOne = [rows, columns].every(([first, last]) => first === last);
    const text = isOne ? numbersAt(state, i, rows[0], columns[0]).map(written).join(" · ") : "";
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

function move(state, step, event) {
  const at = state.tiles.indexOf(event.target.closest(".tile"));
  const [, row, column] = state.at?.[0] === at ? state.at : [at, 0, 0];
  const { height, width } = state.parts[at];
  show(state, [at, ...stepped([row, column], step, [height, width])]);
}

/** Gives the tiles the width at which no line has one alone, where they are not put in pairs. */
function arrange({ root, tiles, wanted }) {
  const width = Math.floor(root.parentElement.getBoundingClientRect().width);
  if (!width || !tiles.length) return;
  const { across, side } = linesOf(tiles.length, width, wanted ?? 0);
  root.style.maxWidth = wanted === null ? "" : `${across * (side + GAP) - GAP}px`;
  if (wanted !== null) root.style.setProperty("--side", `${side}px`);
}

function newState(root, said) {
  const state = { root, parts: [], tiles: [], said, wanted: null };
  new ResizeObserver(() => arrange(state)).observe(root.parentElement);
  return state;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".maps");
  const said = parentElement.querySelector(".said");
  const state = remembered(root, () => newState(root, said));
  state.tiles = data.tiles.map((part, i) => (sameFrame(state.parts[i], part) ? state.tiles[i] : build(part)));
  setChildren(root, state.tiles);
  const moved = ({ offset, moved: by }) => offset.map((place, axis) => place - by[axis]);
  state.parts = data.tiles.map((part) => ({ ...part, offset: moved(part) }));
  state.numbers = data.tiles.map((part) => floatsOf(part.numbers));
  root.classList.toggle("paired", data.rows === 2);
  state.wanted = data.rows === 2 ? null : data.side;
  root.style.setProperty("--side", `${data.side}px`);
  arrange(state);
  state.tiles.forEach((tile, i) => fill(tile, data.tiles[i], state.numbers[i]));
  show(state, data.chosen);
  const pick = (cell) => {
    if (data.picks && cell) setTriggerValue("cell", cell);
  };
  watchCells(root, {
    under: (event) => cellAt(state, event),
    point: (cell) => show(state, cell),
    leave: () => show(state, data.chosen),
    pick,
    step: (step, event) => move(state, step, event),
    enter: () => pick(state.at),
  });
  root.onchange = (event) => {
    const tile = event.target.closest(".tile");
    const weights = [...tile.querySelectorAll(".weight")].map((cell) => read(cell.value));
    if (weights.every(Number.isFinite)) setTriggerValue("weights", weights);
  };
}
