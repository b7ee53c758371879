// All words of the grid pictures in one place, so that they can be translated. Rows and columns count
// from 0, as everywhere in the app and in the arrays of Keras; those of padding may be below 0.

const WORDS = {
  cell: "row {row}, column {column}: {value}",
  padding: "padding, row {row}, column {column}: {value}",
  unread: "no window reaches it",
  kept: "as before",
  output: "{label}, row {row}, column {column}",
  products: "products",
  sum: "sum",
  channels: "all channels",
  bias: "+ bias",
  window: "window",
  largest: "largest",
  mean: "mean",
  feeds: "{label}, row {row}, column {column} is read by {count}",
  feedsNone: "{label}, row {row}, column {column} is read by no window.",
  cells: "{count} output cells",
  oneCell: "1 output cell",
  into: "row {row}, column {column}",
  times: "row {row}, column {column} (times {weight})",
  enters: "goes into",
  weight: "{label}, row {row}, column {column}: {value}",
  everywhere: "It is used at all {count} positions of the window: one weight, shared.",
  position: "position {place} of {count}",
  back: "Step back",
  play: "Play",
  pause: "Pause",
  step: "Step",
  scrub: "Position",
  copy: "Copy",
  copied: "Copied",
};

function say(template, values = {}) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

const MINUS = "−";

/** A number as text: up to seven digits, which 32 bits hold, with a real minus. */
function exact(value) {
  return String(Number(value.toPrecision(7))).replace("-", MINUS);
}

/** A number short enough for a cell. */
function brief(value) {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)) || 0).replace("-", MINUS).replace(/^(−?)0\./, "$1.");
}

/** A factor or a summand: a negative one in brackets. */
function bracketed(value) {
  return value < 0 ? `(${exact(value)})` : exact(value);
}
