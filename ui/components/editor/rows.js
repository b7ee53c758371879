// The rows on the screen: one card per node, one head per lane. A view is built once and patched; it
// is kept by the id of its node or lane, so typing, moving and undoing never rebuild what is shown.

import { button, element, once, setAttribute, setChildren, setLabel, setText } from "../kit/element.js";
import { addLane, chosenWith, collapse, duplicate, remove, removeLane, setField, toggle } from "./actions.js";
import { briefly, fieldBox } from "./fields.js";
import { icon, iconButton } from "./icons.js";
import { isContainer, kindOf, laneName, mapOf, same } from "./model.js";
import { messagesFor, numbersView, patchMessages, patchNumbers, spoken } from "./numbers.js";
import { openPalette } from "./palette.js";

export function renderStack(editor) {
  const map = mapOf(editor.root);
  renderSeries(editor, editor.root, editor.stack);
  for (const id of editor.views.keys()) {
    if (!map.nodes.has(id) && !map.lanes.has(id)) editor.views.delete(id);
  }
}

function renderSeries(editor, lane, series) {
  const views = lane.nodes.map((node) => once(editor.views, node.id, () => nodeView(editor, node)));
  setChildren(series, views.map((view) => view.root));
  views.forEach((view, i) => patchNode(editor, view, lane.nodes[i]));
}

// ---- a layer -------------------------------------------------------------------------------------

function nodeView(editor, { id, kind, lanes }) {
  const { fields, colour, purpose } = kindOf(kind);
  const sender = (field) => (value, typing) => setField(editor, id, field, value, typing);
  const boxes = fields.map((field) => fieldBox(field, sender(field)));
  const [common, others] = [true, false].map((is) => boxes.filter((box) => box.field.common === is));
  const numbers = numbersView();
  const number = element("span", "number");
  const open = () => toggle(editor, editor.opened, id);
  const hint = button({ class: "hint", title: "Show all fields" }, open);
  const view = { id, numbers, number, hint, boxes, seen: [], seenFields: [] };
  view.twist = lanes.length > 0 ? iconButton("chevron", "Collapse", () => collapse(editor, id)) : "";
  view.more = others.length > 0 ? iconButton("chevron", "All fields", open) : "";
  view.rest = element("div", "rest", ...others.map((box) => box.root));
  view.messages = element("div", { class: "messages", id: `messages-${id}` });
  view.tools = [
    iconButton("copy", "Duplicate", () => duplicate(editor, chosenWith(editor, id))),
    iconButton("trash", "Delete", () => remove(editor, chosenWith(editor, id))),
  ];
  const looks = { class: common.length <= 2 ? "card is-short" : "card", style: { "--family": colour } };
  view.card = element("div", { ...looks, role: "treeitem", "data-id": id },
    element("span", { class: "grip", title: "Drag to move" }, icon("grip")),
    element("span", { class: "name", title: purpose },
      view.twist, element("span", "chip"), element("span", "kind", kind), number),
    element("div", "fields", ...common.map((box) => box.root), hint),
    numbers.root,
    element("span", "end", view.more),
    view.rest,
    view.messages);
  numbers.root.append(element("span", "tools", ...view.tools));
  const buttons = [hint, view.twist, view.more, ...view.tools].filter(Boolean);
  view.focusable = [...boxes.flatMap((box) => box.inputs), ...buttons];
  view.lanes = element("div", "lanes");
  view.addLane = button("add-lane", () => addLane(editor, id), icon("plus"), "Add a branch");
  view.root = element("div", "item", view.card, view.lanes);
  return view;
}

function patchNode(editor, view, node) {
  const place = mapOf(editor.root).nodes.get(node.id);
  const note = editor.notes.get(node.id);
  const isShut = editor.collapsed.has(node.id);
  // What a card shows depends on these alone, but for the errors inside a collapsed container.
  const { number, index, depth, lane } = place;
  const stands = [editor.opened.has(node.id), editor.selection.has(node.id), editor.active === node.id];
  const seen = [node, note, isShut, ...stands, number, index, depth, lane.nodes.length];
  if (isShut || !same(seen, view.seen)) patchCard(editor, view, place, note);
  view.seen = seen;
  if (isContainer(node)) renderLanes(editor, view, node, place);
}

function patchCard(editor, view, place, note) {
  const { node } = place;
  const isOpen = editor.opened.has(node.id);
  const messages = [...messagesFor(node, note), ...hiddenMessages(editor, node)];
  const messagesId = messages.length > 0 ? view.messages.id : null;
  const seenFields = [node, place.number, isOpen, messagesId];
  if (!same(seenFields, view.seenFields)) patchFields(view, place, isOpen, messagesId);
  view.seenFields = seenFields;
  patchNumbers(view.numbers, note);
  patchMessages(view.messages, messages);
  view.card.classList.toggle("has-error", messages.some(({ level }) => level === "error"));
  patchItem(editor, view, 2 * place.depth + 1, place.index, place.lane.nodes.length);
  setAttribute(view.card, "aria-selected", String(editor.selection.has(node.id)));
  setAttribute(view.card, "aria-label", spoken(place.title, note, messages));
}

