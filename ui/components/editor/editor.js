// The editor as a whole: its frame, what comes from Python, and what goes there.
//
// This script owns the list. Every message to Python has a number, `edit`; Python's notes come back
// with the number of the message they belong to, and are laid on the tree that was sent with it. A
// `rev` of Python's that is not ours means that Python has put another network in place of ours.

import { button, element, once, partsOf, remembered, setLabel, setText } from "../kit/element.js";
import {
  choose, collapseAll, duplicate, isSameTree, moveBy, redo, remove, reveal, snapshot, takeAnswer, undo,
} from "./actions.js";
import { watchPointer } from "./drag.js";
import { icon, iconButton } from "./icons.js";
import { nameKeys, watchHelp, watchKeys } from "./keys.js";
import { containersOf, foldedAtFirst, laneFrom, mapOf, newHistory, reconciled, record } from "./model.js";
import { shapeText } from "./numbers.js";
import { openPalette, paletteOf } from "./palette.js";
import { renderStack } from "./rows.js";
import { shutPaths, tell } from "./talk.js";

const LATE_MS = 300;
const editorOfKey = new Map(); // so that undo survives a visit to another page

export default function ({ data, parentElement, setStateValue }) {
  const host = parentElement.querySelector(".editor");
  const editor = remembered(host, () => mount(once(editorOfKey, data.key, newEditor), host));
  editor.setStateValue = setStateValue;
  receive(editor, data);
  return () => clearTimeout(editor.timer);
}

function newEditor() {
  const editor = {
    root: null, // the stack: a lane of nodes
    history: newHistory(),
    rev: null, // Python's list that ours began with, on this page
    edit: 0, // the last message's number,
    awaited: null, // the one whose notes are waited for,
    known: null, // and the one whose notes are shown
    sent: new Map(), // the tree that was sent with each message
    told: null, // the path of the chosen layer, as Python knows it
    notes: new Map(), // by id of node
    asks: new Map(), // blocks asked for, by number
    input: [],
    selection: new Set(), // ids of nodes
    active: null, // the row the keyboard is on: a node or a lane
    anchor: null, // where a range of rows begins
    collapsed: new Map(), // ids of containers; whether it was done by hand
    opened: new Set(), // nodes that show all fields
    timer: null,
    lateness: null, // the timer after which numbers that are waited for look it
    noted: {}, // where notes are asked for, and what is sent there
    asked: null, // the tree that was asked about last
    cancelDrag: null,
    render: () => render(editor),
    hear: (data) => hear(editor, data),
  };
  return editor;
}

// ---- Python to here ------------------------------------------------------------------------------

function receive(editor, data) {
  const isOther = editor.rev !== data.rev || String(editor.input) !== String(data.input);
  editor.input = data.input;
  editor.noted = data.asks;
  if (editor.rev !== data.rev) takeLayers(editor, data);
  const isNoted = takeNotes(editor, data);
  const isCommand = data.selected && data.selected !== editor.told && editor.awaited === data.edit;
  if (isCommand) obey(editor, data.selected);
  if (isOther || isNoted || isCommand) render(editor);
  else showLateness(editor); // the notes were here before the page
  sayFault(editor, data.notes);
  data.answers.forEach((answer) => takeAnswer(editor, answer));
}

// Notes that are here before the page; what is older than those shown is not looked at.
function hear(editor, data) {
  if (!editor.sent.has(data.edit) || !editor.host.isConnected) return;
  if (takeNotes(editor, data)) render(editor);
  else showLateness(editor);
  sayFault(editor, data.notes);
}

function takeLayers(editor, data) {
  const before = editor.root;
  if (before === null) editor.root = laneFrom(data.layers);
  else replace(editor, reconciled(before, data.layers));
  for (const id of foldedAtFirst(editor.root, before)) editor.collapsed.set(id, false);
  editor.rev = data.rev;
  editor.edit = Math.max(editor.edit, data.edit ?? 0);
  editor.awaited = data.edit;
  editor.sent = new Map([[data.edit, editor.root]]);
  editor.asked = editor.root;
  if (shutPaths(editor).length) tell(editor); // which of these layers are shut, only we know
}

function replace(editor, root) {
  if (isSameTree(root, editor.root)) return;
  record(editor.history, snapshot(editor, "another network"), null);
  editor.root = root;
  const { nodes } = mapOf(root);
  editor.selection = new Set([...editor.selection].filter((id) => nodes.has(id)));
}

// Whether any of them is another one.
function takeNotes(editor, data) {
  const root = editor.sent.get(data.edit);
  if (!root) return false;
  const found = [...mapOf(root).idOfPath].filter(
    ([path, id]) => JSON.stringify(editor.notes.get(id)) !== JSON.stringify(data.notes[path]),
  );
  for (const [path, id] of found) editor.notes.set(id, data.notes[path]);
  for (const edit of editor.sent.keys()) if (edit < data.edit) editor.sent.delete(edit);
  editor.known = data.edit;
  return found.length > 0;
}

