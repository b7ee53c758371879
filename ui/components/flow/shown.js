// What a network makes of an image, told anew with every image: the maps of some layers, and its answer
// in words and bars. The markup is its owner's: `stages`, `says`, `then` and `bars` by their classes.

import { howSure, inWords, ranked } from "../answers/words.js";
import { added, element, setText } from "../kit/element.js";
import { percent } from "../kit/numbers.js";
import { tiles } from "./maps.js";

const [NARROW, WIDE] = [640, 1250];
const MOST_ACROSS = 16; // maps in one line, twice as many where it is wide; more stand in two, as all do where it is narrow
const MOST_MAPS = 64;
const WAVE = { each: 70, long: 320 };
const MOST_COLUMNS = 10;
const MOST_LETTERS = 2; // of a name that has room below its column
const MOST_ROWS = 8;

export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Shown {
  /** `empty` is what is said before there is an image. */
  constructor(root, { stages, names }, empty) {
    const one = (selector) => root.querySelector(selector);
    this.names = names;
    this.empty = empty;
    this.network = null;
    this.bytes = null;
    this.says = one(".says");
    this.then = one(".then");
    this.stages = stages.map((stage) => ({ ...stage, ...stageOf(one(".stages"), stage) }));
    this.lit = one(".bars");
    const isShort = names.length <= MOST_COLUMNS && names.every((name) => name.length <= MOST_LETTERS);
    this.bars = (isShort ? columns : rows)(this.lit, names);
  }

  /** From now on this network answers, laid out for the room that `frame` has. */
  open(network, frame) {
    this.network = network;
    this.sizes = new ResizeObserver(([{ contentRect }]) => this.lay(roomOf(contentRect.width)));
    this.sizes.observe(frame);
  }

  /** `most` of the maps of a layer in one line. */
  lay(most) {
    if (this.most === most) return;
    this.most = most;
    for (const stage of this.stages) {
      const given = this.network.layer(stage.layer);
      const maps = Math.min(given.shape[2], MOST_MAPS);
      const across = maps > most ? Math.ceil(maps / 2) : maps;
      stage.paint = tiles(stage.canvas, given, across, maps);
    }
    this.show(this.bytes);
  }

  /** The answer to an image, 0 to 255; to none, what is said before there is one. */
  show(bytes) {
    this.bytes = bytes;
    if (!this.network) return;
    const { input, output } = this.network;
    for (let i = 0; i < input.length; i++) input[i] = bytes ? bytes[i] / 255 : 0;
    this.network.run();
    for (const stage of this.stages) stage.paint?.(!bytes);
    this.tell(bytes ? output : null);
  }

  tell(shares) {
    const [says, then] = shares ? [inWords(shares, this.names), howSure(shares, this.names)] : this.empty;
    setText(this.says, says);
    setText(this.then, then);
    this.bars(shares);
  }

  /** Layer after layer lights up, as the image goes. */
  wave() {
    if (isCalm()) return;
    const lights = this.stages.map(({ canvas }) => [canvas, { filter: ["brightness(0.2)", "brightness(1)"] }]);
    lights.push([this.lit, { opacity: [0.3, 1] }]);
    lights.forEach(([part, frames], place) => {
      part.animate(frames, { duration: WAVE.long, delay: place * WAVE.each, fill: "backwards", easing: "ease-out" });
    });
  }

  end() {
    this.sizes?.disconnect();
  }
}

function roomOf(width) {
  if (width < NARROW) return 1;
  return width < WIDE ? MOST_ACROSS : 2 * MOST_ACROSS;
}

function stageOf(parent, { title, about }) {
  const canvas = element("canvas", { class: "maps", role: "img", "aria-label": `${title}: ${about}` });
  const label = element("div", "name", element("span", "title", title), " ", element("span", "about", about));
  added(parent, "div", "stage", label, canvas);
  return { canvas };
}

/** A column for each class, in their order. */
function columns(parent, names) {
  const made = names.map((name) => bar(parent, name));
  return (shares) => {
    const best = shares ? ranked(shares)[0] : -1;
    made.forEach(({ root, fill }, place) => {
      root.classList.toggle("best", place === best);
      fill.style.transform = `scaleY(${shares ? shares[place].toFixed(4) : 0})`;
    });
  };
}

/** A row for each of the likeliest classes. */
function rows(parent, names) {
  parent.classList.add("rows");
  const made = names.slice(0, MOST_ROWS).map(() => ({ ...bar(parent, ""), share: null }));
  for (const one of made) one.share = added(one.root, "span", "share");
  return (shares) => {
    const order = shares ? ranked(shares) : made.map((_, place) => place);
    made.forEach(({ root, fill, label, share }, row) => {
      const place = order[row];
      root.classList.toggle("best", row === 0 && Boolean(shares));
      setText(label, names[place]);
      setText(share, shares ? percent(shares[place]) : "");
      fill.style.transform = `scaleX(${shares ? shares[place].toFixed(4) : 0})`;
    });
  };
}

function bar(parent, name) {
  const root = added(parent, "div", "bar");
  const fill = added(added(root, "span", "track"), "span", "fill");
  return { root, fill, label: added(root, "span", "label", name) };
}
