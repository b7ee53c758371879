// Feature maps on canvases. Hovering a cell lights, in every earlier map, the cells that feed it:
// no trip to the server.

import { bytesOf } from "../kit/bytes.js";
import { cellUnder, mark, paint, unmark } from "../kit/cells.js";
import { RAMP } from "../kit/colours.js";
import { added, element, remembered, setChildren } from "../kit/element.js";
import { number } from "../kit/numbers.js";
import { feeding, seen } from "../kit/windows.js";

const drawn = new WeakMap(); // the values on the canvases of a card

/** Pixels a cell is drawn with: maps of 28 and of 7 cells take about the same room. */
function cellSize(part) {
  if (part.full.length === 1) return part.width > 64 ? 2 : 6;
  return Math.max(1, Math.min(12, Math.round(56 / Math.max(part.height, part.width))));
}

function draw(canvas, part, bytes, index) {
  const { width, height } = part;
  paint(canvas, height, width, (i) => RAMP[bytes[index * width * height + i]]);
  const cell = cellSize(part);
  canvas.style.width = `${width * cell}px`;
  canvas.style.height = `${(part.full.length === 1 ? 18 : height * cell)}px`;
}

function build(part) {
  const head = element("button", { class: "title", type: "button", style: { "--colour": part.colour } }, part.title);
  const maps = element("div", "maps");
  for (let i = 0; i < part.count; i++) {
    added(maps, "div", { class: "map", "data-index": i }, element("canvas", "cells"), element("div", "mark"));
  }
  const look = { class: "card", role: "listitem", "data-path": part.path };
  return element("div", look, head, element("div", "size"), maps, element("div", "range"));
}

function fill(card, part, selected) {
  card.classList.toggle("selected", part.path !== "" && part.path === selected);
  card.querySelector(".size").textContent = part.size;
  const hidden = part.hidden ? ` · ${part.hidden} more` : "";
  card.querySelector(".range").textContent = `${number(part.low)} … ${number(part.high)}${hidden}`;
  const values = `${part.height} ${part.width} ${part.bytes}`;
  if (drawn.get(card) === values) return;
  drawn.set(card, values);
  const bytes = bytesOf(part.bytes);
  card.querySelectorAll("canvas").forEach((canvas, index) => draw(canvas, part, bytes, index));
}

function sameFrame(a, b) {
  return a && a.title === b.title && a.path === b.path && a.count === b.count;
}

function hover(state, root, said, event) {
  const canvas = event.target.closest("canvas");
  unmark(root);
  said.textContent = "";
  if (!canvas) return;
  const at = state.cards.indexOf(canvas.closest(".card"));
  const part = state.parts[at];
  if (part.full.length !== 3) return;
  const [row, column] = cellUnder(event, canvas, part.full[0], part.full[1]);
  const light = (frame, { full }, rows, columns) => mark(frame.querySelector(".mark"), full[0], full[1], rows, columns);
  light(canvas.parentElement, part, [row, row], [column, column]);
  const fields = seen(part.field, row, column);
  state.parts.slice(0, at).forEach((earlier, place) => {
    if (earlier.full.length !== 3) return;
    const within = fields.map((field, axis) => feeding(earlier.field, axis, field));
    state.cards[place].querySelectorAll(".map").forEach((frame) => light(frame, earlier, ...within));
  });
  said.textContent = `${part.title}, cell ${row}, ${column}: sees ${part.field.size.join("×")} input pixels`;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".strip");
  const said = parentElement.querySelector(".said");
  const state = remembered(root, () => ({ parts: [], cards: [] }));
  state.cards = data.parts.map((part, i) => (sameFrame(state.parts[i], part) ? state.cards[i] : build(part)));
  setChildren(root, state.cards);
  data.parts.forEach((part, i) => fill(state.cards[i], part, data.selected));
  state.parts = data.parts;
  root.onpointermove = (event) => hover(state, root, said, event);
  root.onpointerleave = () => unmark(root);
  root.onclick = (event) => {
    const card = event.target.closest(".card");
    if (card && card.dataset.path) setTriggerValue("picked", card.dataset.path);
  };
}
