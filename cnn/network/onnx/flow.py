"""What flows through a graph while it is read: how it is laid out, which node gives it, and the
nodes and arrays that have been found so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy as np

from cnn.network.errors import ArchitectureError, shown
from cnn.network.keras.read_graph import Node
from cnn.network.layers import Layer
from cnn.network.onnx.messages import Array, Attribute, Op
from cnn.network.shapes import Shape, shape_text

UNKNOWN_NUMBERS = "its numbers are no part of the file, but worked out on the way. Use fixed ones."


class Form(Enum):
    """How a batch is laid out; the first axis is the images'."""

    FIRST = "channels, height, width"
    LAST = "height, width, channels"
    FLAT = "features"
    ROWS = "so many rows"
    """A map whose channels were put together in rows, or each into one of its own."""
    CELLS = "cells, features"
    ERF = "a part of GELU"
    OVER = "whether values are above a number"


@dataclass(frozen=True, slots=True)
class Value:
    """What flows: the node that gives it, and its shape as it is here, channels last.

    A vector may be laid out as a map of 1x1, where it is of one axis all the same.
    """

    node: int
    shape: Shape
    form: Form
    order: Array | None = None
    """Of a vector that was a map with its channels first: where each feature stands there."""
    alone: bool = True
    """Whether nothing else takes what its node gives."""
    beside: Any = None
    """What else is known of it in forms that only mean something together."""

    @property
    def sizes(self) -> Shape:
        """The sizes of one image's part as they are there."""
        if self.form is Form.FLAT:
            return self.shape
        height, width, channels = self.shape if len(self.shape) == 3 else (1, 1, *self.shape)
        return (channels, height, width) if self.form is Form.FIRST else (height, width, channels)

    def sorted(self, array: Array, axis: int = 0) -> Array:
        """Numbers for each feature as they stand here."""
        return array if self.order is None else np.take(array, self.order, axis)


@dataclass(slots=True)
class Reading:
    """The state of reading a graph: what each name stands for, and the nodes found so far."""

    opset: int
    constants: dict[str, Array]
    uses: Counter[str]
    values: dict[str, Value] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    arrays: dict[str, tuple[Array, ...]] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)

    def value(self, op: Op, place: int = 0) -> Value:
        """What flows into an operator at a place."""
        name = op.inputs[place] if place < len(op.inputs) else ""
        found = self.values.get(name)
        if found is None:
            what = "a fixed array" if name in self.constants else "nothing that is known"
            raise op.error(f"{what} stands where the image's values belong: {shown(name)}.")
        return replace(found, alone=found.alone and self.uses[name] == 1)

    def flows(self, op: Op, place: int) -> bool:
        return place < len(op.inputs) and op.inputs[place] in self.values

    def given(self, op: Op, place: int) -> Array | None:
        """The array at a place; None where nothing is given there."""
        name = op.inputs[place] if place < len(op.inputs) else ""
        if not name:
            return None
        if name not in self.constants:
            raise op.error(UNKNOWN_NUMBERS)
        return self.constants[name]

    def array(self, op: Op, place: int) -> Array:
        """The array that has to be at a place."""
        found = self.given(op, place)
        if found is None:
            raise op.error(f"its input {place + 1} is missing. Export the model again.")
        return found

    def wholes(self, op: Op, place: int, name: str) -> tuple[int, ...] | None:
        """Whole numbers that are given at a place, or in an attribute, as in older graphs."""
        found = self.given(op, place)
        if found is not None:
            return tuple(map(int, found.reshape(-1)[:1_000]))
        return wholes(op, name) if name in op.attributes else None

    def put(self, op: Op, value: Value) -> None:
        """Says what an operator gives; only the first of what it gives is known."""
        self.values[op.outputs[0]] = value

    def add(
        self, op: Op, layer: Layer, value: Value, arrays: Sequence[Array] = (), **changed: Any
    ) -> Value:
        """A node with this layer behind a value, and what it gives."""
        try:
            shape = layer.output_shape(value.shape)
        except ArchitectureError as error:
            raise op.error(error.problem) from None
        wanted = [weight.shape for weight in layer.weights(value.shape)]
        got = [array.shape for array in arrays]
        if wanted != got:
            raise op.error(
                f"its arrays are of {_listed(got)}, but what comes in asks for {_listed(wanted)}."
            )
        name = self._name(op.called)
        if arrays:
            self.arrays[name] = tuple(_numbers(op, array) for array in arrays)
        self.nodes.append(Node(name, op.kind, {}, (value.node,), made=layer))
        form = value.form if len(shape) == 3 or value.form is Form.FLAT else Form.FIRST
        order = value.order if shape == value.shape else None
        made = Value(len(self.nodes) - 1, shape, form, order)
        return replace(made, **changed) if changed else made

    def join(self, op: Op, kind: str, values: Sequence[Value], shape: Shape) -> Value:
        """A node that joins what flows in, as Keras calls it."""
        self.nodes.append(
            Node(self._name(op.called), kind, {}, tuple(value.node for value in values))
        )
        widest = max(values, key=lambda value: len(value.shape))
        return Value(len(self.nodes) - 1, shape, widest.form, widest.order)

    def made(self, value: Value) -> Layer | None:
        """The layer that gives a value."""
        return self.nodes[value.node].made

    def change(self, value: Value, layer: Layer, arrays: Sequence[Array] = ()) -> None:
        """Puts another layer, with more arrays, in place of the one that gives a value."""
        node = self.nodes[value.node]
        self.nodes[value.node] = replace(node, made=layer)
        if arrays:
            held = self.arrays.get(node.name, ())
            self.arrays[node.name] = (*held, *(np.asarray(one, np.float32) for one in arrays))

    def _name(self, wanted: str) -> str:
        name = wanted
        while name in self.names:  # counted on, or a name of thousands would be tried thousandfold
            self.names[wanted] += 1
            name = f"{wanted}_{self.names[wanted]}"
        self.names[name] += 1
        return name


def _numbers(op: Op, array: Array) -> Array:
    with np.errstate(over="ignore"):
        found = np.asarray(array, np.float32, order="C")
    if not np.isfinite(found).all():
        raise op.error(
            "its arrays hold numbers that are not finite, as training that diverged leaves them. "
            "Train the model again with a lower learning rate."
        )
    return found


def _listed(shapes: Sequence[Shape]) -> str:
    return ", ".join(shape_text(shape) or "one number" for shape in shapes[:4]) or "nothing"


def whole(op: Op, name: str, usual: int) -> int:
    """An attribute that is a whole number."""
    found: int = _of_kind(op, name, int, usual)
    return found


def real(op: Op, name: str, usual: float) -> float:
    """An attribute that is a number, as short as 32 bits tell it apart."""
    return short(_of_kind(op, name, float, usual))


def word(op: Op, name: str, usual: str) -> str:
    """An attribute that is a word."""
    found: str = _of_kind(op, name, str, usual)
    return found


def wholes(op: Op, name: str, usual: tuple[int, ...] = ()) -> tuple[int, ...]:
    """An attribute that is a list of whole numbers."""
    found = _of_kind(op, name, tuple, usual)
    return tuple(int(one) for one in found)


def _of_kind(op: Op, name: str, kind: type, usual: Any) -> Any:
    found: Attribute | None = op.attributes.get(name)
    if found is None:
        return usual
    if not isinstance(found, kind):
        raise op.error(f"{name} is {shown(found)}, which it cannot be. Export the model again.")
    return found


def short(value: Any) -> float:
    """A 32-bit number as it was typed: 0.001, not 0.0010000000474974513."""
    return float(str(np.float32(value)))
