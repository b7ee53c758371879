"""Keras' layers put together: series, branches, and the few layers that only mean something there.

Follows the sizes on the way, so that a layer which cannot be here is named as Keras names it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnn.network.architecture import MAX_DEPTH
from cnn.network.errors import ArchitectureError, shown
from cnn.network.fields import MAX_KERNEL, FourSides, read_field
from cnn.network.keras.graph import Merge, NotNestedError, Series, TooDeepError, series_parallel
from cnn.network.keras.normalization import Adapted, as_layer
from cnn.network.keras.one_cell import on_one_cell
from cnn.network.keras.read_attention import AROUND, of_cells, self_attention
from cnn.network.keras.read_front import Front, FrontReader, target_of
from cnn.network.keras.read_graph import ATTENTION, Node
from cnn.network.keras.read_kinds import AS_CONVOLUTION, layers_of
from cnn.network.keras.read_options import Notes, Options
from cnn.network.layers import (
    Activation,
    Branches,
    Dense,
    Flatten,
    Layer,
    Layers,
    MaxPooling2D,
    Rescaling,
    Residual,
)
from cnn.network.layers.merges import ADD, MERGES, MULTIPLY
from cnn.network.shapes import MapShape, Shape, shape_text

SCALED_SUM = "CustomScaleLayer"
"""That of InceptionResNetV2 in `keras.applications`: `x + scale * y` of its inputs x and y."""

_MERGES = {SCALED_SUM: ADD} | {
    name: merge for merge in MERGES.values() for name in (merge.keras, f"ops.{merge.keras}")
}
_HARD_SIGMOID = (Rescaling(1.0, 3.0), Activation("relu6"), Rescaling(1 / 6))
_GATE, _GATED = (Activation("hard_sigmoid"),), Activation("hard_silu")


@dataclass(frozen=True, slots=True)
class Part:
    """A layer with Keras' names of it and of the layers it holds, in reading order."""

    layer: Layer
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assembly:
    """Makes layers of nodes; the first node is the input."""

    nodes: list[Node]
    notes: Notes
    given: MapShape | None = None
    """What stands in for sizes of the input that the model leaves open."""
    adapted: Adapted | None = None
    """Where a Normalization finds what it learned."""

    def read(self, output: int) -> tuple[Front, list[Part]]:
        """What comes before the layers, and the layers from there to the output."""
        reader = FrontReader(self.nodes, self.notes, self.given, self.adapted)
        front, series = reader.read(self._nested(output))
        return front, self._series(series, front.image)[0]

    def _nested(self, output: int) -> Series:
        try:
            return series_parallel([node.inputs for node in self.nodes], output, MAX_DEPTH)
        except TooDeepError as error:
            raise self.nodes[error.node].error(
                f"branches are nested deeper than {MAX_DEPTH} levels. Flatten them."
            ) from None
        except NotNestedError as error:
            node = self.nodes[error.node]
            if error.unused:
                raise node.error("its output is not used. Remove it.") from None
            raise node.error(
                "its output is used by branches that cross each other, as in NASNet's cells: it "
                f"goes to {self._users(error.node)}. Here branches stand side by side or inside "
                "each other: let each skip end in the part it begins in."
            ) from None

    def _users(self, place: int) -> str:
        """The layers that a layer's output goes to, by name."""
        names = [node.name for node in self.nodes if place in node.inputs]
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        return ", ".join(map(shown, names[:4])) + more

    def _series(self, series: Series, shape: Shape) -> tuple[list[Part], Shape]:
        done: list[Part] = []
        place = 0
        while place < len(series):
            item = series[place]
            if isinstance(item, Merge):
                part, shape = self._merge(item, shape)
                done.append(part)
            elif looking := self._attention(series[place : place + len(AROUND)], shape):
                done.append(looking)
                place += len(AROUND) - 1
            else:
                shape = self._follow(self.nodes[item], done, shape)
            place += 1
        return done, shape

    def _attention(self, items: Series, shape: Shape) -> Part | None:
        """What these are together where they are attention of a map's cells over each other."""
        nodes = [self.nodes[item] for item in items if not isinstance(item, Merge)]
        layer = of_cells(nodes, shape, self.notes)
        return Part(layer, (nodes[1].name,)) if layer else None

    def _follow(self, node: Node, done: list[Part], shape: Shape) -> Shape:
        """Adds one Keras layer behind those that are done, or makes it a part of the last."""
        options = Options.of(node, shape, self.notes)
        last = done[-1].layer if done else None
        taken_in: Layer | None = None
        layers: Layers = ()
        if node.made is not None:
            layers = (node.made,)
        elif node.kind == "Reshape":
            target = target_of(options)
            if target == (1, 1, *shape) and self._on_one_cell(done):
                shape = target
            elif len(target) == 1:
                layers = (Flatten(),)
            elif target != shape:
                raise node.error(
                    f"it makes {shape_text(target)} of {shape_text(shape)}, but here a map is only "
                    "laid out as a vector, kept as 1x1 behind a global pooling, or laid out as its "
                    f"cells around a {ATTENTION}. Remove it."
                )
        elif node.kind == ATTENTION:
            layers = (self_attention(options),)
        elif node.kind == "Cropping2D" and (padded := _with_less_padding(last, options)):
            taken_in = padded
            shape = _passed(taken_in, node, shape)
        elif node.kind == "Normalization":
            layers = (as_layer(options, self.adapted),)
        else:
            layers = layers_of(options)
        if isinstance(last, Residual) and last.activation is None and _one_word(layers):
            taken_in, layers = replace(last, activation=_one_word(layers)), ()
        options.finish()
        if taken_in:
            done[-1] = replace(done[-1], layer=taken_in)
        for layer in layers:
            shape = _passed(layer, node, shape)
            done.append(Part(layer, (node.name,)))
        if node.kind.startswith("ops.") and layers_of_parts(done[-3:]) == _HARD_SIGMOID:
            done[-3:] = [Part(*_GATE, (node.name,))]
        return shape

    def _on_one_cell(self, done: list[Part]) -> bool:
        """Lets the last parts keep the one cell of a global pooling; whether they can."""
        kept = on_one_cell(layers_of_parts(done))
        for place, layer in zip(range(len(done) - len(kept), len(done)), kept, strict=True):
            if isinstance(done[place].layer, Dense):
                self.notes.say(AS_CONVOLUTION, *done[place].names)
            done[place] = replace(done[place], layer=layer)
        return bool(kept)

    def _merge(self, merge: Merge, shape: Shape) -> tuple[Part, Shape]:
        node = self.nodes[merge.node]
        if node.kind not in _MERGES:
            *some, last = sorted(known.keras for known in MERGES.values())
            joining = f"{', '.join(some)} and {last}"
            raise node.error(
                f"it joins {len(node.inputs)} inputs, but here only {joining} do. Replace it."
            )
        known = _MERGES[node.kind]
        ends = [self._series(branch, shape) for branch in merge.branches]
        options = Options.of(node, ends[0][1], self.notes)
        residual, scale = known.word == Residual.merge and len(ends) == 2, 1.0
        if node.kind == SCALED_SUM:
            if not residual:
                raise node.error(f"it joins {len(ends)} inputs, but is a sum of two. Replace it.")
            ends, scale = ends[::-1], options.take("scale")
        elif residual:
            ends.sort(key=lambda end: _place_in_sum(end[0], node))
            scale = _taken_scale(ends[0][0])
        if known.has_axis:
            options.check_axis()
        options.finish()
        if node.kind == f"ops.{MULTIPLY.keras}" and len({len(end) for _, end in ends}) > 1:
            raise node.error(
                "as an operation it does not repeat a vector for each cell of a map. Use the layer "
                "Multiply."
            )
        held = tuple(layers_of_parts(parts) for parts, _ in ends)
        names = (name for parts, _ in ends for part in parts for name in part.names)
        try:
            if node.kind == f"ops.{MULTIPLY.keras}" and sorted(held, key=len) == [(), _GATE]:
                return Part(_GATED, (node.name,)), shape
            layer = (
                Residual(held[0], held[1], scale=scale) if residual else Branches(held, known.word)
            )
            return Part(layer, (node.name, *names)), layer.merged_shape([end for _, end in ends])
        except ArchitectureError as error:
            raise node.blamed(error) from None


