// The classes and their pictures as values: what may be in them, what is wrong, and in which order they are packed.

import { counted, number } from "../kit/numbers.js";

export const FEWEST = 3; // one each to learn from, to validate and to test
const LONGEST_NAME = 60;
const MOST_NAMED = 3;
const ENTRY_BYTES = 1000; // more than a zip says of a file
const CLUTTER = /^(\.|thumbs\.db$|desktop\.ini$|__macosx$)/i;
const WITHOUT_PREVIEW = /\.(tiff?|ppm|pgm|pbm|pnm)$/i; // the app reads them, browsers do not
const READ = ["", "image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/x-ms-bmp"];

export const emptyClass = () => ({ name: "", pictures: [], said: [] });

export const megabytes = (bytes) => `${bytes < 1e7 ? number(bytes / 1e6, 2) : counted(Math.round(bytes / 1e6))} MB`;

export const pictures = (many) => `${counted(many)} picture${many === 1 ? "" : "s"}`;

/** Files that an operating system leaves in a folder: nobody wants to hear of them. */
export const isClutter = (name) => CLUTTER.test(name);

/** Files with the folders on the way to them, put together by the folder they lie in. */
export function byFolder(found) {
  const kinds = new Map();
  for (const { file, way } of found) {
    if ([...way, file.name].some(isClutter)) continue;
    const folder = way.at(-1) ?? "";
    if (!kinds.has(folder)) kinds.set(folder, { folder, way: [], files: [] });
    const kind = kinds.get(folder);
    kind.way = [...new Set([...kind.way, ...way])];
    kind.files.push(file);
  }
  return [...kinds.values()].sort((one, other) => before(one.folder, other.folder));
}

/** Parts of the data among folders, such as train and test, or seg_train and seg_test with the same kinds in both, which would be mixed if each folder were a kind. */
export function partsIn(folders, limits) {
  const on = [...new Set(folders.flatMap((one) => one.way))];
  const parts = on.filter((name) => limits.reserved.includes(name.trim().toLowerCase()));
  if (parts.length) return parts;
  const like = on.filter((name) => new RegExp(limits.like_a_part, "i").test(name));
  const around = ({ folder, way }) => like.filter((name) => name !== folder && way.includes(name));
  const shared = folders.map(around).filter((names) => names.length > 1);
  return shared.length > 1 ? [...new Set(shared.flat())] : [];
}

/** The kind that each folder fills: the one it was dropped `on` where it came alone, else that of its name, an empty one, or one that is added. */
export function kindsFor(folders, on, classes) {
  return folders.map(({ folder }) => {
    const called = classes.find((one) => one.name.trim() === folder);
    const empty = [on, ...classes].find((one) => !one.name.trim() && !one.pictures.length);
    const kind = folders.length === 1 || !folder ? on : (called ?? empty ?? emptyClass());
    if (!classes.includes(kind)) classes.push(kind);
    kind.name ||= folder;
    return kind;
  });
}

export const isReadUnseen = (name) => WITHOUT_PREVIEW.test(name);

/** Whether a picture that the browser can show has to be written in another format for the app. */
export const isForeign = (file) => !READ.includes(file.type);

/** Why a file is not even opened, or nothing. */
export function tooMuch(file, limits) {
  if (!file.size) return `${file.name} is empty.`;
  if (file.size <= limits.file_bytes) return "";
  return `${file.name} has ${megabytes(file.size)}; a picture may have ${megabytes(limits.file_bytes)}. Save it smaller.`;
}

export const isSame = (one, other) => one.crc === other.crc && one.size === other.size;

/** A file's name as it can lie in a folder beside those that are there. */
export function freeName(name, others) {
  const plain = name.replace(/[\\/]/g, "_");
  const taken = new Set(others.map((one) => one.name));
  const [, stem, ending] = /^(.*?)(\.[^.]*)?$/s.exec(plain);
  let free = plain;
  for (let i = 2; taken.has(free); i++) free = `${stem} (${i})${ending ?? ""}`;
  return free;
}

/** Names in a sentence: `a.png, b.png and 4 more`. */
export function listed(names) {
  const shown = names.slice(0, names.length > MOST_NAMED + 1 ? MOST_NAMED : MOST_NAMED + 1);
  const rest = names.length - shown.length;
  const last = rest ? `${counted(rest)} more` : shown.pop();
  return shown.length ? `${shown.join(", ")} and ${last}` : last;
}

/** Those that are there to be learned: rows that nobody has filled in are left out. */
export const inUse = (classes) => classes.filter((one) => one.name.trim() || one.pictures.length);

