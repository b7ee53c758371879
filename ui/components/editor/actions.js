// Everything a user can do to the stack. Each edit is one step of undo, is shown at once, is said to
// a screen reader, and is sent.

import {
  alike, containersOf, copyOf, inserted, isContainer, kindOf, laneFrom, mapOf, moved, newId, nodeFrom, record, removed,
  topmost, withLanes, withValues,
} from "./model.js";
import { focusItem, visibleIds } from "./places.js";
import { say, tell } from "./talk.js";

const idOf = (node) => node.id;

function commit(editor, said, root, { tag = null, chosen = null } = {}) {
  if (isSameTree(root, editor.root)) return false;
  record(editor.history, snapshot(editor, said), tag);
  show(editor, root, chosen ?? [...editor.selection]);
  return true;
}

// The same for an edit of rows: the first that is chosen gets the focus, and it is said what came of it.
function rearrange(editor, said, root, chosen, words = () => said) {
  if (!commit(editor, said, root, { chosen })) return;
  focusItem(editor, chosen[0] ?? editor.active);
  say(editor, words());
}

export function snapshot(editor, said) {
  return { said, root: editor.root, selection: [...editor.selection], active: editor.active };
}

function show(editor, root, chosen) {
  const { nodes } = mapOf(root);
  editor.root = root;
  editor.selection = new Set(chosen.filter((id) => nodes.has(id)));
  if (chosen.length > 0 && !chosen.includes(editor.active)) editor.active = chosen[0];
  tell(editor);
  editor.render();
}

export function isSameTree(left, right) {
  if (left === right) return true;
  return alike(left.nodes, right.nodes, (node, other) => {
    if (node === other) return true;
    const isSameNode = node.id === other.id && node.values === other.values;
    return isSameNode && alike(node.lanes, other.lanes, isSameTree);
  });
}

// ---- undo and redo -------------------------------------------------------------------------------

export function undo(editor) { step(editor, editor.history.past, editor.history.future, "Undone"); }
export function redo(editor) { step(editor, editor.history.future, editor.history.past, "Done again"); }

function step(editor, from, to, word) {
  const there = from.pop();
  if (!there) return;
  editor.history.tag = null;
  editor.history.count += 1;
  to.push(snapshot(editor, there.said));
  editor.active = there.active;
  show(editor, there.root, there.selection);
  say(editor, `${word}: ${there.said}`);
}

// ---- fields --------------------------------------------------------------------------------------

export function setField(editor, id, field, value, typing) {
  const { node, title } = mapOf(editor.root).nodes.get(id);
  const values = { ...node.values, [field.name]: value };
  const isUsual = !field.required && JSON.stringify(value) === JSON.stringify(field.default);
  if (isUsual) delete values[field.name];
  if (JSON.stringify(values) === JSON.stringify(node.values)) return;
  const tag = typing ? `${id} ${field.name}` : null;
  commit(editor, `${field.name} of ${title}`, withValues(editor.root, id, values), { tag });
}

// ---- adding --------------------------------------------------------------------------------------

// Where a new layer goes: into the lane asked for, after the chosen layer, or at the end but before
// the layer that gives the classes.
export function spotFor(editor, asked = null) {
  const { nodes, lanes } = mapOf(editor.root);
  const isLaneChosen = lanes.has(editor.active) && editor.selection.size === 0;
  const laneId = asked?.laneId ?? (isLaneChosen ? editor.active : null);
  if (lanes.has(laneId)) {
    const { lane } = lanes.get(laneId);
    return { laneId, index: lane.nodes.length };
  }
  const chosen = asked?.end ? null : topmost(editor.root, editor.selection).at(-1);
  if (chosen) {
    const { lane, index } = nodes.get(chosen.id);
    return { laneId: lane.id, index: index + 1 };
  }
  const stack = editor.root.nodes;
  return { laneId: editor.root.id, index: stack.length - (givesClasses(stack.at(-1)) ? 1 : 0) };
}

const givesClasses = (node) =>
  node?.kind === "Dense" && ["softmax", "sigmoid"].includes(node.values.activation);
const makesVector = (node) => kindOf(node.kind).makes_vector && node.values.keepdims !== true;

// A layer that needs a map goes before the one that makes a vector of it, a Dense after it.
function fitting(editor, { laneId, index }, takes) {
  const { nodes } = mapOf(editor.root).lanes.get(laneId).lane;
  const head = nodes.findIndex(makesVector);
  if (head < 0) return { laneId, index };
  if (takes === "map") return { laneId, index: Math.min(index, head) };
  return { laneId, index: takes === "vector" ? Math.max(index, head + 1) : index };
}

