// The colours of numbers, the same as in `cnn/pictures/kit/palette.py`; a test compares the two.

/** @typedef {[number, number, number]} Colour */

/** @type {Colour} */
export const BELOW = [217, 72, 15];
/** @type {Colour} */
export const ABOVE = [98, 101, 240];
export const FAINT = 0.7; // below 1, so that small numbers are still seen on a projector
/** @type {Colour[]} */
export const STOPS = [[12, 10, 40], [74, 28, 122], [155, 45, 122], [229, 92, 92], [252, 176, 110], [252, 246, 206]];
/** What a cell is lit with, and what it sees. @type {Colour} */
export const LIT = [34, 160, 184];

/** A pixel as a canvas has it in one number. @type {(colour: ArrayLike<number>, alpha?: number) => number} */
export function pixel(colour, alpha = 1) {
  const [red, green, blue] = [colour[0], colour[1], colour[2]].map(Math.round);
  return ((Math.round(255 * alpha) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The pixel of each level from 0 to 255, dark to bright. */
export const RAMP = Uint32Array.from({ length: 256 }, (_, level) => {
  const place = (level / 255) * (STOPS.length - 1);
  const low = Math.min(Math.floor(place), STOPS.length - 2);
  return pixel(STOPS[low].map((from, i) => from + (STOPS[low + 1][i] - from) * (place - low)));
});

/** The pixel of each level of an image, black to white. */
export const GREYS = Uint32Array.from({ length: 256 }, (_, level) => pixel([level, level, level]));

/** How strong the colour of a share of the scale is, -1 to 1: nothing at zero. @type {(share: number) => number} */
export const strength = (share) => Math.min(1, Math.abs(share)) ** FAINT;

const sideOf = (/** @type {number} */ share) => (share < 0 ? BELOW : ABOVE);

/** The pixel of a share of the scale. @type {(share: number) => number} */
export const signedPixel = (share) => pixel(sideOf(share), strength(share));

/** The pixel of an image's brightness, 0 to 1: white on black. @type {(share: number) => number} */
export const greyPixel = (share) => pixel([255 * share, 255 * share, 255 * share]);

/** The same behind words, never stronger than `most`. @type {(share: number, most: number) => string} */
export const signedCss = (share, most) => `rgb(${sideOf(share).join(" ")} / ${(most * strength(share)).toFixed(3)})`;

/** The ink of the page, for an image's pixels. @type {(root: Element) => Colour} */
export function inkOf(root) {
  const [red, green, blue] = getComputedStyle(root).color.match(/\d+/g) ?? [128, 128, 128];
  return [Number(red), Number(green), Number(blue)];
}
