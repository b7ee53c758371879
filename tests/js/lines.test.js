import assert from "node:assert/strict";
import test from "node:test";
import { GAP, linesOf } from "../../ui/components/maps/lines.js";

test("no line has a tile alone where one more fits at four fifths of the size", () => {
  assert.deepEqual(linesOf(5, 935, 180), { across: 5, side: 171 });
  assert.deepEqual(linesOf(4, 935, 180), { across: 4, side: 180 });
  assert.deepEqual(linesOf(6, 935, 180), { across: 3, side: 180 });
  assert.deepEqual(linesOf(7, 935, 180), { across: 4, side: 180 });
});

test("tiles fit their room, are never larger than wanted, and lines differ by one at most", () => {
  for (let count = 1; count <= 14; count++) {
    for (let width = 200; width <= 1500; width += 7) {
      const { across, side } = linesOf(count, width, 180);
      const lines = Math.ceil(count / across);
      assert.ok(side <= 180 && side >= 144, `${side}`);
      assert.ok(across * (side + GAP) - GAP <= width);
      assert.ok(lines === 1 || lines * across - count < lines);
    }
  }
});
