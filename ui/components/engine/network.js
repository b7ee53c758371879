// A trained network that runs here, in the browser: read from the bytes that Python wrote of it
// (`cnn/insight/passes/in_browser.py`), then fed image by image, all of it in buffers made once.

import { ACTIVATIONS, countOf, MAKERS } from "./operations.js";

/**
 * `input` and `output` are buffers: fill the one with pixels from 0 to 1, `run`, read the other. `layer`
 * is what a layer gave, with its shape, by the name that its row has in the trace.
 * @typedef {{ values: Float32Array, shape: number[] }} Given
 * @typedef {{ input: Float32Array, output: Float32Array, layers: string[], layer: (name: string) => Given, run: () => void }} Network
 */

/** @type {(file: ArrayBuffer) => Network} */
export function readNetwork(file) {
  const start = 4 + new DataView(file).getUint32(0, true);
  const { input, steps, layers } = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, start - 4)));
  const weights = new Float32Array(file, start);
  let taken = 0;
  const take = (/** @type {number} */ count) => weights.subarray(taken, (taken += count));
  const given = [input, ...steps.map((step) => step.shape)].map((shape) => {
    return { values: new Float32Array(countOf(shape)), shape };
  });
  const acts = steps.map((step, place) => {
    const out = given[place + 1].values;
    const from = step.of.map((one) => given[one]);
    const act = MAKERS[step.kind](step, from.map((one) => one.values), out, take, from.map((one) => one.shape));
    const bend = ACTIVATIONS[step.activation];
    const channels = step.shape.at(-1);
    return bend
      ? () => {
          act();
          bend(out, channels);
        }
      : act;
  });
  return {
    input: given[0].values,
    output: given.at(-1).values,
    layers: Object.keys(layers),
    layer: (name) => given[layers[name]],
    run: () => acts.forEach((act) => act()),
  };
}

/** @type {(address: string) => Promise<Network | null>} */
export async function fetchNetwork(address) {
  const answer = await fetch(address).catch(() => null);
  return answer?.status === 200 ? readNetwork(await answer.arrayBuffer()) : null;
}
