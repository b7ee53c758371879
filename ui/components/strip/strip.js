// Feature maps on canvases. Hovering a cell lights, in every earlier map, the cells that feed it:
// no trip to the server.

const states = new WeakMap();
const drawn = new WeakMap(); // the values on the canvases of a card

/** Pixels a cell is drawn with: maps of 28 and of 7 cells take about the same room. */
function cellSize(part) {
  if (part.full.length === 1) return part.width > 64 ? 2 : 6;
  return Math.max(1, Math.min(12, Math.round(56 / Math.max(part.height, part.width))));
}

function paint(canvas, part, bytes, index) {
  const { width, height } = part;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const first = index * width * height;
  for (let i = 0; i < pixels.length; i++) pixels[i] = RAMP[bytes[first + i]];
  context.putImageData(image, 0, 0);
  const cell = cellSize(part);
  canvas.style.width = `${width * cell}px`;
  canvas.style.height = `${(part.full.length === 1 ? 18 : height * cell)}px`;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function build(part) {
  const card = element("div", "card");
  card.setAttribute("role", "listitem");
  card.dataset.path = part.path;
  const head = element("button", "title", part.title);
  head.type = "button";
  head.style.setProperty("--colour", part.colour);
  const maps = element("div", "maps");
  for (let i = 0; i < part.count; i++) {
    const frame = element("div", "map");
    frame.append(element("canvas", "cells"), element("div", "mark"));
    frame.dataset.index = i;
    maps.append(frame);
  }
  card.append(head, element("div", "size"), maps, element("div", "range"));
  return card;
}

function number(value) {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function fill(card, part, selected) {
  card.classList.toggle("selected", part.path !== "" && part.path === selected);
  card.querySelector(".size").textContent = part.size;
  const hidden = part.hidden ? ` · ${part.hidden} more` : "";
  card.querySelector(".range").textContent = `${number(part.low)} … ${number(part.high)}${hidden}`;
  const values = `${part.height} ${part.width} ${part.bytes}`;
  if (drawn.get(card) === values) return;
  drawn.set(card, values);
  const bytes = decode(part);
  card.querySelectorAll("canvas").forEach((canvas, index) => paint(canvas, part, bytes, index));
}

function sameFrame(a, b) {
  return a && a.title === b.title && a.path === b.path && a.count === b.count;
}

function mark(frame, part, rows, columns) {
  const box = frame.querySelector(".mark");
  const [height, width] = part.full;
  const [top, bottom] = [Math.max(rows[0], 0), Math.min(rows[1], height - 1)];
  const [left, right] = [Math.max(columns[0], 0), Math.min(columns[1], width - 1)];
  if (bottom < top || right < left) return;
  Object.assign(box.style, {
    display: "block",
    top: `${(100 * top) / height}%`,
    left: `${(100 * left) / width}%`,
    height: `${(100 * (bottom + 1 - top)) / height}%`,
    width: `${(100 * (right + 1 - left)) / width}%`,
  });
}

function clear(root) {
  root.querySelectorAll(".mark").forEach((box) => (box.style.display = "none"));
}

function hover(state, root, said, event) {
  const canvas = event.target.closest("canvas");
  clear(root);
  said.textContent = "";
  if (!canvas) return;
  const card = canvas.closest(".card");
  const at = state.cards.indexOf(card);
  const part = state.parts[at];
  if (part.full.length !== 3) return;
  const bounds = canvas.getBoundingClientRect();
  const row = Math.min(part.full[0] - 1, Math.floor(((event.clientY - bounds.top) / bounds.height) * part.full[0]));
  const column = Math.min(part.full[1] - 1, Math.floor(((event.clientX - bounds.left) / bounds.width) * part.full[1]));
  mark(canvas.parentElement, part, [row, row], [column, column]);
  const [rows, columns] = seen(part, row, column);
  state.parts.slice(0, at).forEach((earlier, place) => {
    if (earlier.full.length !== 3) return;
    const within = [feeding(earlier.field, 0, ...rows), feeding(earlier.field, 1, ...columns)];
    state.cards[place].querySelectorAll(".map").forEach((frame) => mark(frame, earlier, ...within));
  });
  const [height, width] = part.field.size;
  said.textContent = `${part.title}, cell ${row}, ${column}: sees ${height}×${width} input pixels`;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".strip");
  const said = parentElement.querySelector(".said");
  const state = states.get(root) || { parts: [], cards: [] };
  states.set(root, state);
  state.cards = data.parts.map((part, i) => (sameFrame(state.parts[i], part) ? state.cards[i] : build(part)));
  const isInPlace = state.cards.every((card, i) => card === root.children[i]);
  if (!isInPlace || root.children.length > state.cards.length) root.replaceChildren(...state.cards);
  data.parts.forEach((part, i) => fill(state.cards[i], part, data.selected));
  state.parts = data.parts;
  root.onpointermove = (event) => hover(state, root, said, event);
  root.onpointerleave = () => clear(root);
  root.onclick = (event) => {
    const card = event.target.closest(".card");
    if (card && card.dataset.path) setTriggerValue("picked", card.dataset.path);
  };
}
