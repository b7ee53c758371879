import assert from "node:assert/strict";
import test from "node:test";
import { MEAN, nearby, rowOf, windowOf, words } from "../../ui/components/looks/rows.js";

// Two heads over 2×2 cells: by the first, cell i looks at itself alone; by the second, at all alike.
const SHARES = Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, ...new Array(16).fill(0.25)]);

test("a row is that of the head and of the cell that looks, or the mean of all heads", () => {
  assert.deepEqual([...rowOf(SHARES, 2, 4, 0, 2)], [0, 0, 1, 0]);
  assert.deepEqual([...rowOf(SHARES, 2, 4, 1, 2)], [0.25, 0.25, 0.25, 0.25]);
  assert.deepEqual([...rowOf(SHARES, 2, 4, MEAN, 1)], [0.125, 0.625, 0.125, 0.125]);
});

test("a window has 9 cells, and fewer at the border", () => {
  assert.deepEqual(windowOf([2, 3], [7, 7]), [[1, 3], [2, 4]]);
  assert.deepEqual(windowOf([0, 6], [7, 7]), [[0, 1], [5, 6]]);
  const even = new Float32Array(16).fill(1 / 16); // 4×4 cells, whose shares are exact
  assert.deepEqual(nearby(even, [1, 2], [4, 4]), { count: 9, part: 9 / 16 });
  assert.deepEqual(nearby(even, [0, 0], [4, 4]), { count: 4, part: 4 / 16 });
  assert.deepEqual(nearby(even, [3, 1], [4, 4]), { count: 6, part: 6 / 16 });
});

test("only what lies in the window counts as near", () => {
  const row = Float32Array.from({ length: 16 }, (_, i) => (i === 5 ? 0.75 : i === 15 ? 0.25 : 0));
  assert.deepEqual(nearby(row, [0, 0], [4, 4]), { count: 4, part: 0.75 });
  assert.deepEqual(nearby(row, [3, 3], [4, 4]), { count: 4, part: 0.25 });
});

test("it is said where a cell looks most, how much at itself, near and far, and that all is 1", () => {
  const row = Float32Array.from({ length: 16 }, (_, i) => ({ 0: 0.125, 15: 0.625, 1: 0.25 })[i] ?? 0);
  assert.deepEqual(words(row, [0, 0], [4, 4], "By head 1"), [
    "By head 1, row 0, column 0 looks most at row 3, column 3: 0.625. At itself: 0.125.",
    "At the 4 cells of its 3×3 window: 0.375. At the 12 others: 0.625. Sum: 1.000.",
  ]);
  assert.match(words(row, [3, 3], [4, 4], "By head 1")[0], /looks most at itself: 0\.625\.$/);
});