// What stays as it is when only the numbers are new.
function patchFields(view, { node, number, title }, isOpen, messagesId) {
  setText(view.number, `#${number}`);
  for (const box of view.boxes) box.show(node.values, title, messagesId);
  patchHint(view, node, isOpen);
  view.rest.hidden = !isOpen;
  const word = isOpen ? "Hide" : "Show";
  if (view.more) patchDisclosure(view.more, isOpen, `${word} all fields of ${title}`);
  setLabel(view.tools[0], `Duplicate ${title}`);
  setLabel(view.tools[1], `Delete ${title}`);
}

// What every item of the tree has: its level and place, and whether it is the one Tab comes to.
function patchItem(editor, view, level, index, count) {
  const isActive = editor.active === view.id;
  setAttribute(view.card, "aria-level", level);
  setAttribute(view.card, "aria-posinset", index + 1);
  setAttribute(view.card, "aria-setsize", count);
  setAttribute(view.card, "tabindex", isActive ? 0 : -1);
  for (const one of view.focusable) setAttribute(one, "tabindex", isActive ? null : -1);
}

function patchDisclosure(made, isOpen, label) {
  setAttribute(made, "aria-expanded", String(isOpen));
  setLabel(made, label);
}

// Fields that stand out of sight but are not as usual are named, so that nothing is hidden.
function patchHint(view, node, isOpen) {
  const isSet = ({ field }) => !field.common && node.values[field.name] !== undefined;
  const set = view.boxes.filter(isSet);
  view.hint.hidden = isOpen || set.length === 0;
  setText(view.hint, set.map(({ field }) => briefly(field, node.values[field.name])).join(" · "));
}

// ---- what a container holds ----------------------------------------------------------------------

function renderLanes(editor, view, node, place) {
  const isShut = editor.collapsed.has(node.id);
  patchDisclosure(view.twist, !isShut, `${isShut ? "Expand" : "Collapse"} ${place.title}`);
  setAttribute(view.card, "aria-expanded", String(!isShut));
  view.lanes.hidden = isShut;
  if (isShut) return;
  const views = node.lanes.map((lane) => once(editor.views, lane.id, () => laneView(editor, lane.id, node.id)));
  const more = kindOf(node.kind).parallel ? [view.addLane] : [];
  setChildren(view.lanes, [...views.map((lane) => lane.root), ...more]);
  views.forEach((lane, i) => patchLane(editor, lane, node, i, place));
}

function laneView(editor, id, holderId) {
  const add = iconButton("plus", "Add", () => openPalette(editor, add, { laneId: id }));
  const drop = iconButton("close", "Remove", () => removeLane(editor, holderId, id));
  const label = element("span", "lane-name");
  const count = element("span", "lane-count");
  const card = element("div", { class: "lane-head", role: "treeitem", "data-id": id }, label, count, add, drop);
  const series = element("div", "series");
  const root = element("div", "lane", card, series);
  return { id, card, root, series, label, count, add, drop, focusable: [add, drop] };
}

function patchLane(editor, view, node, i, place) {
  const lane = node.lanes[i];
  const name = laneName(node, i);
  const full = `${name} of ${place.title}`;
  setText(view.label, name);
  setText(view.count, lane.nodes.length > 0 ? "" : "empty: passes its input on");
  setLabel(view.add, `Add a layer to ${full}`);
  setLabel(view.drop, `Remove ${full}`);
  view.drop.hidden = !kindOf(node.kind).parallel || node.lanes.length <= 2;
  view.root.classList.toggle("is-empty", lane.nodes.length === 0);
  patchItem(editor, view, 2 * place.depth + 2, i, node.lanes.length);
  const isChosen = editor.active === lane.id && editor.selection.size === 0;
  const held = lane.nodes.length === 1 ? "1 layer" : `${lane.nodes.length} layers`;
  setAttribute(view.card, "aria-selected", String(isChosen));
  setAttribute(view.card, "aria-label", `${full}, ${held}`);
  renderSeries(editor, lane, view.series);
}

// What is wrong inside a collapsed container is said on the container; remarks only where a person
// collapsed it: a long list that begins so would be longer than open.
function hiddenMessages(editor, node) {
  if (!editor.collapsed.has(node.id)) return [];
  const isSaid = ({ level }) => level === "error" || editor.collapsed.get(node.id);
  const { nodes } = mapOf(editor.root);
  const inside = `${nodes.get(node.id).path}.`;
  const hidden = [...nodes.values()].filter(({ path }) => path.startsWith(inside));
  return hidden.flatMap(({ node: inner, title }) =>
    messagesFor(inner, editor.notes.get(inner.id)).filter(isSaid).map(({ level, text }) => ({ level, text: `${title}: ${text}` })));
}
