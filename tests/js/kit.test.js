import assert from "node:assert/strict";
import test from "node:test";
import { base64Of, bytesOf, floatsOf } from "../../ui/components/kit/bytes.js";
import { cellUnder, mark, paint, rowAndColumn, sharesUnder, stepped, watchCells, within } from "../../ui/components/kit/cells.js";
import { ABOVE, BELOW, greyPixel, pixel, RAMP, signedCss, signedPixel, STOPS } from "../../ui/components/kit/colours.js";
import { forget, isNews, once, remembered } from "../../ui/components/kit/element.js";
import { ARROWS, oneStop, stepDown } from "../../ui/components/kit/keys.js";
import { feeding, positions, seen } from "../../ui/components/kit/windows.js";

/** The four bytes of a pixel, as a canvas reads them. */
const bytes = (one) => [...new Uint8Array(Uint32Array.of(one).buffer)];

/** A canvas that keeps what is put on it. */
function canvas() {
  const made = { put: null };
  const createImageData = (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) });
  made.getContext = () => ({ createImageData, putImageData: ({ data }) => (made.put = [...data]) });
  made.getBoundingClientRect = () => ({ left: 10, top: 20, width: 40, height: 30 });
  return made;
}

test("bytes come through base64 and back, and four of them are a number", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.equal(base64Of(all), Buffer.from(all).toString("base64"));
  assert.deepEqual(bytesOf(base64Of(all)), all);
  const sent = Buffer.from(new Uint8Array(new Float32Array([1.5, -2, 0]).buffer)).toString("base64");
  assert.deepEqual([...floatsOf(sent)], [1.5, -2, 0]);
});

test("arrow keys are rows down and columns to the right", () => {
  assert.deepEqual(ARROWS, { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] });
  assert.deepEqual(["ArrowDown", "ArrowUp", "ArrowLeft", "a"].map((key) => stepDown({ key })), [1, -1, undefined, undefined]);
});

test("a bar of buttons is one stop of the tab key, and arrow keys go round in it", () => {
  const focused = [];
  const buttons = ["a", "b", "c"].map((name) => ({ name, focus: () => focused.push(name) }));
  const stops = () => buttons.filter((one) => one.tabIndex === 0).map((one) => one.name);
  const bar = {};
  globalThis.document = { activeElement: null };
  oneStop(bar, buttons);
  assert.deepEqual(stops(), ["a"]);
  const press = (key, from, held = {}) => {
    let isTaken = false;
    bar.onkeydown({ key, target: buttons[from], preventDefault: () => (isTaken = true), ...held });
    return isTaken;
  };
  assert.ok(press("ArrowRight", 0));
  assert.deepEqual(stops(), ["b"]);
  assert.ok(press("ArrowLeft", 0));
  assert.ok(press("ArrowDown", 2));
  assert.deepEqual(focused, ["b", "c", "a"]);
  assert.ok(!press("Tab", 0) && !press("ArrowRight", 0, { ctrlKey: true }));
  globalThis.document.activeElement = buttons[1];
  oneStop(bar, buttons); // told again, as the chart was drawn anew
  assert.deepEqual(stops(), ["b"]);
  delete globalThis.document;
});

test("a pixel is red, green, blue and opacity in this order", () => {
  assert.deepEqual(bytes(pixel([1, 2, 3])), [1, 2, 3, 255]);
  assert.deepEqual(bytes(pixel([255, 254, 253], 0.5)), [255, 254, 253, 128]);
});

test("a number is orange below zero, indigo above, nothing at zero, and the fuller the larger", () => {
  assert.deepEqual(bytes(signedPixel(-1)), [...BELOW, 255]);
  assert.deepEqual(bytes(signedPixel(2)), [...ABOVE, 255]);
  assert.equal(bytes(signedPixel(0))[3], 0);
  assert.deepEqual(bytes(signedPixel(0.5)), [...ABOVE, 157]); // 255 times 1/2 to the power of 0.7
  assert.deepEqual(bytes(signedPixel(-0.5)), [...BELOW, 157]);
  assert.equal(signedCss(-1, 0.6), `rgb(${BELOW.join(" ")} / 0.600)`);
});

test("an image is white on black", () => {
  assert.deepEqual([0, 0.2, 1].map((share) => bytes(greyPixel(share))), [[0, 0, 0, 255], [51, 51, 51, 255], [255, 255, 255, 255]]);
});

test("levels go from the darkest stop to the brightest, each brighter than the one before", () => {
  assert.deepEqual(bytes(RAMP[0]), [...STOPS[0], 255]);
  assert.deepEqual(bytes(RAMP[51]), [...STOPS[1], 255]);
  assert.deepEqual(bytes(RAMP[255]), [...STOPS.at(-1), 255]);
  const greens = [...RAMP].map((one) => bytes(one)[1]);
  assert.ok(greens.every((green, i) => i === 0 || green >= greens[i - 1]));
});

test("cells are painted line by line, and those of a last line that are not there stay clear", () => {
  const made = canvas();
  paint(made, 2, 2, (i) => pixel([10 * i, 0, 0]), 3);
  assert.deepEqual([made.width, made.height], [2, 2]);
  assert.deepEqual(made.put, [0, 0, 0, 255, 10, 0, 0, 255, 20, 0, 0, 255, 0, 0, 0, 0]);
});