def _place_in_sum(way: list[Part], node: Node) -> tuple[bool, int]:
    """Sorts the two ways of a sum: first the body, which is the one that `build` has scaled, else
    the longer one; where both are as long, the one that comes first.
    """
    is_scaled = _scale_at_end(way) != 1 and way[-1].names == (f"{node.name}_scale",)
    return not is_scaled, -sum(len(part.names) for part in way)


def _scale_at_end(way: list[Part]) -> float:
    last = way[-1].layer if way else None
    return last.scale if isinstance(last, Rescaling) and not last.offset else 1.0


def _taken_scale(body: list[Part]) -> float:
    """What a body is multiplied with in the end, which is taken off it."""
    scale = _scale_at_end(body)
    if scale != 1:
        body.pop()
    return scale


def layers_of_parts(parts: list[Part]) -> Layers:
    return tuple(part.layer for part in parts)


def _passed(layer: Layer, node: Node, shape: Shape) -> Shape:
    try:
        return layer.output_shape(shape)
    except ArchitectureError as error:
        raise node.blamed(error) from None


def _one_word(layers: Layers) -> str | None:
    """The activation that a Residual can apply itself, where this is nothing else."""
    if len(layers) == 1 and isinstance(layers[0], Activation) and not layers[0].bends:
        word = layers[0].activation
        return None if word == "linear" else word
    return None


def _with_less_padding(last: Layer | None, options: Options) -> MaxPooling2D | None:
    """The max pooling with a whole-number padding that cropping its outer windows makes of it,
    where it does; the cropping is taken then.

    With stride 1, `same` pads an odd window by (K - 1) / 2 on each side.
    """
    if not isinstance(last, MaxPooling2D) or last.strides != (1, 1) or last.padding != "same":
        return None
    try:
        sides = read_field(FourSides(MAX_KERNEL), "cropping", options.left.get("cropping"))
    except ArchitectureError as error:
        raise options.node.blamed(error) from None
    sizes = last.pool_size
    left = {size // 2 - side for size, pair in zip(sizes, sides, strict=True) for side in pair}
    if any(size % 2 == 0 for size in sizes) or len(left) > 1 or min(left) < 0:
        return None
    options.take("cropping")
    return replace(last, padding=left.pop() or "valid")
