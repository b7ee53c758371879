// What the steps of a network do, each to buffers of its own that are filled anew with every image.
// `cnn/insight/passes/operations.py` is the same in NumPy, and what the numbers are held against.

/**
 * How a window slides along one axis.
 * @typedef {{ size: number, kernel: number, stride: number, dilation: number, before: number, padded: number, output: number }} Axis
 * @typedef {{ kind: string, of: number[], shape: number[], activation?: string, rows?: Axis, columns?: Axis, groups?: number, mean?: boolean, many?: number, shares?: number[][], heads?: number, epsilon?: number, slope?: number, ceiling?: number | null, threshold?: number }} Step
 * @typedef {(count: number) => Float32Array} Take the next of the weights, so many
 * @typedef {(step: Step, inputs: Float32Array[], out: Float32Array, take: Take, shapes: number[][]) => () => void} Maker
 */

import { cropping, transposed, upsampling } from "./sizes.js";

const FILTERS = 4; // so many sums at once, each for two pixels: measured, the fastest by far

/** The numbers of a map. @type {(shape: number[]) => number} */
export const countOf = (shape) => shape.reduce((many, size) => many * size, 1);

/** A map in a frame of zeros, and what puts it there. @type {(x: Float32Array, rows: Axis, columns: Axis, channels: number, into?: Float32Array) => { map: Float32Array, fill: () => void }} */
function framed(x, rows, columns, channels, into) {
  const isBare = rows.padded === rows.size && columns.padded === columns.size;
  if (isBare && !into) return { map: x, fill: () => {} };
  const map = into ?? new Float32Array(rows.padded * columns.padded * channels);
  const line = columns.size * channels;
  const lines = Array.from({ length: rows.size }, (_, y) => x.subarray(y * line, (y + 1) * line));
  const places = lines.map((_, y) => ((y + rows.before) * columns.padded + columns.before) * channels);
  return { map, fill: () => lines.forEach((one, y) => map.set(one, places[y])) };
}

/**
 * The kernels `[row, column, channel, filter]` by groups and blocks of filters: within a block in the
 * order in which a window is walked through. What a last block lacks is zero.
 * @type {(kernel: Float32Array, filters: number, groups: number) => Float32Array}
 */
function inBlocks(kernel, filters, groups) {
  const [window, each] = [kernel.length / filters, filters / groups];
  const blocks = Math.ceil(each / FILTERS);
  const found = new Float32Array(groups * blocks * window * FILTERS);
  for (let group = 0, place = 0; group < groups; group++) {
    for (let block = 0; block < blocks; block++) {
      for (let i = 0; i < window; i++) {
        for (let one = block * FILTERS; one < (block + 1) * FILTERS; one++, place++) {
          if (one < each) found[place] = kernel[i * filters + group * each + one];
        }
      }
    }
  }
  return found;
}

/** @type {Maker} */
function convolution({ rows, columns, groups, shape }, [x], out, take, [[, , channels]]) {
  const filters = shape[2];
  const depth = channels / groups;
  const kernel = inBlocks(take(rows.kernel * columns.kernel * depth * filters), filters, groups);
  const bias = take(filters);
  const { map, fill } = framed(x, rows, columns, channels);
  const isWhole = groups === 1 && columns.dilation === 1; // then a window's line is one run of numbers
  const [runs, run] = isWhole ? [1, columns.kernel * channels] : [columns.kernel, depth];
  const [line, jump] = [columns.padded * channels, columns.dilation * channels];
  const [lineJump, down, across] = [rows.dilation * line, rows.stride * line, columns.stride * channels];
  const [height, width, lines] = [rows.output, columns.output, rows.kernel];
  const slide = { filters, height, width, lines, lineJump, runs, run, jump, down, across };
  const size = lines * columns.kernel * depth * FILTERS;
  const each = filters / groups;
  const blocks = [];
  for (let group = 0; group < groups; group++) {
    for (let first = 0; first < each; first += FILTERS) {
      blocks.push([blocks.length * size, group * depth, group * each + first, Math.min(FILTERS, each - first)]);
    }
  }
  return () => {
    fill();
    for (const [start, channel, filter, many] of blocks) {
      convolved(map, kernel, bias, out, slide, start, channel, filter, many);
    }
  };
}

