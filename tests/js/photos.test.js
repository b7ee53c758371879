import assert from "node:assert/strict";
import test from "node:test";

const { concerns, contentOf, emptyClass, fileName, freeName, isClutter, isForeign, kindsFor, listed, missing, packed, partsIn, tooMuch, tooMuchInAll, wrongName } = await import(
  "../../ui/components/photos/classes.js"
);
const { BURST, record, square, whyFailed, whyNot } = await import("../../ui/components/photos/camera.js");
const { dropped } = await import("../../ui/components/photos/opened.js");
const { crc32 } = await import("../../ui/components/photos/zip.js");

const LIMITS = {
  upload_bytes: 200e6, file_bytes: 30e6, image_pixels: 40e6, all_pixels: 1e9, files: 60_000, classes: 3, reserved: ["train", "test", "val"],
  like_a_part: "train|val|test|(^|[^a-z])(trn|dev)([^a-z]|$)",
};
let made = 0;
const picture = (name, more = {}) => ({ name, size: 1000, crc: ++made, width: 100, height: 80, content: null, ...more });
const several = (...names) => names.map((name) => picture(name));
const named = (name, pictures = several("1.png", "2.png", "3.png"), said = []) => ({ name, pictures, said });

test("checksums are those of the catalogue of CRCs", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
  assert.equal(crc32(new Uint8Array()), 0);
});

