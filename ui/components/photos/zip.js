// A zip of files as they are: a picture is packed already. Laid out as PKWARE's APPNOTE 6.3.10 has it.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const NAMES_IN_UTF8 = 0x0800;
const DAY = 0x0021; // 1 January 1980, so that the same files make the same zip

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** The checksum that a zip has of each file. @type {(bytes: Uint8Array) => number} */
export function crc32(bytes) {
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) rest = TABLE[(rest ^ bytes[i]) & 0xff] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}

/** Numbers of two or four bytes each, one after the other. @type {(...numbers: [number, 2 | 4][]) => Uint8Array<ArrayBuffer>} */
function laidOut(...numbers) {
  const view = new DataView(new ArrayBuffer(numbers.reduce((sum, [, width]) => sum + width, 0)));
  let at = 0;
  for (const [value, width] of numbers) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

/** What is said of a file before it and again at the end. */
const facts = (file, name) =>
  /** @type {[number, 2 | 4][]} */ ([
    [VERSION, 2], [NAMES_IN_UTF8, 2], [0, 2], [0, 2], [DAY, 2],
    [file.crc, 4], [file.content.size, 4], [file.content.size, 4], [name.length, 2], [0, 2],
  ]);

/** The zip of files, each `{path, crc, content}`; the contents are not read. @type {(files: {path: string, crc: number, content: Blob}[]) => Blob} */
export function zipped(files) {
  const parts = [];
  const list = [];
  let at = 0;
  let listed = 0;
  for (const file of files) {
    const name = new TextEncoder().encode(file.path);
    const head = laidOut([LOCAL, 4], ...facts(file, name));
    const entry = laidOut([CENTRAL, 4], [VERSION, 2], ...facts(file, name), [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]);
    parts.push(head, name, file.content);
    list.push(entry, name);
    at += head.length + name.length + file.content.size;
    listed += entry.length + name.length;
  }
  const many = files.length;
  const end = laidOut([END, 4], [0, 2], [0, 2], [many, 2], [many, 2], [listed, 4], [at, 4], [0, 2]);
  return new Blob([...parts, ...list, end], { type: "application/zip" });
}