/** `many` filters over the whole map. Here the time goes, so all is in plain variables. */
function convolved(map, kernel, bias, out, slide, start, channel, filter, many) {
  const { filters, height, width, lines, lineJump, runs, run, jump, down, across } = slide;
  const bias0 = bias[filter];
  const bias1 = many > 1 ? bias[filter + 1] : 0;
  const bias2 = many > 2 ? bias[filter + 2] : 0;
  const bias3 = many > 3 ? bias[filter + 3] : 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += 2) {
      const isPair = x + 1 < width; // the last of an odd line is taken for its own neighbour
      const other = isPair ? across : 0;
      const corner = y * down + x * across + channel;
      let a = bias0;
      let b = bias1;
      let c = bias2;
      let d = bias3;
      let e = bias0;
      let f = bias1;
      let g = bias2;
      let h = bias3;
      let j = start;
      for (let ky = 0; ky < lines; ky++) {
        for (let kx = 0; kx < runs; kx++) {
          let i = corner + ky * lineJump + kx * jump;
          for (const end = i + run; i < end; i++, j += 4) {
            const u = map[i];
            const v = map[i + other];
            const p = kernel[j];
            const q = kernel[j + 1];
            const r = kernel[j + 2];
            const s = kernel[j + 3];
            a += u * p;
            b += u * q;
            c += u * r;
            d += u * s;
            e += v * p;
            f += v * q;
            g += v * r;
            h += v * s;
          }
        }
      }
      const place = (y * width + x) * filters + filter;
      write(out, place, many, a, b, c, d);
      if (isPair) write(out, place + filters, many, e, f, g, h);
    }
  }
}

function write(out, place, many, a, b, c, d) {
  out[place] = a;
  if (many > 1) out[place + 1] = b;
  if (many > 2) out[place + 2] = c;
  if (many > 3) out[place + 3] = d;
}

/** The largest or the mean of what a window covers of the map; a mean of `many`, if told. @type {Maker} */
function pooling({ rows, columns, shape, mean, many }, [x], out) {
  const channels = shape.at(-1);
  return () => {
    for (let y = 0, place = 0; y < rows.output; y++) {
      const top = Math.max(0, y * rows.stride - rows.before);
      const bottom = Math.min(rows.size, y * rows.stride - rows.before + rows.kernel);
      for (let x0 = 0; x0 < columns.output; x0++) {
        const left = Math.max(0, x0 * columns.stride - columns.before);
        const right = Math.min(columns.size, x0 * columns.stride - columns.before + columns.kernel);
        const area = many || (bottom - top) * (right - left);
        for (let channel = 0; channel < channels; channel++, place++) {
          let found = mean ? 0 : -Infinity;
          for (let row = top; row < bottom; row++) {
            for (let column = left; column < right; column++) {
              const value = x[(row * columns.size + column) * channels + channel];
              if (mean) found += value;
              else if (value > found) found = value;
            }
          }
          out[place] = mean ? found / area : found;
        }
      }
    }
  };
}

/** @type {Maker} */
function dense(_step, [x], out, take) {
  const units = out.length;
  const [kernel, bias] = [take(x.length * units), take(units)];
  const sums = new Float64Array(units);
  return () => {
    sums.set(bias);
    for (let i = 0, place = 0; i < x.length; i++, place += units) {
      const value = x[i];
      if (value) for (let unit = 0; unit < units; unit++) sums[unit] += value * kernel[place + unit];
    }
    out.set(sums);
  };
}

/** Each channel times its scale, plus its shift. @type {Maker} */
function affine({ shape }, [x], out, take) {
  const channels = shape.at(-1);
  const [scale, shift] = [take(channels), take(channels)];
  return () => {
    for (let i = 0; i < x.length; ) {
      for (let channel = 0; channel < channels; channel++, i++) out[i] = x[i] * scale[channel] + shift[channel];
    }
  };
}

/** What is below 0 times its slope, of which there are `many`, one after the other. @type {Maker} */
function prelu({ many }, [x], out, take) {
  const slopes = take(many);
  return () => {
    for (let i = 0; i < x.length; i++) out[i] = x[i] > 0 ? x[i] : x[i] * slopes[i % many];
  };
}

