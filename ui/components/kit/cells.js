// Cells on a canvas: painting them, finding the one under a pointer, going through them, framing some.

import { ARROWS } from "./keys.js";

/** @typedef {[number, number]} Two */

/**
 * A canvas of cells that is painted again and again: its pixels, line by line, and what shows them.
 * @type {(canvas: HTMLCanvasElement, down: number, across: number) => { pixels: Uint32Array, show: () => void }}
 */
export function cellsOf(canvas, down, across) {
  canvas.width = across;
  canvas.height = down;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(across, down);
  return { pixels: new Uint32Array(image.data.buffer), show: () => context.putImageData(image, 0, 0) };
}

/**
 * Paints cells, `across` in a line and `count` in all; `at(i)` is the pixel of the i-th.
 * @type {(canvas: HTMLCanvasElement, down: number, across: number, at: (i: number) => number, count?: number) => void}
 */
export function paint(canvas, down, across, at, count = down * across) {
  const { pixels, show } = cellsOf(canvas, down, across);
  for (let i = 0; i < count; i++) pixels[i] = at(i);
  show();
}

/** @type {(value: number, size: number) => number} */
export const within = (value, size) => Math.max(0, Math.min(size - 1, value));

/** Line and column of the i-th cell. @type {(i: number, across: number) => Two} */
export const rowAndColumn = (i, across) => [Math.floor(i / across), i % across];

/** @typedef {{ clientX: number, clientY: number }} Point */

/**
 * How far down and across a canvas a pointer is, as shares of it.
 * @type {(event: Point, canvas: Element, box?: DOMRect) => Two}
 */
export function sharesUnder({ clientX, clientY }, canvas, box = canvas.getBoundingClientRect()) {
  const { left, top, width, height } = box;
  return [(clientY - top) / height, (clientX - left) / width];
}

/**
 * Row and column of the cell under the pointer; at the very edge, of the nearest.
 * @type {(event: Point, canvas: Element, down: number, across: number) => Two}
 */
export function cellUnder(event, canvas, down, across) {
  const [below, beside] = sharesUnder(event, canvas);
  return [within(Math.floor(below * down), down), within(Math.floor(beside * across), across)];
}

/** Row and column a step further, as far as the map goes. @type {(cell: number[], step: number[], size: number[]) => Two} */
export const stepped = ([row, column], step, size) => [within(row + step[0], size[0]), within(column + step[1], size[1])];

/**
 * Hears of the cell (as `under` finds it) that is pointed at, of none any more, of the one that is
 * clicked, and of arrow keys; keys in a field are the field's.
 * @param {HTMLElement} root
 * @param {{ under: (event: any) => any, point: (cell: any) => void, leave: () => void, pick: (cell: any) => void,
 *   step: (step: Two, event: any) => void, enter?: () => void }} on
 */
export function watchCells(root, on) {
  const hears = (/** @type {(cell: any) => void} */ act) => (/** @type {Event} */ event) => {
    const cell = on.under(event);
    if (cell) act(cell);
  };
  root.onpointermove = hears(on.point);
  root.onpointerleave = on.leave;
  root.onclick = hears(on.pick);
  root.onkeydown = (event) => {
    const step = ARROWS[event.key];
    const isEnter = event.key === "Enter" && on.enter;
    if (/** @type {Element} */ (event.target).tagName === "INPUT" || (!step && !isEnter)) return;
    event.preventDefault();
    if (step) on.step(step, event);
    else on.enter?.();
  };
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
