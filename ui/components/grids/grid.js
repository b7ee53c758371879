// One grid of numbers: its cells, their colours, the keys that move in it and the edits.

import { strength } from "../kit/colours.js";
import { added, element } from "../kit/element.js";
import { ARROWS } from "../kit/keys.js";
import { read } from "../kit/numbers.js";
import { brief, exact } from "./words.js";

const LARGEST = 999;
const MOST = 70; // per cent of a colour behind a number: more would hide it
const MOST_LETTERS = 8;

export class Grid {
  unread; // says of a row and a column whether no window reaches it

  /** `on.point(cell)` hears where mouse, finger or keys are (null: away), `on.edit()` of a change. */
  constructor(parent, spec, on) {
    this.on = on;
    this.root = added(parent, "figure", "grid");
    this.title = added(this.root, "figcaption", "title");
    this.box = added(this.root, "div", { class: "cells", role: "grid" });
    this.listen();
    this.update(spec);
  }

  get height() {
    return this.values.length;
  }

  get width() {
    return this.values[0].length;
  }

  update(spec) {
    const shape = JSON.stringify([spec.values.length, spec.values[0].length, spec.frame, spec.editable]);
    this.spec = spec;
    this.values = spec.values.map((row) => [...row]);
    this.title.textContent = spec.title ?? spec.label;
    this.box.setAttribute("aria-label", spec.label);
    if (shape !== this.shape) this.build();
    this.shape = shape;
    this.paint();
  }

  build() {
    const { top, left, bottom, right } = this.frame;
    const across = this.width + left + right;
    this.root.style.setProperty("--n", across);
    this.root.classList.toggle("dense", across > 9);
    this.root.classList.toggle("editable", Boolean(this.spec.editable));
    this.cells = new Map();
    this.box.replaceChildren();
    for (let row = -top; row < this.height + bottom; row++) {
      const line = added(this.box, "div", { class: "line", role: "row" });
      for (let column = -left; column < this.width + right; column++) {
        const isReal = this.holds(row, column);
        const look = { class: isReal ? "cell" : "cell padding", tabIndex: isReal ? -1 : null, role: "gridcell" };
        const place = { "data-row": row, "data-column": column };
        const cell = added(line, "div", { ...look, ...place }, element("span", "number"), element("span", "note"));
        this.cells.set(`${row},${column}`, cell);
      }
    }
    this.reach(0, 0);
  }

  get frame() {
    return this.spec.frame ?? { top: 0, left: 0, bottom: 0, right: 0 };
  }

  holds(row, column) {
    return row >= 0 && column >= 0 && row < this.height && column < this.width;
  }

  /** Row and column of every cell. */
  get places() {
    return this.values.flatMap((line, row) => line.map((_, column) => [row, column]));
  }

  at(row, column) {
    return this.holds(row, column) ? this.values[row][column] : 0;
  }

  cell(row, column) {
    return this.cells.get(`${row},${column}`);
  }

  paint() {
    const scale = this.spec.scale || 1;
    for (const [key, cell] of this.cells) {
      const [row, column] = key.split(",").map(Number);
      const isReal = this.holds(row, column);
      const value = this.at(row, column);
      const text = isReal ? brief(value) : (this.spec.fill ?? "0");
      cell.firstChild.textContent = text;
      cell.dataset.length = text.length;
      cell.style.setProperty("--share", `${MOST * strength(value / scale)}%`);
      const unread = Boolean(this.unread?.(row, column));
      const kept = Boolean(this.spec.kept?.[row]?.[column]);
      const looks = { negative: value < 0, unread, kept };
      for (const [look, is] of Object.entries(looks)) cell.classList.toggle(look, is);
      const place = `row ${exact(row)}, column ${exact(column)}`;
      const said = isReal ? `${place}: ${exact(value)}` : `${this.spec.around ?? "padding"}, ${place}${text && `: ${text}`}`;
      cell.setAttribute("aria-label", `${said}${unread ? ", no window reaches it" : kept ? ", as before" : ""}`);
    }
  }

