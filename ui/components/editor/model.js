// The stack as a value: lanes of nodes. An edit makes a new tree that shares all it did not touch, so
// undo keeps whole trees at almost no cost and an unchanged node is known by `===`.
//
//   lane = {id, nodes}        node = {id, kind, values, lanes}
//
// The whole stack is one lane. Ids stay with a node wherever it moves, and never leave the browser.

import { once } from "../kit/element.js";
import { SCHEMA } from "./schema.js";

const UNKNOWN = { fields: [], series: [], parallel: null, purpose: "", colour: "gray" };
export const kindOf = (name) => (Object.hasOwn(SCHEMA.kinds, name) ? SCHEMA.kinds[name] : UNKNOWN);
export const isContainer = (node) => node.lanes.length > 0;

let lastId = 0;
export const newId = () => (lastId += 1);

export const laneFrom = (layers) => ({ id: newId(), nodes: layers.map(nodeFrom) });
export const layersFrom = (lane) => lane.nodes.map(layerFrom);
const textOf = (node) => JSON.stringify(layerFrom(node));

export function nodeFrom(layer) {
  const { kind, ...values } = layer;
  const { series, parallel } = kindOf(kind);
  const held = parallel ? values[parallel] ?? [[], []] : series.map((name) => values[name] ?? []);
  for (const name of parallel ? [parallel] : series) delete values[name];
  return { id: newId(), kind, values, lanes: held.map(laneFrom) };
}

function layerFrom(node) {
  const { series, parallel } = kindOf(node.kind);
  const layer = { kind: node.kind, ...node.values };
  if (parallel) layer[parallel] = node.lanes.map(layersFrom);
  series.forEach((name, i) => { layer[name] = layersFrom(node.lanes[i]); });
  return layer;
}

export const copyOf = (node) => nodeFrom(layerFrom(node));

export function laneName(node, i) {
  const { series, parallel } = kindOf(node.kind);
  return parallel ? `branch ${i + 1}` : series[i];
}

function lanePart(node, i) {
  const { series, parallel } = kindOf(node.kind);
  return parallel ? `.${parallel}[${i}]` : `.${series[i]}`;
}

// Where everything stands in a tree: nodes and lanes by id, in reading order, with path and title.
const maps = new WeakMap();

export const mapOf = (root) => once(maps, root, () => survey(root));

function survey(root) {
  const map = { nodes: new Map(), lanes: new Map(), idOfPath: new Map() };
  const counts = new Map();
  const visit = (lane, path, depth, holder, name) => {
    map.lanes.set(lane.id, { lane, path, depth, holder, name });
    lane.nodes.forEach((node, index) => {
      const number = (counts.get(node.kind) ?? 0) + 1;
      counts.set(node.kind, number);
      const here = `${path}[${index}]`;
      map.idOfPath.set(here, node.id);
      const title = `${node.kind} #${number}`;
      map.nodes.set(node.id, { node, lane, index, holder, depth, number, title, path: here });
      node.lanes.forEach((held, i) => {
        visit(held, here + lanePart(node, i), depth + 1, node, laneName(node, i));
      });
    });
  };
  visit(root, "layers", 0, null, "the stack");
  return map;
}

export const alike = (left, right, test) =>
  left.length === right.length && left.every((one, i) => test(one, right[i]));
export const same = (left, right) => alike(left, right, (one, other) => one === other);

// The tree with the nodes of every lane passed through `change(nodes, laneId)`, innermost first.
function mapLanes(lane, change) {
  const deeper = lane.nodes.map((node) => {
    const lanes = node.lanes.map((held) => mapLanes(held, change));
    return same(lanes, node.lanes) ? node : { ...node, lanes };
  });
  const nodes = change(same(deeper, lane.nodes) ? lane.nodes : deeper, lane.id);
  return nodes === lane.nodes ? lane : { ...lane, nodes };
}

export function inserted(root, laneId, index, nodes) {
  const put = (old) => [...old.slice(0, index), ...nodes, ...old.slice(index)];
  return mapLanes(root, (old, id) => (id === laneId ? put(old) : old));
}

export function removed(root, ids) {
  const isGoing = (node) => ids.has(node.id);
  const stay = (old) => old.filter((node) => !isGoing(node));
  return mapLanes(root, (old) => (old.some(isGoing) ? stay(old) : old));
}

function changed(root, id, change) {
  const isMeant = (node) => node.id === id;
  const put = (old) => old.map((node) => (isMeant(node) ? change(node) : node));
  return mapLanes(root, (old) => (old.some(isMeant) ? put(old) : old));
}

export const withValues = (root, id, values) => changed(root, id, (node) => ({ ...node, values }));
export const withLanes = (root, id, lanes) => changed(root, id, (node) => ({ ...node, lanes }));

// The chosen nodes in reading order, without those that a chosen container holds anyway.
export function topmost(root, ids) {
  const found = [];
  const visit = (lane) => lane.nodes.forEach((node) => {
    if (ids.has(node.id)) found.push(node);
    else node.lanes.forEach(visit);
  });
  visit(root);
  return found;
}

// Whether a lane is held by one of these nodes, however deep.
function isInside(root, laneId, ids) {
  const { lanes, nodes } = mapOf(root);
  const { path } = lanes.get(laneId);
  return [...ids].some((id) => path.startsWith(`${nodes.get(id)?.path}.`));
}

// The tree with nodes moved before the one that now stands at `index` of a lane.
export function moved(root, ids, laneId, index) {
  if (isInside(root, laneId, ids)) return root;
  const nodes = topmost(root, ids);
  const going = new Set(nodes.map((node) => node.id));
  const { lane } = mapOf(root).lanes.get(laneId);
  const before = lane.nodes.slice(index).find((node) => !going.has(node.id));
  const rest = removed(root, going);
  const staying = mapOf(rest).lanes.get(laneId).lane.nodes;
  const at = staying.findIndex((node) => node.id === before?.id);
  return inserted(rest, laneId, at < 0 ? staying.length : at, nodes);
}

// A lane with other layers, that keeps the nodes which are the same at its beginning and its end.
export function reconciled(lane, layers) {
  const fresh = layers.map(nodeFrom);
  const before = lane.nodes.map(textOf);
  const after = fresh.map(textOf);
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const middle = fresh.slice(head, fresh.length - tail);
  const end = lane.nodes.slice(lane.nodes.length - tail);
  return { ...lane, nodes: [...lane.nodes.slice(0, head), ...middle, ...end] };
}

export function containersOf(root) {
  const places = [...mapOf(root).nodes.values()];
  return places.filter(({ node }) => isContainer(node)).map(({ node }) => node.id);
}

// A list of more layers begins with its containers collapsed, those that were not there before.
const LONG = 120;

export function foldedAtFirst(root, before) {
  if (root === before || mapOf(root).nodes.size <= LONG) return [];
  const known = before ? mapOf(before).nodes : new Map();
  return containersOf(root).filter((id) => !known.has(id));
}

// Undo and redo: what was before each step. Steps with the same tag in a row (typing in one field)
// are one. `count` grows with each step, and with each way back or forth.
const MAX_STEPS = 200;

export const newHistory = () => ({ past: [], future: [], tag: null, count: 0 });

export function record(history, step, tag) {
  if (tag === null || tag !== history.tag) {
    history.past.push(step);
    history.count += 1;
  }
  if (history.past.length > MAX_STEPS) history.past.shift();
  history.future = [];
  history.tag = tag;
}
