// The stages on the page: the one chosen, the one before it, and the numbers behind a cell.

import { cellUnder, mark, unmark } from "../kit/cells.js";
import { inkOf } from "../kit/colours.js";
import { drawing, element, remembered, setAttribute } from "../kit/element.js";
import { ARROWS } from "../kit/keys.js";
import { details } from "./details.js";
import { feeding, fits, strongest, unpacked } from "./numbers.js";
import { bars, frame, lineOf } from "./paint.js";

const STEP_MS = 1600;
const REST_MS = 350;
const views = new WeakMap();
const ICONS = {
  back: "M15 5 8 12l7 7", on: "m9 5 7 7-7 7", play: "M8 5v14l11-7z", pause: "M9 5v14M15 5v14",
};

class View {
  pointed; // the cell that is lit,
  pointedAt; // and the panel it is lit in

  constructor(root) {
    this.root = root;
    this.stages = [];
    const find = (name) => root.querySelector(name);
    const names = ["chips", "where", "play", "back", "on", "before", "now", "details"];
    this.parts = Object.fromEntries(names.map((name) => [name, find(`.${name}`)]));
    this.parts.range = find("input");
    for (const name of ["back", "play", "on"]) this.parts[name].append(drawing(ICONS[name]));
    this.listen();
  }

  listen() {
    const { back, on, play, range, now } = this.parts;
    back.onclick = () => this.go(this.at - 1);
    on.onclick = () => this.go(this.at + 1);
    play.onclick = () => (this.timer ? this.stop() : this.start());
    range.oninput = () => this.go(Number(range.value));
    now.onpointermove = (event) => this.hover(event);
    now.onpointerleave = () => this.point(this.cell);
    now.onclick = (event) => {
      const place = this.placeUnder(event);
      if (place) this.pin(place);
    };
    now.onkeydown = (event) => this.key(event);
  }

  take(data, tell) {
    this.tell = tell;
    this.classes = data.classes;
    this.ink = inkOf(this.root);
    const text = JSON.stringify([data.stages, data.locked, this.ink]);
    if (text === this.text) return;
    this.text = text;
    this.stages = data.stages.map(unpacked);
    this.locked = data.locked;
    const isNew = this.at === undefined || this.at >= this.stages.length;
    if (isNew) this.at = Math.min(data.stage, this.stages.length - 1);
    this.chips();
    const place = isNew && data.cell ? data.cell.split("-").map(Number) : this.cell;
    const isChosen = Boolean(isNew ? data.cell : this.isPinned);
    this.show(isChosen && place && fits(this.stages[this.at], place) ? place : null);
  }

  chips() {
    this.parts.chips.replaceChildren(...this.stages.map((stage, i) => {
      const look = { class: "chip", type: "button", disabled: this.locked, onclick: () => this.go(i) };
      const size = element("span", "size", stage.shape.join("×"));
      const chip = element("button", look, element("span", "title", stage.title), size);
      chip.style.setProperty("--colour", stage.colour);
      return chip;
    }));
    const { range, back, on, play } = this.parts;
    range.max = this.stages.length - 1;
    for (const one of [range, back, on, play]) one.disabled = this.locked;
  }

  go(at, isPlaying = false) {
    if (!isPlaying) this.stop();
    this.at = Math.max(0, Math.min(at, this.stages.length - 1));
    this.show(null);
    this.rest();
  }

  start() {
    if (this.at === this.stages.length - 1) this.go(0);
    this.timer = setInterval(() => {
      if (!this.root.isConnected || this.at === this.stages.length - 1) return this.stop();
      this.go(this.at + 1, true);
    }, STEP_MS);
    this.playing();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.playing();
  }

  playing() {
    const { play } = this.parts;
    const name = this.timer ? "Pause" : "Play";
    if (play.getAttribute("aria-label") === name) return;
    setAttribute(play, "aria-label", name);
    play.replaceChildren(drawing(ICONS[this.timer ? "pause" : "play"]));
  }

