// The maps of a layer as small tiles on one canvas, painted anew with every image.

import { cellsOf } from "../kit/cells.js";
import { RAMP } from "../kit/colours.js";

const GAP = 16; // of a map's side, one pixel of it between two tiles, at least one

/**
 * Puts the tiles `across` in a line, the first `many` of them, and says what paints them: dark where a
 * value is lowest of those that are, from 0 on; nothing at all before there is an image.
 * @type {(canvas: HTMLCanvasElement, given: { values: Float32Array, shape: number[] }, across: number, many?: number) => (isBlank: boolean) => void}
 */
export function tiles(canvas, { values, shape }, across, many = shape[2]) {
  const [height, width, channels] = shape;
  const gap = Math.max(1, Math.round(width / GAP));
  const lines = Math.ceil(many / across);
  const line = across * (width + gap) - gap;
  const { pixels, show } = cellsOf(canvas, lines * (height + gap) - gap, line);
  const from = Uint32Array.from({ length: height * width * many }, (_, i) => Math.floor(i / many) * channels + (i % many));
  const places = from.map((i) => {
    const [channel, cell] = [i % channels, Math.floor(i / channels)];
    const row = Math.floor(channel / across) * (height + gap) + Math.floor(cell / width);
    return row * line + (channel % across) * (width + gap) + (cell % width);
  });
  return (isBlank) => {
    let largest = 0;
    for (let i = 0; i < values.length; i++) if (values[i] > largest) largest = values[i];
    const scale = isBlank || !largest ? 0 : 255 / largest;
    for (let i = 0; i < places.length; i++) pixels[places[i]] = RAMP[Math.max(0, values[from[i]] * scale) | 0];
    show();
  };
}
