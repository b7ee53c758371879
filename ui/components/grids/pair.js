// Input grids, kernels and output grids that show how one cell comes from others, both ways.

import { rowAndColumn } from "../kit/cells.js";
import { remembered } from "../kit/element.js";
import { positions } from "../kit/windows.js";
import { Grid } from "./grid.js";
import { feeds, patch, writtenPool, writtenSum } from "./slide.js";
import { GridStepper, takeDown } from "./stepper.js";
import { brief, exact } from "./words.js";
import { Written } from "./written.js";

const SEND_MS = 120;

export class Pair {
  setStateValue;
  leader = "output"; // whose cells the stepper goes through; one of them is shown while none is pointed at

  constructor(root) {
    const one = (selector) => root.querySelector(selector);
    this.root = root;
    this.sections = { input: one(".inputs"), kernel: one(".kernels"), output: one(".outputs") };
    this.written = new Written(one(".written"));
    this.stepper = new GridStepper(one(".stepper"), (place) => this.stepTo(place));
    this.grids = { input: [], kernel: [], bias: [], output: [] };
    this.picked = { index: 0, row: 0, column: 0 };
    this.count = 0;
    this.rev = undefined;
  }

  show(data) {
    const isNew = data.rev !== this.rev;
    if (isNew) this.count = data.answered;
    this.rev = data.rev;
    // Until Python has answered the last edit, what it sends is behind what is on the screen.
    if (data.answered < this.count) return;
    this.wait(false);
    const before = this.data;
    this.data = data;
    this.root.classList.toggle("several", data.input.length * data.output.length > 1);
    this.written.settle();
    this.root.classList.toggle("pooling", data.kind !== "sum");
    this.root.querySelector(".sign.times").hidden = !data.kernel.length;
    this.root.querySelector(".sign.equals").textContent = data.kernel.length ? "=" : "→";
    this.fill(data);
    if (isNew && String(data.start) !== String(before?.start)) {
      const [index, row, column] = data.start;
      this.picked = { index, row, column };
    }
    this.keepPicked();
    this.root.dataset.answered = data.answered;
    this.draw();
  }

  fill(data) {
    this.match("input", data.input, this.sections.input);
    this.sections.kernel.hidden = !data.kernel.length;
    this.match("kernel", data.kernel, this.sections.kernel);
    this.match("bias", data.bias, this.sections.kernel);
    this.arrange(data.input.length);
    this.match("output", data.output, this.sections.output);
    for (const grid of this.grids.input) {
      grid.unread = (row, column) => !this.targets(row, column).length;
      grid.paint();
    }
  }

  /** Every output cell that an input cell goes into, `[row, column, kernel row, kernel column]`. */
  targets(row, column) {
    return feeds(this.data.axes, this.outputHeight, this.outputWidth, row, column);
  }

  /** The outputs on the screen are of the values before an edit, until Python has answered. */
  wait(isWaiting) {
    this.isWaiting = isWaiting;
    this.root.classList.toggle("waiting", isWaiting);
  }

  get outputHeight() {
    return this.grids.output[0].height;
  }

  get outputWidth() {
    return this.grids.output[0].width;
  }

  get lead() {
    return this.grids[this.leader][0];
  }

  match(kind, specs, section) {
    const grids = this.grids[kind];
    while (grids.length > specs.length) grids.pop().root.remove();
    specs.forEach((spec, index) => {
      if (grids[index]) grids[index].update(spec);
      else grids[index] = new Grid(section, spec, this.hears(kind, index));
      grids[index].root.classList.add(kind);
    });
  }

  /** A column for each filter: its kernels, one for each channel, and its bias below. */
  arrange(channels) {
    this.grids.kernel.forEach(({ root }, index) => {
      root.style.gridArea = `${(index % channels) + 1} / ${Math.floor(index / channels) + 1}`;
    });
    this.grids.bias.forEach(({ root }, index) => {
      root.style.gridArea = `${channels + 1} / ${index + 1}`;
    });
  }

  hears(kind, index) {
    const point = ({ row, column }) => this.point({ kind, index, row, column });
    return {
      point,
      leave: () => this.point(null),
      pick: kind === this.leader ? point : undefined,
      changed: () => {
        this.count += 1;
        this.wait(true);
        this.draw();
      },
      edit: () => this.edited(),
    };
  }

  point(place) {
    const isPicked = place?.kind === this.leader;
    if (isPicked) {
      this.stepper.stop();
      this.picked = place;
    }
    this.hovered = isPicked ? null : place;
    this.draw();
  }

  stepTo(place) {
    const [row, column] = rowAndColumn(place, this.lead.width);
    this.picked = { index: this.picked.index, row, column };
    this.hovered = null;
    this.draw();
  }

  keepPicked() {
    const { index, row, column } = this.picked;
    this.picked = {
      index: Math.min(index, this.grids[this.leader].length - 1),
      row: Math.min(row, this.lead.height - 1),
      column: Math.min(column, this.lead.width - 1),
    };
  }

  /** The weight that meets a place of the window; a true convolution turns the kernel around. */
  weight(filter, channel, i, j) {
    const kernel = this.grids.kernel[filter * this.grids.input.length + channel];
    const [row, column] = this.turned(i, j);
    return kernel.at(row, column);
  }

  turned(i, j) {
    const { rows, columns } = this.data.axes;
    return this.data.flipped ? [rows.kernel - 1 - i, columns.kernel - 1 - j] : [i, j];
  }

