// One control for each type of field. What cannot be a value is kept as the text it is and sent on:
// Python is the judge, and nothing that was typed is lost.
//
// A control is {root, inputs, show(value, values)}, with a name for each of its `parts` where it
// has several. It calls `send(value, typing)` when it changes.

import { element, setAttribute } from "../kit/element.js";
import { stepDown } from "../kit/keys.js";
import { icon } from "./icons.js";

const PADDINGS = ["valid", "same"];
const PAIR = /^(\d+)\s*[x×*,;\s]\s*(\d+)$/i;
const plain = (value) => (value === null || value === undefined ? "" : String(value));

function parseWhole(text) {
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

function parseReal(text) {
  const point = text.replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(point) ? Number(point) : text;
}

function parsePair(text) {
  const pair = PAIR.exec(text)?.slice(1).map(Number);
  if (!pair) return parseWhole(text);
  return pair[0] === pair[1] ? pair[0] : pair;
}

// One number for all channels, or a list of one for each: 0.5, or 0.5, 0.4, 0.3.
function parseNumbers(text) {
  const parts = text.split(/[,;\s]+/).filter(Boolean).map(parseReal);
  return parts.length > 1 ? parts : parseReal(text.replace(/[,;\s]+$/, ""));
}

const printNumbers = (value) => (Array.isArray(value) ? value.join(", ") : plain(value));
const printPair = (value) => (Array.isArray(value) ? value.join("×") : plain(value));

const FORMATS = {
  whole: { parse: parseWhole, print: plain },
  real: { parse: parseReal, print: plain },
  pair: { parse: parsePair, print: printPair },
  numbers: { parse: parseNumbers, print: printNumbers },
};

const KEYBOARDS = { whole: "numeric", real: "decimal" }; // those of a phone

const STEPPED = ["whole", "pair"];

const within = ({ low, high, below_high }, value) =>
  typeof value === "number" && value >= low && (below_high ? value < high : value <= high);
const isWhole = (field, value) => Number.isInteger(value) && within(field, value);
const isOneOrTwo = (test) => (field, value) => {
  if (!Array.isArray(value)) return isWhole(field, value);
  return value.length === 2 && value.every((one) => test(field, one));
};
const isPair = isOneOrTwo(isWhole);

const CHECKS = {
  whole: isWhole,
  real: within,
  numbers: (field, value) => [value].flat().every((one) => within(field, one)),
  pair: isPair,
  sides: isOneOrTwo(isPair),
  padding: (field, value) => PADDINGS.includes(value) || isWhole(field, value),
  flag: (_, value) => typeof value === "boolean",
  choice: (field, value) => field.options.includes(value) || value === field.absent,
};

// What is wrong with a field, in the words of its rule; nothing where it is right.
export function problemOf(field, value) {
  if (value === undefined && !field.required) return "";
  if (value === null && field.optional) return "";
  return CHECKS[field.type](field, value) ? "" : `${field.name} must be ${field.wanted}.`;
}

// A field at a glance, for what is set out of sight.
export function briefly(field, value) {
  if (field.type === "flag") return value ? field.label : `no ${field.label}`;
  return `${field.label} ${(FORMATS[field.type]?.print ?? plain)(value)}`;
}

function textInput(width, changed) {
  const oninput = () => {
    input.fit();
    changed();
  };
  const input = element("input", { type: "text", autocomplete: "off", spellcheck: "false", oninput });
  input.fit = () => {
    const letters = Math.max(width, (input.value || input.placeholder).length);
    input.style.width = `${letters + 0.5}ch`;
  };
  return input;
}

// Never writes into the text that is being typed.
function showText(input, text) {
  if (input.matches(":focus")) return;
  if (input.value !== text) input.value = text;
  input.fit();
}

function textControl(field, send) {
  const { parse, print } = FORMATS[field.type];
  const input = textInput(field.type === "pair" ? 1 : 2, () => send(read(), true));
  setAttribute(input, "inputmode", KEYBOARDS[field.type] ?? "text");
  const read = () => {
    const text = input.value.trim();
    return text === "" && field.optional ? null : parse(text);
  };
  input.onkeydown = (event) => {
    const stepped = stepOf(field, event, read());
    if (stepped === null) return;
    event.preventDefault();
    input.value = print(stepped);
    input.oninput();
  };
  const show = (value, values) => {
    if (field.follows) input.placeholder = print(values[field.follows] ?? 2);
    showText(input, print(value));
  };
  return { root: input, inputs: [input], show };
}

// A number one (with Shift ten) up or down by the arrow keys, within its limits.
function stepOf(field, event, value) {
  const way = -stepDown(event);
  const isMeant = way && STEPPED.includes(field.type) && !event.altKey && !event.ctrlKey && !event.metaKey;
  if (!isMeant || !Number.isInteger(value)) return null;
  const step = way * (event.shiftKey ? 10 : 1);
  return Math.min(Math.max(value + step, field.low), field.high);
}

/** A choice of words, some with a label of their own. */
function selectControl(words, changed, labels = {}) {
  const options = words.map((value) => element("option", { value }, labels[value] ?? value));
  const select = element("select", { onchange: () => changed(select.value) }, ...options);
  return { select, root: element("span", "select", select, icon("chevron")) };
}

function choiceControl(field, send) {
  const words = field.absent ? ["", ...field.options] : field.options;
  const changed = (word) => send(word || null, false);
  const { select, root } = selectControl(words, changed, { "": `no ${field.name}` });
  const show = (value) => {
    const word = value === field.absent ? "" : plain(value);
    const isKnown = [...select.options].some((option) => option.value === word);
    if (!isKnown) select.append(element("option", { value: word }, word));
    select.value = word;
    root.classList.toggle("is-none", word === "");
  };
  return { root, inputs: [select], show };
}

function flagControl(field, send) {
  const input = element("input", { type: "checkbox" });
  input.onchange = () => send(input.checked, false);
  return { root: input, inputs: [input], show: (value) => { input.checked = value === true; } };
}

function paddingControl(field, send) {
  const input = textInput(2, () => send(parseWhole(input.value.trim()), true));
  const choice = selectControl([...PADDINGS, "pixels"], (word) => {
    send(word === "pixels" ? 1 : word, false);
    if (word === "pixels") input.focus();
  });
  const show = (value) => {
    const isWord = PADDINGS.includes(value);
    choice.select.value = isWord ? value : "pixels";
    input.hidden = isWord;
    showText(input, isWord ? "" : plain(value));
  };
  const root = element("span", "pair", choice.root, input);
  return { root, inputs: [choice.select, input], parts: ["", " in pixels"], show };
}

const SIDES = ["top", "bottom", "left", "right"];

function sidesControl(field, send) {
  const inputs = SIDES.map(() => textInput(2, () => send(read(), true)));
  const root = element("span", "pair", ...SIDES.flatMap((side, i) => [element("span", "side", side), inputs[i]]));
  const read = () => {
    const [top, bottom, left, right] = inputs.map((input) => parseWhole(input.value.trim()));
    const alike = top === bottom && left === right && top === left;
    return alike ? top : [[top, bottom], [left, right]];
  };
  const show = (value) => {
    const halves = Array.isArray(value) ? value : [value, value];
    const sides = halves.flatMap((half) => (Array.isArray(half) ? half : [half, half]));
    inputs.forEach((input, i) => showText(input, plain(sides[i])));
  };
  return { root, inputs, parts: SIDES.map((side) => ` ${side}`), show };
}

const CONTROLS = { sides: sidesControl, padding: paddingControl, choice: choiceControl, flag: flagControl };

// A field's control with its label; `show` also says when it is wrong.
export function fieldBox(field, send) {
  const control = (CONTROLS[field.type] ?? textControl)(field, send);
  const label = field.label ? element("span", "label", field.label) : "";
  const tag = control.inputs.length === 1 ? "label" : "span";
  const root = element(tag, { class: "field", title: `${field.name}: ${field.help}` }, label, control.root);
  const show = (values, layer, messagesId) => {
    const { [field.name]: value = field.default } = values;
    control.show(value, values);
    const wrong = problemOf(field, values[field.name]) !== "";
    root.classList.toggle("is-wrong", wrong);
    control.inputs.forEach((input, i) => {
      setAttribute(input, "aria-invalid", wrong ? "true" : null);
      setAttribute(input, "aria-describedby", messagesId);
      setAttribute(input, "aria-label", `${field.name}${control.parts?.[i] ?? ""}, ${layer}`);
    });
  };
  return { field, root, inputs: control.inputs, show };
}