  /** Lights cells: `[[row, column, tone, note], ...]`; all others are plain again. */
  light(cells) {
    for (const cell of this.lit ?? []) {
      cell.classList.remove("patch", "picked", "winner", "fed");
      cell.lastChild.textContent = "";
      cell.removeAttribute("aria-selected");
    }
    this.lit = [];
    for (const [row, column, tone, note] of cells) {
      const cell = this.cell(row, column);
      if (!cell) continue;
      cell.classList.add(...tone.split(" "));
      cell.lastChild.textContent = note ?? "";
      if (tone.includes("picked")) cell.setAttribute("aria-selected", "true");
      this.lit.push(cell);
    }
    this.root.classList.toggle("lighting", this.lit.length > 0);
  }

  /** The one cell that Tab reaches. */
  reach(row, column) {
    const next = this.cell(row, column);
    if (!next || next === this.reached) return;
    if (this.reached) this.reached.tabIndex = -1;
    this.reached = next;
    next.tabIndex = 0;
  }

  place(target) {
    const cell = target.closest?.(".cell");
    if (!cell) return null;
    return { row: Number(cell.dataset.row), column: Number(cell.dataset.column), cell };
  }

  listen() {
    /** Hears of events at a cell; what happens in a field in it is the field's. */
    const hears = (act) => (event) => {
      const place = this.place(event.target);
      if (place && event.target.tagName !== "INPUT") act(place, event);
    };
    this.box.onpointerover = hears((place, event) => {
      this.on.point(place);
      if (this.brush !== undefined && event.buttons === 1) this.set(place, this.brush);
    });
    this.box.onpointerleave = () => {
      this.lift();
      this.on.leave();
    };
    this.box.onpointerdown = hears((place, event) => this.press(place, event));
    this.box.onpointerup = this.box.onpointercancel = () => this.lift();
    this.box.ondblclick = hears((place) => this.edits(place) && this.type(place, ""));
    this.box.onkeydown = hears((place, event) => this.key(place, event));
    // There is no `onfocusin`; the box is this grid's own, so nothing is added twice.
    this.box.addEventListener("focusin", hears((place) => this.on.point(place)));
    this.box.addEventListener("focusout", (event) => {
      if (!this.box.contains(event.relatedTarget)) this.on.leave();
    });
  }

  lift() {
    if (this.brush !== undefined) this.on.edit();
    this.brush = undefined;
  }

  edits({ row, column }) {
    return Boolean(this.spec.editable) && this.holds(row, column);
  }

  press(place, event) {
    this.reach(place.row, place.column);
    this.on.pick?.(place);
    if (!this.edits(place) || event.button !== 0) return;
    this.turn(place);
    this.brush = this.at(place.row, place.column);
  }

  /** Goes through the few usual values. */
  turn(place) {
    const { cycle } = this.spec;
    this.set(place, cycle[(cycle.indexOf(this.at(place.row, place.column)) + 1) % cycle.length]);
  }

  set({ row, column }, value) {
    if (!this.holds(row, column) || this.values[row][column] === value) return;
    this.values[row][column] = value;
    this.paint();
    this.on.changed();
  }

  key(place, event) {
    const arrow = ARROWS[event.key];
    if (arrow) this.go(place.row + arrow[0], place.column + arrow[1]);
    else if (event.key === "Enter" || event.key === " ") {
      this.on.pick?.(place);
      if (this.edits(place)) {
        this.turn(place);
        this.on.edit();
      }
    } else if (/^[-−.\d]$/.test(event.key) && this.edits(place) && !event.ctrlKey && !event.metaKey) {
      this.type(place, event.key);
    } else return;
    event.preventDefault();
  }

  go(row, column) {
    if (!this.holds(row, column)) return;
    this.reach(row, column);
    this.cell(row, column).focus();
  }

  /** A field in the cell; Enter or leaving it takes the number, Escape does not. */
  type({ row, column, cell }, first) {
    const label = cell.getAttribute("aria-label");
    const look = { class: "field", inputmode: "decimal", maxlength: MOST_LETTERS, "aria-label": label };
    const field = added(cell, "input", look);
    field.value = first || exact(this.at(row, column));
    field.focus();
    if (!first) field.select();
    let isDone = false;
    const end = (takes) => {
      if (isDone) return;
      isDone = true;
      const value = read(field.value);
      field.remove();
      if (!takes || field.value.trim() === "" || !Number.isFinite(value)) return;
      this.set({ row, column }, Math.max(-LARGEST, Math.min(LARGEST, value)));
      this.on.edit();
    };
    field.onblur = () => end(true);
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key !== "Enter" && event.key !== "Escape") return;
      end(event.key === "Enter");
      cell.focus();
    };
  }
}
