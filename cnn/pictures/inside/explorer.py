"""All feature maps of one image as plain values for a browser: bytes, and the range of each map.

With each map's own range, the browser can show any map, layer or the whole network on one scale
without asking again. Bytes hold 256 levels; `cnn.insight.readings.cell` has a cell's true numbers.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.network.seen import read_pixels
from cnn.network.shapes import ReceptiveField, Shape, shape_text
from cnn.network.trace import Row, Trace
from cnn.pictures.kit.inline import encoded
from cnn.pictures.kit.palette import NEUTRAL, colour_of

LAYER_BYTES, ALL_BYTES = 60_000, 9_000_000
LARGEST = 64
MOST_FEATURES = 2_048
MOST_VALUES = 32
"""A vector of no more has its numbers beside it."""

Array = npt.NDArray[np.float32]


def explorer_parts(
    trace: Trace, image: Array, outputs: dict[str, Array], class_names: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The input and each row's output for one image `[height, width, channels]`, in order."""
    whole = field_values(ReceptiveField())
    layer_bytes = min(LAYER_BYTES, ALL_BYTES // (1 + len(trace.rows)))
    parts = [
        {"name": "", "title": "Input", "kind": "", "colour": NEUTRAL, "field": whole, "sees": ""}
        | _maps(image, trace.architecture.input, layer_bytes)
    ]
    parts += [
        _part(row, outputs[row.name][0], layer_bytes) | {"sees": _sees(row, trace)}
        for row in trace.rows
    ]
    last = parts[-1]
    if last["shape"] == [len(class_names)]:
        last["classes"] = list(class_names)
    return parts


def _part(row: Row, output: Array, layer_bytes: int) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title,
        "kind": row.kind,
        "colour": colour_of(row.kind),
        "field": field_values(row.receptive_field),
        **_maps(output, row.output_shape, layer_bytes),
    }


def field_values(field: ReceptiveField) -> dict[str, Any]:
    """What a cell sees, as a script in the browser follows it."""
    steps = {"spans": field.spans} if any(field.spans) else {}
    found = {"size": list(field.size), "jump": list(field.jump), "offset": list(field.offset)}
    return found | steps


def _sees(row: Row, trace: Trace) -> str:
    """What a cell of a map sees of the image; nothing of vectors, and of single pixels."""
    height, width = row.receptive_field.size
    if len(row.output_shape) == 1 or height * width == 1:
        return ""
    if row.receptive_field.jump == (0, 0):
        pixels, read = prod(trace.architecture.input[:2]), read_pixels(trace, row)
        if read == pixels:
            return "the whole image"
        if read is not None:
            return f"{read:,} of the {pixels:,} pixels of the image"
    return f"{height}×{width} pixels of the image"


def finite(values: Array) -> Array:
    """With a large number for what is endless, for which JSON has no word."""
    return np.nan_to_num(values)


def _maps(values: Array, shape: Shape, layer_bytes: int) -> dict[str, Any]:
    """As many whole maps as fit the layer's share of bytes; of large maps every n-th cell."""
    size = shape_text(shape).replace("x", "×")
    numbers: list[float] = []
    if len(shape) == 1:
        shown = finite(values[None, None, :MOST_FEATURES])
        hidden, every = len(values) - shown.shape[2], 1
        if len(values) <= MOST_VALUES:
            numbers = [float(f"{value:.5g}") for value in shown[0, 0]]
    else:
        every = -(-max(shape[:2]) // LARGEST)
        small = np.moveaxis(values[::every, ::every], -1, 0)
        room = max(1, layer_bytes // (small.shape[1] * small.shape[2]))
        shown, hidden = finite(small[:room]), max(0, len(small) - room)
    low, high = shown.min(axis=(1, 2)), shown.max(axis=(1, 2))
    span = np.where(high > low, high - low, 1)[:, None, None]
    levels = np.round((shown - low[:, None, None]) / span * 255)
    return {
        "size": size,
        "shape": list(shape),
        "count": len(shown),
        "hidden": int(hidden),
        "every": every,
        "height": shown.shape[1],
        "width": shown.shape[2],
        "lows": [float(f"{value:.6g}") for value in low],
        "highs": [float(f"{value:.6g}") for value in high],
        "values": numbers,
        "bytes": encoded(levels.astype(np.uint8)),
    }
