// Step, play and scrub through so many places; says which one it is at, and knows nothing of them.

import { added, drawing, setLabel } from "../kit/element.js";

const STEP_MS = 700;
const LABELS = { back: "Step back", play: "Play", pause: "Pause", step: "Step" };
const ICONS = {
  back: "M17 5v14L8 12zM6 5v14",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  step: "M7 5v14l9-7zM18 5v14",
};

export class Stepper {
  constructor(root, onStep) {
    this.root = root;
    this.onStep = onStep;
    this.place = 0;
    this.count = 1;
    this.back = this.button("back", () => this.go(this.place - 1));
    this.toggle = this.button("play", () => (this.timer ? this.stop() : this.play()));
    this.next = this.button("step", () => this.go(this.place + 1));
    this.range = added(root, "input", { class: "scrub", type: "range", min: 0, "aria-label": "Position" });
    this.range.oninput = () => {
      this.stop();
      this.move(Number(this.range.value));
    };
    this.said = added(root, "span", "where");
  }

  button(name, act) {
    const made = added(this.root, "button", { class: name, type: "button", onclick: act }, drawing(ICONS[name]));
    setLabel(made, LABELS[name]);
    return made;
  }

  /** Shows a place without telling anyone. */
  show(step, count) {
    this.place = step;
    this.count = count;
    this.range.max = count - 1;
    this.range.value = step;
    const said = `position ${step + 1} of ${count}`;
    this.said.textContent = said;
    this.range.setAttribute("aria-valuetext", said);
  }

  /** One step, from the last place to the first again. */
  go(place) {
    this.stop();
    this.move((place + this.count) % this.count);
  }

  move(place) {
    this.show(place, this.count);
    this.onStep(place);
  }

  play() {
    this.look("pause");
    if (this.place === this.count - 1) this.move(0);
    this.timer = setInterval(() => {
      if (!this.root.isConnected || this.place >= this.count - 1) this.stop();
      else this.move(this.place + 1);
    }, STEP_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.look("play");
  }

  look(name) {
    setLabel(this.toggle, LABELS[name]);
    this.toggle.replaceChildren(drawing(ICONS[name]));
  }
}
