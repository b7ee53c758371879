// What is said to Python and to a screen reader.

import { setText } from "../kit/element.js";
import { layersFrom, mapOf } from "./model.js";

export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// Counts a message, to be sent when all that happens now has happened.
export function tell(editor) {
  editor.edit += 1;
  editor.awaited = editor.edit;
  editor.sent.set(editor.edit, editor.root);
  clearTimeout(editor.timer);
  editor.timer = setTimeout(() => flush(editor));
}

function flush(editor) {
  editor.told = chosenPath(editor);
  const asks = [...editor.asks.values()].map(({ id, block, channels }) => ({ id, block, channels }));
  const { rev, edit, told: selected, history: { count: step } } = editor;
  editor.setStateValue("stack", { rev, edit, step, layers: layersFrom(editor.root), selected, asks, shut: shutPaths(editor) });
}

/** The containers that were collapsed by hand: of them the picture shows no more than the list does. */
export function shutPaths({ root, collapsed }) {
  const { nodes } = mapOf(root);
  return [...collapsed].flatMap(([id, isByHand]) => (isByHand && nodes.get(id)?.path) || []);
}

// The layer the page speaks of: the active one, or the container of the active lane.
function chosenPath(editor) {
  const { nodes, lanes } = mapOf(editor.root);
  const id = editor.selection.has(editor.active) ? editor.active : [...editor.selection].at(-1);
  const holder = lanes.get(editor.active)?.holder;
  return nodes.get(id ?? holder?.id)?.path ?? null;
}

export function say(editor, text) {
  setText(editor.status, sentence(text));
}
