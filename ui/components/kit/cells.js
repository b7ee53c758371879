// Cells on a canvas: painting them, finding the one under a pointer, framing some.

/** @typedef {[number, number]} Two */

/**
 * Paints cells, `across` in a line and `count` in all; `at(i)` is the pixel of the i-th.
 * @type {(canvas: HTMLCanvasElement, down: number, across: number, at: (i: number) => number, count?: number) => void}
 */
export function paint(canvas, down, across, at, count = down * across) {
  canvas.width = across;
  canvas.height = down;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(across, down);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < count; i++) pixels[i] = at(i);
  context.putImageData(image, 0, 0);
}

/** @type {(value: number, size: number) => number} */
export const within = (value, size) => Math.max(0, Math.min(size - 1, value));

/**
 * Row and column of the cell under the pointer; at the very edge, of the nearest.
 * @type {(event: { clientX: number, clientY: number }, canvas: Element, down: number, across: number) => Two}
 */
export function cellUnder({ clientX, clientY }, canvas, down, across) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const place = (/** @type {number} */ share, /** @type {number} */ size) => within(Math.floor(share * size), size);
  return [place((clientY - top) / height, down), place((clientX - left) / width, across)];
}

/**
 * Lays a box over rows and columns, first to last, of a map so many cells high and wide. Says whether
 * any of them is in the map.
 * @type {(box: HTMLElement, down: number, across: number, rows: number[], columns: number[]) => boolean}
 */
export function mark(box, down, across, rows, columns) {
  const [top, bottom] = [Math.max(rows[0], 0), Math.min(rows[1], down - 1)];
  const [left, right] = [Math.max(columns[0], 0), Math.min(columns[1], across - 1)];
  if (bottom < top || right < left) return false;
  Object.assign(box.style, {
    display: "block",
    top: `${(100 * top) / down}%`,
    left: `${(100 * left) / across}%`,
    height: `${(100 * (bottom + 1 - top)) / down}%`,
    width: `${(100 * (right + 1 - left)) / across}%`,
  });
  return true;
}

/** @type {(root: ParentNode) => void} */
export function unmark(root) {
  for (const box of root.querySelectorAll(".mark")) /** @type {HTMLElement} */ (box).style.display = "none";
}
