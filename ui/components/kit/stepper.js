// Step, play and scrub through so many places; knows nothing of what they are.

import { within } from "./cells.js";
import { added, button, drawing, setAttribute, setLabel } from "./element.js";

/** @typedef {{ back: string, play: string, pause: string, next: string }} Four */

/** @type {Four} */
const CHEVRONS = { back: "M15 5 8 12l7 7", play: "M8 5v14l11-7z", pause: "M9 5v14M15 5v14", next: "m9 5 7 7-7 7" };

export class Stepper {
  place = 0;
  count = 1;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;

  /**
   * `go` goes to a place, and says by `show` that it is there; `isRound` where the first comes after the last.
   * @param {Element} root
   * @param {(place: number) => void} go
   * @param {{ labels: Four & { place: string }, icons?: Four, stepMs: number, isRound?: boolean }} looks
   */
  constructor(root, go, { labels, icons = CHEVRONS, stepMs, isRound = false }) {
    this.root = root;
    this.go = go;
    this.stepMs = stepMs;
    this.isRound = isRound;
    this.looks = { labels, icons };
    this.back = this.look(button("back", () => this.jump(this.place - 1)), "back");
    this.toggle = this.look(button("play", () => (this.timer ? this.stop() : this.play())), "play");
    this.next = this.look(button("next", () => this.jump(this.place + 1)), "next");
    root.append(this.back, this.toggle, this.next);
    const oninput = () => this.jump(Number(this.range.value));
    this.range = added(root, "input", { class: "scrub", type: "range", min: 0, "aria-label": labels.place, oninput });
  }

  /** @type {(made: HTMLButtonElement, name: keyof Four) => HTMLButtonElement} */
  look(made, name) {
    setLabel(made, this.looks.labels[name]);
    made.replaceChildren(drawing(this.looks.icons[name], `icon-${name}`));
    return made;
  }

  /** Shows a place, in these words, without going there. @type {(place: number, count: number, words: string, isLocked?: boolean) => void} */
  show(place, count, words, isLocked = false) {
    Object.assign(this, { place, count });
    this.range.max = count - 1;
    this.range.value = place;
    setAttribute(this.range, "aria-valuetext", words);
    this.toggle.disabled = this.range.disabled = isLocked;
    this.back.disabled = isLocked || (!this.isRound && place === 0);
    this.next.disabled = isLocked || (!this.isRound && place === count - 1);
  }

  /** Goes to a place, and plays no more. @type {(place: number) => void} */
  jump(place) {
    this.stop();
    this.go(this.isRound ? (place + this.count) % this.count : within(place, this.count));
  }

  play() {
    if (this.place === this.count - 1) this.go(0);
    this.look(this.toggle, "pause");
    this.timer = setInterval(() => {
      if (this.root.isConnected && this.place < this.count - 1) this.go(this.place + 1);
      if (!this.root.isConnected || this.place >= this.count - 1) this.stop();
    }, this.stepMs);
  }

  stop() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.look(this.toggle, "play");
  }
}
