// The pen of the pad, moved, put down and lifted with keys.

import { ARROWS } from "../kit/keys.js";
import { INK, kept } from "./strokes.js";

const STEP = 28; // of the ink's pixels: so far an arrow key moves it

export function penKey(pad, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key]; // down first, where the pen is so far right and so far down
  const isPen = event.key === " " || event.key === "Enter";
  if (!arrow && !isPen && event.key !== "Delete" && event.key !== "Backspace") return;
  event.preventDefault();
  if (arrow) {
    const far = event.shiftKey ? STEP / 4 : STEP;
    pad.at = pad.at.map((value, axis) => Math.max(0, Math.min(INK, value + far * arrow[1 - axis])));
    if (pad.stroke) {
      pad.stroke.points.push(pad.at);
      pad.paint();
      pad.send(false);
    }
  } else if (isPen && !event.repeat) {
    if (pad.stroke) pad.up();
    else pad.begin(pad.at);
    pad.say(pad.stroke ? "The pen is down." : "The pen is up.");
  } else if (!isPen) {
    pad.stroke = null;
    pad.change([]);
  }
  showPen(pad);
}

/** Where the pen is, as long as the keys are what one draws with. */
export function showPen(pad) {
  pad.pen.hidden = !pad.canvas.matches(":focus-visible");
  const [left, top] = pad.at.map((value) => `${(100 * value) / INK}%`);
  const size = `${(100 * kept.brush) / INK}%`;
  Object.assign(pad.pen.style, { left, top, width: size, height: size });
  pad.pen.toggleAttribute("data-down", Boolean(pad.stroke));
}
