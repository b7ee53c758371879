import assert from "node:assert/strict";
import test from "node:test";

globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };

const { EXAMPLE_MS, example } = await import("../../ui/components/flow/example.js");
const { tiles } = await import("../../ui/components/flow/maps.js");
const { RAMP } = await import("../../ui/components/kit/colours.js");
const { inkedBox } = await import("../../ui/components/pad/strokes.js");

/** A canvas that keeps what is put on it. */
function canvas() {
  const made = { shown: null };
  made.getContext = () => ({
    createImageData: (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) }),
    putImageData: ({ data }) => (made.shown = new Uint32Array(data.buffer.slice(0))),
  });
  return made;
}

test("maps stand side by side with a gap, channel by channel, the largest value brightest", () => {
  const values = Float32Array.from([1, 0, 0, 4, 2, 0, -1, 4, 0]); // 1 x 3 cells of 3 channels
  const on = canvas();
  const paint = tiles(on, { values, shape: [1, 3, 3] }, 2);
  paint(false);
  assert.deepEqual([on.width, on.height], [3 + 1 + 3, 1 + 1 + 1]);
  const [nothing, dark, half, full] = [0, RAMP[0], RAMP[127], RAMP[255]];
  assert.deepEqual([...on.shown], [
    ...[RAMP[63], full, dark, nothing, dark, half, full],
    ...Array(7).fill(nothing),
    ...[dark, dark, dark, nothing, nothing, nothing, nothing],
  ]);
  paint(true);
  assert.deepEqual(new Set(on.shown), new Set([nothing, dark]));
});

test("the example begins with a dot, grows, and ends whole, within the pad", () => {
  const [{ points: first }] = example(0, 560, 44);
  const [{ points: half }] = example(0.5, 560, 44);
  const [{ points: whole }] = example(1, 560, 44);
  assert.ok(EXAMPLE_MS > 0);
  assert.deepEqual(first[0], whole[0]);
  assert.ok(first.length < half.length && half.length < whole.length);
  assert.deepEqual(example(7, 560, 44)[0].points, whole);
  for (const value of whole.flat()) assert.ok(value > 22 && value < 560 - 22);
});

test("the box of strokes holds their ink and stays on the pad", () => {
  assert.deepEqual(inkedBox([{ points: [[100, 50]], width: 44 }]), [77, 27, 46, 46]);
  assert.deepEqual(inkedBox([{ points: [[-5, 555], [100.5, 300]], width: 10 }]), [0, 294, 107, 266]);
  assert.equal(inkedBox([]), null);
  assert.equal(inkedBox([{ points: [[-90, 20]], width: 44 }]), null);
});
