"""Operators on values by themselves: activations, and those with a number or an array."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from cnn.network import layers as kinds
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Dropout,
    GroupNormalization,
    Layer,
    LayerScale,
    Normalization,
    Normalizing,
    PReLU,
    Rescaling,
)
from cnn.network.onnx import cells
from cnn.network.onnx.flow import Form, Reading, Value, real, short, whole, word
from cnn.network.onnx.messages import Array, Op

WEIGHING = (kinds.Conv2D, kinds.DepthwiseConv2D, kinds.Conv2DTranspose, kinds.Dense)
"""The layers that may have a bias and an activation of their own."""

MOST_SPREAD = 1_000_000
"""Numbers that an array of fewer may become."""

EPSILON = 1e-3
"""Of a batch norm that only multiplies and adds: its variance is what is left to 1."""


def activation(reading: Reading, op: Op, layer: Activation, value: Value | None = None) -> None:
    """An activation: of the layer before it where that has none yet, else by itself."""
    value = reading.value(op) if value is None else value
    before: Any = reading.made(value)
    is_free = isinstance(before, WEIGHING) and not before.activation and not layer.bends
    if value.alone and is_free and value.form in (Form.FIRST, Form.FLAT):
        reading.change(value, replace(before, activation=layer.activation))
        reading.put(op, replace(value, alone=True))
        return
    reading.put(op, reading.add(op, layer, value))


def leaky(reading: Reading, op: Op) -> None:
    slope = real(op, "alpha", 0.01)
    if slope < 0:
        raise op.error(f"its slope is {slope}; here it is 0 or more.")
    activation(reading, op, Activation("relu", slope))


def elu(reading: Reading, op: Op) -> None:
    if (alpha := real(op, "alpha", 1.0)) != 1:
        raise op.error(f"alpha={alpha}, but elu is known with alpha=1 alone.")
    activation(reading, op, Activation("elu"))


def selu(reading: Reading, op: Op) -> None:
    usual = 1.6732632, 1.0507010
    found = real(op, "alpha", usual[0]), real(op, "gamma", usual[1])
    if not np.allclose(found, usual, rtol=1e-4):
        raise op.error(f"alpha and gamma are {found}, but selu is known with {usual} alone.")
    activation(reading, op, Activation("selu"))


def hard_sigmoid(reading: Reading, op: Op) -> None:
    found = real(op, "alpha", 0.2), real(op, "beta", 0.5)
    if not np.allclose(found, (1 / 6, 0.5), rtol=1e-5):
        raise op.error(
            f"alpha and beta are {found}, but here hard_sigmoid is relu6(x + 3) / 6, with 1/6 and "
            "0.5. Use that, or sigmoid."
        )
    activation(reading, op, Activation("hard_sigmoid"))


def gelu(reading: Reading, op: Op) -> None:
    if word(op, "approximate", "none") != "none":
        raise op.error('gelu is approximated. Use approximate="none".')
    activation(reading, op, Activation("gelu"))


def softmax(reading: Reading, op: Op) -> None:
    value = reading.value(op)
    axis = whole(op, "axis", -1 if reading.opset >= 13 else 1)
    if value.form is Form.CELLS:
        reading.put(op, cells.shared(op, value, axis))
        return
    places = {Form.FLAT: (1, -1), Form.FIRST: (1, -3), Form.LAST: (3, -1)}[value.form]
    if axis not in places or (reading.opset < 13 and value.form is not Form.FLAT):
        raise op.error(f"axis={axis} is not that of the channels or features. Only that is here.")
    activation(reading, op, Activation("softmax"))


def clip(reading: Reading, op: Op) -> None:
    """Clip is a relu with a ceiling, where it begins at 0."""
    bounds = [reading.given(op, place) for place in (1, 2)]
    low, high = (None if b is None or not b.size else short(b.reshape(-1)[0]) for b in bounds)
    low = real(op, "min", -math.inf) if low is None else low
    high = real(op, "max", math.inf) if high is None else high
    if low != 0 or high < 0:
        raise op.error(
            f"it keeps values from {low} to {high}; here a ceiling comes with a floor of 0."
        )
    activation(reading, op, ceiling(high))


def ceiling(high: float) -> Activation:
    if high > 1e6:
        return Activation("relu")
    return Activation("relu6") if high == 6 else Activation("relu", max_value=high)


def thresholded(reading: Reading, op: Op) -> None:
    activation(reading, op, Activation("relu", threshold=real(op, "alpha", 1.0)))


def prelu(reading: Reading, op: Op) -> None:
    value, slope = reading.value(op), reading.array(op, 1)
    if slope.size == 1 and float(slope.reshape(-1)[0]) >= 0:
        activation(reading, op, Activation("relu", short(slope.reshape(-1)[0])))
        return
    found = spread(op, value, slope)
    is_shared = len(value.shape) == 3 and found.ndim <= 1
    shape = (1, 1, value.shape[-1]) if is_shared else value.shape
    arrays = (np.broadcast_to(found, shape),)
    reading.put(op, reading.add(op, PReLU(is_shared), value, arrays))


def dropout(reading: Reading, op: Op) -> None:
    ratio = reading.given(op, 1)
    rate = real(op, "ratio", 0.5) if ratio is None else short(ratio.reshape(-1)[0])
    value = reading.value(op)
    reading.put(op, reading.add(op, Dropout(rate), value) if 0 <= rate < 1 else value)


def cast(reading: Reading, op: Op) -> None:
    if whole(op, "to", 1) not in (1, 10, 11):
        raise op.error("it makes whole numbers of values, which nothing here does.")
    reading.put(op, reading.value(op))


def power(reading: Reading, op: Op) -> None:
    raise op.error("it raises to a power, which nothing here does.")


def spread(op: Op, value: Value, array: Array) -> Array:
    """Numbers that meet a batch: one for all, one for each channel or feature, or one for each
    value, laid out as here.
    """
    if array.size == 1:
        return array.reshape(())
    rank = 2 if value.form is Form.FLAT else 4
    sizes = (1,) * (rank - array.ndim) + array.shape
    if len(sizes) != rank or sizes[0] != 1 or value.form not in (Form.FLAT, Form.FIRST, Form.LAST):
        raise op.error(f"its array of {array.shape} does not meet values of {value.shape}.")
    found = array.reshape(sizes[1:])
    if value.form is Form.FLAT:
        if found.shape != value.shape:
            raise op.error(f"its array of {array.shape} does not meet values of {value.shape}.")
        return value.sorted(found)
    found = found.transpose(1, 2, 0) if value.form is Form.FIRST else found
    if found.shape[:2] == (1, 1) and found.shape[2] == value.shape[-1]:
        return found.reshape(-1)
    fits = all(one in (1, size) for one, size in zip(found.shape, value.shape, strict=True))
    if len(value.shape) != 3 or not fits:
        raise op.error(f"its array of {array.shape} does not meet values of {value.shape}.")
    if math.prod(value.shape) > max(MOST_SPREAD, found.size):
        raise op.error(f"its array of {array.shape} is repeated over too large a map.")
    return np.broadcast_to(found, value.shape)


def with_array(reading: Reading, op: Op) -> None:
    """Values with numbers that are fixed: a bias, a factor, or a layer of its own."""
    is_first = reading.flows(op, 0)
    value = reading.value(op, 0 if is_first else 1)
    array = reading.array(op, 1 if is_first else 0)
    if value.form is Form.CELLS:
        does = cells.with_last_bias if value.beside.step == "output" else None
        found = does(reading, op, value, array) if does else cells.with_number(op, value, array)
        reading.put(op, found)
        return
    numbers = spread(op, value, array.astype(np.float32))
    if not np.isfinite(numbers).all():
        raise op.error("its numbers are not finite.")
    change = WITH_ARRAY.get((op.kind, is_first))
    if change is None:
        raise op.error("it divides by what flows, which nothing here does.")
    reading.put(op, change(reading, op, value, numbers))


def _added(reading: Reading, op: Op, value: Value, array: Array) -> Value:
    before: Any = reading.made(value)
    if value.alone and _taken_by(reading, value, before, array):
        return value
    if not array.ndim:
        return reading.add(op, Rescaling(1.0, short(array)), value)
    if array.ndim == 1:
        return _affine(reading, op, value, beta=array)
    return reading.add(op, kinds.PositionEmbedding(), value, (array,))


def _taken_by(reading: Reading, value: Value, before: Any, array: Array) -> bool:
    """Whether the layer before takes what is added as its bias, its beta or its offset."""
    if not array.ndim:
        takes = isinstance(before, Rescaling) and not before.offset
        if takes:
            reading.change(value, replace(before, offset=short(array)))
        return takes
    if array.ndim > 1:
        return False
    if isinstance(before, WEIGHING) and not before.use_bias and not before.activation:
        reading.change(value, replace(before, use_bias=True), (array,))
        return True
    if isinstance(before, Normalizing) and not before.center:
        _insert(reading, value, replace(before, center=True), int(before.scale), array)
        return True
    return False


def _insert(reading: Reading, value: Value, layer: Layer, place: int, array: Array) -> None:
    """Puts an array among those of a normalisation."""
    name = reading.nodes[value.node].name
    held = reading.arrays.get(name, ())
    reading.change(value, layer)
    reading.arrays[name] = (*held[:place], np.asarray(array, np.float32), *held[place:])


def _multiplied(reading: Reading, op: Op, value: Value, array: Array) -> Value:
    before: Any = reading.made(value)
    is_bare = isinstance(before, GroupNormalization) and not (before.scale or before.center)
    if array.ndim == 1 and value.alone and is_bare:
        _insert(reading, value, replace(before, scale=True), 0, array)
        return value
    if not array.ndim:
        return reading.add(op, Rescaling(short(array)), value)
    if array.ndim == 1 and len(value.shape) == 3:
        return reading.add(op, LayerScale(), value, (array.reshape(1, 1, -1, 1),))
    if array.ndim == 1:
        return _affine(reading, op, value, gamma=array)
    raise op.error("it multiplies each value by a number of its own, which nothing here does.")


def _affine(
    reading: Reading,
    op: Op,
    value: Value,
    gamma: Array | None = None,
    beta: Array | None = None,
) -> Value:
    """A batch norm that leaves mean and variance as they are, and multiplies or adds."""
    size = value.shape[-1]
    layer = BatchNormalization(epsilon=EPSILON, center=beta is not None, scale=gamma is not None)
    idle = np.zeros(size, np.float32), np.full(size, 1 - EPSILON, np.float32)
    learned = [one for one in (gamma, beta) if one is not None]
    return reading.add(op, layer, value, (*learned, *idle))


def _less(reading: Reading, op: Op, value: Value, array: Array) -> Value:
    if not array.ndim:
        return _added(reading, op, value, -array)
    if array.ndim == 1:
        mean = tuple(short(one) for one in array)
        return reading.add(op, Normalization(mean, (1.0,) * len(mean)), value)
    return _added(reading, op, value, -array)


def _from(reading: Reading, op: Op, value: Value, array: Array) -> Value:
    """An array less the values."""
    if not array.ndim:
        return reading.add(op, Rescaling(-1.0, short(array)), value)
    return _added(reading, op, reading.add(op, Rescaling(-1.0), value), array)


def _divided(reading: Reading, op: Op, value: Value, array: Array) -> Value:
    if np.any(array == 0) or array.ndim > 1:
        raise op.error("it divides by 0, or each value by a number of its own.")
    if not array.ndim:
        return reading.add(op, Rescaling(1 / short(array)), value)
    before: Any = reading.made(value)
    variance = tuple(short(one) ** 2 for one in array)
    is_centred = isinstance(before, Normalization) and before.variance == (1.0,) * len(variance)
    if np.all(array > 0) and is_centred and value.alone:
        reading.change(value, replace(before, variance=variance))
        return value
    if np.all(array > 0):
        return reading.add(op, Normalization((0.0,) * len(variance), variance), value)
    return _multiplied(reading, op, value, 1 / array)


WITH_ARRAY: dict[tuple[str, bool], Callable[[Reading, Op, Value, Array], Value]] = {
    ("Add", True): _added,
    ("Add", False): _added,
    ("Mul", True): _multiplied,
    ("Mul", False): _multiplied,
    ("Sub", True): _less,
    ("Sub", False): _from,
    ("Div", True): _divided,
}
"""What an operator does with an array, and whether the array comes second."""
