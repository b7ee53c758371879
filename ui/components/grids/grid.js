// One grid of numbers: its cells, their colours, the keys that move in it and the edits.

import { added } from "../kit/element.js";
import { ARROWS } from "../kit/keys.js";
import { read } from "../kit/numbers.js";
import { brief, exact } from "./words.js";

const LARGEST = 999;
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
    this.across = across;
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
        const cell = added(line, "div", { ...look, "data-row": row, "data-column": column });
        added(cell, "span", "number");
        added(cell, "span", "note");
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
      const share = value === 0 ? 0 : Math.min(1, Math.abs(value) / scale);
      cell.firstChild.textContent = text;
      cell.dataset.length = text.length;
      cell.style.setProperty("--share", `${value === 0 ? 0 : 14 + 78 * share ** 1.5}%`);
      cell.classList.toggle("negative", value < 0);
      cell.classList.toggle("strong", share > 0.82);
      const unread = this.unread?.(row, column);
      cell.classList.toggle("unread", Boolean(unread));
      const isKept = Boolean(this.spec.kept?.[row]?.[column]);
      cell.classList.toggle("kept", isKept);
      const place = `row ${exact(row)}, column ${exact(column)}`;
      const said = isReal ? `${place}: ${exact(value)}` : `padding, ${place}: ${text}`;
      cell.setAttribute("aria-label", `${said}${unread ? ", no window reaches it" : isKept ? ", as before" : ""}`);
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
    this.box.onpointerover = (event) => {
      const place = this.place(event.target);
      if (!place) return;
      this.on.point(place);
      if (this.brush !== undefined && event.buttons === 1) this.set(place, this.brush);
    };
    this.box.onpointerleave = () => {
      this.lift();
      this.on.leave();
    };
    this.box.onpointerdown = (event) => this.press(event);
    this.box.onpointerup = this.box.onpointercancel = () => this.lift();
    this.box.ondblclick = (event) => {
      const place = this.place(event.target);
      if (place && this.edits(place)) this.type(place, "");
    };
    // There is no `onfocusin`; the box is this grid's own, so nothing is added twice.
    this.box.addEventListener("focusin", (event) => {
      const place = this.place(event.target);
      if (place && event.target === place.cell) this.on.point(place);
    });
    this.box.addEventListener("focusout", (event) => {
      if (!this.box.contains(event.relatedTarget)) this.on.leave();
    });
    this.box.onkeydown = (event) => this.key(event);
  }

  lift() {
    if (this.brush !== undefined) this.on.edit();
    this.brush = undefined;
  }

  edits({ row, column }) {
    return Boolean(this.spec.editable) && this.holds(row, column);
  }

  press(event) {
    const place = this.place(event.target);
    if (!place || event.target.tagName === "INPUT") return;
    this.reach(place.row, place.column);
    this.on.pick?.(place);
    if (!this.edits(place) || event.button !== 0) return;
    this.set(place, this.next(this.at(place.row, place.column)));
    this.brush = this.at(place.row, place.column);
  }

  /** A click goes through the few usual values in turn. */
  next(value) {
    const cycle = this.spec.cycle;
    return cycle[(cycle.indexOf(value) + 1) % cycle.length];
  }

  set({ row, column }, value) {
    if (!this.holds(row, column) || this.values[row][column] === value) return;
    this.values[row][column] = value;
    this.paint();
    this.on.changed();
  }

  key(event) {
    const place = this.place(event.target);
    if (!place || event.target.tagName === "INPUT") return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      event.preventDefault();
      const next = [place.row + arrow[0], place.column + arrow[1]];
      if (!this.holds(...next)) return;
      this.reach(...next);
      this.cell(...next).focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.on.pick?.(place);
      if (!this.edits(place)) return;
      this.set(place, this.next(this.at(place.row, place.column)));
      this.on.edit();
    } else if (/^[-−.\d]$/.test(event.key) && this.edits(place) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.type(place, event.key);
    }
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
