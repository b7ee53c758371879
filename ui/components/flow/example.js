// A digit that draws itself once: the strokes of a hand, and how far they are after so long.

/** Shares of the pad, evenly apart in time. */
const THREE = [
  [0.33, 0.29], [0.36, 0.24], [0.41, 0.205], [0.47, 0.195], [0.535, 0.2], [0.59, 0.225], [0.625, 0.27], [0.63, 0.325],
  [0.605, 0.38], [0.56, 0.425], [0.505, 0.455], [0.45, 0.475], [0.52, 0.48], [0.585, 0.505], [0.635, 0.55], [0.66, 0.61],
  [0.655, 0.675], [0.625, 0.735], [0.57, 0.775], [0.505, 0.79], [0.435, 0.785], [0.375, 0.755], [0.335, 0.71],
];
export const EXAMPLE_MS = 1400;

/** The strokes after such a share of the time, `side` pixels being the pad. */
export function example(share, side, width) {
  const far = Math.min(1, Math.max(0, share)) * (THREE.length - 1);
  const whole = Math.floor(far);
  const points = THREE.slice(0, whole + 1);
  if (whole + 1 < THREE.length) {
    const [from, to] = [THREE[whole], THREE[whole + 1]];
    points.push(from.map((value, axis) => value + (far - whole) * (to[axis] - value)));
  }
  return [{ points: points.map((point) => point.map((value) => value * side)), width }];
}
