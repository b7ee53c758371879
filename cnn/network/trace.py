"""The trace: what every layer does to the sizes, what it costs, and what it can see.

One row per layer; rows keep what was found on the way, everything else is computed from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cnn.network.architecture import Architecture, titles
from cnn.network.errors import ArchitectureError, Path
from cnn.network.layers import Axes, Container, Flatten, Layer, Layers, Weight, snake_case
from cnn.network.seen import reach_of
from cnn.network.shapes import (
    Reach,
    ReceptiveField,
    Shape,
    element_count,
    field_of_all,
    field_of_one,
    repeated,
    shape_text,
    united,
    united_reach,
    whole_reach,
)

if TYPE_CHECKING:
    from pandas import DataFrame

FLOAT_BYTES = 4
MAX_VALUES = 10**12
"""More of one layer for one image are a slip of the hand: 4 TB in 32-bit floats."""


@dataclass(frozen=True, slots=True)
class Row:
    """One layer in its place; a container's row says what it does to the merged outputs."""

    path: Path
    title: str
    layer: Layer
    input_shape: Shape
    output_shape: Shape
    receptive_field: ReceptiveField
    reach: Reach | None
    merged_shapes: tuple[Shape, ...] = ()

    @property
    def name(self) -> str:
        """The layer's name as Keras would write it: `conv2d_3` for `Conv2D #3`."""
        kind, number = self.title.split(" #")
        return f"{snake_case(kind)}_{number}"

    @property
    def kind(self) -> str:
        return self.layer.kind

    @property
    def sees_all_cells(self) -> bool:
        """Whether each output has the same field: all that the cells of the map before it see."""
        parts_cells = isinstance(self.layer, Flatten) and element_count(self.input_shape[:-1]) > 1
        if self.reach is None or parts_cells:
            return False
        return self.receptive_field == field_of_all(self.reach)

    @property
    def depth(self) -> int:
        """How many containers this layer stands in."""
        return sum(isinstance(part, str) for part in self.path)

    @property
    def axes(self) -> Axes | None:
        return self.layer.axes(self.input_shape)

    @property
    def weights(self) -> tuple[Weight, ...]:
        return self.layer.weights(self.input_shape)

    @property
    def params(self) -> int:
        """The layer's own parameters, moving statistics included as Keras counts them."""
        return sum(weight.count for weight in self.weights)

    @property
    def trainable_params(self) -> int:
        return sum(weight.count for weight in self.weights if weight.trainable)

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one image: kernels and attention, without bias."""
        return self.layer.macs(self.input_shape)

    @property
    def activation_bytes(self) -> int:
        """The memory of this layer's output for one image, in 32-bit floats."""
        return element_count(self.output_shape) * FLOAT_BYTES

    @property
    def formula(self) -> str:
        """The output size with the numbers put in."""
        if isinstance(self.layer, Container):
            return self.layer.merge_formula(self.merged_shapes)
        return self.layer.shape_formula(self.input_shape)

    @property
    def param_formula(self) -> str:
        """The parameters spelled out: `16 x 5x5x6 + 16 = 2,416`."""
        spelled = self.layer.param_formula(self.input_shape)
        return "0" if spelled == "0" else f"{spelled} = {self.params:,}"

    @property
    def mac_formula(self) -> str:
        """The multiply-accumulates spelled out: `10x10 x 16 x 5x5x6 = 240,000`."""
        spelled = self.layer.mac_formula(self.input_shape)
        return "0" if spelled == "0" else f"{spelled} = {self.macs:,}"