/** Each cell's channels to mean 0 and variance 1, times their scale, plus their shift. @type {Maker} */
function normalize({ shape, epsilon }, [x], out, take) {
  const channels = shape.at(-1);
  const [scale, shift] = [take(channels), take(channels)];
  return () => {
    for (let start = 0; start < x.length; start += channels) {
      let [mean, variance] = [0, 0];
      for (let i = 0; i < channels; i++) mean += x[start + i];
      mean /= channels;
      for (let i = 0; i < channels; i++) variance += (x[start + i] - mean) ** 2;
      const factor = 1 / Math.sqrt(variance / channels + epsilon);
      for (let i = 0; i < channels; i++) out[start + i] = (x[start + i] - mean) * factor * scale[i] + shift[i];
    }
  };
}

/** The same over all cells, for each group of channels side by side. @type {Maker} */
function grouped({ shape, epsilon, groups }, [x], out, take) {
  const channels = shape.at(-1);
  const [scale, shift] = [take(channels), take(channels)];
  const [many, count] = [channels / groups, x.length / groups];
  return () => {
    for (let first = 0; first < channels; first += many) {
      let [mean, variance] = [0, 0];
      for (let start = first; start < x.length; start += channels) {
        for (let i = start; i < start + many; i++) mean += x[i];
      }
      mean /= count;
      for (let start = first; start < x.length; start += channels) {
        for (let i = start; i < start + many; i++) variance += (x[i] - mean) ** 2;
      }
      const factor = 1 / Math.sqrt(variance / count + epsilon);
      for (let start = 0; start < x.length; start += channels) {
        for (let i = first; i < first + many; i++) out[start + i] = (x[start + i] - mean) * factor * scale[i] + shift[i];
      }
    }
  };
}

/** A relu with a slope below its threshold, and a ceiling if it has one. @type {Maker} */
const bent = ({ slope, ceiling, threshold }, [x], out) => () => {
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    if (value > threshold) out[i] = ceiling === null ? value : Math.min(value, ceiling);
    else out[i] = slope ? slope * (value - threshold) : 0;
  }
};

/** To each number one of its own is added. @type {Maker} */
function embedding(_step, [x], out, take) {
  const own = take(out.length);
  return () => {
    for (let i = 0; i < x.length; i++) out[i] = x[i] + own[i];
  };
}

/** What each cell gathers of the values of all cells, head by head, by shares of query times key. @type {Maker} */
function attention({ shape, heads }, [query, key, value], out) {
  const width = shape.at(-1);
  const size = width / heads;
  const cells = out.length / width;
  const [shares, sums] = [new Float64Array(cells), new Float64Array(size)];
  return () => {
    for (let from = 0; from < out.length; from += size) {
      const head = from % width;
      for (let cell = 0, place = head; cell < cells; cell++, place += width) {
        let product = 0;
        for (let i = 0; i < size; i++) product += query[from + i] * key[place + i];
        shares[cell] = product / Math.sqrt(size);
      }
      softmax(shares, cells);
      sums.fill(0);
      for (let cell = 0, place = head; cell < cells; cell++, place += width) {
        const share = shares[cell];
        for (let i = 0; i < size; i++) sums[i] += share * value[place + i];
      }
      out.set(sums, from);
    }
  };
}

/** @type {Maker} */
const padding = ({ rows, columns, shape }, [x], out) => framed(x, rows, columns, shape[2], out).fill;

/** @type {Maker} */
const copy = (_step, [x], out) => () => out.set(x);

/** @type {Maker} */
const add = (_step, inputs, out) => () => {
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let one = 0; one < inputs.length; one++) sum += inputs[one][i];
    out[i] = sum;
  }
};

/** Where each number of a map is in one whose sizes of 1 are repeated. @type {(shape: number[], of: number[]) => Int32Array} */
function placesIn(shape, of) {
  const places = new Int32Array(countOf(shape));
  for (let i = 0; i < places.length; i++) {
    for (let axis = shape.length - 1, own = of.length - 1, rest = i, step = 1; own >= 0; axis--, own--) {
      places[i] += Math.min(rest % shape[axis], of[own] - 1) * step;
      rest = Math.floor(rest / shape[axis]);
      step *= of[own];
    }
  }
  return places;
}

