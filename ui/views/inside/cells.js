// How the maps of the explorer are drawn, and where on a canvas each of their cells is.

const ACROSS = 32; // features of a long vector in a line

function make(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function number(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 0.01 || size >= 1000) ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  return text.replaceAll("-", "−");
}

const isVector = (part) => part.shape.length === 1;
const lowest = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const highest = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** The values that get the darkest and the brightest colour. */
function ends(state, part, map) {
  if (state.scale === "map") return [part.lows[map], part.highs[map]];
  const parts = state.scale === "layer" ? [part] : state.parts;
  return [lowest(parts.map((one) => lowest(one.lows))), highest(parts.map((one) => highest(one.highs)))];
}

/** Lines and columns as they are drawn: a vector is broken into lines. */
function grid(part) {
  if (!isVector(part)) return [part.height, part.width];
  return [Math.ceil(part.width / ACROSS), Math.min(part.width, ACROSS)];
}

function paint(state, canvas, part, map) {
  const [rows, columns] = grid(part);
  const cells = part.height * part.width;
  const [low, high] = ends(state, part, map);
  const own = (part.highs[map] - part.lows[map]) / 255;
  canvas.width = columns;
  canvas.height = rows;
  const image = canvas.getContext("2d").createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < cells; i++) {
    const value = part.lows[map] + part.levels[map * cells + i] * own;
    const level = high > low ? Math.round((255 * (value - low)) / (high - low)) : 0;
    pixels[i] = RAMP[Math.max(0, Math.min(255, level))];
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function brightest(part, map) {
  const cells = part.height * part.width;
  let best = 0;
  for (let i = 1; i < cells; i++) if (part.levels[map * cells + i] > part.levels[map * cells + best]) best = i;
  return place(part, best);
}

function place(part, index) {
  if (isVector(part)) return { row: index, column: 0 };
  return { row: Math.floor(index / part.width) * part.every, column: (index % part.width) * part.every };
}

/** Where a cell is drawn: its line and column on the canvas. */
function drawn(part, at) {
  if (isVector(part)) return [Math.floor(at.row / ACROSS), at.row % ACROSS];
  return [Math.floor(at.row / part.every), Math.floor(at.column / part.every)];
}

function frame(box, part, row, column, height = 1, width = 1) {
  const [rows, columns] = grid(part);
  Object.assign(box.style, {
    display: "block",
    top: `${(100 * row) / rows}%`,
    left: `${(100 * column) / columns}%`,
    height: `${(100 * height) / rows}%`,
    width: `${(100 * width) / columns}%`,
  });
}
