// A pad whose ink flows through a trained network: what is drawn is centred as MNIST, the network runs
// here, its maps are painted and its answer is said, at most once a frame. Nothing is sent.

import { fetchNetwork } from "../engine/network.js";
import { ABOVE } from "../kit/colours.js";
import { forget, remembered, setText } from "../kit/element.js";
import { Pen } from "../pad/pen.js";
import { INK, kept, remember } from "../pad/strokes.js";
import { EXAMPLE_MS, example } from "./example.js";
import { isCalm, Shown } from "./shown.js";

const [INK_OF_PEN, INK_OF_EXAMPLE] = ["#fff", `rgb(${ABOVE.join(" ")})`];
let isShown = false; // whether the example was drawn already, since the app was opened

class Flow extends Pen {
  constructor(root, data) {
    super(root);
    const one = (selector) => root.querySelector(selector);
    this.hint = one(".hint");
    this.said = one(".said");
    this.clear = one(".clear");
    this.clear.onclick = () => this.change([]);
    this.shown = new Shown(root, data, [`Draw ${data.what}.`, "It answers while you draw."]);
    this.example = null;
    this.painted = 0;
    this.hasExample = data.example;
    this.paint();
    this.start(data.network);
  }

  /** A network by its address, or one that is here already. */
  async start(network) {
    const found = typeof network === "string" ? await fetchNetwork(network) : network;
    if (this.isGone) return;
    if (!found) {
      setText(this.shown.says, "The network did not arrive. Load the page again.");
      return;
    }
    this.shown.open(found, this.root);
    if (!kept.strokes.length && this.hasExample) this.showExample();
    else this.paint();
    this.canvas.dataset.painted = this.painted; // from here on it answers
  }

  strokes() {
    return this.example ?? kept.strokes;
  }

  begin(place) {
    this.endExample();
    super.begin(place);
  }

  change(strokes, isUp = true) {
    if (!strokes.length && !this.strokes().length) return;
    this.endExample();
    if (strokes.length || kept.strokes.length) kept.past.push({ strokes: kept.strokes, brought: null });
    kept.strokes = strokes;
    this.paint();
    this.send(isUp);
  }

  back() {
    const before = kept.past.pop();
    if (!before) return;
    this.stroke = null;
    kept.strokes = before.strokes;
    this.paint();
    this.send(true);
  }

  /** At the end of a stroke the drawing is kept, the layers light up in turn, and the answer is said. */
  send(isUp) {
    if (!isUp) return;
    remember();
    this.shown.wave();
    const { says, then } = this.shown;
    this.say(kept.strokes.length ? `${says.textContent} ${then.textContent}` : "Cleared.");
  }

  say(words) {
    this.said.textContent = words;
  }

  paint() {
    const strokes = this.strokes();
    const isEmpty = !strokes.length;
    this.context.strokeStyle = this.example ? INK_OF_EXAMPLE : INK_OF_PEN;
    this.ink(strokes);
    this.showSeen();
    this.hint.hidden = !isEmpty && !this.example;
    this.clear.disabled = isEmpty;
    if (!this.shown?.network) return;
    this.shown.show(isEmpty ? null : this.bytes);
    this.painted += 1;
    if (this.canvas.dataset.painted) this.canvas.dataset.painted = this.painted;
  }

  showExample() {
    const isAtOnce = isShown || isCalm();
    isShown = true;
    let start;
    const draw = (now) => {
      start ??= now;
      const share = isAtOnce ? 1 : (now - start) / EXAMPLE_MS;
      this.example = example(share, INK, kept.brush);
      this.paint();
      if (share < 1) this.drawing = requestAnimationFrame(draw);
      else if (!isAtOnce) this.shown.wave();
    };
    this.example = [];
    this.drawing = requestAnimationFrame(draw);
  }

  endExample() {
    cancelAnimationFrame(this.drawing);
    this.example = null;
  }

  end() {
    this.isGone = true;
    this.shown.end();
    this.endExample();
  }
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".flow");
  const flow = remembered(root, () => new Flow(root, data));
  return () => {
    flow.end();
    forget(root);
  };
}
