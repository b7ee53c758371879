// How maps stand in lines: none is left alone in the last one where they can be a little smaller.

export const GAP = 20;
const SMALLEST = 0.8; // of the side that is wanted

/**
 * How many tiles stand in a line, and how wide each of them is.
 * @type {(count: number, width: number, side: number) => { across: number, side: number }}
 */
export function linesOf(count, width, side) {
  const fit = (/** @type {number} */ each) => Math.max(1, Math.floor((width + GAP) / (each + GAP)));
  const across = Math.ceil(count / Math.ceil(count / fit(SMALLEST * side)));
  return { across, side: Math.min(side, Math.floor((width + GAP) / across) - GAP) };
}