  show(place) {
    const { chips, range, where, before, now, back, on } = this.parts;
    const stage = this.stages[this.at];
    this.isPinned = place !== null;
    this.cell = place || strongest(stage);
    [...chips.children].forEach((chip, i) => {
      chip.classList.toggle("now", i === this.at);
      chip.setAttribute("aria-pressed", i === this.at);
    });
    const chip = chips.children[this.at];
    chips.scrollLeft = chip.offsetLeft - chips.clientWidth / 2;
    range.value = this.at;
    range.setAttribute("aria-valuetext", stage.title);
    where.textContent = `${this.at + 1} of ${this.stages.length}`;
    back.disabled = this.locked || this.at === 0;
    on.disabled = this.locked || this.at === this.stages.length - 1;
    before.replaceChildren(...(this.at ? this.panel(this.at - 1, "what it was given") : []));
    before.hidden = this.at === 0;
    now.replaceChildren(...this.panel(this.at, ""));
    this.point(this.cell);
  }

  panel(at, said) {
    const stage = this.stages[at];
    const head = element("div", "head", element("b", "", stage.title), element("span", "", said || stage.note));
    head.style.setProperty("--colour", stage.colour);
    const size = element("div", "size", stage.size);
    if (stage.kind === "dense" || stage.kind === "softmax") return [head, size, bars(stage, this.classes)];
    const label = said ? "The stage before" : "Cells: choose one with the arrow keys";
    const maps = element("div", { class: "maps", tabIndex: said ? -1 : 0, "aria-label": label });
    const count = stage.shape.length === 1 ? 1 : stage.shape[2];
    for (let i = 0; i < count; i++) maps.append(frame(stage, i, count, this.ink));
    return [head, size, maps];
  }

  placeUnder(event) {
    const stage = this.stages[this.at];
    const bar = event.target.closest(".bar");
    if (bar) return [Number(bar.dataset.unit)];
    const map = event.target.closest(".map");
    if (!map) return null;
    const canvas = map.querySelector("canvas");
    const [row, column] = cellUnder(event, canvas, canvas.height, canvas.width);
    const place = stage.shape.length === 1 ? [row * canvas.width + column] : [row, column, Number(map.dataset.map)];
    return fits(stage, place) ? place : null;
  }

  hover(event) {
    const place = this.placeUnder(event);
    if (place) this.point(place);
  }

  pin(place) {
    if (this.locked) return;
    this.cell = place;
    this.isPinned = true;
    this.point(place);
    this.rest();
  }

  key(event) {
    const move = ARROWS[event.key];
    if (!move) return;
    event.preventDefault();
    const isVector = this.stages[this.at].shape.length === 1;
    const place = isVector ? [this.cell[0] + move[0] + move[1]] : [this.cell[0] + move[0], this.cell[1] + move[1], this.cell[2]];
    if (fits(this.stages[this.at], place)) this.pin(place);
  }

  /** Lights a cell, what feeds it, and writes out its numbers. */
  point(place) {
    const { before, now, details: panel } = this.parts;
    const stage = this.stages[this.at];
    if (String(place) === this.pointed && this.pointedAt === now.firstChild) return;
    Object.assign(this, { pointed: String(place), pointedAt: now.firstChild });
    unmark(this.root);
    for (const bar of now.querySelectorAll(".bar")) bar.classList.toggle("chosen", Number(bar.dataset.unit) === place[0]);
    if (!now.querySelector(".bar")) {
      const [row, column, map] = place.length === 3 ? place : [Math.floor(place[0] / lineOf(stage)), place[0] % lineOf(stage), 0];
      this.mark(now, map, [row, row], [column, column]);
    }
    const fed = this.at ? feeding(stage, this.stages[this.at - 1], place) : null;
    if (fed) this.mark(before, fed.map, fed.rows, fed.columns);
    panel.replaceChildren(...details(this.stages, this.at, place, this.classes));
  }

  mark(panel, map, rows, columns) {
    for (const one of panel.querySelectorAll(".map")) {
      if (map !== null && Number(one.dataset.map) !== map) continue;
      const { width, height } = one.querySelector("canvas");
      mark(one.querySelector(".mark"), height, width, rows, columns);
    }
  }

  /** Tells Python where it is, once it has come to rest. */
  rest() {
    clearTimeout(this.waiting);
    const cell = this.isPinned ? this.cell.join("-") : "";
    this.waiting = setTimeout(() => this.root.isConnected && this.tell({ stage: this.at, cell }), REST_MS);
  }
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".stages");
  const view = remembered(views, root, () => new View(root));
  view.take(data, (rest) => setStateValue("rest", rest));
}