  draw() {
    for (const grids of Object.values(this.grids)) for (const grid of grids) grid.light([]);
    const place = this.hovered ?? { kind: this.leader, ...this.picked };
    if (place.kind === "input") this.drawInput(place);
    else if (place.kind === "kernel") this.drawWeight(place);
    else if (place.kind === "output") this.drawOutput(place);
    const { row, column } = this.picked;
    this.stepper.showAt(row * this.lead.width + column, this.lead.height * this.lead.width);
  }

  drawOutput({ index, row, column }) {
    const { kind, axes } = this.data;
    const cells = patch(axes, row, column);
    const output = this.grids.output[index];
    output.light([[row, column, "picked"]]);
    output.reach(row, column);
    const head = `${output.spec.label}, row ${row}, column ${column}`;
    const result = this.isWaiting ? "…" : exact(output.at(row, column));
    if (kind === "sum") {
      const channels = this.grids.input.map((grid, channel) => {
        const weights = cells.map(([i, j]) => this.weight(index, channel, i, j));
        grid.light(cells.map(([, , line, pixel], n) => [line, pixel, "patch", `×${brief(weights[n])}`]));
        const kernel = this.grids.kernel[index * this.grids.input.length + channel];
        kernel.light(cells.map(([i, j]) => [i, j, "patch"]));
        return { label: grid.spec.label, pairs: cells.map(([, , line, pixel], n) => [grid.at(line, pixel), weights[n]]) };
      });
      const bias = this.grids.bias[index];
      bias?.light([[0, 0, "patch"]]);
      const rows = writtenSum({ across: axes.columns.kernel, channels, result, bias: bias ? bias.at(0, 0) : null });
      this.written.show({ head, rows });
      return;
    }
    const grid = this.grids.input[index];
    const counts = kind === "mean" && this.data.countsPadding;
    const real = counts ? cells : cells.filter(([, , line, pixel]) => grid.holds(line, pixel));
    const values = real.map(([, , line, pixel]) => grid.at(line, pixel));
    const won = kind === "max" ? values.indexOf(Math.max(...values)) : -1;
    const winner = won < 0 ? null : real[won];
    grid.light(
      cells.map(([, , line, pixel]) => [line, pixel, winner?.[2] === line && winner[3] === pixel ? "patch winner" : "patch"]),
    );
    this.written.show({ head, rows: writtenPool({ kind, axes, values, result }) });
  }

  drawInput({ index, row, column }) {
    const { kind } = this.data;
    const found = this.targets(row, column);
    const grid = this.grids.input[index];
    grid.light([[row, column, "picked"]]);
    const at = `${grid.spec.label}, row ${row}, column ${column}`;
    if (!found.length) return this.written.show({ head: `${at} is read by no window.`, rows: [] });
    this.grids.output.forEach((output, filter) => {
      if (kind !== "sum" && filter !== index) return;
      output.light(
        found.map(([y, x, i, j]) => [y, x, "fed", kind === "sum" ? `×${brief(this.weight(filter, index, i, j))}` : ""]),
      );
    });
    const each = found.length * (kind === "sum" ? this.grids.output.length : 1);
    const count = each === 1 ? "1 output cell" : `${each} output cells`;
    const shown = kind === "sum" && this.grids.output.length === 1;
    const times = (i, j) => (shown ? ` (times ${exact(this.weight(0, index, i, j))})` : "");
    const into = found.map(([y, x, i, j]) => `row ${y}, column ${x}${times(i, j)}`);
    this.written.show({ head: `${at} is read by ${count}`, rows: [["goes into", into.join("\n")]] });
  }

  drawWeight({ index, row, column }) {
    const [filter, channel] = rowAndColumn(index, this.grids.input.length);
    const { axes } = this.data;
    const kernel = this.grids.kernel[index];
    const [i, j] = this.turned(row, column);
    kernel.light([[row, column, "picked"]]);
    const made = this.grids.output[filter].places;
    this.grids.input[channel].light(
      made.map(([y, x]) => [positions(axes.rows, y)[i], positions(axes.columns, x)[j], "patch"]),
    );
    this.grids.output[filter].light(made.map(([y, x]) => [y, x, "fed"]));
    const head = `${kernel.spec.label}, row ${row}, column ${column}: ${exact(kernel.at(row, column))}`;
    const everywhere = `It is used at all ${made.length} positions of the window: one weight, shared.`;
    this.written.show({ head, rows: [["", everywhere]] });
  }

  /** What is on the screen goes to Python, once the hand rests. */
  edited() {
    clearTimeout(this.timer);
    const values = (kind) => this.grids[kind].map((grid) => grid.values.map((row) => [...row]));
    this.timer = setTimeout(() => {
      const { rev, count } = this;
      const edited = { rev, count, input: values("input"), kernel: values("kernel"), bias: values("bias") };
      this.setStateValue("edited", edited);
    }, SEND_MS);
  }
}

/** What a component does that shows such grids. */
export function shows(make) {
  return ({ parentElement, data, setStateValue }) => {
    const root = parentElement.querySelector(".pair");
    const pair = remembered(root, () => make(root));
    pair.setStateValue = setStateValue;
    pair.show(data);
    return () => {
      clearTimeout(pair.timer);
      takeDown(root, pair, ".section");
    };
  };
}

export default shows((root) => new Pair(root));