test("a pointer is in the cell below it, at the edge in the nearest", () => {
  const at = (clientX, clientY) => cellUnder({ clientX, clientY }, canvas(), 3, 4);
  assert.deepEqual([at(10, 20), at(29.9, 39.9), at(30, 40), at(50, 50), at(0, 99)], [[0, 0], [1, 1], [2, 2], [2, 3], [2, 0]]);
  assert.deepEqual([-1, 0, 2, 3].map((value) => within(value, 3)), [0, 0, 2, 2]);
  assert.deepEqual(sharesUnder({ clientX: 20, clientY: 35 }, canvas()), [0.5, 0.25]);
});

test("cells are counted line by line, and a step never leaves the map", () => {
  assert.deepEqual([0, 2, 3, 7].map((i) => rowAndColumn(i, 3)), [[0, 0], [0, 2], [1, 0], [2, 1]]);
  const around = Object.values(ARROWS).map((step) => stepped([0, 4], step, [2, 5]));
  assert.deepEqual(around, [[0, 4], [1, 4], [0, 3], [0, 4]]);
  assert.deepEqual(stepped([1, 1], [-2, 2], [9, 9]), [0, 3]);
});

test("cells hear of pointers and keys; what is pressed in a field is the field's", () => {
  const heard = [];
  const root = {};
  watchCells(root, {
    under: (event) => event.cell,
    point: (cell) => heard.push(["point", cell]),
    leave: () => heard.push(["leave"]),
    pick: (cell) => heard.push(["pick", cell]),
    step: (step) => heard.push(["step", ...step]),
    enter: () => heard.push(["enter"]),
  });
  const prevented = [];
  const press = (key, tagName = "CANVAS") => root.onkeydown({ key, target: { tagName }, preventDefault: () => prevented.push(key) });
  root.onpointermove({ cell: 3 });
  root.onpointermove({ cell: null });
  root.onclick({ cell: 4 });
  root.onclick({ cell: null });
  root.onpointerleave();
  for (const key of ["ArrowDown", "Enter", "Tab"]) press(key);
  for (const key of ["ArrowDown", "Enter"]) press(key, "INPUT");
  assert.deepEqual(heard, [["point", 3], ["pick", 4], ["leave"], ["step", 1, 0], ["enter"]]);
  assert.deepEqual(prevented, ["ArrowDown", "Enter"]);
});

test("Enter is left alone where nothing hears of it", () => {
  const root = {};
  watchCells(root, { under: () => null, point() {}, leave() {}, pick() {}, step() {} });
  root.onkeydown({ key: "Enter", target: { tagName: "CANVAS" }, preventDefault: () => assert.fail("prevented") });
});

test("a window reads its places, and those of a dilated one stand apart", () => {
  assert.deepEqual(positions({ kernel: 3, stride: 1, before: 1, dilation: 1 }, 0), [-1, 0, 1]);
  assert.deepEqual(positions({ kernel: 2, stride: 2, before: 0, dilation: 3 }, 4), [8, 11]);
});

test("a cell sees what the cells see that feed it", () => {
  const pixels = { size: [1, 1], offset: [0, 0], jump: [1, 1] };
  const conv = { size: [3, 3], offset: [1, 0], jump: [1, 1] }; // 3x3, padded at the left alone
  const pool = { size: [4, 4], offset: [1.5, 0.5], jump: [2, 2] }; // 2x2 at stride 2 behind it
  assert.deepEqual(seen(pool, 0, 1), [[0, 3], [1, 4]]);
  const fields = seen(pool, 0, 1);
  const fed = (map) => fields.map((part, axis) => feeding(map, axis, part).map((cell) => cell + 0)); // -0 is 0
  assert.deepEqual(fed(conv), [[0, 1], [2, 3]]);
  assert.deepEqual(fed(pixels), [[0, 3], [1, 4]]);
  const all = [0, Infinity];
  assert.deepEqual(fed({ size: [4, 4], offset: [1.5, 2.5], jump: [0, 0] }), [all, all]); // each sees it all
  assert.deepEqual(fed({ size: [4, 5], offset: [1.5, 2.5], jump: [0, 0] }), [all, [0, -1]]); // and more than that
});

test("behind up-sampling a cell sees what is said of it, not the mean", () => {
  const spans = [[0, 3], [0, 5]]; // pooled by two, doubled, then windows of four
  const up = { size: [6, 6], offset: [1.5, 1.5], jump: [1, 1], spans: [spans, []] };
  assert.deepEqual(seen(up, 2, 0), [[2, 5], [-1, 4]]);
  assert.deepEqual(seen(up, 3, 0)[0], [2, 7]);
  assert.deepEqual(seen(up, -1, 0)[0], [-2, 3]);
  assert.deepEqual(feeding(up, 0, [2, 7]), [2, 4]);
  assert.deepEqual(feeding(up, 0, [3, 6]), [4, 3]); // none
});

test("what is made once is made once, and what was forgotten is made anew", () => {
  const made = new Map();
  assert.deepEqual([once(made, "a", () => 1), once(made, "a", () => 2), once(made, "b", () => 3)], [1, 1, 3]);
  const root = {};
  const state = remembered(root, () => ({}));
  assert.equal(remembered(root, () => ({})), state);
  forget(root);
  assert.notEqual(remembered(root, () => ({})), state);
});

test("a value that is the same as before is no news", () => {
  const state = {};
  const values = [[1, 2], [1, 2], [2, 1], "[2,1]", null];
  assert.deepEqual(values.map((value) => isNews(state, value)), [true, false, true, true, true]);
});

test("a mark covers what of its rows and columns is in the map", () => {
  const box = { style: {} };
  assert.ok(mark(box, 4, 5, [-1, 1], [3, 9]));
  assert.deepEqual(box.style, { display: "block", top: "0%", left: "60%", height: "50%", width: "40%" });
  assert.ok(!mark(box, 4, 5, [4, 6], [0, 0]));
});
