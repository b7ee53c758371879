// Maps as pictures, on one scale for all maps of a stage, and bars.

import { paint } from "../kit/cells.js";
import { greyPixel, signedPixel } from "../kit/colours.js";
import { added, element } from "../kit/element.js";
import { largestSize, number, percent, placeOfLargest } from "../kit/numbers.js";

const scaleOf = (stage) => largestSize(stage.values) || 1;

const LINE = { 64: 16, 1568: 56 };

/** How many features of a vector stand in a line. */
export function lineOf(stage) {
  return LINE[stage.shape[0]] || Math.ceil(Math.sqrt(stage.shape[0] * 2));
}

const LARGEST_CELL = 26;

/** The width of a map on the page, so that few are large and many still fit. */
function widthOf(stage) {
  const [, width, maps] = stage.shape;
  if (maps === 1) return 208;
  const side = maps <= 8 ? 112 : maps <= 16 ? 88 : 62;
  return Math.min(side, width * LARGEST_CELL);
}

/** A map, or a vector laid out in lines, with the mark that lights its cells. */
export function frame(stage, map, count) {
  const label = count === 1 ? stage.title : `${stage.title}, map ${map}`;
  const canvas = element("canvas", { role: "img", "aria-label": label });
  const scale = scaleOf(stage);
  if (stage.shape.length === 1) {
    const [size, across] = [stage.shape[0], lineOf(stage)];
    paint(canvas, Math.ceil(size / across), across, (i) => signedPixel(stage.values[i] / scale), size);
    canvas.style.width = `${across * Math.max(5, Math.floor(288 / across))}px`;
  } else {
    const [height, width, maps] = stage.shape;
    const colour = stage.kind === "input" ? greyPixel : signedPixel;
    paint(canvas, height, width, (i) => colour(stage.values[i * maps + map] / scale));
    canvas.style.width = `${widthOf(stage)}px`;
  }
  return element("div", { class: "map", "data-map": map }, canvas, element("div", "mark"));
}

/** A bar for each class: scores to either side of nothing, shares of one. */
export function bars(stage, classes) {
  const isShare = stage.kind === "softmax";
  const scale = isShare ? 1 : scaleOf(stage);
  const best = placeOfLargest(stage.values);
  const list = element("div", { class: "bars", tabIndex: 0 });
  stage.values.forEach((value, i) => {
    const width = `${(Math.abs(value) / scale) * 100}%`;
    const room = element("span", "room", element("span", { class: value < 0 ? "fill below" : "fill", style: { width } }));
    const text = element("span", "value", isShare ? percent(value) : number(value, 4));
    const look = { class: i === best ? "bar best" : "bar", "data-unit": i };
    added(list, "div", look, element("span", "class", classes[i]), room, text);
  });
  return list;
}
