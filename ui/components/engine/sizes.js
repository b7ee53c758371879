// Steps that make maps larger, or cut some of them off; `cnn/insight/passes/resizing.py` is the same in NumPy.

/** Each cell, times the kernel `[row, column, filter, channel]`, is added to a larger map. @type {import("./operations.js").Maker} */
export function transposed({ rows, columns, shape }, [x], out, take, [[, , channels]]) {
  const filters = shape[2];
  const kernel = take(rows.kernel * columns.kernel * filters * channels);
  const bias = take(filters);
  const add = (/** @type {number} */ from, /** @type {number} */ place, /** @type {number} */ j) => {
    for (let filter = 0; filter < filters; filter++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++, j++) sum += x[from + channel] * kernel[j];
      out[place + filter] += sum;
    }
  };
  return () => {
    for (let i = 0; i < out.length; i++) out[i] = bias[i % filters];
    for (let i = 0; i < rows.size * columns.size; i++) {
      const top = Math.floor(i / columns.size) * rows.stride - rows.before;
      const left = (i % columns.size) * columns.stride - columns.before;
      for (let one = 0; one < rows.kernel * columns.kernel; one++) {
        const y = top + Math.floor(one / columns.kernel);
        const x0 = left + (one % columns.kernel);
        const isKept = y >= 0 && y < rows.output && x0 >= 0 && x0 < columns.output;
        if (isKept) add(i * channels, (y * columns.output + x0) * filters, one * filters * channels);
      }
    }
  };
}

/** Where each line of a larger map comes from: a line, its neighbour, and that one's share. */
function sources(/** @type {number} */ size, /** @type {number[]} */ shares) {
  return Array.from({ length: size * shares.length }, (_, i) => {
    const line = Math.floor(i / shares.length);
    const share = shares[i % shares.length];
    return { line, near: Math.min(Math.max(line + Math.sign(share), 0), size - 1), share: Math.abs(share) };
  });
}

/** So many times as large, with a share of the neighbours. @type {import("./operations.js").Maker} */
export function upsampling({ shares }, [x], out, _take, [[height, width, channels]]) {
  const lines = sources(height, shares[0]);
  const columns = sources(width, shares[1]);
  return () => {
    let place = 0;
    for (const down of lines) {
      for (const across of columns) {
        const a = (down.line * width + across.line) * channels;
        const b = (down.line * width + across.near) * channels;
        const below = (down.near - down.line) * width * channels;
        for (let i = 0; i < channels; i++, place++) {
          const own = x[a + i] + (x[b + i] - x[a + i]) * across.share;
          const other = x[a + below + i] + (x[b + below + i] - x[a + below + i]) * across.share;
          out[place] = own + (other - own) * down.share;
        }
      }
    }
  };
}

/** The map without what is cut off its sides. @type {import("./operations.js").Maker} */
export function cropping({ rows, columns, shape }, [x], out) {
  const channels = shape[2];
  const line = columns.output * channels;
  const first = (/** @type {number} */ y) => ((y + rows.before) * columns.size + columns.before) * channels;
  return () => {
    for (let y = 0; y < rows.output; y++) out.set(x.subarray(first(y), first(y) + line), y * line);
  };
}
