// Ink in the form of MNIST, as `cnn/data/picture/centring.py` makes it: there is the explanation.

export const SIDE = 28;
const BOX = 20;
const MIDDLE = 14;
const FAINTEST = 16;

const rounded = (number) => Math.floor(number + 0.5);

/** The edges of all ink in a map of `width` x `height`; null where there is none. */
export function inkBox(ink, width, height) {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let y = 0, place = 0; y < height; y++) {
    for (let x = 0; x < width; x++, place++) {
      if (ink[place] < FAINTEST) continue;
      if (y < top) top = y;
      bottom = y;
      if (x < left) left = x;
      if (x > right) right = x;
    }
  }
  return bottom < 0 ? null : { top, left, height: bottom - top + 1, width: right - left + 1 };
}

/** Of each cell of `few`, which of `many` it covers, and how much of its mean each makes up. */
export function averages(many, few) {
  const size = many / few;
  return Array.from({ length: few }, (_, cell) => {
    const [low, high] = [cell * size, (cell + 1) * size];
    const covered = [];
    for (let place = Math.floor(low); place < Math.min(many, Math.ceil(high)); place++) {
      covered.push([place, (Math.min(high, place + 1) - Math.max(low, place)) / size]);
    }
    return covered;
  });
}

function start(mean, size) {
  return Math.min(Math.max(MIDDLE - rounded(mean), 0), SIDE - size);
}

/** 784 bytes, bright on black, of a map of ink from 0 to 255. */
export function centred(ink, mapWidth, mapHeight) {
  const framed = new Uint8Array(SIDE * SIDE);
  const box = inkBox(ink, mapWidth, mapHeight);
  if (!box) return framed;
  const largest = Math.max(box.width, box.height);
  const height = Math.max(1, rounded((box.height * BOX) / largest));
  const width = Math.max(1, rounded((box.width * BOX) / largest));
  const columns = averages(box.width, width);
  const grey = new Uint8Array(width * height);
  let [mass, massY, massX] = [0, 0, 0];
  averages(box.height, height).forEach((covered, y) => {
    const line = new Float64Array(box.width);
    for (const [row, share] of covered) {
      const from = (box.top + row) * mapWidth + box.left;
      for (let x = 0; x < box.width; x++) line[x] += share * ink[from + x];
    }
    columns.forEach((cells, x) => {
      let mean = 0;
      for (const [column, share] of cells) mean += share * line[column];
      const value = rounded(mean);
      grey[y * width + x] = value;
      mass += value;
      massY += value * y;
      massX += value * x;
    });
  });
  if (!mass) return framed;
  const top = start(massY / mass, height);
  const left = start(massX / mass, width);
  for (let y = 0; y < height; y++) {
    framed.set(grey.subarray(y * width, (y + 1) * width), (top + y) * SIDE + left);
  }
  return framed;
}
