// An image fitted to a network as `cnn/data/fitting.py` does it: Pillow's grey and its bilinear resizing,
// over the whole area of a pixel where the image gets smaller, to the last bit. A test compares the two.

const BITS = 22;
const HALF = 1 << (BITS - 1);

/** Of each cell of `few`, which of `many` it is made of, and their whole-numbered weights. */
function weights(/** @type {number} */ many, /** @type {number} */ few) {
  const scale = many / few;
  const reach = Math.max(scale, 1);
  return Array.from({ length: few }, (_, cell) => {
    const centre = (cell + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const last = Math.min(many, Math.trunc(centre + reach + 0.5));
    const shares = Array.from({ length: last - first }, (__, i) => {
      return Math.max(0, 1 - Math.abs((i + first - centre + 0.5) / reach));
    });
    const sum = shares.reduce((whole, share) => whole + share, 0);
    return { first, each: shares.map((share) => Math.trunc(0.5 + (share / sum) * 2 ** BITS)) };
  });
}

/** Lines of numbers to lines of another length: `lines` of them, whose numbers are `step` apart. */
function along(from, many, few, lines, place) {
  if (many === few) return from;
  const to = new Uint8Array(lines * few);
  const all = weights(many, few);
  for (let line = 0; line < lines; line++) {
    for (let cell = 0; cell < few; cell++) {
      const { first, each } = all[cell];
      let sum = HALF;
      for (let i = 0; i < each.length; i++) sum += from[place(line, first + i, many)] * each[i];
      to[place(line, cell, few)] = Math.max(0, Math.min(255, Math.floor(sum / 2 ** BITS)));
    }
  }
  return to;
}

/**
 * The bytes that a network takes, of a picture's pixels in red, green, blue and alpha.
 * @type {(pixels: ArrayLike<number>, width: number, height: number, shape: number[]) => Uint8Array}
 */
export function fitted(pixels, width, height, [rows, columns, channels]) {
  const plain = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const [red, green, blue] = [pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]];
    if (channels === 1) plain[i] = (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
    else plain.set([red, green, blue], 3 * i);
  }
  const across = (line, i, size) => (Math.floor(line / channels) * size + i) * channels + (line % channels);
  const narrowed = (from, lines) => along(from, width, columns, lines * channels, across);
  const lowered = (from, wide) => along(from, height, rows, wide * channels, (line, i) => i * wide * channels + line);
  const isLoweredFirst = height > rows && height - rows > 2 * (width - columns); // Pillow's order since 13
  if (isLoweredFirst) return narrowed(lowered(plain, width), rows);
  return lowered(narrowed(plain, height), columns);
}
