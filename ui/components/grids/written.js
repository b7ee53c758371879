// The sentence under a picture: rows of a name and a text, which can be copied as text.

class Written {
  constructor(root) {
    this.root = root;
    this.head = element("div", "head", root);
    this.rows = element("dl", "rows", root);
    this.copy = element("button", "copy", root, WORDS.copy);
    this.copy.type = "button";
    this.copy.onclick = () => this.take();
  }

  show({ head, rows }) {
    this.text = [head, ...rows.map(([name, text]) => (name ? `${name}: ${text}` : text))].join("\n");
    this.head.textContent = head;
    this.rows.replaceChildren(
      ...rows.flatMap(([name, text]) => {
        const value = element("dd", "", null, text);
        return [element("dt", "", null, name), value];
      }),
    );
    this.copy.textContent = WORDS.copy;
    this.tallest = Math.max(this.tallest ?? 0, this.root.offsetHeight);
    this.root.style.minHeight = `${this.tallest}px`; // so that nothing below jumps while one points
  }

  /** Other grids are shown from now on: the room may be another. */
  settle() {
    this.tallest = 0;
    this.root.style.minHeight = "";
  }

  async take() {
    try {
      await navigator.clipboard.writeText(this.text);
      this.copy.textContent = WORDS.copied;
    } catch {
      // without the right to the clipboard the text can still be selected
      getSelection().selectAllChildren(this.root);
    }
  }
}
