import assert from "node:assert/strict";
import test from "node:test";
import { base64Of, bytesOf, floatsOf } from "../../ui/components/kit/bytes.js";
import { cellUnder, mark, paint, within } from "../../ui/components/kit/cells.js";
import { ABOVE, BELOW, pixel, RAMP, signedCss, signedPixel, STOPS } from "../../ui/components/kit/colours.js";
import { ARROWS, stepDown } from "../../ui/components/kit/keys.js";

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

test("a pixel is red, green, blue and opacity in this order", () => {
  assert.deepEqual(bytes(pixel([1, 2, 3])), [1, 2, 3, 255]);
  assert.deepEqual(bytes(pixel([255, 254, 253], 0.5)), [255, 254, 253, 128]);
});

test("a number is orange below zero, indigo above, nothing at zero, and the fuller the larger", () => {
  assert.deepEqual(bytes(signedPixel(-1)), [...BELOW, 255]);
  assert.deepEqual(bytes(signedPixel(2)), [...ABOVE, 255]);
  assert.equal(bytes(signedPixel(0))[3], 0);
  assert.deepEqual(bytes(signedPixel(0.5)), [...ABOVE, 157]); // 255 times 1/2 to the power of 0.7
  assert.deepEqual(bytes(signedPixel(-0.5, [9, 8, 7])), [9, 8, 7, 157]);
  assert.equal(signedCss(-1, 0.6), `rgb(${BELOW.join(" ")} / 0.600)`);
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
});

test("a mark covers what of its rows and columns is in the map", () => {
  const box = { style: {} };
  assert.ok(mark(box, 4, 5, [-1, 1], [3, 9]));
  assert.deepEqual(box.style, { display: "block", top: "0%", left: "60%", height: "50%", width: "40%" });
  assert.ok(!mark(box, 4, 5, [4, 6], [0, 0]));
});
