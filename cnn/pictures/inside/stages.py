"""A network's way with one image, stage by stage, as plain values for a page to draw.

A layer with an activation of its own is two stages: what it adds up to, then what the activation
makes of it. The numbers and weights go along whole, so that the browser can say what any cell was
made of; for networks without branches whose layers are in `KINDS`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnn.insight.passes.forward import forward
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Conv2D, Dense, Flatten, MaxPooling2D
from cnn.network.shapes import Shape, shape_text
from cnn.network.trace import Row, trace
from cnn.pictures.kit.inline import encoded
from cnn.pictures.kit.palette import COLOUR_OF_FAMILY, NEUTRAL, colour_of

KINDS = {Conv2D: "conv", MaxPooling2D: "pool", Flatten: "flatten", Dense: "dense"}
NAMES = {"conv": "Conv", "pool": "Max pool", "flatten": "Flatten", "dense": "Dense"}
NAME_OF_ACTIVATION = {"relu": "ReLU", "softmax": "Softmax"}
ACTIVATIONS = tuple(NAME_OF_ACTIVATION)

Stage = dict[str, Any]


class StageError(ValueError):
    """A network that cannot be followed so: which layer it is."""


def stages(architecture: Architecture, weights: Weights, image: Array) -> list[Stage]:
    """The input `[height, width, channels]` and every stage behind it, in order."""
    rows = trace(architecture).rows
    found = forward(architecture, weights, image[None], keep_linear=True)
    feed = architecture.fed
    note = f"the pixels, {feed.words.removeprefix('from ')}"
    result: list[Stage] = [_stage("input", "Input", NEUTRAL, feed.of(image), note)]
    for row in rows:
        kind = KINDS.get(type(row.layer))
        activation = row.layer.activation
        if kind is None or activation not in (None, *ACTIVATIONS):
            raise StageError(f"{row.title}: only {', '.join(NAMES.values())} can be followed so.")
        linear = found.linear[row.name][0]
        result.append(
            _stage(kind, NAMES[kind], colour_of(row.kind), linear, _note(row))
            | _making(row, weights)
        )
        if activation is not None:
            name, colour = NAME_OF_ACTIVATION[activation], COLOUR_OF_FAMILY["activation"]
            output = found.outputs[row.name][0]
            result.append(_stage(activation, name, colour, output, "no parameters"))
    return result


def _stage(kind: str, title: str, colour: str, values: Array, note: str) -> Stage:
    return {
        "kind": kind,
        "title": title,
        "colour": colour,
        "shape": list(values.shape),
        "size": _size(values.shape),
        "note": note,
        "values": encoded(values.astype("<f4")),
    }


def _size(shape: Shape) -> str:
    if len(shape) == 1:
        return f"{shape[0]:,} numbers"
    count = int(np.prod(shape))
    return f"{shape_text(shape).replace('x', '×')} = {count:,} numbers"


def _note(row: Row) -> str:
    if not row.params:
        return "no parameters"
    return f"{row.param_formula} parameters".replace(" x ", " × ").replace("3x3x", "3×3×")


def _making(row: Row, weights: Weights) -> Stage:
    """The weights of a stage, and where its windows lie."""
    made: Stage = {"params": row.params}
    if row.weights:
        kernel, bias = (np.asarray(array, np.float32) for array in weights[row.name])
        made |= {"kernel": encoded(kernel.astype("<f4")), "bias": encoded(bias.astype("<f4"))}
    if row.axes is not None:
        made |= {
            "window": [axis.kernel for axis in row.axes],
            "stride": [axis.stride for axis in row.axes],
            "before": [axis.before for axis in row.axes],
        }
    return made