// Python chooses a layer (one was clicked in a picture); an echo of what we told it does nothing.
function obey(editor, path) {
  const id = mapOf(editor.root).idOfPath.get(path);
  editor.told = path;
  if (id === undefined) return;
  reveal(editor, id);
  editor.selection = new Set([id]);
  editor.active = editor.anchor = id;
}

// ---- the frame -----------------------------------------------------------------------------------

function mount(editor, host) {
  Object.assign(editor, partsOf(host, "toolbar", "shape", "stack", "unseen", "help"));
  Object.assign(editor, { host, views: new Map(), rev: null });
  const more = host.querySelector(".add-row");
  more.prepend(icon("plus"));
  more.onclick = () => openPalette(editor, more, { end: true });
  fillToolbar(editor);
  editor.palette = paletteOf(editor);
  nameKeys(editor.help);
  watchPointer(editor);
  watchKeys(editor);
  watchHelp(editor);
  host.addEventListener("focusin", (event) => followFocus(editor, event));
  host.addEventListener("focusout", (event) => settleField(editor, event));
  host.hidden = false;
  return editor;
}

function fillToolbar(editor) {
  const onChosen = (action) => () => action(editor, editor.selection);
  const look = { class: "add-button", "aria-label": "Add a layer or a block" };
  editor.addButton = button(look, () => openPalette(editor, editor.addButton), icon("plus"), "Add");
  editor.undoButton = iconButton("undo", "Undo", () => undo(editor));
  editor.redoButton = iconButton("redo", "Redo", () => redo(editor));
  editor.onSelection = [
    iconButton("up", "Move up", () => moveBy(editor, -1)),
    iconButton("down", "Move down", () => moveBy(editor, 1)),
    iconButton("copy", "Duplicate", onChosen(duplicate)),
    iconButton("trash", "Delete", onChosen(remove)),
  ];
  editor.foldButton = iconButton("fold", "Collapse or expand all containers", () => collapseAll(editor));
  editor.helpButton = iconButton("keyboard", "Keys");
  editor.status = element("div", { class: "status", role: "status", "aria-live": "polite" });
  const gap = () => element("span", "gap");
  editor.toolbar.append(editor.addButton, gap(), editor.undoButton, editor.redoButton, gap(),
    ...editor.onSelection, editor.status, editor.foldButton, editor.helpButton);
}

// Moving a row that has the focus takes the focus away for a moment; that must not render again.
function render(editor) {
  if (editor.isRendering) return;
  editor.isRendering = true;
  const { nodes, lanes } = mapOf(editor.root);
  if (!nodes.has(editor.active) && !lanes.has(editor.active)) editor.active = editor.root.nodes[0]?.id ?? null;
  renderStack(editor);
  setText(editor.shape, shapeText(editor.input));
  showLateness(editor);
  patchToolbar(editor);
  editor.isRendering = false;
}

// Looks that change with every edit cost more than the edit: most answers are here before these do.
function showLateness(editor) {
  if (editor.awaited === editor.known) {
    clearTimeout(editor.lateness);
    editor.lateness = null;
    editor.stack.classList.remove("is-late");
  } else {
    editor.lateness ??= setTimeout(() => editor.stack.classList.add("is-late"), LATE_MS);
  }
}

function patchToolbar(editor) {
  const { past, future } = editor.history;
  editor.undoButton.disabled = past.length === 0;
  editor.redoButton.disabled = future.length === 0;
  setLabel(editor.undoButton, past.length > 0 ? `Undo: ${past.at(-1).said}` : "Undo");
  setLabel(editor.redoButton, future.length > 0 ? `Redo: ${future.at(-1).said}` : "Redo");
  for (const tool of editor.onSelection) tool.disabled = editor.selection.size === 0;
  editor.foldButton.hidden = containersOf(editor.root).length === 0;
}

// An error that comes up somewhere is said once, wherever the focus is.
function sayFault(editor, notes) {
  const [path, note] = Object.entries(notes).find(([, { error }]) => error) ?? [];
  const id = mapOf(editor.root).idOfPath.get(path);
  setText(editor.unseen, id ? `${mapOf(editor.root).nodes.get(id).title}: ${note.error}` : "");
}

// A field that gets the focus chooses its layer.
function followFocus(editor, event) {
  const card = event.target.closest(".card, .lane-head");
  if (!card || editor.isRendering) return;
  const id = Number(card.dataset.id);
  if (card !== event.target && !editor.selection.has(id)) choose(editor, id);
  else if (editor.active !== id) {
    editor.active = id;
    render(editor);
  }
}

// A field that loses it ends one step of undo, and shows its value as it was understood.
function settleField(editor, event) {
  if (!event.target.matches("input[type=text]") || editor.isRendering) return;
  editor.history.tag = null;
  const view = editor.views.get(Number(event.target.closest(".card")?.dataset.id));
  if (view) view.seen = view.seenFields = [];
  render(editor);
}
