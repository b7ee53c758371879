// The pad: strokes become ink, ink becomes the 784 bytes that a network sees, and those go to Python.

import { base64Of, bytesOf } from "../kit/bytes.js";
import { forget, remembered } from "../kit/element.js";
import { takeFiles } from "./bring.js";
import { padBegins, padPainted, padSent } from "./now.js";
import { Pen } from "./pen.js";
import { INK, kept, remember } from "./strokes.js";

const LIVE_MS = 90; // while the pen is down, bytes go out so often, and only once those before are answered
const CALM_MS = 300; // as often where the browser has answered already
const LATE_MS = 600;
const REST_MS = 60;

class Pad extends Pen {
  setStateValue;
  count = 0;
  answered = 0;
  sentAt = 0;
  sent = null;
  brought = null;
  dismissed = "";

  constructor(root) {
    super(root);
    const one = (selector) => root.querySelector(selector);
    this.hint = one(".hint");
    this.said = one(".said");
    this.brush = one(".brush");
    this.undo = one(".undo");
    this.clear = one(".clear");
    this.listen(one);
    this.canvas.dataset.sent = this.count; // from here on it can be drawn on
    this.brush.value = kept.brush;
    padBegins();
    this.paint();
  }

  listen(one) {
    this.undo.onclick = () => this.back();
    this.clear.onclick = () => this.change([]);
    this.brush.oninput = () => (kept.brush = Number(this.brush.value));
    takeFiles(this, one(".bring"), one(".file"));
  }

  strokes() {
    return this.brought ? [] : kept.strokes; // a new drawing takes the picture's place
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
    this.ink(this.strokes());
    if (this.brought) this.bytes = bytesOf(this.brought.pixels);
    this.showSeen();
    if (this.brought) {
      this.context.imageSmoothingEnabled = false;
      this.context.drawImage(this.seen, 0, 0, INK, INK);
    }
    const isEmpty = !this.brought && !kept.strokes.length;
    this.hint.hidden = !isEmpty;
    if (!isEmpty) this.hint.dataset.understood = ""; // who clears the pad has seen it move
    this.clear.disabled = isEmpty;
    this.undo.disabled = !kept.past.length;
    this.isAnswered = padPainted(this.bytes);
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
    if (!isUp && (this.waited < (this.isAnswered ? CALM_MS : LIVE_MS) || !this.isFree)) {
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
    padSent(this.count);
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
