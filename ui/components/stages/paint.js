// Maps as pictures: orange below zero, nothing at zero, blue above; one scale for all maps of a stage.

const BELOW = [234, 88, 12];
const ABOVE = [37, 99, 235];

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function scaleOf(stage) {
  return stage.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
}

/** The colour of a share of the scale, -1 to 1, as transparent as it is near zero. */
function colourOf(share, ink) {
  const strength = Math.min(1, Math.abs(share)) ** 0.8;
  return [...(ink || (share < 0 ? BELOW : ABOVE)), Math.round(255 * strength)];
}

function cssColour(share) {
  const [red, green, blue, alpha] = colourOf(share);
  return `rgb(${red} ${green} ${blue} / ${((alpha / 255) * 0.6).toFixed(2)})`;
}

/** Paints cells `width` a line; `at(i)` is the value of the i-th. */
function paintCells(canvas, width, height, scale, ink, at) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set(colourOf((at(i) ?? 0) / scale, ink), 4 * i);
  context.putImageData(image, 0, 0);
}

function paintMap(canvas, stage, map, ink) {
  const [height, width, channels] = stage.shape;
  paintCells(canvas, width, height, scaleOf(stage), ink, (i) => stage.values[i * channels + map]);
}

const LINE = { 64: 16, 1568: 56 };

/** How many features of a vector stand in a line. */
function lineOf(stage) {
  return LINE[stage.shape[0]] || Math.ceil(Math.sqrt(stage.shape[0] * 2));
}

function paintVector(canvas, stage) {
  const width = lineOf(stage);
  const height = Math.ceil(stage.shape[0] / width);
  paintCells(canvas, width, height, scaleOf(stage), null, (i) => stage.values[i]);
}

/** The ink of the page, for an image's pixels. */
function inkOf(root) {
  const found = getComputedStyle(root).color.match(/\d+/g) || [128, 128, 128];
  return found.slice(0, 3).map(Number);
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
function frame(stage, map, count, ink) {
  const made = element("div", "map");
  const canvas = element("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", count === 1 ? stage.title : `${stage.title}, map ${map}`);
  if (stage.shape.length === 1) {
    paintVector(canvas, stage);
    canvas.style.width = `${canvas.width * Math.max(5, Math.floor(288 / canvas.width))}px`;
  } else {
    paintMap(canvas, stage, map, stage.kind === "input" ? ink : null);
    canvas.style.width = `${widthOf(stage)}px`;
  }
  made.dataset.map = map;
  made.append(canvas, element("div", "mark"));
  return made;
}

/** A bar for each class: scores to either side of nothing, shares of one. */
function bars(stage, classes) {
  const isShare = stage.kind === "softmax";
  const scale = isShare ? 1 : scaleOf(stage);
  const best = stage.values.indexOf(Math.max(...stage.values));
  const list = element("div", "bars");
  list.tabIndex = 0;
  stage.values.forEach((value, i) => {
    const row = element("div", "bar");
    row.dataset.unit = i;
    row.classList.toggle("best", i === best);
    const [room, fill] = [element("span", "room"), element("span", "fill")];
    fill.style.width = `${(Math.abs(value) / scale) * 100}%`;
    fill.classList.toggle("below", value < 0);
    room.append(fill);
    row.append(element("span", "class", classes[i]), room, element("span", "value", isShare ? percent(value) : shown(value)));
    list.append(row);
  });
  return list;
}
