"""What the grid picture's script sends, read as the user input it is: sizes and numbers checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.insight.passes.slide import Slide, Spreading

LARGEST = 999.0


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """The values now, as those that are shown; `count` numbers the script's messages of a `rev`."""

    rev: int
    count: int
    input: Array
    kernel: Array | None
    bias: Array | None


def read_edit(sent: Any, shown: Slide | Spreading) -> Edit | None:
    """The script's message; None where there is none, or its grids are not those that are shown."""
    if not isinstance(sent, Mapping):
        return None
    rev, count = sent.get("rev"), sent.get("count")
    if not (_is_whole(rev) and _is_whole(count)):
        return None
    rows, columns, channels = shown.input.shape
    image = _stack(sent.get("input"), channels, rows, columns)
    if image is None:
        return None
    kernel = bias = None
    if shown.kernel is not None:
        height, width, depth, filters = shown.kernel.shape
        stacked = _stack(sent.get("kernel"), depth * filters, height, width)
        if stacked is None:
            return None
        kernel = stacked.reshape(height, width, filters, depth).transpose(0, 1, 3, 2)
    if isinstance(shown, Slide) and shown.bias is not None:
        single = _stack(sent.get("bias"), len(shown.bias), 1, 1)
        if single is None:
            return None
        bias = single.reshape(-1)
    assert isinstance(rev, int)
    assert isinstance(count, int)
    return Edit(rev, count, image, kernel, bias)


def _stack(sent: Any, count: int, rows: int, columns: int) -> Array | None:
    """Grids of this size as `[rows, columns, grids]`."""
    if not isinstance(sent, list) or len(sent) != count:
        return None
    for grid in sent:
        if not isinstance(grid, list) or len(grid) != rows:
            return None
        for row in grid:
            if not isinstance(row, list) or len(row) != columns or not all(map(_is_number, row)):
                return None
    return np.moveaxis(np.array(sent, np.float32), 0, 2)


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and abs(value) <= LARGEST


def _is_whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**31
