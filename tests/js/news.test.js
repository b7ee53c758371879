// When a page that is shown is out of date, by a server and a clock of our own.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { hear, tell } from "../../ui/components/kit/told.js";
import { follow } from "../../ui/components/news/news.js";

let now, server, asked, calls, end, page;

beforeEach(() => {
  now = 0;
  asked = [];
  calls = [];
  server = () => ({ stamp: "a", again_ms: 1000 });
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.method(performance, "now", () => now);
  page = Object.assign(new EventTarget(), { hidden: false });
  Object.assign(globalThis, { document: page });
  globalThis.fetch = async (address) => {
    asked.push(now);
    const told = server(address);
    if (told instanceof Error) throw told;
    return { ok: told !== null, json: async () => told };
  };
});

afterEach(() => {
  end?.();
  mock.timers.reset();
  mock.restoreAll();
});

const begin = (more = {}) => {
  end = follow({ address: "/news/1", stamp: "a", again_ms: 200, every_ms: null, ...more }, () => calls.push(now));
};

async function pass(ms) {
  for (let i = 0; i < ms / 50; i += 1) {
    now += 50;
    mock.timers.tick(50);
    for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
  }
}

test("it asks when it is told to, and calls for nothing while all is as it was", async () => {
  begin();
  await pass(3000);
  assert.deepEqual(asked, [200, 1200, 2200]);
  assert.deepEqual(calls, []);
});

test("another stamp has the page run again at once, and again where that was lost", async () => {
  begin();
  server = () => ({ stamp: "b", again_ms: 1000 });
  await pass(6000);
  assert.deepEqual(calls, [200, 5200]);
});

test("what is due runs again without being asked about", async () => {
  begin({ every_ms: 500, runs: true });
  await pass(1000);
  assert.deepEqual(asked, [200]);
  assert.deepEqual(calls, [500]);
});

test("what shows something is told it in place of a run, for as long as the stamp is the same", async () => {
  const said = [];
  const deaf = hear("bar", (data) => said.push([now, data]));
  begin({ every_ms: 500, runs: false });
  server = (address) => ({ stamp: "a", again_ms: 1000, every_ms: 2000, parts: address.endsWith("?old") && { bar: asked.length } });
  await pass(3000);
  assert.deepEqual(asked, [200, 500, 1500, 2500]);
  assert.deepEqual(said, [[500, 2], [2500, 4]]);
  server = () => ({ stamp: "b", again_ms: 1000, every_ms: 2000, parts: { bar: "another" } });
  await pass(1000);
  assert.deepEqual(said.at(-1), [3500, "another"]); // before the page has run
  assert.deepEqual(calls, [3500]);
  deaf();
});

test("what hears of news is another one once a part is put up anew, and hears no more once it is gone", () => {
  const said = [];
  const first = hear("bar", () => said.push("first"));
  const second = hear("bar", (data) => said.push(data));
  first(); // the one before goes after the next is there
  tell({ bar: 1, unknown: 2 });
  second();
  tell({ bar: 3 });
  assert.deepEqual(said, [1]);
});

test("a page that nobody can see asks nothing, and at once when it is seen again", async () => {
  page.hidden = true;
  begin({ every_ms: 500, runs: true });
  await pass(3000);
  assert.deepEqual([asked, calls], [[], []]);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  await pass(50);
  assert.deepEqual(calls, [3050]);
});

test("a server that knows nothing of the page has it run again, one that is away does not", async () => {
  begin();
  server = () => new Error("refused");
  await pass(4000);
  assert.deepEqual(calls, []);
  server = () => null;
  await pass(2000);
  assert.deepEqual(calls, [5200]);
});

test("what has ended asks nothing more", async () => {
  begin();
  end();
  await pass(2000);
  assert.deepEqual([asked, calls], [[], []]);
});
