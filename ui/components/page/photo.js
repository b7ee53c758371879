// An image that is chosen, dropped or pasted meets a network that runs here. Nothing is sent.

import { Shown } from "../flow/shown.js";
import { paint } from "../kit/cells.js";
import { pixel } from "../kit/colours.js";
import { element, forget, remembered, setText } from "../kit/element.js";
import { fitted } from "./fit.js";

const LARGEST_FILE = 10_000_000;
const LARGEST_SIDE = 8_000;
const EMPTY = ["Bring an image.", "It answers at once."];

class Photo {
  constructor(root, { network, shape, stages, names }) {
    const one = (selector) => root.querySelector(selector);
    this.root = root;
    this.shape = shape;
    this.board = one(".board");
    this.seen = one(".seen");
    this.hint = one(".hint");
    this.said = one(".said");
    const field = one(".file");
    one(".bring").onclick = () => field.click();
    field.onchange = () => {
      this.take(field.files[0]);
      field.value = ""; // so that the same file can be chosen again
    };
    this.board.ondragover = (event) => this.over(event, true);
    this.board.ondragleave = (event) => this.over(event, false);
    this.board.ondrop = (event) => {
      this.over(event, false);
      this.take(event.dataTransfer.files[0]);
    };
    this.paste = (event) => this.take([...event.clipboardData.files].find(({ type }) => type.startsWith("image/")));
    document.addEventListener("paste", this.paste);
    this.shown = new Shown(root, { stages, names }, EMPTY);
    this.shown.open(network, root);
    this.shown.show(null);
  }

  over(event, isOver) {
    event.preventDefault();
    this.board.classList.toggle("over", isOver);
  }

  async take(file) {
    if (!file) return;
    if (file.size > LARGEST_FILE) return this.say("The image is larger than 10 MB. Bring a smaller one.");
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture) return this.say("The file is no picture that this browser reads. Bring a PNG or a JPEG.");
    const { width, height } = picture;
    if (Math.max(width, height) > LARGEST_SIDE) return this.say(`A side is longer than ${LARGEST_SIDE} pixels. Bring a smaller image.`);
    const context = element("canvas", { width, height }).getContext("2d", { willReadFrequently: true });
    context.fillStyle = "#fff"; // what shows through where a picture is transparent
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0);
    this.show(fitted(context.getImageData(0, 0, width, height).data, width, height, this.shape));
  }

  show(bytes) {
    const [rows, columns, channels] = this.shape;
    const of = (i, channel) => bytes[i * channels + Math.min(channel, channels - 1)];
    paint(this.seen, rows, columns, (i) => pixel([of(i, 0), of(i, 1), of(i, 2)]));
    this.seen.hidden = false;
    this.hint.hidden = true;
    this.shown.show(bytes);
    this.shown.wave();
    this.say(`${this.shown.says.textContent} ${this.shown.then.textContent}`, true);
    this.root.dataset.shown = Number(this.root.dataset.shown ?? 0) + 1;
  }

  /** Said to all, or where it stands on the page already, to a screen reader alone. */
  say(words, isSeen = false) {
    this.said.classList.toggle("unseen", isSeen);
    setText(this.said, words);
  }

  end() {
    document.removeEventListener("paste", this.paste);
    this.shown.end();
  }
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".flow");
  const photo = remembered(root, () => new Photo(root, data));
  return () => {
    photo.end();
    forget(root);
  };
}