@dataclass(frozen=True, slots=True)
class Trace:
    """The rows in reading order, a container before what it holds, and the fault if any."""

    architecture: Architecture
    rows: tuple[Row, ...]
    fault: ArchitectureError | None = None

    @property
    def output_shape(self) -> Shape:
        """What the network gives; with a fault, what the last whole layer before it gives."""
        top = [row for row in self.rows if len(row.path) == 1]
        return top[-1].output_shape if top else self.architecture.input

    @property
    def last_map(self) -> Row | None:
        """The layer that gives the last map, if any does. A branch or a shortcut by itself sees
        less than what it is joined into, wherever it is written.
        """
        maps = [row for row in self.rows if len(row.path) == 1 and len(row.output_shape) == 3]
        return maps[-1] if maps else None

    @property
    def last_map_field(self) -> tuple[int, int]:
        """The input pixels that one cell of the last map sees; without a map, one output."""
        top = [row for row in self.rows if len(row.path) == 1]
        last = self.last_map or (top[-1] if top else None)
        return last.receptive_field.size if last else (1, 1)

    @property
    def total_params(self) -> int:
        return sum(row.params for row in self.rows)

    @property
    def trainable_params(self) -> int:
        return sum(row.trainable_params for row in self.rows)

    @property
    def non_trainable_params(self) -> int:
        return self.total_params - self.trainable_params

    @property
    def params_text(self) -> str:
        """Its parameters in words; what a page or a file says of them, it says like this."""
        return params_text(self.total_params, self.trainable_params)

    @property
    def total_macs(self) -> int:
        return sum(row.macs for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """The memory of all outputs for one image, in 32-bit floats."""
        return sum(row.activation_bytes for row in self.rows)

    @property
    def depth(self) -> int:
        """The layers with a kernel of their own on the longest way through the network."""
        return _depth(self.architecture.layers)

    def training_memory_bytes(self, batch_size: int, optimizer_slots: int = 2) -> int:
        """An estimate: weights, their gradients and the optimizer's copies (Adam keeps two),
        and for each image of the batch its input, and every output and what is held on the way to
        it, each with its gradient.
        """
        weights = self.total_params + (1 + optimizer_slots) * self.trainable_params
        held = sum(row.layer.held_values(row.input_shape) for row in self.rows) * FLOAT_BYTES
        image = element_count(self.architecture.input) * FLOAT_BYTES
        images = image + 2 * (self.activation_bytes + held)
        return weights * FLOAT_BYTES + batch_size * images

    def to_pandas(self) -> DataFrame:
        """A row for each layer, with its sizes, parameters, cost and what it sees, as numbers."""
        from cnn.network.table import frame

        return frame(self.rows)

    def _repr_html_(self) -> str:
        """The table of the layers, in a notebook."""
        from cnn.network.table import html

        name, fault = self.architecture.name, str(self.fault or "")
        totals = f"{self.params_text}, {self.total_macs:,} multiply-accumulates per image"
        return html(self.rows, name, fault or totals)

    def within(self, path: Path) -> tuple[Row, ...]:
        """The rows of the layer at a path: its own, and those of the layers it holds."""
        return tuple(row for row in self.rows if row.path[: len(path)] == path)


def params_text(total: int, trainable: int, unit: str = " parameters") -> str:
    """The total, and how many are trained where that is another number."""
    of_them = f" ({trainable:,} trainable)" if trainable != total else ""
    return f"{total:,}{unit}{of_them}"


def trace(architecture: Architecture, *, partial: bool = False) -> Trace:
    """Follows the sizes through the network.

    A network that cannot be raises `ArchitectureError`; with `partial` the rows before the fault
    are returned with the fault attached.
    """
    way = _Way(architecture, titles(architecture.layers), [])
    try:
        start = _Sight(ReceptiveField(), whole_reach(architecture.input), False)
        way.follow(architecture.layers, (), architecture.input, start)
    except ArchitectureError as fault:
        if not partial:
            raise
        return Trace(architecture, tuple(way.rows), fault)
    return Trace(architecture, tuple(way.rows))


class _Sight(NamedTuple):
    """What one cell sees of the input, and how far all of them together do, where that is known
    without tracing it back.
    """

    field: ReceptiveField
    reach: Reach | None
    has_blanks: bool
    """Whether the map may have cells that see nothing but padding."""


@dataclass(frozen=True, slots=True)
class _Way:
    """The rows found so far, on the way through the network."""

    architecture: Architecture
    titles: dict[Path, str]
    rows: list[Row]

    def follow(
        self, layers: Layers, path: Path, shape: Shape, sight: _Sight
    ) -> tuple[Shape, _Sight]:
        """The shape and what is seen after the layers, whose rows are added."""
        for index, layer in enumerate(layers):
            shape, sight = self._add(layer, (*path, index), shape, sight)
        return shape, sight

    def _add(self, layer: Layer, path: Path, shape: Shape, sight: _Sight) -> tuple[Shape, _Sight]:
        place = len(self.rows)
        merged: tuple[Shape, ...] = ()
        try:
            if isinstance(layer, Container):
                ends = [
                    self.follow(held, path + part, shape, sight) for part, held in layer.series()
                ]
                merged = tuple(end for end, _ in ends)
                output = layer.merged_shape(merged)
                field = united([repeated(seen.field, end, output) for end, seen in ends])
                reach = self._united_reach(layer, path, ends)
                sight = _Sight(field, reach, any(seen.has_blanks for _, seen in ends))
            else:
                output = layer.output_shape(shape)
                sight = self._seen(layer, path, shape, sight)
            if element_count(output) > MAX_VALUES:
                raise ArchitectureError(
                    f"gives {shape_text(output)} for each image, more than {MAX_VALUES:,} values. "
                    "Use a smaller input, or fewer filters or branches."
                )
            if (held := layer.held_values(shape)) > MAX_VALUES:
                raise ArchitectureError(
                    f"works out {held:,} values for each image, more than {MAX_VALUES:,}. Use a "
                    "smaller map, or fewer heads."
                )
        except ArchitectureError as fault:
            raise fault.at(self.titles[path], path) from None
        row = Row(path, self.titles[path], layer, shape, output, sight.field, sight.reach, merged)
        self.rows.insert(place, row)
        return output, sight

    def _united_reach(
        self, layer: Container, path: Path, ends: list[tuple[Shape, _Sight]]
    ) -> Reach:
        whole = whole_reach(self.architecture.input)
        if any(seen.reach == whole for _, seen in ends):
            return whole
        return united_reach(
            [
                seen.reach or reach_of(self.rows, (*path, *part, len(held)), end)
                for (part, held), (end, seen) in zip(layer.series(), ends, strict=True)
            ]
        )

    def _seen(self, layer: Layer, path: Path, shape: Shape, sight: _Sight) -> _Sight:
        if isinstance(layer, Flatten):
            field = field_of_one(sight.field, shape) if len(shape) == 3 else sight.field
            return sight._replace(field=field)
        if layer.sees_everything:
            reach = sight.reach or reach_of(self.rows, path, shape)
            return _Sight(field_of_all(reach), reach, False)
        if not (along := layer.along(shape)):
            return sight
        has_blanks = sight.has_blanks or any(axis.has_blanks for axis in along)
        is_whole = not any(axis.leaves_out or (has_blanks and axis.has_gaps) for axis in along)
        if sight.field.jump == (0, 0) and sight.reach and not has_blanks:
            is_whole = is_whole or sight.field == field_of_all(sight.reach)
        return _Sight(sight.field.through(along), sight.reach if is_whole else None, has_blanks)


def _depth(layers: Layers) -> int:
    total = 0
    for layer in layers:
        if isinstance(layer, Container):
            total += max(_depth(held) for _, held in layer.series())
        else:
            total += layer.kernels
    return total