export function addKind(editor, kind, asked) {
  const spot = fitting(editor, spotFor(editor, asked), kindOf(kind).takes);
  addNodes(editor, spot, [nodeFrom(structuredClone(kindOf(kind).start))], kind);
}

function addNodes(editor, { laneId, index }, nodes, name) {
  const root = inserted(editor.root, laneId, index, nodes);
  rearrange(editor, `added ${name}`, root, nodes.map(idOf), () => `${name} added ${whereabouts(editor, nodes)}`);
}

// Blocks are made for the number of channels they get, by Python: it is asked, and answers through
// `data`. The place is kept as "behind this layer", which stays true whatever is edited meanwhile.
export function addBlock(editor, block, spotAsked) {
  const spot = fitting(editor, spotFor(editor, spotAsked), "map");
  const before = mapOf(editor.root).lanes.get(spot.laneId).lane.nodes[spot.index - 1];
  const id = newId();
  const asked = { id, block: block.id, channels: channelsAt(editor, spot) };
  editor.asks.set(id, { ...asked, title: block.title, laneId: spot.laneId, behind: before?.id });
  tell(editor);
}

export function takeAnswer(editor, { id, layers, problem }) {
  const ask = editor.asks.get(id);
  if (!ask) return;
  editor.asks.delete(id);
  if (problem) return say(editor, problem);
  const { lanes, nodes } = mapOf(editor.root);
  const behind = nodes.get(ask.behind);
  const laneId = behind?.lane.id ?? (lanes.has(ask.laneId) ? ask.laneId : editor.root.id);
  const index = behind ? behind.index + 1 : 0;
  addNodes(editor, { laneId, index }, layers.map(nodeFrom), ask.title);
}

// The channels that arrive at a place: of the nearest layer before it whose output is known.
function channelsAt(editor, { laneId, index }) {
  const { lanes, nodes } = mapOf(editor.root);
  const { lane, holder } = lanes.get(laneId);
  for (const node of lane.nodes.slice(0, index).reverse()) {
    const output = editor.notes.get(node.id)?.output;
    if (output) return output.at(-1);
  }
  if (!holder) return editor.input.at(-1);
  const place = nodes.get(holder.id);
  return channelsAt(editor, { laneId: place.lane.id, index: place.index });
}

// ---- removing, doubling, moving ------------------------------------------------------------------

// A tool on a row works on the whole selection where the row is part of it.
export const chosenWith = (editor, id) => (editor.selection.has(id) ? editor.selection : new Set([id]));

export function named(editor, nodes) {
  if (nodes.length > 1) return `${nodes.length} layers`;
  return mapOf(editor.root).nodes.get(nodes[0].id).title;
}

export function remove(editor, chosen) {
  const gone = topmost(editor.root, chosen);
  if (gone.length === 0) return;
  const next = neighbourOf(editor, gone);
  const root = removed(editor.root, new Set(gone.map(idOf)));
  rearrange(editor, `deleted ${named(editor, gone)}`, root, next ? [next] : []);
}

// Who is chosen when these are gone: the one behind them, else the one before.
function neighbourOf(editor, gone) {
  const { lane, index } = mapOf(editor.root).nodes.get(gone.at(-1).id);
  const stays = (node) => !gone.includes(node);
  const next = lane.nodes.slice(index).find(stays) ?? lane.nodes.slice(0, index).findLast(stays);
  return next?.id;
}

export function duplicate(editor, ids) {
  const nodes = topmost(editor.root, ids);
  if (nodes.length === 0) return;
  const { lane, index } = mapOf(editor.root).nodes.get(nodes.at(-1).id);
  const copies = nodes.map(copyOf);
  const root = inserted(editor.root, lane.id, index + 1, copies);
  rearrange(editor, `duplicated ${named(editor, nodes)}`, root, copies.map(idOf));
}

export function move(editor, ids, laneId, index) {
  const nodes = topmost(editor.root, ids);
  const name = named(editor, nodes);
  const root = moved(editor.root, ids, laneId, index);
  rearrange(editor, `moved ${name}`, root, nodes.map(idOf), () => `${name} moved ${whereabouts(editor, nodes)}`);
}

