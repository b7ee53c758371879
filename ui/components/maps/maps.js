// Maps on canvases with all their numbers. What a cell sees of the input links the maps: hovering
// one lights the others, and its sum is written out. No trip to the server.

const BELOW = [217, 72, 15];
const ABOVE = [98, 101, 240];
const FAINT = 0.7; // below 1, so that small numbers are still seen on a projector
const CHANNELS = ["Red", "Green", "Blue"];
const PRODUCTS_A_LINE = 3;
const states = new WeakMap();

function numbersOf(part) {
  const bytes = Uint8Array.from(atob(part.numbers), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function written(value, digits = 3) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? (0).toFixed(digits) : text).replace("-", "−");
}

function signedColour(value, full) {
  const share = full ? Math.max(-1, Math.min(1, value / full)) : 0;
  return [...(share < 0 ? BELOW : ABOVE), Math.round(255 * Math.abs(share) ** FAINT)];
}

function paint(canvas, part, numbers) {
  const { width, height, channels, scale, full } = part;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    let colour;
    if (scale === "signed") colour = signedColour(numbers[i * channels], full);
    else {
      const at = (channel) => Math.round(255 * numbers[i * channels + Math.min(channel, channels - 1)]);
      colour = [at(0), at(1), at(2), 255];
    }
    image.data.set(colour, 4 * i);
  }
  context.putImageData(image, 0, 0);
}

function build(part) {
  const tile = element("figure", "tile");
  tile.append(element("figcaption", "title"));
  if (part.kernel) {
    const grid = element("div", "kernel");
    grid.style.setProperty("--across", part.kernel.width);
    for (let i = 0; i < part.kernel.height * part.kernel.width; i++) {
      grid.append(element(part.kernel.canChange ? "input" : "span", "weight"));
    }
    tile.append(grid);
  }
  const frame = element("div", "frame");
  const canvas = element("canvas", "cells");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  frame.append(canvas, element("div", "mark"));
  tile.append(frame, element("div", "value"), element("div", "note"));
  return tile;
}

function sameFrame(a, b) {
  const kind = (part) => part.kernel && [part.kernel.width, part.kernel.height, part.kernel.canChange].join();
  return a && kind(a) === kind(b);
}

function fill(tile, part, numbers, root) {
  tile.querySelector(".title").textContent = part.title;
  tile.querySelector(".note").textContent = part.note;
  const canvas = tile.querySelector("canvas");
  canvas.setAttribute("aria-label", `${part.title}, ${part.height}×${part.width}`);
  canvas.style.aspectRatio = `${part.width} / ${part.height}`;
  paint(canvas, part, numbers);
  if (!part.kernel) return;
  const full = Math.max(...part.kernel.shown.map(Math.abs));
  tile.querySelectorAll(".weight").forEach((cell, i) => {
    const weight = part.kernel.shown[i];
    const [red, green, blue, alpha] = signedColour(weight, full);
    cell.style.background = `rgb(${red} ${green} ${blue} / ${(0.42 * alpha) / 255})`;
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

function mark(tile, part, rows, columns) {
  const box = tile.querySelector(".mark");
  const top = Math.max(rows[0], 0);
  const left = Math.max(columns[0], 0);
  const bottom = Math.min(rows[1], part.height - 1);
  const right = Math.min(columns[1], part.width - 1);
  if (bottom < top || right < left) return false;
  Object.assign(box.style, {
    display: "block",
    top: `${(100 * top) / part.height}%`,
    left: `${(100 * left) / part.width}%`,
    height: `${(100 * (bottom + 1 - top)) / part.height}%`,
    width: `${(100 * (right + 1 - left)) / part.width}%`,
  });
  return true;
}

function valueText(state, at, row, column) {
  const part = state.parts[at];
  const start = (row * part.width + column) * part.channels;
  return [...state.numbers[at].slice(start, start + part.channels)].map((one) => written(one)).join(" · ");
}

/** Where cells are, counted from 0: `row 3`, or `rows 3–5`. */
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
        const pixel = pixels[((row + i) * source.width + column + j) * source.channels + channel];
        part += weight * pixel;
        const short = String(Number(weight.toPrecision(3))).replace("-", "−");
        products.push(`${written(pixel)} × ${weight < 0 ? `(${short})` : short}`);
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
  state.tiles.forEach((tile) => (tile.querySelector(".mark").style.display = "none"));
  state.tiles.forEach((tile) => tile.querySelector(".value").replaceChildren());
  state.said.textContent = "";
  state.at = cell;
  if (!cell) return;
  const [at, row, column] = cell;
  const from = state.parts[at];
  if (!from || row >= from.height || column >= from.width) return;
  const centre = [row, column].map((place, axis) => from.offset[axis] + place * from.jump[axis] - from.moved[axis]);
  state.parts.forEach((part, i) => {
    const within = [0, 1].map((axis) => (i === at ? [cell[1 + axis], cell[1 + axis]] : linked(part, axis, centre[axis], from.size[axis])));
    const seen = mark(state.tiles[i], part, ...within);
    const single = within.every(([first, last]) => first === last);
    if (!seen) return;
    const number = single ? valueText(state, i, within[0][0], within[1][0]) : "";
    const where = element("small", "", `${spot("row", within[0])}, ${spot("column", within[1])}`);
    state.tiles[i].querySelector(".value").replaceChildren(element("span", "", number), where);
  });
  if (from.kernel) state.said.textContent = sum(state, at, row, column);
}

function cellAt(state, event) {
  const tile = event.target.closest(".tile");
  const at = state.tiles.indexOf(tile);
  if (at < 0 || !event.target.closest(".frame")) return null;
  const bounds = tile.querySelector("canvas").getBoundingClientRect();
  const { height, width } = state.parts[at];
  const place = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  return [
    at,
    place((event.clientY - bounds.top) / bounds.height, height),
    place((event.clientX - bounds.left) / bounds.width, width),
  ];
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function press(state, event, pick) {
  if (event.target.tagName !== "CANVAS") return;
  const at = state.tiles.indexOf(event.target.closest(".tile"));
  const [, row, column] = state.at?.[0] === at ? state.at : [at, 0, 0];
  const step = STEPS[event.key];
  if (step) {
    const { height, width } = state.parts[at];
    show(state, [at, Math.max(0, Math.min(height - 1, row + step[0])), Math.max(0, Math.min(width - 1, column + step[1]))]);
  } else if (event.key === "Enter") pick(state.at);
  else return;
  event.preventDefault();
}

function edited(tile) {
  const numbers = [...tile.querySelectorAll(".weight")].map((cell) => Number(cell.value.replace("−", "-").replace(",", ".")));
  return numbers.every(Number.isFinite) ? numbers : null;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".maps");
  const state = states.get(root) || { parts: [], tiles: [], said: parentElement.querySelector(".said") };
  states.set(root, state);
  state.tiles = data.tiles.map((part, i) => (sameFrame(state.parts[i], part) ? state.tiles[i] : build(part)));
  const isSame = root.children.length === state.tiles.length && state.tiles.every((tile, i) => root.children[i] === tile);
  if (!isSame) root.replaceChildren(...state.tiles); // else an input would lose the focus
  state.parts = data.tiles;
  state.numbers = data.tiles.map(numbersOf);
  root.style.setProperty("--side", `${data.side}px`);
  root.classList.toggle("paired", data.rows === 2);
  state.tiles.forEach((tile, i) => fill(tile, data.tiles[i], state.numbers[i], root));
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
