import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

class Fake {
  constructor() {
    this.isConnected = true;
    this.attributes = {};
    this.children = [];
    this.style = { setProperty() {} };
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  removeAttribute(name) {
    delete this.attributes[name];
  }

  append(...children) {
    this.children.push(...children);
  }

  appendChild(child) {
    this.children.push(child);
    return child;
  }

  replaceChildren(...children) {
    this.children = children;
  }
}

const real = { setInterval, clearInterval };
let ticks; // what is repeated

beforeEach(() => {
  ticks = new Set();
  globalThis.Node = Fake;
  globalThis.document = { createElement: () => new Fake(), createElementNS: () => new Fake() };
  globalThis.setInterval = (tick) => (ticks.add(tick), tick);
  globalThis.clearInterval = (tick) => ticks.delete(tick);
});
afterEach(() => Object.assign(globalThis, real));

const { Stepper } = await import("../../ui/components/kit/stepper.js");
const LABELS = { back: "Back", play: "Play", pause: "Pause", next: "Next", place: "Place" };

/** A stepper of so many places, and where it went. */
function stepperOf(count, options = {}) {
  const went = [];
  const go = (place) => {
    went.push(place);
    stepper.show(place, count, `place ${place}`);
  };
  const stepper = new Stepper(new Fake(), go, { labels: LABELS, stepMs: 100, ...options });
  stepper.show(0, count, "place 0");
  return { stepper, went };
}

const tick = () => [...ticks].forEach((one) => one());
const labelOf = (button) => button.getAttribute("aria-label");

test("it has its buttons and its slider in order, each with its name", () => {
  const { stepper } = stepperOf(3);
  assert.deepEqual(stepper.root.children.map(labelOf), ["Back", "Play", "Next", "Place"]);
  assert.deepEqual([stepper.range.max, stepper.range.value, stepper.range.getAttribute("aria-valuetext")], [2, 0, "place 0"]);
});

test("it steps from place to place, and stops at both ends", () => {
  const { stepper, went } = stepperOf(3);
  assert.deepEqual([stepper.back.disabled, stepper.next.disabled], [true, false]);
  for (let i = 0; i < 3; i++) stepper.next.onclick();
  assert.deepEqual([stepper.back.disabled, stepper.next.disabled], [false, true]);
  stepper.back.onclick();
  stepper.range.value = "2";
  stepper.range.oninput();
  assert.deepEqual(went, [1, 2, 2, 1, 2]);
});

test("one that is round comes from the last place to the first, and back", () => {
  const { stepper, went } = stepperOf(3, { isRound: true });
  stepper.back.onclick();
  stepper.next.onclick();
  assert.deepEqual(went, [2, 0]);
  assert.deepEqual([stepper.back.disabled, stepper.next.disabled], [false, false]);
});

test("it plays to the last place and stops there; from there it begins anew", () => {
  const { stepper, went } = stepperOf(3);
  stepper.toggle.onclick();
  assert.equal(labelOf(stepper.toggle), "Pause");
  tick();
  tick();
  assert.deepEqual([went, ticks.size, labelOf(stepper.toggle)], [[1, 2], 0, "Play"]);
  stepper.toggle.onclick();
  assert.deepEqual([went, ticks.size], [[1, 2, 0], 1]);
});

test("whoever pauses or steps ends the playing, and so does a page that is gone", () => {
  for (const end of ["toggle", "back", "next"]) {
    const { stepper } = stepperOf(5);
    stepper.toggle.onclick();
    tick();
    stepper[end].onclick();
    assert.deepEqual([ticks.size, labelOf(stepper.toggle)], [0, "Play"], end);
  }
  const { stepper, went } = stepperOf(5);
  stepper.toggle.onclick();
  stepper.root.isConnected = false;
  tick();
  assert.deepEqual([went, ticks.size], [[], 0]);
});

test("one that is locked can be moved by nothing", () => {
  const { stepper } = stepperOf(3);
  stepper.show(1, 3, "place 1", true);
  const { back, toggle, next, range } = stepper;
  assert.deepEqual([back, toggle, next, range].map((one) => one.disabled), [true, true, true, true]);
});
