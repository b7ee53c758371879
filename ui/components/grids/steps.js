// Grids whose numbers change step by step, as Python has worked them out: step, play, scrub, or
// point at a cell of the leading grid.

import { added, remembered } from "../kit/element.js";
import { Grid } from "./grid.js";
import { GridStepper, takeDown } from "./stepper.js";
import { Written } from "./written.js";

class Steps {
  constructor(root) {
    this.root = root;
    this.board = root.querySelector(".board");
    this.written = new Written(root.querySelector(".written"));
    this.stepper = new GridStepper(root.querySelector(".stepper"), (place) => this.stepTo(place));
    this.grids = [];
    this.place = 0;
  }

  show(data) {
    this.data = data;
    const names = JSON.stringify(data.grids.map(({ id, sign }) => [id, sign]));
    if (names !== this.names) this.build();
    this.names = names;
    if (data.rev !== this.rev) this.place = data.start;
    this.rev = data.rev;
    this.written.settle();
    this.place = Math.min(this.place, data.steps.length - 1);
    this.draw();
  }

  build() {
    this.board.replaceChildren();
    this.signs = {};
    this.grids = this.data.grids.map((spec) => {
      const term = added(this.board, "div", "term"); // a sign stays with what comes after it
      if (spec.sign) this.signs[spec.id] = added(term, "span", { class: "sign", "aria-hidden": "true" });
      const leads = spec.id === this.data.leader;
      const point = ({ row, column }) => leads && this.stepper.jump(row * this.lead.width + column);
      const grid = new Grid(term, spec, { point, pick: point, leave() {}, changed() {}, edit() {} });
      if (leads) this.lead = grid;
      return grid;
    });
  }

  stepTo(place) {
    this.place = place;
    this.draw();
  }

  draw() {
    const step = this.data.steps[this.place];
    this.data.grids.forEach((spec, index) => {
      const grid = this.grids[index];
      grid.update({ ...spec, values: step.values[spec.id] ?? spec.values });
      grid.light(step.lit[spec.id] ?? []);
      if (spec.sign) this.signs[spec.id].textContent = step.signs[spec.id] ?? spec.sign;
    });
    const isStill = this.data.steps.length === 1 && !step.head;
    this.root.querySelector(".side").hidden = isStill;
    if (isStill) return;
    this.written.show(step);
    this.stepper.showAt(this.place, this.data.steps.length);
  }
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".steps");
  const steps = remembered(root, () => new Steps(root));
  steps.show(data);
  return () => takeDown(root, steps, ".board");
}
