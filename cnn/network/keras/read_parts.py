"""Keras' layers put together: series, branches, and the few layers that only mean something there.

Follows the sizes on the way, so that a layer which cannot be here is named as Keras names it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnn.network.architecture import MAX_DEPTH
from cnn.network.errors import ArchitectureError, shown
from cnn.network.fields import MAX_KERNEL, FourSides, read_field
from cnn.network.keras.graph import (
    Merge,
    NotNestedError,
    Series,
    TooDeepError,
    series_parallel,
)
from cnn.network.keras.read_graph import Node
from cnn.network.keras.read_layers import CROPPING_HINT, layers_of
from cnn.network.keras.read_options import Notes, Options
from cnn.network.layers import (
    Activation,
    Branches,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    Layers,
    MaxPooling2D,
    Residual,
)
from cnn.network.shapes import MapShape, Shape, element_count, shape_text

_GLOBAL = (GlobalAveragePooling2D, GlobalMaxPooling2D)
_ADD = ("Add", "ops.Add")
_CONCATENATE = ("Concatenate", "ops.Concatenate")


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

    def read(self, output: int) -> tuple[MapShape, list[Part]]:
        """The input's shape, and the layers from there to the output."""
        series = self._nested(output)
        shape, series = self._input(series)
        return shape, self._series(series, shape)[0]

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
                "its output is used by branches that cross each other. Here branches stand "
                "side by side or inside each other: let each skip end in the part it begins in."
            ) from None

    def _input(self, series: Series) -> tuple[MapShape, Series]:
        """The image's shape; a Reshape that first makes an image of the input is part of it."""
        size = self._input_size(self.nodes[0])
        place, node = self._first(series)
        image = size
        flattened = node is not None and node.kind == "Flatten"
        if node and node.kind == "Reshape":
            options = Options.of(node, size, self.notes)
            target = _target(options)
            flattened = len(target) == 1
            if len(target) == 3:
                options.finish()
                image, series = target, series[:place] + series[place + 1 :]
        if flattened and len(size) == 2:
            image = *size, 1
        if len(image) != 3:
            raise self.nodes[0].error(
                f"the input is {shape_text(size)}, but a network here begins with an image, height "
                "x width x channels. Give it such an Input, or begin with a Reshape to one."
            )
        if image != size:
            self.notes.others.append(
                f"The input {shape_text(size)} is read as an image of {shape_text(image)}."
            )
        height, width, channels = image
        return (height, width, channels), series

    def _first(self, series: Series) -> tuple[int, Node | None]:
        """The first layer that is more than a rescaling, unless branches come before it."""
        for place, item in enumerate(series):
            if isinstance(item, Merge):
                break
            if self.nodes[item].kind != "Rescaling":
                return place, self.nodes[item]
        return len(series), None

    def _input_size(self, node: Node) -> Shape:
        options = Options.of(node, (), self.notes)
        whole = options.take("batch_shape") or options.take("batch_input_shape")
        if (whole is None or whole == []) and self.given:
            whole = [None, *self.given]
        if not isinstance(whole, list) or not whole:
            raise node.error("the model has no input shape. Let it begin with keras.Input(shape).")
        size = tuple(whole[1:])
        if self.given and len(size) == len(self.given):
            filled = zip(size, self.given, strict=True)
            size = tuple(other if side is None else side for side, other in filled)
        if not size or any(type(side) is not int or side < 1 for side in size):
            raise node.error(
                f"the input is {shown(size)}, but every size must be known and at least 1. "
                "Give it an Input such as (28, 28, 1), or on the command line --input 28x28x1."
            )
        if whole[0] is not None:
            self.notes.others.append(f"Left out: the fixed batch size of {shown(whole[0])}.")
        options.finish()
        return size

    def _series(self, series: Series, shape: Shape) -> tuple[list[Part], Shape]:
        done: list[Part] = []
        for item in series:
            if isinstance(item, Merge):
                part, shape = self._merge(item, shape)
                done.append(part)
            else:
                shape = self._follow(self.nodes[item], done, shape)
        return done, shape

    def _follow(self, node: Node, done: list[Part], shape: Shape) -> Shape:
        """Adds one Keras layer behind those that are done, or makes it a part of the last."""
        options = Options.of(node, shape, self.notes)
        last = done[-1].layer if done else None
        taken_in: Layer | None = None
        layers: Layers = ()
        if node.kind == "Reshape":
            target = _target(options)
            if isinstance(last, _GLOBAL) and target == (1, 1, *shape):
                taken_in, shape = replace(last, keepdims=True), target
            elif len(target) == 1:
                layers = (Flatten(),)
            elif target != shape:
                raise node.error(
                    f"it makes {shape_text(target)} of {shape_text(shape)}, but here a map is only "
                    "laid out as a vector, or kept as 1x1 behind a global pooling. Remove it."
                )
        elif node.kind == "Cropping2D" and isinstance(last, MaxPooling2D):
            taken_in = _cropped(last, options)
            shape = _passed(taken_in, node, shape)
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
        return shape

    def _merge(self, merge: Merge, shape: Shape) -> tuple[Part, Shape]:
        node = self.nodes[merge.node]
        if node.kind not in (*_ADD, *_CONCATENATE):
            raise node.error(
                f"it joins {len(node.inputs)} inputs, but here only Add and Concatenate do. "
                "Replace it."
            )
        ends = [self._series(branch, shape) for branch in merge.branches]
        residual = node.kind in _ADD and len(ends) == 2
        if residual:  # the longer way is the body; where both are as long, the one that comes first
            ends.sort(key=lambda end: -sum(len(part.names) for part in end[0]))
        options = Options.of(node, ends[0][1], self.notes)
        if node.kind in _CONCATENATE:
            options.check_axis()
        options.finish()
        held = tuple(layers_of_parts(parts) for parts, _ in ends)
        names = (name for parts, _ in ends for part in parts for name in part.names)
        try:
            layer = (
                Residual(held[0], held[1])
                if residual
                else Branches(held, "add" if node.kind in _ADD else "concatenate")
            )
            return Part(layer, (node.name, *names)), layer.merged_shape([end for _, end in ends])
        except ArchitectureError as error:
            raise node.blamed(error) from None


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