/** What is wrong with a class's name, or nothing. */
export function wrongName(one, classes, limits) {
  const name = one.name.trim();
  if (!name) return one.pictures.length ? "Say what these pictures show: give this kind a name." : "";
  if (name.length > LONGEST_NAME) return `The name has ${name.length} letters; use at most ${LONGEST_NAME}.`;
  if (/[\\/]/.test(name) || name.startsWith(".")) return `${name} is also a folder's name: use no / and no \\, and begin with no dot.`;
  if (limits.reserved.includes(name.toLowerCase())) return `${name} is a word for a part of the data. Call this kind something else, such as "${name} pictures".`;
  const isTaken = classes.some((other) => other !== one && other.name.trim().toLowerCase() === name.toLowerCase());
  return isTaken ? `Two kinds are called ${name}. Give one of them another name.` : "";
}

/** What is said of a class's pictures: too few, or the same in another class. */
export function concerns(one, classes) {
  const found = [];
  const many = one.pictures.length;
  if (many && many < FEWEST) {
    found.push(`${counted(many)} of at least ${FEWEST} pictures: to learn from, to check with and to test. From 20 on it gets good.`);
  }
  if (one.isFilmed) {
    found.push("Pictures of one recording look alike, in the test too: it says little of another day. Record again in other light, before another wall.");
  }
  for (const other of classes) {
    if (other === one) continue;
    const both = one.pictures.filter((mine) => other.pictures.some((its) => isSame(mine, its))).map((mine) => mine.name);
    if (both.length) found.push(`Also in ${other.name.trim() || "another kind"}: ${listed(both)}. Remove the same picture from one of them.`);
  }
  return found;
}

export const bytesOf = (classes) => sumOf(classes, (one) => one.size);
const pixelsOf = (classes) => sumOf(classes, (one) => one.width * one.height);

const sumOf = (classes, of) => classes.flatMap((one) => one.pictures).reduce((sum, one) => sum + of(one), 0);

const millions = (pixels) => `${counted(Math.round(pixels / 1e6))} million`;

/** Why they are too much for the app to read, one of them or all together, or nothing. */
export function tooMuchInAll(classes, limits) {
  const all = classes.flatMap((one) => one.pictures);
  const huge = all.find((one) => one.width * one.height > limits.image_pixels);
  if (huge) return `${huge.name} has ${millions(huge.width * huge.height)} pixels; ${millions(limits.image_pixels)} are read of a picture.`;
  const bytes = bytesOf(classes);
  const pixels = pixelsOf(classes);
  if (bytes + ENTRY_BYTES * all.length > limits.upload_bytes) return `These pictures have ${megabytes(bytes)}; ${megabytes(limits.upload_bytes)} are taken.`;
  return pixels > limits.all_pixels ? `These pictures have ${millions(pixels)} pixels; ${millions(limits.all_pixels)} are read.` : "";
}

/** What has to be done before they can be read, or nothing. */
export function missing(classes, limits) {
  const used = inUse(classes);
  const many = used.reduce((sum, one) => sum + one.pictures.length, 0);
  if (used.length < 2) return "Name two kinds, such as cats and dogs, and drop pictures into each.";
  if (used.length > limits.classes) return `${used.length} kinds are named; ${limits.classes} can be told apart. Remove some.`;
  if (many > limits.files) return `There are ${counted(many)} pictures; ${counted(limits.files)} are read. Remove some.`;
  const bad = used.find((one) => wrongName(one, used, limits));
  if (bad) return wrongName(bad, used, limits);
  const few = used.filter((one) => one.pictures.length < FEWEST).map((one) => one.name.trim());
  if (few.length) return `Each kind needs ${FEWEST} pictures or more. More are needed of ${listed(few)}.`;
  return tooMuchInAll(used, limits);
}

const before = (one, other) => (one < other ? -1 : Number(one > other));

/** The files of the zip in the order of classes and of names, so that the same pictures make the same data. */
export function packed(classes) {
  const files = inUse(classes).flatMap((one) =>
    one.pictures.map((each) => ({ folder: one.name.trim(), name: each.name, crc: each.crc, content: each.content })),
  );
  files.sort((one, other) => before(one.folder, other.folder) || before(one.name, other.name));
  return files.map(({ folder, name, ...file }) => ({ path: `${folder}/${name}`, ...file }));
}

/** What tells these pictures under these names from others. */
export const contentOf = (classes) => JSON.stringify(packed(classes).map(({ path, crc }) => [path, crc]));

/** What the data set is called, until somebody gives it another name. */
export const fileName = (classes) => `${inUse(classes).map((one) => one.name.trim()).slice(0, 3).join(" and ").slice(0, 40)}.zip`;
