// The answers of networks to one image: a card each, whose bars move when the shares do.

import { added, remembered } from "../kit/element.js";

function card(parent) {
  const root = added(parent, "article", "card");
  const head = added(root, "header", "head");
  const digit = added(head, "span", { class: "digit", "aria-hidden": "true" });
  const words = added(head, "div", "words");
  return {
    root, digit, rows: [],
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
  made.root.setAttribute("aria-label", answer.name);
  for (const part of ["digit", "says", "then", "name", "note"]) made[part].textContent = answer[part];
  fillUnlike(made.unlike, answer.unlike);
  answer.bars.forEach(([label, share, percent], place) => {
    const one = (made.rows[place] ??= row(made.bars));
    one.root.classList.toggle("best", place === answer.best);
    one.label.textContent = label;
    one.bar.style.transform = `scaleX(${share})`;
    one.percent.textContent = percent;
  });
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".answers");
  const made = remembered(root, () => []);
  root.dataset.count = data.answers.length;
  root.setAttribute("aria-label", data.label);
  while (made.length > data.answers.length) made.pop().root.remove();
  data.answers.forEach((answer, place) => fill((made[place] ??= card(root)), answer));
  root.dataset.answered = data.answered;
}
