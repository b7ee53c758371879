"""The feature maps of a network as plain values for a page to draw: bytes, sizes, ranges.

Maps are scaled to bytes each by itself, and made smaller where they are large; the true range goes
with them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.errors import path_text
from cnn.network.shapes import ReceptiveField, Shape, shape_text
from cnn.network.trace import Row, Trace
from cnn.pictures.inside.explorer import field_values
from cnn.pictures.kit.inline import encoded
from cnn.pictures.kit.palette import NEUTRAL, colour_of

MAPS, ALL_BYTES = 16, 6_000_000
LARGEST = 56
FEATURES = 256

Array = npt.NDArray[np.float32]


def strip(trace: Trace, image: Array, outputs: dict[str, Array]) -> list[dict[str, Any]]:
    """The input and each layer's output for one image, as a component draws them."""
    most = max(1, min(MAPS, ALL_BYTES // (LARGEST**2 * (1 + len(trace.rows)))))
    parts = [
        {
            "title": "Input",
            "path": "",
            "colour": NEUTRAL,
            "depth": 0,
            "field": field_values(ReceptiveField()),
            **_maps(image, trace.architecture.input, most),
        }
    ]
    parts += [
        _part(row, outputs[row.name][0], most)
        for row in trace.rows
        if outputs.get(row.name) is not None
    ]
    return parts


def _part(row: Row, output: Array, most: int) -> dict[str, Any]:
    return {
        "title": row.title,
        "path": path_text(row.path),
        "colour": colour_of(row.kind),
        "depth": row.depth,
        "field": field_values(row.receptive_field),
        **_maps(output, row.output_shape, most),
    }


def _maps(values: Array, shape: Shape, most: int) -> dict[str, Any]:
    """The first channels of a map, or at most `FEATURES` features of a vector."""
    whole = shape_text(shape).replace("x", "×")
    if len(shape) == 1:
        shown = values[None, None, :FEATURES]
        size = f"{whole} features"
    else:
        shown = np.moveaxis(values[..., :most], -1, 0)
        size = f"{whole} = {values.size:,}"
    return {
        "size": size,
        "full": list(shape),
        "hidden": int(values.shape[-1] - (shown.shape[2] if len(shape) == 1 else len(shown))),
        "low": float(values.min()),
        "high": float(values.max()),
        **_bytes(shown),
    }


def _bytes(maps: Array) -> dict[str, Any]:
    every = -(-max(maps.shape[1:]) // LARGEST) if maps.shape[1] > 1 else 1
    maps = maps[:, ::every, ::every]
    low = maps.min(axis=(1, 2), keepdims=True)
    span = maps.max(axis=(1, 2), keepdims=True) - low
    scaled = np.where(span > 0, (maps - low) / np.where(span > 0, span, 1), 0)
    count, height, width = maps.shape
    return {
        "count": count,
        "height": height,
        "width": width,
        "every": every,
        "bytes": encoded((scaled * 255).round().astype(np.uint8)),
    }