def _target(options: Options) -> Shape:
    """The shape a Reshape makes; -1 stands for what is left."""
    node = options.node
    target = options.take("target_shape")
    sizes = target if isinstance(target, list) else []
    if not sizes or any(type(size) is not int or size < -1 or size == 0 for size in sizes):
        raise node.error(f"target_shape must be a list of sizes, got {shown(target)}.")
    count = element_count(options.shape)
    known = element_count(tuple(size for size in sizes if size > 0))
    shape = tuple(count // known if size < 0 else size for size in sizes)
    if sizes.count(-1) > 1 or element_count(shape) != count:
        raise node.error(
            f"{shape_text(options.shape)} has {count:,} values and cannot become {shown(target)}."
        )
    return shape


def _cropped(pooling: MaxPooling2D, options: Options) -> MaxPooling2D:
    """The max pooling with a whole-number padding that cropping its outer windows makes of it.

    With stride 1, `same` pads an odd window by (K - 1) / 2 on each side.
    """
    try:
        sides = read_field(FourSides(MAX_KERNEL), "cropping", options.take("cropping"))
    except ArchitectureError as error:
        raise options.node.blamed(error) from None
    sizes = pooling.pool_size
    left = {size // 2 - side for size, pair in zip(sizes, sides, strict=True) for side in pair}
    whole = pooling.strides == (1, 1) and pooling.padding == "same" and all(n % 2 for n in sizes)
    if not whole or len(left) > 1 or min(left) < 0:
        raise options.node.error(CROPPING_HINT)
    return replace(pooling, padding=left.pop() or "valid")
