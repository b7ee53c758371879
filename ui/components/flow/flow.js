// A pad whose ink flows through a trained network: what is drawn is centred as MNIST, the network runs
// here, its maps are painted and its answer is said, at most once a frame. Nothing is sent.

import { howSure, inWords, ranked } from "../answers/words.js";
import { fetchNetwork } from "../engine/network.js";
import { ABOVE } from "../kit/colours.js";
import { added, element, forget, remembered, setText } from "../kit/element.js";
import { Pen } from "../pad/pen.js";
import { INK, kept, remember } from "../pad/strokes.js";
import { EXAMPLE_MS, example } from "./example.js";
import { tiles } from "./maps.js";

const [INK_OF_PEN, INK_OF_EXAMPLE] = ["#fff", `rgb(${ABOVE.join(" ")})`];
const NARROW = 640;
const MOST_ACROSS = 16; // maps in one line; more stand in two, as all do where it is narrow
const WAVE = { each: 70, long: 320 };
const CALM = "(prefers-reduced-motion: reduce)";
let isShown = false; // whether the example was drawn already, since the app was opened

class Flow extends Pen {
  constructor(root, data) {
    super(root);
    const one = (selector) => root.querySelector(selector);
    this.names = data.names;
    this.hint = one(".hint");
    this.says = one(".says");
    this.then = one(".then");
    this.said = one(".said");
    this.clear = one(".clear");
    this.clear.onclick = () => this.change([]);
    this.stages = data.stages.map((stage) => ({ ...stage, ...stageOf(one(".stages"), stage) }));
    this.lit = one(".bars");
    this.bars = data.names.map((name) => bar(one(".bars"), name));
    this.example = null;
    this.painted = 0;
    this.paint();
    this.start(data.network);
  }

  async start(address) {
    this.network = await fetchNetwork(address);
    if (this.isGone) return;
    if (!this.network) {
      setText(this.says, "The network did not arrive. Load the page again.");
      return;
    }
    this.sizes = new ResizeObserver(([{ contentRect }]) => this.lay(contentRect.width < NARROW));
    this.sizes.observe(this.root);
    if (!kept.strokes.length) this.showExample();
    this.canvas.dataset.painted = this.painted; // from here on it answers
  }

  /** Lays the tiles out for the room there is. */
  lay(isNarrow) {
    if (this.isNarrow === isNarrow) return;
    this.isNarrow = isNarrow;
    for (const stage of this.stages) {
      const given = this.network.layer(stage.layer);
      const maps = given.shape[2];
      stage.paint = tiles(stage.canvas, given, isNarrow || maps > MOST_ACROSS ? Math.ceil(maps / 2) : maps);
    }
    this.paint();
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
    this.wave();
    this.say(kept.strokes.length ? `${this.says.textContent} ${this.then.textContent}` : "Cleared.");
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
    if (!this.network) return;
    for (let i = 0; i < this.bytes.length; i++) this.network.input[i] = this.bytes[i] / 255;
    this.network.run();
    for (const stage of this.stages) stage.paint?.(isEmpty);
    this.tell(isEmpty ? null : this.network.output);
    this.painted += 1;
    if (this.canvas.dataset.painted) this.canvas.dataset.painted = this.painted;
  }

  tell(shares) {
    const best = shares ? ranked(shares)[0] : -1;
    setText(this.says, shares ? inWords(shares, this.names) : "Draw a digit.");
    setText(this.then, shares ? howSure(shares, this.names) : "It answers while you draw.");
    this.bars.forEach(({ root, fill }, place) => {
      root.classList.toggle("best", place === best);
      fill.style.transform = `scaleY(${shares ? shares[place].toFixed(4) : 0})`;
    });
  }

  /** Layer after layer, as the image goes. */
  wave() {
    if (matchMedia(CALM).matches) return;
    const lights = this.stages.map(({ canvas }) => [canvas, { filter: ["brightness(0.2)", "brightness(1)"] }]);
    lights.push([this.lit, { opacity: [0.3, 1] }]);
    lights.forEach(([part, frames], place) => {
      part.animate(frames, { duration: WAVE.long, delay: place * WAVE.each, fill: "backwards", easing: "ease-out" });
    });
  }

  showExample() {
    const isAtOnce = isShown || matchMedia(CALM).matches;
    isShown = true;
    let start;
    const draw = (now) => {
      start ??= now;
      const share = isAtOnce ? 1 : (now - start) / EXAMPLE_MS;
      this.example = example(share, INK, kept.brush);
      this.paint();
      if (share < 1) this.drawing = requestAnimationFrame(draw);
      else if (!isAtOnce) this.wave();
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
    this.sizes?.disconnect();
    this.endExample();
  }
}

function stageOf(parent, { title, about }) {
  const canvas = element("canvas", { class: "maps", role: "img", "aria-label": `${title}: ${about}` });
  const label = element("div", "name", element("span", "title", title), " ", element("span", "about", about));
  added(parent, "div", "stage", label, canvas);
  return { canvas };
}

function bar(parent, name) {
  const root = added(parent, "div", "bar");
  const fill = added(added(root, "span", "track"), "span", "fill");
  added(root, "span", "label", name);
  return { root, fill };
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".flow");
  const flow = remembered(root, () => new Flow(root, data));
  return () => {
    flow.end();
    forget(root);
  };
}