// One step up or down; at the end of a lane, out of it.
export function moveBy(editor, way) {
  const nodes = topmost(editor.root, editor.selection);
  if (nodes.length === 0) return;
  const first = way < 0 ? nodes[0] : nodes.at(-1);
  const { lane, index, holder } = mapOf(editor.root).nodes.get(first.id);
  const next = index + way;
  const isWithin = next >= 0 && next < lane.nodes.length;
  if (isWithin) move(editor, editor.selection, lane.id, way < 0 ? next : next + 1);
  else if (holder) moveBeside(editor, holder, way < 0 ? 0 : 1);
}

function moveBeside(editor, node, after) {
  const { lane, index } = mapOf(editor.root).nodes.get(node.id);
  move(editor, editor.selection, lane.id, index + after);
}

export function moveOut(editor) {
  const first = topmost(editor.root, editor.selection)[0];
  const holder = first && mapOf(editor.root).nodes.get(first.id).holder;
  if (holder) moveBeside(editor, holder, 1);
}

// Into the container above, at its end, or else into the one below, at its beginning.
export function moveIn(editor) {
  const nodes = topmost(editor.root, editor.selection);
  if (nodes.length === 0) return;
  const { lane, index } = mapOf(editor.root).nodes.get(nodes[0].id);
  const [above, below] = [lane.nodes[index - 1], lane.nodes[index + nodes.length]];
  const canTake = (node) => node && isContainer(node) && !editor.selection.has(node.id);
  const target = [above, below].find(canTake);
  if (!target) return say(editor, "There is no container above or below to move into");
  editor.collapsed.delete(target.id);
  const isLast = target === above && kindOf(target.kind).parallel;
  const held = isLast ? target.lanes.at(-1) : target.lanes[0];
  move(editor, editor.selection, held.id, target === above ? held.nodes.length : 0);
}

function whereabouts(editor, nodes) {
  const { index, lane } = mapOf(editor.root).nodes.get(nodes[0].id);
  const { holder, name } = mapOf(editor.root).lanes.get(lane.id);
  const inside = holder ? ` in ${name} of ${mapOf(editor.root).nodes.get(holder.id).title}` : "";
  return `to position ${index + 1} of ${lane.nodes.length}${inside}`;
}

export function addLane(editor, id) {
  const { node, title } = mapOf(editor.root).nodes.get(id);
  const lane = laneFrom([]);
  commit(editor, `added a branch to ${title}`, withLanes(editor.root, id, [...node.lanes, lane]));
  choose(editor, lane.id);
  focusItem(editor, lane.id);
}

export function removeLane(editor, id, laneId) {
  const { node, title } = mapOf(editor.root).nodes.get(id);
  const lanes = node.lanes.filter((lane) => lane.id !== laneId);
  commit(editor, `removed a branch of ${title}`, withLanes(editor.root, id, lanes), { chosen: [id] });
  focusItem(editor, id);
}

// ---- choosing and folding ------------------------------------------------------------------------

// `how`: "one" alone, "toggle" it, or the "range" from the last one chosen alone.
export function choose(editor, id, how = "one") {
  const { nodes } = mapOf(editor.root);
  editor.active = id;
  if (how === "range" && nodes.has(editor.anchor) && nodes.has(id)) {
    const order = visibleIds(editor).filter((one) => nodes.has(one));
    const ends = [order.indexOf(editor.anchor), order.indexOf(id)].sort((a, b) => a - b);
    editor.selection = new Set(order.slice(ends[0], ends[1] + 1));
  } else {
    const others = how === "toggle" ? [...editor.selection].filter((one) => one !== id) : [];
    const isTakenAway = how === "toggle" && editor.selection.has(id);
    editor.selection = new Set(nodes.has(id) && !isTakenAway ? [...others, id] : others);
    editor.anchor = id;
  }
  tell(editor);
  editor.render();
}

export function collapse(editor, id) {
  if (!editor.collapsed.delete(id)) editor.collapsed.set(id, true);
  choose(editor, id);
}

// Opens all that a layer stands in.
export function reveal(editor, id) {
  const { holder } = mapOf(editor.root).nodes.get(id);
  if (!holder) return;
  editor.collapsed.delete(holder.id);
  reveal(editor, holder.id);
}

export function collapseAll(editor) {
  const containers = containersOf(editor.root);
  const isAnyOpen = containers.some((id) => !editor.collapsed.has(id));
  editor.collapsed = new Map(isAnyOpen ? containers.map((id) => [id, true]) : []);
  tell(editor);
  editor.render();
}

export function toggle(editor, set, id) {
  if (!set.delete(id)) set.add(id);
  editor.render();
}
