// What all views of feature maps share: colours, bytes, and which cells see which.

const STOPS = [[12, 10, 40], [74, 28, 122], [155, 45, 122], [229, 92, 92], [252, 176, 110], [252, 246, 206]];

// The colour of each value, as the four bytes of a pixel.
const RAMP = new Uint32Array(Uint8ClampedArray.from({ length: 4 * 256 }, (_, i) => {
  const [value, channel] = [i >> 2, i & 3];
  const place = (value / 255) * (STOPS.length - 1);
  const low = Math.min(Math.floor(place), STOPS.length - 2);
  const from = STOPS[low][channel];
  return channel === 3 ? 255 : Math.round(from + (STOPS[low + 1][channel] - from) * (place - low));
}).buffer);

function decode(part) {
  const text = atob(part.bytes);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The cells of an earlier map that feed a region of the input, first to last, on one axis. */
function feeding(field, axis, from, to) {
  const jump = field.jump[axis] || 1;
  const reach = (field.size[axis] - 1) / 2;
  const first = Math.ceil((from + reach - field.offset[axis]) / jump - 1e-6);
  const last = Math.floor((to - reach - field.offset[axis]) / jump + 1e-6);
  return [first, last];
}

function seen(part, row, column) {
  return [row, column].map((place, axis) => {
    const centre = part.field.offset[axis] + place * part.field.jump[axis];
    const reach = (part.field.size[axis] - 1) / 2;
    return [centre - reach, centre + reach];
  });
}
