// What a cell sees, layer by layer back to the pixels. A pixel is the brighter, the more ways lead
// from it to the cell.

const CELL = [6, 182, 212];
const states = new WeakMap();

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** On one axis the ways from each place of the layer before to the chosen ones. */
function waysBack(axis, ways, size) {
  const found = new Array(size).fill(0);
  ways.forEach((count, place) => {
    for (let tap = 0; count && tap < axis.kernel; tap++) {
      const at = place * axis.stride - axis.before + tap * axis.dilation;
      if (at >= 0 && at < size) found[at] += count;
    }
  });
  return found;
}

function sizeOf(stack, layer) {
  return layer < 0 ? stack.size : stack.layers[layer].size;
}

/** For each layer before the chosen one, and the input at -1, the ways on both axes. */
function waysOf(stack, [layer, row, column]) {
  let ways = [row, column].map((place, side) => {
    const line = new Array(sizeOf(stack, layer)[side]).fill(0);
    line[place] = 1;
    return line;
  });
  const found = new Map([[layer, ways]]);
  for (let at = layer; at >= 0; at--) {
    const before = sizeOf(stack, at - 1);
    ways = ways.map((line, side) => waysBack(stack.layers[at].axes[side], line, before[side]));
    found.set(at - 1, ways);
  }
  return found;
}

/** What a window sees counted with the padding: first and last place, on each axis. */
function reach(stack, [layer, row, column]) {
  let ends = [[row, row], [column, column]];
  for (let at = layer; at >= 0; at--) {
    ends = ends.map(([first, last], side) => {
      const { kernel, stride, dilation, before } = stack.layers[at].axes[side];
      return [first * stride - before, last * stride - before + (kernel - 1) * dilation];
    });
  }
  return ends;
}

/** First and last of the places that count, and whether there are others between them. */
function counted(line) {
  const places = [...line.keys()].filter((place) => line[place] > 0);
  const [first, last] = [places[0], places[places.length - 1]];
  return { first, last, count: places.length, hasGaps: places.length < last - first + 1 };
}

function words(stack, cell) {
  const [layer, row, column] = cell;
  const name = layer < 0 ? "Input" : stack.layers[layer].name;
  const [height, width] = reach(stack, cell).map(([first, last]) => last - first + 1);
  const ways = waysOf(stack, cell).get(-1);
  const [rows, columns] = ways.map(counted);
  const seen = rows.count * columns.count;
  const few = rows.hasGaps || columns.hasGaps ? ", with gaps" : "";
  const inImage = seen < height * width ? ` ${seen.toLocaleString("en")} of them count${few}:` : "";
  const most = ways.map((line) => Math.max(...line));
  return (
    `${name}, row ${row}, column ${column}: its field is ${height}×${width} pixels.${inImage} Rows ${rows.first} to ` +
    `${rows.last}, columns ${columns.first} to ${columns.last}. Up to ${(most[0] * most[1]).toLocaleString("en")} ways lead from one pixel to it.`
  );
}

function paint(canvas, stack, layer, ways, ink) {
  const [height, width] = sizeOf(stack, layer);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const most = ways ? Math.max(...ways[0]) * Math.max(...ways[1]) : 1;
  for (let i = 0; i < width * height; i++) {
    const [row, column] = [Math.floor(i / width), i % width];
    const count = ways ? ways[0][row] * ways[1][column] : 0;
    const strength = count ? 0.35 + 0.65 * Math.sqrt(count / most) : 0;
    const grey = layer < 0 ? stack.bytes[i] / 255 : (row + column) % 2 ? 0.1 : 0.05;
    const share = strength * (layer < 0 ? 0.8 : 1);
    const alpha = share + grey * (1 - share);
    const colour = CELL.map((part, k) => (part * share + ink[k] * grey * (1 - share)) / (alpha || 1));
    image.data.set([...colour.map(Math.round), Math.round(alpha * 255)], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

function light(state, cell) {
  const text = String(cell);
  if (text === state.lit) return;
  state.lit = text;
  const ways = waysOf(state.stack, cell);
  state.canvases.forEach((canvas, i) => paint(canvas, state.stack, i - 1, ways.get(i - 1), state.ink));
  state.said.textContent = words(state.stack, cell);
}

function cellUnder(event) {
  const canvas = event.target.closest("canvas");
  if (!canvas) return null;
  const bounds = canvas.getBoundingClientRect();
  const [row, column] = [
    Math.floor(((event.clientY - bounds.top) / bounds.height) * canvas.height),
    Math.floor(((event.clientX - bounds.left) / bounds.width) * canvas.width),
  ];
  const isInside = row >= 0 && column >= 0 && row < canvas.height && column < canvas.width;
  return isInside ? [Number(canvas.dataset.layer), row, column] : null;
}

function card(stack, layer) {
  const [height, width] = sizeOf(stack, layer);
  const made = element("div", "card");
  made.setAttribute("role", "listitem");
  made.style.setProperty("--colour", layer < 0 ? "#94a3b8" : stack.layers[layer].colour);
  const canvas = element("canvas");
  const name = layer < 0 ? "Input" : stack.layers[layer].name;
  canvas.dataset.layer = layer;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${name}, ${height}×${width}: choose a cell with the arrow keys`);
  made.append(element("b", "", name), element("span", "", `${height}×${width}`), canvas);
  return made;
}

function build(state, root) {
  const cards = [-1, ...state.stack.layers.keys()].map((layer) => card(state.stack, layer));
  root.querySelector(".maps").replaceChildren(...cards);
  state.canvases = cards.map((one) => one.querySelector("canvas"));
}

function moved(cell, key, stack) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (!step) return null;
  const [height, width] = sizeOf(stack, cell[0]);
  const [row, column] = [cell[1] + step[0], cell[2] + step[1]];
  return row >= 0 && column >= 0 && row < height && column < width ? [cell[0], row, column] : cell;
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".field");
  const state = states.get(root) || {};
  states.set(root, state);
  const ink = (getComputedStyle(root).color.match(/\d+/g) || [128, 128, 128]).slice(0, 3).map(Number);
  const text = JSON.stringify([data.stack, ink]);
  if (text !== state.text) {
    const bytes = Uint8Array.from(atob(data.stack.pixels), (letter) => letter.charCodeAt(0));
    Object.assign(state, { text, ink, stack: { ...data.stack, bytes }, lit: "", said: root.querySelector(".said") });
    build(state, root);
  }
  state.chosen = data.chosen;
  light(state, state.chosen);
  const choose = (cell) => {
    if (data.locked || !cell) return;
    state.chosen = cell;
    light(state, cell);
    setStateValue("cell", cell);
  };
  root.onpointermove = (event) => {
    const cell = cellUnder(event);
    if (cell) light(state, cell);
  };
  root.onpointerleave = () => light(state, state.chosen);
  root.onclick = (event) => choose(cellUnder(event));
  root.onkeydown = (event) => {
    const layer = Number(event.target.dataset?.layer);
    const from = state.chosen[0] === layer ? state.chosen : [layer, 0, 0];
    const cell = moved(from, event.key, state.stack);
    if (!cell) return;
    event.preventDefault();
    choose(cell);
  };
}
