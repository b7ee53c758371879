// Files as pictures: opened one after the other, so that no more than one lies unpacked in memory.

import { element } from "../kit/element.js";
import { counted } from "../kit/numbers.js";
import { byFolder, freeName, isClutter, isForeign, isReadUnseen, isSame, listed, tooMuch } from "./classes.js";
import { crc32 } from "./zip.js";

const THUMB_PX = 144; // twice as many as it is wide
const QUALITY = 0.92;

/** What was dropped, as `{ folder, way, files }`: a folder with files in it, and all folders on the way to them; without a name, what lies in none. */
export async function dropped(transfer) {
  const files = [...transfer.files];
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return byFolder(files.map((file) => ({ file, way: [] })));
  const found = await Promise.all(entries.map((entry) => filesIn(entry, [])));
  return byFolder(found.flat());
}

async function filesIn(entry, way) {
  if (entry.isFile) return [{ file: await new Promise((done, failed) => entry.file(done, failed)), way }];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed)); // a hundred at a time
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesIn(one, [...way, entry.name])));
  }
}

/** Puts files into a class, and says in its `said` what is not there now; `tell` hears how far it is. */
export async function take(files, into, limits, tell) {
  const wanted = files.filter((file) => !isClutter(file.name));
  const said = [];
  const unreadable = [];
  const twice = [];
  for (const [place, file] of wanted.entries()) {
    tell(place, wanted.length);
    if (into.pictures.length >= limits.files) {
      said.push(`More than ${counted(limits.files)} pictures are not taken.`);
      break;
    }
    const reason = tooMuch(file, limits);
    if (reason) {
      said.push(reason);
      continue;
    }
    const picture = await opened(file);
    if (!picture) unreadable.push(file.name);
    else if (into.pictures.some((one) => isSame(one, picture))) twice.push(file.name);
    else into.pictures.push({ ...picture, name: freeName(picture.name, into.pictures) });
  }
  if (unreadable.length) said.push(`No picture that can be read: ${listed(unreadable)}. Use PNG or JPEG.`);
  if (twice.length) said.push(`Already here: ${listed(twice)}.`);
  into.said = said;
}

/** A file as a picture with its thumbnail; nothing where it is none. */
async function opened(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    const thumb = drawn(bitmap, Math.min(1, THUMB_PX / Math.max(width, height)));
    const made = isForeign(file) ? await redrawn(bitmap, file.name, 1) : { name: file.name, content: file };
    bitmap.close();
    return { ...made, ...(await checksum(made.content)), width, height, thumb };
  } catch {
    if (!isReadUnseen(file.name)) return null;
    return checksum(file).then(
      (found) => ({ name: file.name, content: file, ...found, width: 0, height: 0, thumb: null }),
      () => null, // moved or deleted meanwhile
    );
  }
}

async function checksum(content) {
  return { size: content.size, crc: crc32(new Uint8Array(await content.arrayBuffer())) };
}

/** The picture on white paper, as the app lays it. */
function drawn(bitmap, scale) {
  const canvas = element("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function redrawn(bitmap, name, scale) {
  const canvas = drawn(bitmap, scale);
  const content = await new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no JPEG"))), "image/jpeg", QUALITY),
  );
  return { name: `${name.replace(/\.[^.]*$/, "")}.jpg`, content, width: canvas.width, height: canvas.height };
}

/** Makes the pictures of a class no larger than so many pixels wide and high; those that are stay as they are. */
export async function makeSmaller(one, longest, tell) {
  for (const [place, picture] of one.pictures.entries()) {
    tell(place, one.pictures.length);
    const largest = Math.max(picture.width, picture.height);
    if (largest <= longest) continue;
    const bitmap = await createImageBitmap(picture.content);
    const made = await redrawn(bitmap, picture.name, longest / largest);
    bitmap.close();
    const others = one.pictures.filter((other) => other !== picture);
    one.pictures[place] = { ...picture, ...made, ...(await checksum(made.content)), name: freeName(made.name, others) };
  }
}
