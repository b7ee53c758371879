// An answer in words, as `cnn/insight/readings/answers.py` has them; a test compares the two.

import { percent } from "../kit/numbers.js";

export const SURE = 0.9;
const RATHER = 0.6;
const IN_THE_RUNNING = 0.2;
const NAMED = 4;

/** The classes from the likeliest on; of two that are equal, the first. @type {(shares: ArrayLike<number>) => number[]} */
export const ranked = (shares) => Array.from(shares, (_, place) => place).sort((a, b) => shares[b] - shares[a]);

const article = (/** @type {string} */ name) => ("8aeiou".includes(name[0].toLowerCase()) ? "an" : "a");

/** `It is a 7.`, `Probably a 4.`, `It is not sure: 4 or 9?` @type {(shares: ArrayLike<number>, names: string[]) => string} */
export function inWords(shares, names) {
  const order = ranked(shares);
  const [best] = order;
  const running = order.filter((place) => shares[place] >= IN_THE_RUNNING);
  const called = [...names[best]].length === 1 ? `${article(names[best])} ${names[best]}` : names[best];
  if (shares[best] >= SURE) return `It is ${called}.`;
  if (!running.length) running.push(...order.slice(0, 2));
  if (running.length === 1) return shares[best] >= RATHER ? `Probably ${called}.` : `It is not sure: perhaps ${called}?`;
  const said = running.slice(0, NAMED).map((place) => names[place]);
  return `It is not sure: ${said.slice(0, -1).join(", ")} or ${said.at(-1)}?`;
}

/** `97.1 % sure, then 9 with 2.0 %` @type {(shares: ArrayLike<number>, names: string[]) => string} */
export function howSure(shares, names) {
  const [first, second] = ranked(shares);
  return `${percent(shares[first])} sure, then ${names[second]} with ${percent(shares[second])}`;
}
