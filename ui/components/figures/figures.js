// Words are patched where they differ: the line is drawn anew with every edit.

import { element, setAttribute, setText } from "../kit/element.js";

function figure() {
  const help = element("button", { class: "help", type: "button" }, element("span", "tip"));
  const label = element("dt", "label", element("span", "words"), help);
  const value = element("dd", "value", element("span", "text"), element("span", "change"));
  return element("div", "figure", label, value);
}

export default function ({ parentElement, data }) {
  const line = parentElement.querySelector(".figures");
  while (line.children.length > data.length) line.lastChild.remove();
  while (line.children.length < data.length) line.append(figure());
  data.forEach(({ label, text, change, help }, place) => {
    const made = line.children[place];
    const parts = { words: label, text, change, tip: help };
    for (const [part, said] of Object.entries(parts)) setText(made.querySelector(`.${part}`), said);
    const button = made.querySelector(".help");
    button.hidden = !help;
    setAttribute(button, "aria-label", `${label}: ${help}`);
  });
}
