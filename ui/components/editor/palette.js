// The palette: every kind of layer and every block, found by typing a few letters of it.

import { added, element, partsOf, setAttribute, setText } from "../kit/element.js";
import { stepDown } from "../kit/keys.js";
import { addBlock, addKind, spotFor } from "./actions.js";
import { icon } from "./icons.js";
import { kindOf, mapOf } from "./model.js";
import { SCHEMA } from "./schema.js";

const SIDEWAYS = { ArrowLeft: -1, ArrowRight: 1 };

function paletteEntries() {
  const kinds = SCHEMA.groups.flatMap(({ title, kinds: names }) => names.map((name) => ({
    group: title, name, text: kindOf(name).purpose, colour: kindOf(name).colour,
    add: (editor, asked) => addKind(editor, name, asked),
  })));
  const blocks = SCHEMA.blocks.map((block) => ({
    group: "Blocks", name: block.title, text: block.idea, colour: null,
    add: (editor, asked) => addBlock(editor, block, asked),
  }));
  return [...kinds, ...blocks];
}

export function paletteOf(editor) {
  const root = editor.host.querySelector(".palette");
  const search = root.querySelector("input");
  const parts = partsOf(root, "groups", "about", "goal");
  const palette = Object.assign(parts, { root, search, asked: null, cameFrom: null });
  palette.options = paletteEntries().map((entry, i) => paletteOption(editor, palette, entry, `option-${i}`));
  fillGroups(palette);
  search.before(icon("search"));
  search.oninput = () => filterPalette(palette);
  search.onkeydown = (event) => paletteKey(editor, palette, event);
  return palette;
}

function paletteOption(editor, palette, entry, id) {
  const look = entry.colour ? { class: "chip", style: { "--family": entry.colour } } : "chip is-block";
  const attributes = { class: "option", role: "option", id, title: entry.text };
  const root = element("div", attributes, element("span", look), entry.name);
  const option = { entry, root, words: `${entry.name} ${entry.group} ${entry.text}`.toLowerCase() };
  root.onclick = (event) => pick(editor, palette, entry, event.shiftKey);
  root.onpointermove = () => pointAt(palette, palette.shown.indexOf(option));
  return option;
}

function fillGroups(palette) {
  for (const title of new Set(palette.options.map(({ entry }) => entry.group))) {
    const options = palette.options.filter(({ entry }) => entry.group === title);
    const heading = element("div", { class: "group-title", "aria-hidden": "true" }, title);
    const roots = options.map((option) => option.root);
    added(palette.groups, "div", { class: "group", role: "group", "aria-label": title }, heading, ...roots);
  }
}

export function openPalette(editor, anchor, asked = null) {
  const { palette } = editor;
  palette.asked = asked;
  palette.cameFrom = editor.host.getRootNode().activeElement;
  palette.search.value = "";
  palette.root.showPopover();
  describeGoal(editor, palette);
  filterPalette(palette);
  placeBeside(palette.root, anchor);
  palette.search.focus();
}

function describeGoal(editor, palette) {
  const { laneId, index } = spotFor(editor, palette.asked);
  const { nodes, lanes } = mapOf(editor.root);
  const { lane, holder, name } = lanes.get(laneId);
  const before = lane.nodes[index - 1];
  const inside = holder ? `in ${name} of ${nodes.get(holder.id).title}` : "at the top";
  setText(palette.goal, before ? `Goes after ${nodes.get(before.id).title}` : `Goes ${inside}`);
}

// Below its anchor where there is room, else above; never off the screen.
export function placeBeside(root, anchor, most = 460) {
  const { left, top, bottom } = anchor.getBoundingClientRect();
  const [width, gap] = [root.offsetWidth, 6];
  const below = window.innerHeight - bottom - 2 * gap;
  const isBelow = below >= 320 || below >= top;
  root.style.maxHeight = `${Math.min(most, Math.max(isBelow ? below : top - 2 * gap, 200))}px`;
  const height = root.offsetHeight;
  const y = isBelow ? bottom + gap : top - gap - height;
  const onScreen = (at, size, room) => Math.max(Math.min(at, room - size - gap), gap);
  root.style.top = `${onScreen(y, height, window.innerHeight)}px`;
  root.style.left = `${onScreen(left, width, window.innerWidth)}px`;
}

// Every word typed must occur; a name that begins with them comes to be the one Enter takes.
function filterPalette(palette) {
  const text = palette.search.value.trim().toLowerCase();
  const words = text.split(/\s+/);
  const isMeant = (option) => words.every((word) => option.words.includes(word));
  for (const option of palette.options) option.root.hidden = !isMeant(option);
  palette.shown = palette.options.filter((option) => !option.root.hidden);
  for (const group of palette.groups.children) group.hidden = !group.querySelector(".option:not([hidden])");
  const best = palette.shown.findIndex(({ entry }) => entry.name.toLowerCase().startsWith(text));
  pointAt(palette, Math.max(best, 0));
}

function pointAt(palette, at) {
  palette.at = at;
  palette.shown.forEach(({ root }, i) => setAttribute(root, "aria-selected", String(i === at)));
  setAttribute(palette.search, "aria-activedescendant", palette.shown[at]?.root.id);
  setText(palette.about, palette.shown[at]?.entry.text ?? "Nothing of that name");
}

function paletteKey(editor, palette, event) {
  const { shown, at } = palette;
  const way = stepDown(event);
  if (way && shown.length > 0) {
    pointAt(palette, (at + way + shown.length) % shown.length);
    shown[palette.at].root.scrollIntoView({ block: "nearest" });
  } else if (SIDEWAYS[event.key] && !palette.search.value) {
    pointAt(palette, besides(shown, at, SIDEWAYS[event.key]));
  } else if (event.key === "Enter" && shown[at]) {
    pick(editor, palette, shown[at].entry, event.shiftKey);
  } else if (event.key === "Escape") {
    palette.root.hidePopover();
    palette.cameFrom?.focus();
  } else return;
  event.preventDefault();
}

// The nearest option in the next column, to the right (1) or to the left (-1); else the same one.
function besides(shown, at, way) {
  const boxes = shown.map(({ root }) => root.getBoundingClientRect());
  const far = (box) => Math.abs(box.top - boxes[at].top);
  const ahead = boxes.filter(({ left }) => way * (left - boxes[at].left) > 0);
  const column = way * Math.min(...ahead.map(({ left }) => way * left));
  const there = ahead.filter(({ left }) => left === column).sort((one, other) => far(one) - far(other));
  return there.length > 0 ? boxes.indexOf(there[0]) : at;
}

function pick(editor, palette, entry, staysOpen) {
  if (!staysOpen) palette.root.hidePopover();
  entry.add(editor, palette.asked);
  if (!staysOpen) return;
  describeGoal(editor, palette);
  palette.search.focus();
}
