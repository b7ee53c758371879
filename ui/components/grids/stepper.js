// Step, play and scrub through so many places; says which one it is at, and knows nothing of them.

const STEP_MS = 700;
const ICONS = {
  back: "M17 5v14L8 12zM6 5v14",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  step: "M7 5v14l9-7zM18 5v14",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

class Stepper {
  constructor(root, onStep) {
    this.root = root;
    this.onStep = onStep;
    this.place = 0;
    this.count = 1;
    this.back = this.button("back", () => this.go(this.place - 1));
    this.toggle = this.button("play", () => (this.timer ? this.stop() : this.play()));
    this.next = this.button("step", () => this.go(this.place + 1));
    this.range = element("input", "scrub", root);
    this.range.type = "range";
    this.range.min = 0;
    this.range.setAttribute("aria-label", WORDS.scrub);
    this.range.oninput = () => {
      this.stop();
      this.move(Number(this.range.value));
    };
    this.said = element("span", "where", root);
  }

  button(name, act) {
    const made = element("button", name, this.root);
    made.type = "button";
    made.title = WORDS[name];
    made.setAttribute("aria-label", WORDS[name]);
    made.append(icon(name));
    made.onclick = act;
    return made;
  }

  /** Shows a place without telling anyone. */
  show(place, count) {
    this.place = place;
    this.count = count;
    this.range.max = count - 1;
    this.range.value = place;
    const said = say(WORDS.position, { place: place + 1, count });
    this.said.textContent = said;
    this.range.setAttribute("aria-valuetext", said);
  }

  /** One step, from the last place to the first again. */
  go(place) {
    this.stop();
    this.move((place + this.count) % this.count);
  }

  move(place) {
    this.show(place, this.count);
    this.onStep(place);
  }

  play() {
    this.look("pause");
    if (this.place === this.count - 1) this.move(0);
    this.timer = setInterval(() => {
      if (!this.root.isConnected || this.place >= this.count - 1) this.stop();
      else this.move(this.place + 1);
    }, STEP_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.look("play");
  }

  look(name) {
    this.toggle.setAttribute("aria-label", WORDS[name]);
    this.toggle.title = WORDS[name];
    this.toggle.replaceChildren(icon(name));
  }
}
