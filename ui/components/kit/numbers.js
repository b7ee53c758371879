// Numbers as text, as `cnn/numbers.py` writes them; a test compares the two.

const COUNTED = new Intl.NumberFormat("en-US");
const SMALLEST = 1e-4; // without an exponent
const MOST_DIGITS = 5; // before the point, at least

/** A count: `61,706`. @type {(value: number) => string} */
export const counted = (value) => COUNTED.format(value);

/** Text with a real minus. @type {(text: string) => string} */
const withMinus = (text) => text.replace(/^-/, "−");

/** A number of so many digits that count: `0.731`, `−12`, `3.7e-7`. @type {(value: number, digits?: number) => string} */
export function number(value, digits = 3) {
  const size = Math.abs(Number(value.toPrecision(digits)));
  if (!Number.isFinite(size)) return String(value);
  if (!size) return "0";
  const isPlain = size >= SMALLEST && size < 10 ** Math.max(digits, MOST_DIGITS);
  if (!isPlain) return withMinus(value.toExponential(1).replace(/\.0(?=e)|\+/g, ""));
  return withMinus(String(Number(value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size)))))));
}

/** A number of so many decimals, never `−0.00`. @type {(value: number, decimals: number) => string} */
export function fixed(value, decimals) {
  const text = value.toFixed(decimals);
  return withMinus(Number(text) === 0 ? text.replace("-", "") : text);
}

/** A number with as many digits as it takes to tell it from another, and four at least. @type {(value: number, other: number) => string} */
export function apart(value, other) {
  let digits = 4;
  while (value !== other && digits < 16 && Number(value.toPrecision(digits)) === other) digits += 1;
  return number(value, digits);
}

/** A share that is neither nothing nor all never reads as such. @type {(share: number) => string} */
export function percent(share) {
  if (share >= 0.9995) return ">\u00a099.9\u202f%";
  return share < 0.0005 ? "<\u00a00.1\u202f%" : `${(100 * share).toFixed(1)}\u202f%`;
}

/** @type {(values: number[]) => number} */
export const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** The largest size of a number, whatever its sign. @type {(values: Iterable<number | null>) => number} */
export function largestSize(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value ?? 0));
  return largest;
}

/** A sum as lines of so many terms. @type {(terms: string[], across: number) => string} */
export function sumLines(terms, across) {
  const lines = [];
  for (let i = 0; i < terms.length; i += across) lines.push(terms.slice(i, i + across).join(" + "));
  return lines.join("\n+ ");
}

/** Where the largest number stands, the first of several. @type {(values: ArrayLike<number>) => number} */
export function placeOfLargest(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** The number that somebody wrote, maybe with a real minus or a comma. @type {(text: string) => number} */
export const read = (text) => Number(text.trim().replace("−", "-").replace(",", "."));
