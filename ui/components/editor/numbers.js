// What Python says of each layer, shown on it: output, parameters and their share, errors, warnings.

import { element, setAttribute, setText } from "../kit/element.js";
import { counted, percent } from "../kit/numbers.js";
import { problemOf } from "./fields.js";
import { icon } from "./icons.js";
import { kindOf } from "./model.js";
import { sentence } from "./talk.js";

export const shapeText = (shape) => shape.join("×");

const shareText = (share) => (share > 0 && share < 1 ? percent(share) : `${100 * share}\u202f%`);

export function numbersView() {
  const shape = element("span", "shape");
  const params = element("span", "params");
  const bar = element("span", "bar");
  const cost = element("span", "cost", params, element("span", "share", bar));
  return { root: element("span", "numbers", shape, cost), shape, params, bar, cost };
}

export function patchNumbers(view, note) {
  const { output, params = 0, share = 0 } = note ?? {};
  setText(view.shape, output ? shapeText(output) : "–");
  setText(view.params, output ? counted(params) : "–");
  view.bar.style.width = output && share > 0 ? `max(2px, ${100 * share}%)` : "0";
  setAttribute(view.cost, "title", output ? `${costText(note)} of the network` : null);
  view.cost.classList.toggle("is-zero", !output || !params);
}

const costText = ({ params = 0, share = 0 }) => `${counted(params)} parameters, ${shareText(share)}`;

// The layer's wrong fields come first: they are known before Python has looked.
export function messagesFor(node, note) {
  const { fields } = kindOf(node.kind);
  const wrong = fields.map((field) => problemOf(field, node.values[field.name])).filter(Boolean);
  const errors = wrong.length > 0 ? wrong : note?.error ? [note.error] : [];
  return [
    ...errors.map((text) => ({ level: "error", text })),
    ...(note?.warnings ?? []).map((text) => ({ level: "warning", text })),
  ];
}

export function patchMessages(root, messages) {
  const key = JSON.stringify(messages);
  if (root.dataset.key === key) return;
  root.dataset.key = key;
  const line = ({ level, text }) =>
    element("p", { class: `message is-${level}` }, icon(level), element("span", "", sentence(text)));
  root.replaceChildren(...messages.map(line));
}

// How a screen reader introduces a layer.
export function spoken(title, note, messages) {
  const known = note?.output ? [`output ${note.output.join(" by ")}`, costText(note)] : [];
  return [title, ...known, ...messages.map(({ level, text }) => `${level}: ${text}`)].join(", ");
}
