// The pad: strokes become ink, ink becomes the 784 bytes that a network sees, and those go to Python.

import { base64Of, bytesOf } from "../kit/bytes.js";
import { paint, sharesUnder } from "../kit/cells.js";
import { pixel } from "../kit/colours.js";
import { forget, remembered } from "../kit/element.js";
import { takeFiles } from "./bring.js";
import { centred, SIDE } from "./centring.js";
import { penKey, showPen } from "./keys.js";
import { INK, kept, path, remember } from "./strokes.js";

const LIVE_MS = 90; // while the pen is down, bytes go out so often, and only once those before are answered
const LATE_MS = 600;
const REST_MS = 60;

class Pad {
  setStateValue;
  at = [INK / 2, INK / 4];
  count = 0;
  answered = 0;
  sentAt = 0;
  sent = null;
  stroke = null;
  brought = null;
  dismissed = "";

  constructor(root) {
    this.root = root;
    const one = (selector) => root.querySelector(selector);
    this.canvas = one(".ink");
    this.seen = one(".seen");
    this.hint = one(".hint");
    this.said = one(".said");
    this.brush = one(".brush");
    this.undo = one(".undo");
    this.clear = one(".clear");
    this.pen = one(".pen");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    Object.assign(this.context, { lineCap: "round", lineJoin: "round", strokeStyle: "#fff", fillStyle: "#fff" });
    this.listen(one);
    this.canvas.dataset.sent = this.count; // from here on it can be drawn on
    this.brush.value = kept.brush;
    this.paint();
  }

  listen(one) {
    this.canvas.onpointerdown = (event) => this.down(event);
    this.canvas.onpointermove = (event) => this.move(event);
    this.canvas.onpointerup = this.canvas.onpointercancel = (event) => {
      if (event.pointerId === this.pointer) this.up();
    };
    this.canvas.onkeydown = (event) => penKey(this, event);
    this.canvas.onfocus = () => showPen(this);
    this.canvas.onblur = () => {
      this.up();
      this.say("");
      showPen(this);
    };
    this.undo.onclick = () => this.back();
    this.clear.onclick = () => this.change([]);
    this.brush.oninput = () => (kept.brush = Number(this.brush.value));
    this.root.onkeydown = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      this.back();
    };
    takeFiles(this, one(".bring"), one(".file"));
  }

  place(event) {
    const [down, across] = sharesUnder(event, this.canvas);
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
    const strokes = this.brought ? [] : kept.strokes; // a new drawing takes the picture's place
    this.stroke = { points: [this.place(event)], width: kept.brush };
    this.change([...strokes, this.stroke], false);
  }

  move(event) {
    if (!this.stroke || event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.stroke.points.push(this.place(each));
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

  /** Other strokes from now on; undo brings back those there were, and the picture before them. */
  change(strokes, isUp = true) {
    if (!strokes.length && !kept.strokes.length && !this.brought) return;
    kept.past.push({ strokes: kept.strokes, brought: this.brought });
    this.put(strokes, null, isUp);
  }

  back() {
    const before = kept.past.pop();
    if (!before) return;
    this.stroke = null;
    const isThere = before.brought && before.brought.id === this.newest;
    this.put(before.strokes, isThere ? before.brought : null, true);
  }

  /** Puts strokes or a picture in place of what is there; a picture that goes must not come again. */
  put(strokes, brought, isUp) {
    if (this.brought) this.dismissed = this.brought.id;
    if (brought) this.dismissed = "";
    this.brought = brought;
    kept.strokes = strokes;
    this.paint();
    this.send(isUp);
  }

  paint() {
    const { context } = this;
    cancelAnimationFrame(this.frame);
    this.frame = null;
    context.clearRect(0, 0, INK, INK);
    if (!this.brought) for (const stroke of kept.strokes) path(context, stroke);
    this.bytes = this.brought ? bytesOf(this.brought.pixels) : this.centred();
    paint(this.seen, SIDE, SIDE, (i) => pixel(Array(3).fill(this.bytes[i])));
    if (this.brought) {
      context.imageSmoothingEnabled = false;
      context.drawImage(this.seen, 0, 0, INK, INK);
    }
    const isEmpty = !this.brought && !kept.strokes.length;
    this.hint.hidden = !isEmpty;
    if (!isEmpty) this.hint.dataset.understood = ""; // who clears the pad has seen it move
    this.clear.disabled = isEmpty;
    this.undo.disabled = !kept.past.length;
  }

  centred() {
    const { data } = this.context.getImageData(0, 0, INK, INK);
    const ink = new Uint8Array(INK * INK);
    for (let place = 0; place < ink.length; place++) ink[place] = data[4 * place + 3];
    return centred(ink, INK, INK);
  }

  get waited() {
    return performance.now() - this.sentAt;
  }

  /** Whether what was sent is answered, or its answer is late. */
  get isFree() {
    return this.answered >= this.count || this.waited > LATE_MS;
  }

  /** Sends what is drawn: at once where the pen is up, else now and then. */
  send(isUp) {
    clearTimeout(this.timer);
    if (!isUp && (this.waited < LIVE_MS || !this.isFree)) {
      this.timer = setTimeout(() => this.stroke && this.send(false), LIVE_MS);
      return;
    }
    this.tell(false);
    if (isUp) {
      remember();
      this.rest();
    }
  }

  /** Says that this is it, once the bars are there: what takes longer must not hold them up. */
  rest() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.stroke) return;
      if (this.isFree) this.tell(true);
      else this.rest();
    }, REST_MS);
  }

  tell(isUp) {
    const pixels = this.brought ? "" : base64Of(this.bytes);
    const text = [pixels, isUp, this.dismissed].join();
    if (text === this.sent) return;
    this.sent = text;
    this.sentAt = performance.now();
    this.count += 1;
    this.canvas.dataset.sent = this.count;
    this.setStateValue("drawn", { pixels, up: isUp, count: this.count, dismissed: this.dismissed });
  }

  say(words) {
    this.said.textContent = words;
  }

  show(data) {
    this.answered = Math.max(this.answered, data.answered);
    const brought = data.brought;
    const news = `${brought?.id} ${data.trouble}`;
    if (this.awaits && this.news !== news) {
      this.awaits = false;
      this.setStateValue("seen", news); // the server keeps what is said last: that is not the picture
    }
    this.news = news;
    this.newest = brought?.id;
    const isShown = !brought || brought.id === this.dismissed || brought.id === this.brought?.id;
    if (!isShown && !this.stroke) {
      kept.past.push({ strokes: kept.strokes, brought: this.brought });
      kept.strokes = [];
      this.brought = brought;
      this.sent = null;
      this.paint();
      this.say("");
    }
    if (data.trouble !== this.trouble) {
      this.trouble = data.trouble;
      this.say("");
    }
  }
}

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".pad");
  const pad = remembered(root, () => new Pad(root));
  const isNew = !pad.setStateValue;
  Object.assign(pad, { setStateValue, setTriggerValue });
  pad.show(data);
  if (isNew && !pad.brought && kept.strokes.length) pad.send(true);
  return () => {
    clearTimeout(pad.timer);
    document.removeEventListener("paste", pad.paste);
    forget(root);
  };
}