/** Value by value, two inputs at a time, and shared among so many in the end. @type {(join: (one: number, other: number) => number, isShared?: boolean) => Maker} */
const joined = (join, isShared = false) => ({ shape }, inputs, out, _take, shapes) => {
  const places = shapes.map((of) => placesIn(shape, of));
  const many = isShared ? inputs.length : 1;
  return () => {
    for (let i = 0; i < out.length; i++) {
      let found = inputs[0][places[0][i]];
      for (let one = 1; one < inputs.length; one++) found = join(found, inputs[one][places[one][i]]);
      out[i] = found / many;
    }
  };
};
const multiply = joined((one, other) => one * other);
const maximum = joined(Math.max);
const average = joined((one, other) => one + other, true);
const subtract = joined((one, other) => one - other);

/** Channels side by side. @type {Maker} */
function concatenate({ shape }, inputs, out, _take, shapes) {
  const channels = shape.at(-1);
  return () => {
    for (let one = 0, from = 0; one < inputs.length; one++) {
      const [x, many] = [inputs[one], shapes[one].at(-1)];
      for (let i = 0, place = from; i < x.length; place += channels - many) {
        for (const end = i + many; i < end; ) out[place++] = x[i++];
      }
      from += many;
    }
  };
}

/** @type {Record<string, Maker>} */
export const MAKERS = {
  ...{ convolution, transposed, pooling, dense, affine, prelu, padding, cropping, upsampling },
  ...{ copy, bent, normalize, grouped, embedding, attention },
  ...{ add, concatenate, multiply, maximum, average, subtract },
};

const each = (/** @type {(value: number) => number} */ one) => (/** @type {Float32Array} */ x) => {
  for (let i = 0; i < x.length; i++) x[i] = one(x[i]);
};
const sigmoid = (/** @type {number} */ value) => 1 / (1 + Math.exp(-value));
const hardSigmoid = (/** @type {number} */ value) => Math.min(Math.max(value + 3, 0), 6) / 6;
const SELU = [1.0507009873554805, 1.6732632423543772];

// As `erfc` of `cnn/insight/passes/activations.py`, which says where it comes from.
const ERFC = [
  ...[0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807],
  ...[-0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223],
];

function gelu(/** @type {number} */ value) {
  const z = -value * Math.SQRT1_2;
  const t = 1 / (1 + Math.abs(z) / 2);
  const tail = t * Math.exp(ERFC.reduce((sum, factor) => sum * t + factor, 0) - z * z);
  return 0.5 * value * (z >= 0 ? tail : 2 - tail);
}

/** Over the last axis, of so many; the largest is taken off first, so nothing overflows. */
function softmax(/** @type {Float32Array | Float64Array} */ x, /** @type {number} */ many) {
  for (let start = 0; start < x.length; start += many) {
    let [largest, sum] = [-Infinity, 0];
    for (let i = start; i < start + many; i++) largest = Math.max(largest, x[i]);
    for (let i = start; i < start + many; i++) sum += x[i] = Math.exp(x[i] - largest);
    for (let i = start; i < start + many; i++) x[i] /= sum;
  }
}

/** What a step does last, in place. @type {Record<string, (x: Float32Array, channels: number) => void>} */
export const ACTIVATIONS = {
  relu: each((value) => (value > 0 ? value : 0)),
  relu6: each((value) => Math.min(Math.max(value, 0), 6)),
  leaky_relu: each((value) => Math.max(value, 0.2 * value)),
  elu: each((value) => (value > 0 ? value : Math.expm1(value))),
  selu: each((value) => SELU[0] * (value > 0 ? value : SELU[1] * Math.expm1(value))),
  gelu: each(gelu),
  silu: each((value) => value * sigmoid(value)),
  softplus: each((value) => Math.log1p(Math.exp(-Math.abs(value))) + Math.max(value, 0)),
  softsign: each((value) => value / (1 + Math.abs(value))),
  sigmoid: each(sigmoid),
  hard_sigmoid: each(hardSigmoid),
  hard_silu: each((value) => value * hardSigmoid(value)),
  tanh: each(Math.tanh),
  softmax,
};
