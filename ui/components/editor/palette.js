// The palette: every kind of layer and every block, found by typing a few letters of it.

import { element, setAttribute, setText } from "../kit/element.js";
import { stepDown } from "../kit/keys.js";
import { addBlock, addKind, spotFor } from "./actions.js";
import { icon } from "./icons.js";
import { kindOf, mapOf } from "./model.js";
import { SCHEMA } from "./schema.js";

let paletteCount = 0;

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

export function paletteView(editor) {
  const prefix = `palette-${(paletteCount += 1)}`;
  const search = element("input", {
    type: "text",
    role: "combobox",
    placeholder: "Find a layer or a block",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": "Find a layer or a block",
    "aria-expanded": "true",
    "aria-controls": `${prefix}-list`,
  });
  const list = element("div", { class: "palette-list", role: "listbox", id: `${prefix}-list` });
  setAttribute(list, "aria-label", "Layers and blocks");
  const goal = element("span", "palette-goal");
  const about = element("span", "palette-about");
  const hint = element("span", "", "Shift adds several");
  const head = element("div", "palette-search", icon("search"), search);
  const foot = element("div", "palette-foot", about, goal, hint);
  const look = { class: "palette", popover: "auto", role: "dialog", "aria-label": "Add a layer" };
  const root = element("div", look, head, list, foot);
  const palette = { root, search, list, goal, about, asked: null, cameFrom: null };
  const optionOf = (entry, i) => paletteOption(editor, palette, entry, `${prefix}-${i}`);
  palette.options = paletteEntries().map(optionOf);
  fillGroups(palette);
  search.oninput = () => filterPalette(palette);
  search.onkeydown = (event) => paletteKey(editor, palette, event);
  return palette;
}

function paletteOption(editor, palette, entry, id) {
  const chip = element("span", { class: entry.colour ? "chip" : "chip is-block" });
  if (entry.colour) chip.style.setProperty("--family", entry.colour);
  const attributes = { class: "option", role: "option", id, title: entry.text };
  const root = element("div", attributes, chip, entry.name);
  const option = { entry, root, words: `${entry.name} ${entry.group} ${entry.text}`.toLowerCase() };
  root.onclick = (event) => pick(editor, palette, entry, event.shiftKey);
  root.onpointermove = () => pointAt(palette, palette.shown.indexOf(option));
  return option;
}

function fillGroups(palette) {
  palette.groups = element("div", "palette-groups");
  palette.list.append(palette.groups);
  for (const title of new Set(palette.options.map(({ entry }) => entry.group))) {
    const options = palette.options.filter(({ entry }) => entry.group === title);
    const heading = element("div", { class: "group-title", "aria-hidden": "true" }, title);
    const group = element("div", { class: "group", role: "group", "aria-label": title }, heading);
    group.append(...options.map((option) => option.root));
    palette.groups.append(group);
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
  for (const group of palette.groups.children) {
    group.hidden = !group.querySelector(".option:not([hidden])");
  }
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
  const count = palette.shown.length;
  const way = stepDown(event);
  if (way && count > 0) {
    event.preventDefault();
    pointAt(palette, (palette.at + way + count) % count);
    palette.shown[palette.at].root.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && palette.shown[palette.at]) {
    event.preventDefault();
    pick(editor, palette, palette.shown[palette.at].entry, event.shiftKey);
  } else if (event.key === "Escape") {
    event.preventDefault();
    palette.root.hidePopover();
    palette.cameFrom?.focus();
  }
}

function pick(editor, palette, entry, staysOpen) {
  if (!staysOpen) palette.root.hidePopover();
  entry.add(editor, palette.asked);
  if (!staysOpen) return;
  describeGoal(editor, palette);
  palette.search.focus();
}
