// The sentence under a picture: rows of a name and a text, which can be copied as text.

import { added, copied, element } from "../kit/element.js";

export class Written {
  constructor(root) {
    this.root = root;
    this.head = added(root, "div", "head");
    this.rows = added(root, "dl", "rows");
    this.copy = added(root, "button", { class: "copy", type: "button", onclick: () => this.take() }, "Copy");
  }

  show({ head, rows }) {
    this.text = [head, ...rows.map(([name, text]) => (name ? `${name}: ${text}` : text))].join("\n");
    this.head.textContent = head;
    this.rows.replaceChildren(...rows.flatMap(([name, text]) => [element("dt", "", name), element("dd", "", text)]));
    this.copy.textContent = "Copy";
    this.tallest = Math.max(this.tallest ?? 0, this.root.offsetHeight);
    this.root.style.minHeight = `${this.tallest}px`; // so that nothing below jumps while one points
  }

  /** Other grids are shown from now on: the room may be another. */
  settle() {
    this.tallest = 0;
    this.root.style.minHeight = "";
  }

  async take() {
    if (await copied(this.text, this.root)) this.copy.textContent = "Copied";
  }
}
