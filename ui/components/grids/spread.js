// A grid whose cells are spread over windows of a larger one by a kernel, what comes out, and how many
// windows meet in each of its cells; both ways.

import { Pair, shows } from "./pair.js";
import { writtenSum } from "./slide.js";
import { sources, windowOf, writtenWindow } from "./spreads.js";
import { brief, exact } from "./words.js";

class Spread extends Pair {
  leader = "input";

  constructor(root) {
    super(root);
    this.sections.count = root.querySelector(".counts");
    this.grids.count = [];
  }

  fill(data) {
    super.fill(data);
    this.match("count", data.count, this.sections.count);
  }

  targets(row, column) {
    return windowOf(this.data.axes, row, column).filter(([y, x]) => this.grids.output[0].holds(y, x));
  }

  /** A count is pointed at as its output cell is; what is cut off is no cell of it. */
  point(place) {
    const isOutput = place?.kind === "output" || place?.kind === "count";
    if (isOutput && !this.grids.output[0].holds(place.row, place.column)) return;
    super.point(isOutput ? { ...place, kind: "output" } : place);
  }

  /** The window that a cell is added to, in the output and in what is cut off of it. */
  drawInput({ row, column }) {
    const { input: [input], kernel: [kernel], output: [output], count: [count] } = this.grids;
    const value = input.at(row, column);
    const cells = windowOf(this.data.axes, row, column);
    input.light([[row, column, "picked"]]);
    kernel.light(kernel.places.map(([i, j]) => [i, j, "patch"]));
    output.light(cells.map(([y, x, i, j]) => [y, x, "fed", brief(value * kernel.at(i, j))]));
    count.light(cells.map(([y, x]) => [y, x, "fed"]));
    input.reach(row, column);
    const lost = cells.filter(([y, x]) => !output.holds(y, x)).length;
    const cut = lost ? `, of which ${lost === 1 ? "1 is" : `${lost} are`} cut off` : "";
    const head = `${input.spec.label}, row ${row}, column ${column}: ${exact(value)}, goes to ${cells.length} cells${cut}`;
    this.written.show({ head, rows: writtenWindow(value, kernel.values) });
  }

  /** The cells and the weights that meet in an output cell. */
  drawOutput({ row, column }) {
    const { input: [input], kernel: [kernel], output: [output], count: [count] } = this.grids;
    const cells = sources(this.data.axes, row, column);
    const pairs = cells.map(([i, j, line, pixel]) => [input.at(line, pixel), kernel.at(i, j)]);
    output.light([[row, column, "picked"]]);
    count.light([[row, column, "picked"]]);
    input.light(cells.map(([, , line, pixel], n) => [line, pixel, "patch", `×${brief(pairs[n][1])}`]));
    kernel.light(cells.map(([i, j]) => [i, j, "patch"]));
    const meet = cells.length === 1 ? "1 window reaches it" : `${cells.length} windows meet`;
    const across = new Set(cells.map(([, , , pixel]) => pixel)).size;
    const channels = [{ label: input.spec.label, pairs }];
    const head = `${output.spec.label}, row ${row}, column ${column}: ${meet}`;
    this.written.show({ head, rows: writtenSum({ across, channels, result: "", bias: null }) });
  }

  /** Where one weight goes: to one cell of every window. */
  drawWeight({ row, column }) {
    const { input: [input], kernel: [kernel], output: [output] } = this.grids;
    kernel.light([[row, column, "picked"]]);
    input.light(input.places.map(([line, pixel]) => [line, pixel, "patch"]));
    const { rows, columns } = this.data.axes;
    const place = row * columns.kernel + column;
    output.light(
      input.places.map(([line, pixel]) => {
        const [y, x] = windowOf({ rows, columns }, line, pixel)[place];
        return [y, x, "fed", brief(input.at(line, pixel) * kernel.at(row, column))];
      }),
    );
    const head = `${kernel.spec.label}, row ${row}, column ${column}: ${exact(kernel.at(row, column))}`;
    const everywhere = `Every one of the ${input.places.length} input cells is multiplied by it: one weight, shared.`;
    this.written.show({ head, rows: [["", everywhere]] });
  }
}

export default shows((root) => new Spread(root));
