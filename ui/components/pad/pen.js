// A pen on a canvas: pointers and keys become strokes, strokes become ink, and ink the 784 bytes that a
// network sees. Who uses it keeps the strokes, and does what there is to do when they change.

import { cellsOf, sharesUnder } from "../kit/cells.js";
import { GREYS } from "../kit/colours.js";
import { centred, SIDE } from "./centring.js";
import { penKey, showPen } from "./keys.js";
import { INK, inkedBox, kept, path } from "./strokes.js";

const ROOM = new Uint8Array(INK * INK);

export class Pen {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector(".ink");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    Object.assign(this.context, { lineCap: "round", lineJoin: "round", strokeStyle: "#fff", fillStyle: "#fff" });
    this.pen = root.querySelector(".pen");
    this.seen = root.querySelector(".seen");
    this.cells = cellsOf(this.seen, SIDE, SIDE);
    this.at = [INK / 2, INK / 4];
    this.stroke = null;
    this.bytes = new Uint8Array(SIDE * SIDE);
    this.canvas.onpointerdown = (event) => this.down(event);
    this.canvas.onpointermove = (event) => this.move(event);
    this.canvas.onpointerup = this.canvas.onpointercancel = (event) => {
      if (event.pointerId === this.pointer) this.up();
    };
    this.canvas.onkeydown = (event) => penKey(this, event);
    this.root.onkeydown = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      this.back();
    };
    this.canvas.onfocus = () => showPen(this);
    this.canvas.onblur = () => {
      this.up();
      this.say("");
      showPen(this);
    };
  }

  /** Shows the strokes. */
  paint() {}

  /** Hears that they were painted, and whether the pen is up. @param {boolean} _isUp */
  send(_isUp) {}

  /** Takes other strokes. @param {object[]} _strokes @param {boolean} [_isUp] */
  change(_strokes, _isUp) {}

  /** Takes those before. */
  back() {}

  /** @param {string} _words */
  say(_words) {}

  place(event, box) {
    const [down, across] = sharesUnder(event, this.canvas, box);
    return [across * INK, down * INK];
  }

  down(event) {
    const isPen = event.pointerType === "pen";
    if (this.stroke && isPen && this.isTouch) this.back(); // the palm was there before its pen
    if (event.button !== 0 || this.stroke) return;
    this.isTouch = event.pointerType === "touch";
    this.pen.hidden = true;
    this.canvas.setPointerCapture(event.pointerId);
    this.say("");
    this.pointer = event.pointerId;
    this.begin(this.place(event));
  }

  /** A new stroke, from this place. */
  begin(place) {
    this.stroke = { points: [place], width: kept.brush };
    this.change([...this.strokes(), this.stroke], false);
  }

  move(event) {
    if (!this.stroke || event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    const box = this.canvas.getBoundingClientRect();
    for (const each of events.length ? events : [event]) this.stroke.points.push(this.place(each, box));
    // Once a frame: a fast pen moves more often than that, and the release must not wait for it.
    this.frame ??= requestAnimationFrame(() => {
      this.paint();
      this.send(false);
    });
  }

  up() {
    if (!this.stroke) return;
    if (this.frame) this.paint();
    this.stroke = null;
    this.pointer = null;
    this.send(true);
  }

  /** The strokes that a new one is added to. */
  strokes() {
    return kept.strokes;
  }

  /** Puts strokes on the empty canvas, and what a network sees of them into `bytes`. */
  ink(strokes) {
    const { context } = this;
    cancelAnimationFrame(this.frame);
    this.frame = null;
    context.clearRect(0, 0, INK, INK);
    for (const stroke of strokes) path(context, stroke);
    const box = inkedBox(strokes);
    if (!box) {
      this.bytes = new Uint8Array(SIDE * SIDE);
      return;
    }
    const [, , width, height] = box;
    const { data } = context.getImageData(...box);
    const ink = ROOM.subarray(0, width * height);
    for (let place = 0; place < ink.length; place++) ink[place] = data[4 * place + 3];
    this.bytes = centred(ink, width, height);
  }

  showSeen() {
    for (let i = 0; i < this.bytes.length; i++) this.cells.pixels[i] = GREYS[this.bytes[i]];
    this.cells.show();
  }
}
