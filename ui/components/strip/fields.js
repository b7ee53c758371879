// Which cells of feature maps see which.

/** The cells of an earlier map that feed a region of the input, first to last, on one axis. */
export function feeding(field, axis, from, to) {
  const jump = field.jump[axis] || 1;
  const reach = (field.size[axis] - 1) / 2;
  const first = Math.ceil((from + reach - field.offset[axis]) / jump - 1e-6);
  const last = Math.floor((to - reach - field.offset[axis]) / jump + 1e-6);
  return [first, last];
}

/** The region of the input that a cell sees: first and last row, first and last column. */
export function seen(part, row, column) {
  return [row, column].map((place, axis) => {
    const centre = part.field.offset[axis] + place * part.field.jump[axis];
    const reach = (part.field.size[axis] - 1) / 2;
    return [centre - reach, centre + reach];
  });
}
