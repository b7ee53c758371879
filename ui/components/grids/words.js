// Numbers in the grid pictures. Rows and columns count from 0, as everywhere in the app and in the
// arrays of Keras; those of padding may be below 0.

import { number } from "../kit/numbers.js";

/** A number as text: up to seven digits, which 32 bits hold. */
export const exact = (value) => number(value, 7);

/** A number short enough for a cell. */
export function brief(value) {
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return number(Number(value.toFixed(decimals)), 7).replace(/^(−?)0\./, "$1.");
}

/** A factor or a summand: a negative one in brackets. */
export const bracketed = (value) => (value < 0 ? `(${exact(value)})` : exact(value));
