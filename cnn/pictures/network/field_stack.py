"""A stack of layers as plain values for a page that lights what a cell sees, layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.network.shapes import Axis
from cnn.network.trace import Trace
from cnn.pictures.kit.inline import encoded
from cnn.pictures.kit.palette import colour_of


def field_stack(traced: Trace, image: Array, names: tuple[str, ...]) -> dict[str, Any]:
    """The image's pixels as bytes, and of each layer its map and how its window moves."""
    layers = []
    for row, name in zip(traced.rows, names, strict=True):
        assert row.axes is not None  # a stack holds convolutions and poolings alone
        layers.append(
            {
                "name": name,
                "colour": colour_of(row.kind),
                "size": list(row.output_shape[:2]),
                "axes": [sliding(axis) for axis in row.axes],
            }
        )
    pixels = np.clip(image[..., 0] * 255, 0, 255).round().astype(np.uint8)
    return {
        "layers": layers,
        "size": list(traced.architecture.input[:2]),
        "pixels": encoded(pixels),
    }


def sliding(axis: Axis) -> dict[str, int]:
    """How a window moves along an axis, as a script in the browser follows it."""
    return {name: getattr(axis, name) for name in ("kernel", "stride", "dilation", "before")}
