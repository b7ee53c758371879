// What is said to Python and to a screen reader.

import { setText } from "../kit/element.js";
import { layersFrom, mapOf } from "./model.js";

const AHEAD_MS = 50; // by then notes are there, or the page has its turn without them

export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// Counts a message, to be sent when all that happens now has happened.
export function tell(editor) {
  editor.edit += 1;
  editor.awaited = editor.edit;
  editor.sent.set(editor.edit, editor.root);
  clearTimeout(editor.timer);
  editor.timer = setTimeout(() => flush(editor));
}

async function flush(editor) {
  editor.told = chosenPath(editor);
  const asks = [...editor.asks.values()].map(({ id, block, channels }) => ({ id, block, channels }));
  const { rev, edit, told: selected, history: { count: step } } = editor;
  const message = { rev, edit, step, layers: layersFrom(editor.root), selected, asks, shut: shutPaths(editor) };
  await Promise.race([askForNotes(editor, message), new Promise((over) => setTimeout(over, AHEAD_MS))]);
  if (editor.edit === edit) editor.setStateValue("stack", message); // else a later message has all of it
}

// Asks the server for the notes of an edit. They come with the page in any case, and later: to draw it takes all that a
// processor has.
async function askForNotes(editor, { rev, edit, layers }) {
  const { address, ...more } = editor.noted;
  if (!address || editor.root === editor.asked) return;
  editor.asked = editor.root;
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...more, rev, edit, layers, input: editor.input }),
    });
    if (!response.ok) return;
    const told = await response.json();
    setTimeout(() => editor.hear(told)); // the page is asked for first, and is drawn meanwhile
  } catch {
    // the server is away for a moment; the page says so itself
  }
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
