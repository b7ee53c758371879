"""How one cell came to its value, as a sentence with its numbers."""

from __future__ import annotations

import numpy as np

from cnn.insight.passes.activations import activation_function
from cnn.insight.passes.forward import Activations
from cnn.insight.passes.layer_output import Arrays, affine
from cnn.insight.passes.operations import Array
from cnn.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Container,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    LayerNormalization,
    MaxPooling2D,
    Rescaling,
    SpatialDropout2D,
    ZeroPadding2D,
)
from cnn.network.shapes import shape_text
from cnn.network.trace import Row, Trace


def sentence(
    row: Row,
    traced: Trace,
    arrays: Arrays,
    found: Activations,
    place: tuple[int, ...],
    image: int,
) -> str:
    """What was done to come to the value; then the activation, where there is one."""
    at = (image, *place)
    x, linear = found.inputs[row.name][image], found.linear[row.name][at]
    if isinstance(row.layer, Container):
        made = _merged(row, traced, found, place, image)
    else:
        made = _made(row, arrays, x, place, float(linear))
    name = getattr(row.layer, "activation", None)
    if name is None or isinstance(row.layer, Activation):
        return made
    return f"{made} {_activated(name, float(linear), float(found.outputs[row.name][at]))}"


def _made(row: Row, arrays: Arrays, x: Array, place: tuple[int, ...], linear: float) -> str:
    layer, axes = row.layer, row.axes
    match layer:
        case Convolution():
            bias = f" and the bias {_n(arrays[-1][place[2]])}" if layer.use_bias else ""
            return f"The products of the window with the kernel{bias} add up to {_n(linear)}."
        case Dense():
            bias = f" and the bias {_n(arrays[1][place[0]])}" if layer.use_bias else ""
            return f"{x.size:,} features, each times its weight,{bias} add up to {_n(linear)}."
        case MaxPooling2D():
            size = shape_text(layer.pool_size)
            return f"The largest value of the {size} window is {_n(linear)}."
        case AveragePooling2D():
            counted = ", without the padding" if layer.padding == "same" else ""
            return f"The mean of the {shape_text(layer.pool_size)} window{counted} is {_n(linear)}."
        case GlobalMaxPooling2D():
            size = shape_text(x.shape[:2])
            return f"The largest value of channel {place[-1]}, {size} cells, is {_n(linear)}."
        case GlobalAveragePooling2D():
            size = shape_text(x.shape[:2])
            return f"The mean of channel {place[-1]}, {size} cells, is {_n(linear)}."
        case ZeroPadding2D():
            assert axes is not None
            line, column = (place[side] - axes[side].before for side in (0, 1))
            if 0 <= line < x.shape[0] and 0 <= column < x.shape[1]:
                return f"The value {_n(linear)} of row {line}, column {column} of the input."
            return "A 0 of the frame."
        case Flatten():
            at = ", ".join(map(str, np.unravel_index(place[0], x.shape)))
            return f"The value {_n(linear)} at ({at}) of the input."
        case BatchNormalization():
            return _batch_normal(layer, arrays, float(x[place]), place[-1], linear)
        case LayerNormalization():
            return _layer_normal(layer, arrays, x[place[:-1]], place[-1], linear)
        case Rescaling():
            plus = f" + {_n(layer.offset)}" if layer.offset else ""
            return f"{_n(x[place])} × {_n(layer.scale)}{plus} = {_n(linear)}."
        case Dropout():
            return f"Dropout lets {_n(linear)} through; it acts in training alone."
        case SpatialDropout2D():
            return f"Spatial dropout lets {_n(linear)} through; it acts in training alone."
        case Activation():
            return _activation(layer, x[place[:-1]], place[-1])
    raise NotImplementedError(f"{layer.kind} has no sentence yet.")


def _activated(name: str, before: float, after: float) -> str:
    if name == "softmax":
        return f"The softmax makes the share {_n(after)} of it."
    return f"Then {name}({_n(before)}) = {_n(after)}."


def _activation(layer: Activation, values: Array, channel: int) -> str:
    function = activation_function(layer)
    assert function is not None
    after = function(values[None].copy(), None)[0, channel]
    before = float(values[channel])
    if layer.activation == "softmax":
        exact = np.exp(values.astype(np.float64) - values.max())
        return (
            f"exp({_n(before)} − {_n(values.max())}) = {_n(exact[channel])}, a share of "
            f"{_n(after)} in the sum {_n(exact.sum())} over {len(values)} channels."
        )
    return f"{layer.activation}({_n(before)}) = {_n(after)}."


def _batch_normal(
    layer: BatchNormalization, arrays: Arrays, x: float, channel: int, linear: float
) -> str:
    mean, variance = float(arrays[-2][channel]), float(arrays[-1][channel])
    gamma, beta = affine(layer, arrays)
    return _normal(x, mean, variance, layer.epsilon, gamma, beta, channel, linear, "moving ")


def _layer_normal(
    layer: LayerNormalization, arrays: Arrays, values: Array, channel: int, linear: float
) -> str:
    exact = values.astype(np.float64)
    gamma, beta = affine(layer, arrays)
    x, mean, variance = float(values[channel]), float(exact.mean()), float(exact.var())
    return _normal(x, mean, variance, layer.epsilon, gamma, beta, channel, linear, "")


def _normal(
    x: float,
    mean: float,
    variance: float,
    epsilon: float,
    gamma: Array | None,
    beta: Array | None,
    channel: int,
    linear: float,
    moving: str,
) -> str:
    scale = "" if gamma is None else f" × {_n(gamma[channel])}"
    shift = "" if beta is None else f" + {_n(beta[channel])}"
    return (
        f"With the {moving}mean {_n(mean)} and the {moving}variance {_n(variance)}: "
        f"({_n(x)} − {_n(mean)}) / √({_n(variance)} + {_n(epsilon)}){scale}{shift} = {_n(linear)}."
    )


def _merged(row: Row, traced: Trace, found: Activations, place: tuple[int, ...], image: int) -> str:
    """The ends of the series: their sum, or the one whose channel this is."""
    assert isinstance(row.layer, Container)
    values, names = [], []
    for part, held in row.layer.series():
        path = (*row.path, *part, len(held) - 1)
        last = next((one for one in traced.rows if one.path == path), None)
        values.append(found.inputs[row.name][image] if last is None else found[last.name][image])
        names.append("its own input" if last is None else last.title)
    if isinstance(row.layer, Branches) and row.layer.merge == "concatenate":
        channel = place[-1]
        for branch, (name, end) in enumerate(zip(names, values, strict=True)):
            if channel < end.shape[-1]:
                value = _n(end[(*place[:-1], channel)])
                return f"The value {value} of channel {channel} of branch {branch + 1}, {name}."
            channel -= end.shape[-1]
    parts = [f"{_n(end[place])} ({name})" for name, end in zip(names, values, strict=True)]
    total = sum(float(end[place]) for end in values)
    return f"{' + '.join(parts)} = {_n(total)}."


def _n(value: float | np.floating) -> str:
    return f"{float(value):.4g}".replace("-", "−")
