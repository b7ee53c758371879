// Words are patched where they differ: the line is drawn anew with every edit.

import { element, setAttribute, setText } from "../kit/element.js";
import { hear } from "../kit/told.js";

function figure() {
  const help = element("button", { class: "help", type: "button" }, element("span", "tip"));
  const label = element("dt", "label", element("span", "words"), help);
  const value = element("dd", "value", element("span", "text"), element("span", "change"));
  return element("div", "figure", label, value, element("dd", "note"));
}

function show(line, figures) {
  while (line.children.length > figures.length) line.lastChild.remove();
  while (line.children.length < figures.length) line.append(figure());
  figures.forEach(({ label, text, change, note, help }, place) => {
    const made = line.children[place];
    const parts = { words: label, text, change, note, tip: help };
    for (const [part, said] of Object.entries(parts)) setText(made.querySelector(`.${part}`), said);
    const button = made.querySelector(".help");
    button.hidden = !help;
    setAttribute(button, "aria-label", `${label}: ${help}`);
  });
}

export default function ({ parentElement, data }) {
  const line = parentElement.querySelector(".figures");
  show(line, data.shown);
  return hear(data.key, (told) => show(line, told));
}
