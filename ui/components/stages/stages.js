// The stages on the page: the one chosen, the one before it, and the numbers behind a cell.

const STEP_MS = 1600;
const REST_MS = 350;
const views = new WeakMap();
const ICONS = {
  back: "M15 5 8 12l7 7", on: "m9 5 7 7-7 7", play: "M8 5v14l11-7z", pause: "M9 5v14M15 5v14",
};

function icon(name) {
  return `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
}

class View {
  constructor(root) {
    this.root = root;
    this.stages = [];
    root.innerHTML = `<div class="chips" role="group" aria-label="Stages"></div>
      <div class="controls">
        <button type="button" class="back" aria-label="Stage before">${icon("back")}</button>
        <button type="button" class="play" aria-label="Play">${icon("play")}</button>
        <button type="button" class="on" aria-label="Next stage">${icon("on")}</button>
        <input type="range" min="0" step="1" aria-label="Stage"><output class="where"></output>
      </div>
      <div class="panels"><div class="before"></div><div class="now"></div></div>
      <div class="details" aria-live="off"></div>`;
    const find = (name) => root.querySelector(name);
    this.parts = {
      chips: find(".chips"), range: find("input"), where: find(".where"), play: find(".play"),
      back: find(".back"), on: find(".on"), before: find(".before"), now: find(".now"), details: find(".details"),
    };
    this.listen();
  }

  listen() {
    const { back, on, play, range, now } = this.parts;
    back.onclick = () => this.go(this.at - 1);
    on.onclick = () => this.go(this.at + 1);
    play.onclick = () => (this.timer ? this.stop() : this.start());
    range.oninput = () => this.go(Number(range.value));
    now.onpointermove = (event) => this.hover(event);
    now.onpointerleave = () => this.point(this.cell);
    now.onclick = (event) => {
      const place = this.placeUnder(event);
      if (place) this.pin(place);
    };
    now.onkeydown = (event) => this.key(event);
  }

  take(data, tell) {
    this.tell = tell;
    this.classes = data.classes;
    this.ink = inkOf(this.root);
    const text = JSON.stringify([data.stages, data.locked, this.ink]);
    if (text === this.text) return;
    this.text = text;
    this.stages = data.stages.map(unpacked);
    this.locked = data.locked;
    const isNew = this.at === undefined || this.at >= this.stages.length;
    if (isNew) this.at = Math.min(data.stage, this.stages.length - 1);
    this.chips();
    const place = isNew && data.cell ? data.cell.split("-").map(Number) : this.cell;
    const isChosen = Boolean(isNew ? data.cell : this.isPinned);
    this.show(isChosen && place && fits(this.stages[this.at], place) ? place : null);
  }

  chips() {
    this.parts.chips.replaceChildren(...this.stages.map((stage, i) => {
      const chip = element("button", "chip");
      chip.type = "button";
      chip.style.setProperty("--colour", stage.colour);
      chip.append(element("span", "title", stage.title), element("span", "size", stage.shape.join("×")));
      chip.disabled = this.locked;
      chip.onclick = () => this.go(i);
      return chip;
    }));
    const { range, back, on, play } = this.parts;
    range.max = this.stages.length - 1;
    for (const one of [range, back, on, play]) one.disabled = this.locked;
  }

  go(at, isPlaying = false) {
    if (!isPlaying) this.stop();
    this.at = Math.max(0, Math.min(at, this.stages.length - 1));
    this.show(null);
    this.rest();
  }

  start() {
    if (this.at === this.stages.length - 1) this.go(0);
    this.timer = setInterval(() => {
      if (!this.root.isConnected || this.at === this.stages.length - 1) return this.stop();
      this.go(this.at + 1, true);
    }, STEP_MS);
    this.playing();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.playing();
  }

  playing() {
    const { play } = this.parts;
    const name = this.timer ? "Pause" : "Play";
    if (play.getAttribute("aria-label") === name) return;
    play.setAttribute("aria-label", name);
    play.innerHTML = icon(this.timer ? "pause" : "play");
  }

  show(place) {
    const { chips, range, where, before, now, back, on } = this.parts;
    const stage = this.stages[this.at];
    this.isPinned = place !== null;
    this.cell = place || strongest(stage);
    [...chips.children].forEach((chip, i) => {
      chip.classList.toggle("now", i === this.at);
      chip.setAttribute("aria-pressed", i === this.at);
    });
    const chip = chips.children[this.at];
    chips.scrollLeft = chip.offsetLeft - chips.clientWidth / 2;
    range.value = this.at;
    range.setAttribute("aria-valuetext", stage.title);
    where.textContent = `${this.at + 1} of ${this.stages.length}`;
    back.disabled = this.locked || this.at === 0;
    on.disabled = this.locked || this.at === this.stages.length - 1;
    before.replaceChildren(...(this.at ? this.panel(this.at - 1, "what it was given") : []));
    before.hidden = this.at === 0;
    now.replaceChildren(...this.panel(this.at, ""));
    this.point(this.cell);
  }

  panel(at, said) {
    const stage = this.stages[at];
    const head = element("div", "head");
    head.style.setProperty("--colour", stage.colour);
    head.append(element("b", "", stage.title), element("span", "", said || stage.note));
    const size = element("div", "size", stage.size);
    if (stage.kind === "dense" || stage.kind === "softmax") return [head, size, bars(stage, this.classes)];
    const maps = element("div", "maps");
    maps.tabIndex = said ? -1 : 0;
    maps.setAttribute("aria-label", said ? "The stage before" : "Cells: choose one with the arrow keys");
    const count = stage.shape.length === 1 ? 1 : stage.shape[2];
    for (let i = 0; i < count; i++) maps.append(frame(stage, i, count, this.ink));
    return [head, size, maps];
  }

  placeUnder(event) {
    const stage = this.stages[this.at];
    const bar = event.target.closest(".bar");
    if (bar) return [Number(bar.dataset.unit)];
    const frame = event.target.closest(".map");
    if (!frame) return null;
    const canvas = frame.querySelector("canvas");
    const bounds = canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - bounds.left) / bounds.width) * canvas.width);
    const row = Math.floor(((event.clientY - bounds.top) / bounds.height) * canvas.height);
    const place = stage.shape.length === 1 ? [row * canvas.width + column] : [row, column, Number(frame.dataset.map)];
    return fits(stage, place) ? place : null;
  }

  hover(event) {
    const place = this.placeUnder(event);
    if (place) this.point(place);
  }

  pin(place) {
    if (this.locked) return;
    this.cell = place;
    this.isPinned = true;
    this.point(place);
    this.rest();
  }

  key(event) {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const isVector = this.stages[this.at].shape.length === 1;
    const place = isVector ? [this.cell[0] + move[0] + move[1]] : [this.cell[0] + move[0], this.cell[1] + move[1], this.cell[2]];
    if (fits(this.stages[this.at], place)) this.pin(place);
  }

  /** Lights a cell, what feeds it, and writes out its numbers. */
  point(place) {
    const { before, now, details: panel } = this.parts;
    const stage = this.stages[this.at];
    if (String(place) === this.pointed && this.pointedAt === now.firstChild) return;
    Object.assign(this, { pointed: String(place), pointedAt: now.firstChild });
    for (const mark of this.root.querySelectorAll(".mark")) mark.style.display = "none";
    for (const bar of now.querySelectorAll(".bar")) bar.classList.toggle("chosen", Number(bar.dataset.unit) === place[0]);
    if (!now.querySelector(".bar")) {
      const [row, column, map] = place.length === 3 ? place : [Math.floor(place[0] / lineOf(stage)), place[0] % lineOf(stage), 0];
      this.mark(now, map, [row, row], [column, column]);
    }
    const fed = this.at ? feeding(stage, this.stages[this.at - 1], place) : null;
    if (fed) this.mark(before, fed.map, fed.rows, fed.columns);
    panel.replaceChildren(...details(this.stages, this.at, place, this.classes));
  }

  mark(panel, map, rows, columns) {
    for (const frame of panel.querySelectorAll(".map")) {
      if (map !== null && Number(frame.dataset.map) !== map) continue;
      const { width, height } = frame.querySelector("canvas");
      const [top, bottom] = [Math.max(rows[0], 0), Math.min(rows[1], height - 1)];
      const [left, right] = [Math.max(columns[0], 0), Math.min(columns[1], width - 1)];
      Object.assign(frame.querySelector(".mark").style, {
        display: "block", top: `${(100 * top) / height}%`, left: `${(100 * left) / width}%`,
        height: `${(100 * (bottom + 1 - top)) / height}%`, width: `${(100 * (right + 1 - left)) / width}%`,
      });
    }
  }

  /** Tells Python where it is, once it has come to rest. */
  rest() {
    clearTimeout(this.waiting);
    const cell = this.isPinned ? this.cell.join("-") : "";
    this.waiting = setTimeout(() => this.root.isConnected && this.tell({ stage: this.at, cell }), REST_MS);
  }
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".stages");
  if (!views.has(root)) views.set(root, new View(root));
  views.get(root).take(data, (rest) => setStateValue("rest", rest));
}
