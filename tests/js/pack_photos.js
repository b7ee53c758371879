// The zip that the browser makes of the pictures in a folder of classes: `node pack_photos.js FOLDER ZIP`.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { freeName, packed } = await import("../../ui/components/photos/classes.js");
const { crc32, zipped } = await import("../../ui/components/photos/zip.js");

const [folder, zip] = process.argv.slice(2);
const backwards = (path) => readdirSync(path).sort().reverse();
const classes = backwards(folder).map((name) => {
  const pictures = [];
  for (const file of backwards(join(folder, name))) {
    const bytes = readFileSync(join(folder, name, file));
    pictures.push({ name: freeName(file, pictures), crc: crc32(bytes), content: new Blob([bytes]) });
  }
  return { name: ` ${name} `, pictures, said: [] };
});
classes.push({ name: "", pictures: [], said: [] });
writeFileSync(zip, Buffer.from(await zipped(packed(classes)).arrayBuffer()));
