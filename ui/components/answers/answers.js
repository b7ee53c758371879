// The answers of networks to one image: a card each, whose bars move when the shares do. A network that
// runs in the browser answers to the pad at once; what the server says of the same drawing is the record.

import { added, forget, remembered, setText } from "../kit/element.js";
import { followPad, isAnswered } from "../pad/now.js";
import { LiveNetwork } from "./live.js";

function card(parent) {
  const root = added(parent, "article", "card");
  const head = added(root, "header", "head");
  const digit = added(head, "span", { class: "digit", "aria-hidden": "true" });
  const words = added(head, "div", "words");
  return {
    root, digit, rows: [], live: new LiveNetwork(),
    says: added(words, "strong", "says"),
    then: added(words, "span", "then"),
    unlike: unlike(root),
    bars: added(root, "div", { class: "bars", role: "list" }),
    name: added(root, "div", "name"),
    note: added(root, "div", "note"),
  };
}

/** How unlike digits the drawing is: a sentence, and a scale with digits, the line and the drawing. */
function unlike(parent) {
  const root = added(parent, "div", "unlike");
  const says = added(root, "p", "sentence");
  const scale = added(root, "div", { class: "scale", "aria-hidden": "true" }); // the words say the same
  const digits = added(scale, "div", "digits");
  added(scale, "span", "edge", "unlike →");
  const [line, at] = [added(scale, "span", "line"), added(scale, "span", "at")];
  return { root, says, digits, line, at, heights: [], then: added(root, "p", "then") };
}

function fillUnlike(made, told) {
  made.root.hidden = !told;
  if (!told) return;
  made.root.classList.toggle("beyond", told.beyond);
  made.says.textContent = told.says;
  made.then.textContent = told.then;
  told.heights.forEach((height, place) => {
    const one = (made.heights[place] ??= added(made.digits, "span", "height"));
    one.style.height = `${100 * height}%`;
    one.classList.toggle("out", (place + 0.5) / told.heights.length > told.line);
  });
  made.line.style.left = `${100 * told.line}%`;
  made.at.hidden = told.at === null;
  made.at.style.left = `${100 * told.at}%`;
}

function row(bars) {
  const root = added(bars, "div", { class: "row", role: "listitem" });
  const label = added(root, "span", "label");
  const bar = added(added(root, "span", "track"), "span", "fill");
  return { root, label, bar, percent: added(root, "span", "percent") };
}

function fill(made, answer) {
  made.root.dataset.tone = answer.tone;
  for (const part of ["digit", "says", "then"]) setText(made[part], answer[part]);
  answer.bars.forEach(([label, share, percent], place) => {
    const one = (made.rows[place] ??= row(made.bars));
    one.root.classList.toggle("best", place === answer.best);
    setText(one.label, label);
    one.bar.style.transform = `scaleX(${share})`;
    setText(one.percent, percent);
  });
}

/** What a card says that is no answer; how unlike digits a drawing is, the server alone finds out. */
function frame(made, answer) {
  made.root.setAttribute("aria-label", answer.name);
  for (const part of ["name", "note"]) made[part].textContent = answer[part];
  fillUnlike(made.unlike, answer.unlike);
}

function start(root) {
  const state = { cards: [] };
  state.stop = followPad((bytes) => {
    for (const made of state.cards) {
      const answer = made.live.answer(bytes);
      if (answer) fill(made, answer);
    }
    root.dataset.live = Number(root.dataset.live ?? 0) + 1;
    return state.cards.length > 0 && state.cards.every((made) => made.live.hasAnswered);
  });
  return state;
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".answers");
  const state = remembered(root, () => start(root));
  const { cards } = state;
  root.dataset.count = data.answers.length;
  root.setAttribute("aria-label", data.label);
  while (cards.length > data.answers.length) cards.pop().root.remove();
  data.answers.forEach((answer, place) => {
    const made = (cards[place] ??= card(root));
    made.live.take(answer);
    frame(made, answer);
    if (!made.live.hasAnswered || isAnswered(data.answered)) fill(made, answer);
  });
  root.dataset.answered = data.answered;
  return () => {
    state.stop();
    forget(root);
  };
}
