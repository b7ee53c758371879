// What was drawn: strokes as points and a width, kept over pages, and how they become ink.

export const INK = 560; // pixels of the ink along one side, whatever the pad's size on the screen
const BRUSH = 44;

// A drawing outlives the page it is on, and a refresh: whoever comes back finds it again.
const KEPT = "cnn-workbench-drawing";
export const kept = { strokes: remembered(), past: [], brush: BRUSH };

function remembered() {
  try {
    const strokes = JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
    const isPoint = (point) => point.length === 2 && point.every(Number.isFinite);
    return strokes.filter(({ points, width }) => width > 0 && points.length && points.every(isPoint));
  } catch {
    return []; // nothing of ours, or a browser that keeps nothing
  }
}

export function remember() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(kept.strokes));
  } catch {
    // no room: then a refresh clears the pad
  }
}

export function path(context, { points, width }) {
  context.lineWidth = width;
  context.beginPath();
  if (points.length === 1) {
    context.arc(points[0][0], points[0][1], width / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.moveTo(...points[0]);
  for (let i = 1; i < points.length - 1; i++) {
    const [[x, y], [nextX, nextY]] = [points[i], points[i + 1]];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...points.at(-1));
  context.stroke();
}

/** The pixels that strokes may have inked: left, top, width and height; null where they are all off the pad. */
export function inkedBox(strokes) {
  let [left, top, right, bottom] = [INK, INK, 0, 0];
  for (const { points, width } of strokes) {
    const reach = width / 2 + 1; // ink at its edge is a pixel wider, as it is smoothed
    for (const [x, y] of points) {
      left = Math.min(left, x - reach);
      top = Math.min(top, y - reach);
      right = Math.max(right, x + reach);
      bottom = Math.max(bottom, y + reach);
    }
  }
  [left, top] = [left, top].map((edge) => Math.max(0, Math.floor(edge)));
  [right, bottom] = [right, bottom].map((edge) => Math.min(INK, Math.ceil(edge)));
  return right > left && bottom > top ? [left, top, right - left, bottom - top] : null;
}
