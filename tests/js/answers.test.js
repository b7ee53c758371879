import assert from "node:assert/strict";
import test from "node:test";

const NETWORK = new URL("https://app.example/networks/one").href;
const HEAD = { input: [1, 1, 2], layers: {}, steps: [{ kind: "copy", of: [0], shape: [1, 1, 2], activation: "softmax" }] };

/** A network as it is sent: the softmax of two pixels. */
function file() {
  const text = JSON.stringify(HEAD);
  const head = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const bytes = new Uint8Array(4 + head.length);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  return bytes.buffer;
}

const { answerOf, LiveNetwork } = await import("../../ui/components/answers/live.js");
const NAMES = ["7", "8"];
const card = (network, beyond = false) => ({ network, unlike: { beyond }, bars: NAMES.map((name) => [name, 0, ""]) });

test("a network answers once it is there, but not to an empty pad", async () => {
  globalThis.fetch = async (address) => ({ status: address === NETWORK ? 200 : 404, arrayBuffer: async () => file() });
  const live = new LiveNetwork();
  live.take(card(NETWORK));
  assert.equal(live.answer(new Uint8Array([255, 0])), null);
  await new Promise((done) => setTimeout(done, 20));
  const found = live.answer(new Uint8Array([0, 255]));
  assert.deepEqual([found.best, found.digit, found.says], [1, "8", "It is not sure: 8 or 7?"]); // 1 / (1 + 1 / e) = 0.731
  assert.deepEqual(found.bars.map(([name, share]) => [name, share]), [["7", "0.2689"], ["8", "0.7311"]]);
  assert.ok(live.hasAnswered);
  assert.equal(live.answer(new Uint8Array(2)), null);
  assert.ok(!live.hasAnswered);
  live.take(card("https://app.example/networks/gone"));
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(live.answer(new Uint8Array([0, 255])), null);
});

test("of what is no digit it is said that the network has to choose", () => {
  const tones = [[[0.95, 0.05], false], [[0.95, 0.05], true], [[0.4, 0.6], true]].map(([shares, isBeyond]) => {
    const { tone, says, digit } = answerOf(shares, NAMES, isBeyond);
    return [tone, digit, says];
  });
  assert.deepEqual(tones, [
    ["sure", "7", "It is a 7."],
    ["unsure", "7", "It has to choose: 7."],
    ["unsure", "8", "It is not sure: 8 or 7?"],
  ]);
});
