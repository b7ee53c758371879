import assert from "node:assert/strict";
import test from "node:test";
import { hintSides } from "../../ui/components/kit/sides.js";

/** The sides that are faded, and whether keys reach the frame. */
function hinted(hidden, scrolled, keepsLeft) {
  const [shown, attributes] = [new Set(), new Map()];
  hintSides({
    classList: { toggle: (name, on) => (on ? shown.add(name) : shown.delete(name)) },
    getAttribute: (name) => attributes.get(name) ?? null,
    setAttribute: (name, value) => attributes.set(name, value),
    removeAttribute: (name) => attributes.delete(name),
  }, hidden, scrolled, keepsLeft);
  return [[...shown].sort().join(), attributes.get("tabindex")];
}

test("a side on which there is more is faded, and keys reach what can be scrolled", () => {
  assert.deepEqual(hinted(0, 0), ["", undefined]);
  assert.deepEqual(hinted(300, 0), ["more-right", "0"]);
  assert.deepEqual(hinted(300, 100), ["more-left,more-right", "0"]);
  assert.deepEqual(hinted(300, 300), ["more-left", "0"]);
  assert.deepEqual(hinted(300, 100, true), ["more-right", "0"]);
});