test("a class is called as a folder can be, as no split, and as no other class", () => {
  const cats = named("cats");
  assert.equal(wrongName(cats, [cats, named("dogs")], LIMITS), "");
  assert.equal(wrongName(named("", []), [], LIMITS), "");
  assert.match(wrongName(named("  "), [], LIMITS), /Say what these pictures show/);
  assert.match(wrongName(named("a/b"), [], LIMITS), /use no \//);
  assert.match(wrongName(named(".cats"), [], LIMITS), /begin with no dot/);
  assert.match(wrongName(named(" Train "), [], LIMITS), /^Train is a word for a part of the data\. .* "Train pictures"\.$/);
  assert.match(wrongName(cats, [cats, named("Cats ")], LIMITS), /^Two kinds are called cats\./);
  assert.match(wrongName(named("x".repeat(61)), [], LIMITS), /has 61 letters; use at most 60/);
});

test("a file that is too large or empty is named with its size and the limit", () => {
  assert.equal(tooMuch({ name: "a.png", size: 30e6 }, LIMITS), "");
  assert.equal(tooMuch({ name: "a.png", size: 45e6 }, LIMITS), "a.png has 45 MB; a picture may have 30 MB. Save it smaller.");
  assert.equal(tooMuch({ name: "a.png", size: 0 }, LIMITS), "a.png is empty.");
});

test("what systems leave in folders is no picture, and some pictures are written anew", () => {
  assert.deepEqual([".DS_Store", "Thumbs.db", "a.png"].map(isClutter), [true, true, false]);
  assert.deepEqual(["image/png", "", "image/avif"].map((type) => isForeign({ type })), [false, false, true]);
});

test("names that are taken get a number before their ending", () => {
  const there = several("a.png", "a (2).png", "b");
  assert.deepEqual(["a.png", "b", "c.d.png", "e/f\\g.png"].map((name) => freeName(name, there)), ["a (3).png", "b (2)", "c.d.png", "e_f_g.png"]);
});

test("many names are a few and a number", () => {
  assert.deepEqual([["a"], ["a", "b"], [..."abcd"], [..."abcde"]].map(listed), ["a", "a and b", "a, b, c and d", "a, b, c and 2 more"]);
});

test("the same picture in two classes is told in both", () => {
  const one = named("cats");
  const same = { ...one.pictures[1], name: "copy.png" };
  const other = named("dogs", [same, ...several("x.png", "y.png")]);
  assert.deepEqual(concerns(one, [one, other]), ["Also in dogs: 2.png. Remove the same picture from one of them."]);
  assert.deepEqual(concerns(other, [one, other]), ["Also in cats: copy.png. Remove the same picture from one of them."]);
  assert.match(concerns(named("birds", several("z.png")), [])[0], /^1 of at least 3 pictures/);
});

test("what is still to be done is said, one thing at a time, and then nothing", () => {
  const [cats, dogs] = [named("cats"), named("dogs")];
  assert.match(missing([named("", []), cats], LIMITS), /^Name two kinds/);
  assert.match(missing([cats, named("dogs", several("1.png"))], LIMITS), /needs 3 pictures or more. More are needed of dogs\./);
  assert.match(missing([cats, named("")], LIMITS), /Say what these pictures show/);
  assert.match(missing([cats, dogs, named("a"), named("b")], LIMITS), /^4 kinds are named; 3 can be told apart/);
  assert.match(missing([cats, dogs], { ...LIMITS, files: 5 }), /^There are 6 pictures; 5 are read/);
  assert.equal(missing([cats, named("", []), dogs], LIMITS), "");
});

test("too many bytes or pixels in all are said with the limits", () => {
  const large = (more) => [named("cats", [picture("a.jpg", more)]), named("dogs")];
  assert.equal(tooMuchInAll(large({ size: 320e6 }), LIMITS), "These pictures have 320 MB; 200 MB are taken.");
  const one = large({ width: 8_160, height: 6_120 });
  assert.equal(tooMuchInAll(one, LIMITS), "a.jpg has 50 million pixels; 40 million are read of a picture.");
  const phone = Array.from({ length: 100 }, () => picture("b.jpg", { width: 4_000, height: 3_000 }));
  assert.equal(tooMuchInAll([named("cats", phone), named("dogs")], LIMITS), "These pictures have 1,200 million pixels; 1,000 million are read.");
  assert.equal(tooMuchInAll(large(), LIMITS), "");
});

test("pictures are the same while neither their content nor a name changes", () => {
  const [cats, dogs] = [named("cats"), named("dogs")];
  const content = contentOf([cats, dogs]);
  assert.equal(contentOf([named("dogs ", dogs.pictures), named("", []), cats]), content);
  assert.notEqual(contentOf([named("cat", cats.pictures), dogs]), content);
  assert.notEqual(contentOf([named("cats", cats.pictures.slice(1)), dogs]), content);
});

test("files lie in the order of classes and names, and the zip is called after the classes", () => {
  const classes = [named(" dogs ", several("b.png", "a.png")), named("", []), named("cats", several("z.png"))];
  assert.deepEqual(packed(classes).map((file) => file.path), ["cats/z.png", "dogs/a.png", "dogs/b.png"]);
  assert.equal(fileName(classes), "dogs and cats.zip");
});

test("a camera is offered only where browsers give one, and else it is said why", () => {
  const navigator = { mediaDevices: { getUserMedia: () => {} } };
  assert.equal(whyNot({ isSecureContext: true, navigator }), "");
  for (const own of [{ isSecureContext: false, navigator }, { isSecureContext: true, navigator: {} }]) assert.match(whyNot(own), /https or on this very machine/);
});

test("what went wrong with the camera is said with what to do", () => {
  assert.match(whyFailed({ name: "NotAllowedError" }), /Allow it for this page/);
  assert.match(whyFailed({ name: "NotFoundError" }), /no camera on this machine/);
  assert.match(whyFailed({ name: "NotReadableError" }), /Another program/);
  assert.match(whyFailed({ name: "AbortError" }), /\(AbortError\)/);
});

test("of a frame the largest square in its middle is taken", () => {
  assert.deepEqual(square(640, 480), { x: 80, y: 0, side: 480 });
  assert.deepEqual(square(480, 641), { x: 0, y: 80, side: 480 });
});

test("a recording that is stopped ends, and gives the camera back", async () => {
  const stopped = [];
  const stream = { getTracks: () => [{ stop: () => stopped.push(1) }] };
  const film = record({ play: () => Promise.resolve(), videoWidth: 0 }, stream, () => {});
  film.stop();
  assert.deepEqual(await film.over, []);
  assert.deepEqual(stopped, [1]);
  assert.equal(BURST, 40);
});

test("pictures of one recording are said to be alike in the test too", () => {
  const one = { ...named("cats"), isFilmed: true };
  assert.match(concerns(one, [one])[0], /^Pictures of one recording look alike/);
});

/** A folder as a browser gives it: what is in it comes in parts, the last of which is empty. */
function entry(name, inside) {
  if (!inside) return { name, isFile: true, isDirectory: false, file: (done) => done({ name }) };
  return { name, isFile: false, isDirectory: true, createReader: () => readerOf([...inside]) };
}

const readerOf = (left) => ({ readEntries: (done) => done(left.splice(0, 2)) });
const transfer = (...entries) => ({ files: [{ name: "loose.png" }], items: entries.map((one) => ({ webkitGetAsEntry: () => one })) });
const names = (folders) => folders.map(({ folder, files }) => [folder, files.map((one) => one.name)]);

test("a folder of folders is a kind for each of them, and what systems leave there is none", async () => {
  const cats = entry("cats", [entry("1.png"), entry("2.png"), entry("3.png"), entry(".DS_Store")]);
  const dogs = entry("dogs", [entry("1.png")]);
  const found = await dropped(transfer(entry("pets", [dogs, cats, entry("Thumbs.db"), entry("__MACOSX", [entry("1.png")])])));

  assert.deepEqual(names(found), [["cats", ["1.png", "2.png", "3.png"]], ["dogs", ["1.png"]]]);
  assert.deepEqual(names(await dropped(transfer(cats, entry("a.png")))), [["", ["a.png"]], ["cats", ["1.png", "2.png", "3.png"]]]);
  assert.deepEqual(names(await dropped(transfer(entry("a.png")))), [["", ["loose.png"]]]);
  assert.deepEqual(partsIn(found, LIMITS), []);
});

test("folders of train and test are not mixed", async () => {
  const found = await dropped(transfer(entry("all", ["Train", "test"].map((part) => entry(part, [entry("cats", [entry("1.png")])])))));

  assert.deepEqual(names(found), [["cats", ["1.png", "1.png"]]]);
  assert.deepEqual(partsIn(found, LIMITS), ["Train", "test"]);
});

test("nor are those that are called like them and hold the same kinds", async () => {
  const two = (one, other) => dropped(transfer(entry("all", [one, other].map((part) => entry(part, ["cats", "dogs"].map((kind) => entry(kind, [entry("1.png")])))))));

  assert.deepEqual(partsIn(await two("seg_train", "Seg_TEST"), LIMITS), ["seg_train", "Seg_TEST"]);
  assert.deepEqual(partsIn(await two("a-trn", "a-dev"), LIMITS), ["a-trn", "a-dev"]);
  assert.deepEqual(partsIn(await two("Monday", "Tuesday"), LIMITS), []);
  const trained = entry("all", ["trained", "untrained"].map((kind) => entry(kind, [entry("1.png")])));
  assert.deepEqual(partsIn(await dropped(transfer(trained)), LIMITS), []);
});

test("folders fill the kinds of their names, then empty ones, then new ones", () => {
  const [cats, empty] = [named("cats"), emptyClass()];
  const classes = [cats, empty];
  const folders = ["birds", "cats", "dogs"].map((folder) => ({ folder, way: [], files: [] }));

  const kinds = kindsFor(folders, empty, classes);

  assert.deepEqual(kinds.map((one) => one.name), ["birds", "cats", "dogs"]);
  assert.deepEqual(kinds.slice(0, 2), [empty, cats]);
  assert.deepEqual(classes, [cats, empty, kinds[2]]);
});

test("a folder that comes alone fills the kind it is dropped on, which keeps its name", () => {
  const [cats, other] = [named("cats"), emptyClass()];
  const [alone] = [{ folder: "images", way: [], files: [] }];

  assert.deepEqual(kindsFor([alone], cats, [cats, other]), [cats]);
  assert.deepEqual(kindsFor([alone], other, [cats, other]), [other]);
  assert.deepEqual([cats.name, other.name], ["cats", "images"]);
});
