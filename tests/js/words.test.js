import assert from "node:assert/strict";
import test from "node:test";
import { isOurs, placed, wordIn, wordOf } from "../../ui/components/words/found.js";

const OWNERS = { "feature map": "feature-map", feature: "feature" };
const PATTERN = "(?<![\\w-])(?:feature\\smap|feature)(?![\\w-])";

test("the first word of a text is found whole, the longest form of it, and where it stands", () => {
  assert.deepEqual(wordIn("A Feature\nmap", PATTERN, OWNERS), { key: "feature-map", start: 2, end: 13 });
  assert.deepEqual(wordIn("feature, map", PATTERN, OWNERS), { key: "feature", start: 0, end: 7 });
  assert.equal(wordIn("featureless", PATTERN, OWNERS), null);
});

test("a link to a word names it, and no other link does", () => {
  assert.equal(wordOf("words#feature-map"), "feature-map");
  for (const address of [null, "words", "words#", "#loss", "/words#loss", "https://a.example/words#loss", "words#Loss"]) {
    assert.equal(wordOf(address), null, String(address));
  }
});

test("a link with a page's name alone stays in the app", () => {
  for (const address of ["words#loss", "lesson?of=why", "train"]) assert.ok(isOurs(address), address);
  for (const address of [null, "", "#loss", "/save/1", "//a.example", "https://a.example", "mailto:a@b.example", "a.html"]) {
    assert.ok(!isOurs(address), String(address));
  }
});

test("a card stands above what it explains, below where there is no room, and never outside", () => {
  const view = { width: 390, height: 800 };
  const card = { width: 300, height: 100 };
  assert.deepEqual(placed({ left: 20, top: 400, bottom: 420 }, card, view), { left: 20, top: 294 });
  assert.deepEqual(placed({ left: 20, top: 60, bottom: 80 }, card, view), { left: 20, top: 86 });
  assert.deepEqual(placed({ left: 350, top: 400, bottom: 420 }, card, view), { left: 82, top: 294 });
  assert.deepEqual(placed({ left: -40, top: 50, bottom: 790 }, card, view), { left: 8, top: 692 });
});
