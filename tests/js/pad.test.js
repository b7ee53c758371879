import assert from "node:assert/strict";
import test from "node:test";

const STORED = new Map();
globalThis.sessionStorage = { getItem: (key) => STORED.get(key) ?? null, setItem: (key, text) => STORED.set(key, text) };
const KEPT = "cnn-workbench-drawing";
const good = { points: [[1, 2], [3, 4]], width: 44 };
STORED.set(KEPT, JSON.stringify([good, { points: [], width: 44 }, { points: [[1, null]], width: 44 }, { points: [[1, 2]], width: 0 }]));

const { averages, centred, inkBox, SIDE } = await import("../../ui/components/pad/centring.js");
const { inAscii } = await import("../../ui/components/pad/bring.js");
const { INK, kept, path, remember } = await import("../../ui/components/pad/strokes.js");
const { penKey } = await import("../../ui/components/pad/keys.js");

test("of strokes that were kept, those that make sense come back", () => {
  assert.deepEqual(kept.strokes, [good]);
  kept.strokes = [good, good];
  remember();
  assert.deepEqual(JSON.parse(STORED.get(KEPT)), [good, good]);
});

test("ink has its edges where it is no longer faint", () => {
  const ink = new Uint8Array(5 * 4);
  [ink[5 * 1 + 2], ink[5 * 2 + 3], ink[0]] = [255, 16, 15];
  assert.deepEqual(inkBox(ink, 5, 4), { top: 1, left: 2, height: 2, width: 2 });
  assert.equal(inkBox(new Uint8Array(20), 5, 4), null);
});

test("each cell of a smaller map covers its part of the larger, and nothing is lost", () => {
  assert.deepEqual(averages(4, 2), [[[0, 0.5], [1, 0.5]], [[2, 0.5], [3, 0.5]]]);
  for (const [many, few] of [[5, 3], [20, 20], [3, 7], [560, 20]]) {
    for (const covered of averages(many, few)) {
      assert.ok(Math.abs(covered.reduce((sum, [, share]) => sum + share, 0) - 1) < 1e-12);
    }
  }
});

test("a square is made 20 pixels large, with its middle on pixel 14", () => {
  const ink = new Uint8Array(INK * INK);
  for (let y = 100; y < 140; y++) ink.fill(255, y * INK + 300, y * INK + 340);
  const found = centred(ink, INK, INK);
  const rows = Array.from({ length: SIDE }, (_, y) => Math.max(...found.subarray(y * SIDE, (y + 1) * SIDE)));
  assert.deepEqual([rows.indexOf(255), rows.lastIndexOf(255)], [4, 23]); // 14 - floor(9.5 + 0.5), and 19 more
  assert.equal(found.reduce((sum, value) => sum + value, 0), 20 * 20 * 255);
  assert.equal(Math.max(...centred(new Uint8Array(9), 3, 3)), 0);
});

test("a stroke is a line through the middles of its points, and one point a dot", () => {
  const calls = [];
  const context = new Proxy({}, { get: (_, name) => (...given) => calls.push([name, ...given]), set: () => true });
  path(context, { points: [[0, 0], [10, 0], [20, 20]], width: 4 });
  assert.deepEqual(calls, [["beginPath"], ["moveTo", 0, 0], ["quadraticCurveTo", 10, 0, 15, 10], ["lineTo", 20, 20], ["stroke"]]);
  calls.length = 0;
  path(context, { points: [[5, 6]], width: 4 });
  assert.deepEqual(calls, [["beginPath"], ["arc", 5, 6, 2, 0, 2 * Math.PI], ["fill"]]);
});

/** A pad whose pen is at a place, and what becomes of it. */
function padAt(at) {
  const style = {};
  return {
    at, stroke: { points: [at] }, style, painted: 0,
    canvas: { matches: () => true }, pen: { style, toggleAttribute() {} }, paint() { this.painted += 1; }, send() {},
  };
}

test("arrow keys move the pen, with Shift in small steps, and never off the pad", () => {
  const press = (pad, key, shiftKey = false) => penKey(pad, { key, shiftKey, preventDefault() {} });
  const pad = padAt([100, 50]);
  for (const [key, to] of [["ArrowRight", [128, 50]], ["ArrowDown", [128, 78]], ["ArrowLeft", [100, 78]], ["ArrowUp", [100, 50]]]) {
    press(pad, key);
    assert.deepEqual(pad.at, to);
  }
  assert.deepEqual([pad.stroke.points.length, pad.painted], [5, 4]);
  press(pad, "ArrowRight", true);
  assert.deepEqual(pad.at, [107, 50]);
  for (let i = 0; i < 30; i++) press(pad, "ArrowDown");
  assert.deepEqual(pad.at, [107, INK]);
  press(pad, "x");
  assert.deepEqual(pad.at, [107, INK]);
});

test("the name of a file is sent in ASCII, with half letters as question marks", () => {
  assert.equal(inAscii("zwölf ☂.png"), "zw%C3%B6lf%20%E2%98%82.png");
  assert.equal(inAscii("a\ud83d"), "a%3F");
});

test("an answer is one to what is on the pad only until more is painted, or sent", async () => {
  const { followPad, isAnswered, padBegins, padPainted, padSent } = await import("../../ui/components/pad/now.js");
  const heard = [];
  const leave = followPad((bytes) => heard.push(bytes[0]) > 1);
  padBegins();
  assert.ok(isAnswered(0)); // what a session had sent before the pad began
  assert.equal(padPainted([1]), false);
  assert.ok(!isAnswered(0));
  padSent(1);
  assert.deepEqual([isAnswered(0), isAnswered(1), isAnswered(2)], [false, true, true]);
  assert.equal(padPainted([2]), true);
  assert.ok(!isAnswered(1));
  padSent(2);
  assert.deepEqual([isAnswered(1), isAnswered(2)], [false, true]);
  leave();
  assert.equal(padPainted([3]), false);
  assert.deepEqual(heard, [1, 2]);
  padBegins();
  assert.ok(isAnswered(0));
});
