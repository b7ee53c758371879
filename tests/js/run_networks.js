// Runs networks on images as the browser does, for `tests/ui/components/test_engine.py`: from a folder
// with NUMBER.network and NUMBER.images to NUMBER.found, all that every layer gives, image by image.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readNetwork } from "../../ui/components/engine/network.js";

const exact = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);

const folder = process.argv[2];
for (const name of readdirSync(folder).filter((file) => file.endsWith(".network"))) {
  const network = readNetwork(exact(readFileSync(join(folder, name))));
  const images = new Float32Array(exact(readFileSync(join(folder, name.replace("network", "images")))));
  const found = [];
  for (let start = 0; start < images.length; start += network.input.length) {
    network.input.set(images.subarray(start, start + network.input.length));
    network.run();
    for (const layer of network.layers) found.push(Buffer.from(Float32Array.from(network.layer(layer).values).buffer));
  }
  writeFileSync(join(folder, name.replace("network", "found")), Buffer.concat(found));
}
