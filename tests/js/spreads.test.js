import assert from "node:assert/strict";
import test from "node:test";
import { sources, windowOf, writtenWindow } from "../../ui/components/grids/spreads.js";

const sorted = (cells) => cells.map(String).sort();

test("what is put over a cell is what has it in its window", () => {
  for (const [size, kernel, stride, before, after] of [[3, 3, 2, 0, 0], [3, 4, 1, 1, 2], [2, 5, 3, 1, 1], [4, 2, 2, 0, 0]]) {
    const rows = { size, kernel, stride, before };
    const axes = { rows, columns: { ...rows, size: size + 1 } };
    const output = [0, 1].map((more) => (size + more - 1) * stride + kernel - before - after);
    const put = new Map();
    for (let row = 0; row < size; row++) {
      for (let column = 0; column <= size; column++) {
        for (const [y, x, i, j] of windowOf(axes, row, column)) {
          put.set(`${y},${x}`, [...(put.get(`${y},${x}`) ?? []), [i, j, row, column]]);
        }
      }
    }
    for (let y = 0; y < output[0]; y++) {
      for (let x = 0; x < output[1]; x++) {
        assert.deepEqual(sorted(sources(axes, y, x)), sorted(put.get(`${y},${x}`) ?? []));
      }
    }
  }
});

test("windows that overlap meet in a cell, with another weight each", () => {
  const axis = { size: 2, kernel: 3, stride: 2, before: 0 };
  const axes = { rows: axis, columns: axis };
  assert.deepEqual(sources(axes, 2, 1), [[2, 1, 0, 0], [0, 1, 1, 0]]);
  assert.equal(sources(axes, 2, 2).length, 4);
});

test("a cell times the kernel is written as it stands in the window", () => {
  assert.deepEqual(writtenWindow(-2, [[1, 0.5], [0, -3]]), [["−2 × kernel", "−2  −1\n 0   6"]]);
});
