// The stages on the page: the one chosen, the one before it, and the numbers behind a cell.

import { cellUnder, mark, rowAndColumn, unmark, watchCells } from "../kit/cells.js";
import { button, element, isNews, partsOf, remembered } from "../kit/element.js";
import { Stepper } from "../kit/stepper.js";
import { details } from "./details.js";
import { feeding, fits, strongest, unpacked } from "./numbers.js";
import { bars, frame, lineOf } from "./paint.js";

const STEP_MS = 1600;
const REST_MS = 350;
const LABELS = { back: "Stage before", play: "Play", pause: "Pause", next: "Next stage", place: "Stage" };

class View {
  pointed; // the cell that is lit,
  pointedAt; // and the panel it is lit in

  constructor(root) {
    this.root = root;
    this.stages = [];
    this.parts = partsOf(root, "chips", "stepper", "where", "before", "now", "details");
    const go = (at) => this.go(at);
    this.stepper = new Stepper(this.parts.stepper, go, { labels: LABELS, stepMs: STEP_MS });
    watchCells(this.parts.now, {
      under: (event) => this.placeUnder(event),
      point: (place) => this.point(place),
      leave: () => this.point(this.cell),
      pick: (place) => this.pin(place),
      step: (step) => this.move(step),
    });
  }

  take(data, tell) {
    this.tell = tell;
    this.classes = data.classes;
    if (!isNews(this, [data.stages, data.locked])) return;
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
      const look = { class: "chip", style: { "--colour": stage.colour }, disabled: this.locked };
      const words = [element("span", "title", stage.title), element("span", "size", stage.shape.join("×"))];
      return button(look, () => this.stepper.jump(i), ...words);
    }));
  }

  go(at) {
    this.at = at;
    this.show(null);
    this.rest();
  }

  show(place) {
    const { chips, where, before, now } = this.parts;
    const stage = this.stages[this.at];
    this.isPinned = place !== null;
    this.cell = place || strongest(stage);
    [...chips.children].forEach((chip, i) => {
      chip.classList.toggle("now", i === this.at);
      chip.setAttribute("aria-pressed", i === this.at);
    });
    this.stepper.show(this.at, this.stages.length, stage.title, this.locked);
    where.textContent = `${this.at + 1} of ${this.stages.length}`;
    before.replaceChildren(...(this.at ? this.panel(this.at - 1, "what it was given") : []));
    before.hidden = this.at === 0;
    now.replaceChildren(...this.panel(this.at, ""));
    this.point(this.cell);
  }

  panel(at, said) {
    const stage = this.stages[at];
    const look = { class: "head", style: { "--colour": stage.colour } };
    const head = element("div", look, element("b", "", stage.title), element("span", "", said || stage.note));
    const size = element("div", "size", stage.size);
    if (stage.kind === "dense" || stage.kind === "softmax") return [head, size, bars(stage, this.classes)];
    const label = said ? "The stage before" : "Cells: choose one with the arrow keys";
    const maps = element("div", { class: "maps", tabIndex: said ? -1 : 0, "aria-label": label });
    const count = stage.shape.length === 1 ? 1 : stage.shape[2];
    for (let i = 0; i < count; i++) maps.append(frame(stage, i, count));
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

  pin(place) {
    if (this.locked) return;
    this.cell = place;
    this.isPinned = true;
    this.point(place);
    this.rest();
  }

  move([down, right]) {
    const [row, column, map] = this.cell;
    const place = this.cell.length === 1 ? [row + down + right] : [row + down, column + right, map];
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
      const [row, column, map] = place.length === 3 ? place : [...rowAndColumn(place[0], lineOf(stage)), 0];
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
  const view = remembered(root, () => new View(root));
  view.take(data, (rest) => setStateValue("rest", rest));
}
