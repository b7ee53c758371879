// The keyboard: what each key does on a row. The list of keys that is shown as help is in `editor.html`.

import { setAttribute } from "../kit/element.js";
import { choose, collapse, duplicate, moveBy, moveIn, moveOut, redo, remove, toggle, undo } from "./actions.js";
import { isContainer, mapOf } from "./model.js";
import { openPalette, placeBeside } from "./palette.js";
import { beside, cardOf, focusItem } from "./places.js";

const ROW_KEYS = {
  ArrowUp: (editor) => goTo(editor, -1),
  ArrowDown: (editor) => goTo(editor, 1),
  "Shift+ArrowUp": (editor) => goTo(editor, -1, "range"),
  "Shift+ArrowDown": (editor) => goTo(editor, 1, "range"),
  "Mod+ArrowUp": (editor) => focusBeside(editor, -1),
  "Mod+ArrowDown": (editor) => focusBeside(editor, 1),
  Home: (editor) => goTo(editor, -Infinity),
  End: (editor) => goTo(editor, Infinity),
  ArrowLeft: goOut,
  ArrowRight: goIn,
  " ": (editor) => choose(editor, editor.active, "toggle"),
  "Mod+A": chooseSiblings,
  Escape: chooseNothing,
  Enter: editFirstField,
  F2: editFirstField,
  O: (editor) => toggle(editor, editor.opened, editor.active),
  A: (editor) => openPalette(editor, cardOf(editor, editor.active) ?? editor.addButton),
  "/": (editor) => ROW_KEYS.A(editor),
  "Alt+ArrowUp": (editor) => moveBy(editor, -1),
  "Alt+ArrowDown": (editor) => moveBy(editor, 1),
  "Mod+Shift+ArrowUp": (editor) => moveBy(editor, -1),
  "Mod+Shift+ArrowDown": (editor) => moveBy(editor, 1),
  "Alt+ArrowLeft": moveOut,
  "Alt+ArrowRight": moveIn,
  Delete: (editor) => remove(editor, editor.selection),
  Backspace: (editor) => remove(editor, editor.selection),
  "Mod+D": (editor) => duplicate(editor, editor.selection),
};

// Wherever the focus is, but in a text: there they undo the typing.
const EVERYWHERE = { "Mod+Z": undo, "Mod+Shift+Z": redo, "Mod+Y": redo, "?": toggleHelp };

function comboOf(event) {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isSign = key.length === 1 && !/[A-Z ]/.test(key);
  const hasShift = event.shiftKey && !isSign; // a sign has its Shift in it, and not on every keyboard
  const hasMod = event.ctrlKey || event.metaKey;
  return [hasMod && "Mod", event.altKey && "Alt", hasShift && "Shift", key].filter(Boolean).join("+");
}

// Streamlit's own keys (R runs the page again, C clears its cache) see only a host element, not the
// field inside it: nothing typed here may reach them.
export function watchKeys(editor) {
  editor.host.onkeyup = editor.host.onkeypress = (event) => event.stopPropagation();
  editor.host.onkeydown = (event) => {
    event.stopPropagation();
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape" && editor.cancelDrag) return editor.cancelDrag();
    if (event.target.closest("[popover]")) return;
    const action = actionFor(editor, event);
    if (!action) return;
    event.preventDefault();
    action(editor);
  };
}

function actionFor(editor, event) {
  const combo = comboOf(event);
  const isText = event.target.matches("input[type=text]");
  if (combo === "Escape" && isOpen(editor.help)) return toggleHelp;
  if (event.target.matches("[role=treeitem]")) return EVERYWHERE[combo] ?? ROW_KEYS[combo];
  if (isText && combo === "Enter") return backToRow;
  if (combo === "Escape") return backToRow;
  return isText ? null : EVERYWHERE[combo];
}

const backToRow = (editor) => focusItem(editor, editor.active);

// ---- going about ---------------------------------------------------------------------------------

function goTo(editor, way, how = "one") {
  const id = beside(editor, way);
  if (id === undefined) return;
  choose(editor, id, how);
  focusItem(editor, id);
}

function focusBeside(editor, way) {
  editor.active = beside(editor, way);
  editor.render();
  focusItem(editor, editor.active);
}

function goOut(editor) {
  const { nodes, lanes } = mapOf(editor.root);
  const place = nodes.get(editor.active);
  const isOpen = place && isContainer(place.node) && !editor.collapsed.has(place.node.id);
  if (isOpen) return collapse(editor, place.node.id);
  const up = place ? place.holder && place.lane.id : lanes.get(editor.active)?.holder.id;
  if (!up) return;
  choose(editor, up);
  focusItem(editor, up);
}

function goIn(editor) {
  const place = mapOf(editor.root).nodes.get(editor.active);
  const isShut = place && isContainer(place.node) && editor.collapsed.has(place.node.id);
  if (isShut) collapse(editor, place.node.id);
  else if (!place || isContainer(place.node)) goTo(editor, 1);
}

function chooseSiblings(editor) {
  const place = mapOf(editor.root).nodes.get(editor.active);
  if (!place) return;
  editor.selection = new Set(place.lane.nodes.map((node) => node.id));
  editor.render();
}

function chooseNothing(editor) {
  const kept = editor.active;
  editor.selection = new Set();
  choose(editor, null);
  editor.active = kept;
  editor.render();
}

function editFirstField(editor) {
  const view = editor.views.get(editor.active);
  const inputs = view?.boxes?.flatMap((box) => box.inputs) ?? [];
  const input = inputs.find((one) => one.offsetParent);
  if (!input) return view?.twist && collapse(editor, editor.active);
  input.focus();
  if (input.type === "text") input.select();
}

// ---- help ----------------------------------------------------------------------------------------

// What is Ctrl elsewhere is another key on a Mac.
export function nameKeys(help) {
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) return;
  for (const key of help.querySelectorAll(".mod")) key.textContent = "⌘";
}

const isOpen = (root) => root.matches(":popover-open");

function toggleHelp(editor) {
  editor.help.togglePopover();
}

// The browser opens and closes the list by its button; it stays open no longer than one is at it.
export function watchHelp(editor) {
  const { help, helpButton, host } = editor;
  helpButton.popoverTargetElement = help;
  help.addEventListener("toggle", () => {
    setAttribute(helpButton, "aria-expanded", String(isOpen(help)));
    if (isOpen(help)) placeBeside(help, helpButton, 640);
  });
  host.addEventListener("focusout", ({ relatedTarget }) => {
    if (isOpen(help) && !editor.isRendering && !help.contains(relatedTarget)) help.hidePopover();
  });
}
