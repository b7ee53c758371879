import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { problemOf } from "../../ui/components/editor/fields.js";
import * as model from "../../ui/components/editor/model.js";
import { SCHEMA } from "../../ui/components/editor/schema.js";
import { shutPaths } from "../../ui/components/editor/talk.js";

const leaf = { fields: [], series: [], parallel: null };
SCHEMA.kinds = {
  Conv2D: leaf,
  Dense: leaf,
  Residual: { fields: [], series: ["main", "shortcut"], parallel: null },
  Branches: { fields: [], series: [], parallel: "branches" },
};

const LAYERS = [
  { kind: "Conv2D", filters: 8 },
  { kind: "Residual", main: [{ kind: "Conv2D", filters: 4 }, { kind: "Conv2D", filters: 8 }], shortcut: [] },
  { kind: "Branches", branches: [[{ kind: "Conv2D", filters: 2 }], []], merge: "add" },
  { kind: "Dense", units: 10 },
];
const layers = () => structuredClone(LAYERS);
let root;
const titles = (tree) => [...model.mapOf(tree).nodes.values()].map(({ title }) => title);
const at = (path) => model.mapOf(root).idOfPath.get(path);

beforeEach(() => (root = model.laneFrom(layers())));

test("layers become a tree and the same layers again", () => {
  assert.deepEqual(model.layersFrom(root), LAYERS);
});

test("a survey numbers each kind in reading order and knows the path of what is held", () => {
  assert.deepEqual(titles(root), [
    "Conv2D #1", "Residual #1", "Conv2D #2", "Conv2D #3", "Branches #1", "Conv2D #4", "Dense #1",
  ]);
  const paths = ["layers[0]", "layers[1]", "layers[1].main[0]", "layers[1].main[1]", "layers[2]", "layers[2].branches[0][0]", "layers[3]"];
  assert.deepEqual([...model.mapOf(root).idOfPath.keys()], paths);
});

test("an edit makes another tree, which shares what it did not touch", () => {
  const id = at("layers[1].main[1]");
  const next = model.withValues(root, id, { filters: 16 });
  assert.equal(model.layersFrom(next)[1].main[1].filters, 16);
  assert.deepEqual(model.layersFrom(root), LAYERS);
  assert.notEqual(next.nodes[1], root.nodes[1]);
  for (const place of [0, 2, 3]) assert.equal(next.nodes[place], root.nodes[place]);
});

test("what is inserted stands at its place, and what is removed is gone with all it holds", () => {
  const added = model.inserted(root, root.id, 1, [model.nodeFrom({ kind: "Dense", units: 3 })]);
  assert.deepEqual(model.layersFrom(added).map(({ kind }) => kind), ["Conv2D", "Dense", "Residual", "Branches", "Dense"]);
  const rest = model.removed(root, new Set([at("layers[1]"), at("layers[3]")]));
  assert.deepEqual(titles(rest), ["Conv2D #1", "Branches #1", "Conv2D #2"]);
  assert.equal(model.removed(root, new Set([999_999])), root);
});

test("a container that is chosen with what it holds is moved as a whole", () => {
  const chosen = new Set([at("layers[1].main[0]"), at("layers[1]"), at("layers[0]")]);
  assert.deepEqual(model.topmost(root, chosen).map(({ id }) => id), [at("layers[0]"), at("layers[1]")]);
  const next = model.moved(root, chosen, root.id, 4);
  assert.deepEqual(model.layersFrom(next).map(({ kind }) => kind), ["Branches", "Dense", "Conv2D", "Residual"]);
});

test("nothing can be moved into itself", () => {
  const held = root.nodes[1].lanes[0].id;
  assert.equal(model.moved(root, new Set([at("layers[1]")]), held, 0), root);
});

test("a layer moved into a lane keeps its id", () => {
  const [id, lane] = [at("layers[3]"), root.nodes[2].lanes[1].id];
  const next = model.moved(root, new Set([id]), lane, 0);
  assert.deepEqual(model.layersFrom(next)[2].branches, [[{ kind: "Conv2D", filters: 2 }], [{ kind: "Dense", units: 10 }]]);
  assert.equal(model.mapOf(next).idOfPath.get("layers[2].branches[1][0]"), id);
});

test("of another list, the layers that are the same at both ends are the nodes there were", () => {
  const other = layers();
  other.splice(1, 2, { kind: "Dense", units: 7 });
  const next = model.reconciled(root, other);
  assert.deepEqual(model.layersFrom(next), other);
  assert.equal(next.nodes[0], root.nodes[0]);
  assert.equal(next.nodes.at(-1), root.nodes.at(-1));
});

test("of layers that are all the same, none is counted at both ends", () => {
  const one = { kind: "Dense", units: 3 };
  const two = model.laneFrom([one, one]);
  assert.deepEqual(model.layersFrom(model.reconciled(two, [one])), [one]);
  assert.deepEqual(model.layersFrom(model.reconciled(two, [one, one, one])), [one, one, one]);
});

test("a copy is alike and has ids of its own", () => {
  const copy = model.copyOf(root.nodes[1]);
  assert.notEqual(copy.id, root.nodes[1].id);
  assert.deepEqual(model.layersFrom({ nodes: [copy] }), [LAYERS[1]]);
});

test("a kind that nobody knows is a layer without fields", () => {
  const node = model.nodeFrom({ kind: "constructor", x: 1 });
  assert.deepEqual([node.values, model.isContainer(node)], [{ x: 1 }, false]);
});

test("steps with one tag are one step back, others each one, and a new one forgets what was undone", () => {
  const history = model.newHistory();
  for (const [step, tag] of [["a", "x"], ["b", "x"], ["c", null], ["d", null], ["e", "x"]]) model.record(history, step, tag);
  assert.deepEqual(history.past, ["a", "c", "d", "e"]);
  assert.equal(history.count, 4);
  history.future = ["z"];
  model.record(history, "f", null);
  assert.deepEqual(history.future, []);
  for (let i = 0; i < 300; i++) model.record(history, i, null);
  assert.deepEqual([history.past.length, history.past.at(-1), history.count], [200, 299, 305]);
});

test("a long list begins with its containers collapsed, but for those that were there before", () => {
  assert.deepEqual(model.foldedAtFirst(root, null), []);
  const long = model.reconciled(root, [...layers(), ...Array(60).fill(layers()).flat()]);
  const begun = model.foldedAtFirst(long, root);
  assert.deepEqual(begun, model.containersOf(long).slice(2));
  assert.equal(begun.length, 120);
  assert.deepEqual(model.foldedAtFirst(long, long), []);
});

test("containers collapsed by hand are told by their paths, and those that are gone not at all", () => {
  const byHand = [at("layers[2]"), at("layers[1]"), 999_999].map((id) => [id, true]);
  const collapsed = new Map([...byHand, [at("layers[2].branches[0][0]"), false]]);
  assert.deepEqual(shutPaths({ root, collapsed }), ["layers[2]", "layers[1]"]);
});

test("a number for each channel is right where each of them is", () => {
  const mean = { name: "mean", type: "numbers", low: -1, high: 1, optional: true, wanted: "so" };
  const said = (value) => problemOf(mean, value);
  assert.deepEqual([null, undefined, 0.5, [0.5, -1, 1]].map(said), ["", "", "", ""]);
  for (const wrong of [2, "x", [0.5, "x"], [0.5, 2], [[0.5], [3]]]) assert.equal(said(wrong), "mean must be so.");
});
