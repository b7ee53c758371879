// The stepper of a picture of grids: it goes round, and says at which position it is.

import { added, forget } from "../kit/element.js";
import { Stepper } from "../kit/stepper.js";

const STEP_MS = 700;
const LABELS = { back: "Step back", play: "Play", pause: "Pause", next: "Step", place: "Position" };
const ICONS = {
  back: "M17 5v14L8 12zM6 5v14",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  next: "M7 5v14l9-7zM18 5v14",
};

export class GridStepper extends Stepper {
  constructor(root, go) {
    super(root, go, { labels: LABELS, icons: ICONS, stepMs: STEP_MS, isRound: true });
    this.where = added(root, "span", "where");
  }

  showAt(step, count) {
    this.where.textContent = `position ${step + 1} of ${count}`;
    this.show(step, count, this.where.textContent);
  }
}

/** Ends what a root shows with a stepper and words, and empties all that was filled for it. */
export function takeDown(root, { stepper }, filled) {
  stepper.stop();
  forget(root);
  for (const part of root.querySelectorAll(`${filled}, .stepper, .written`)) part.replaceChildren();
}
