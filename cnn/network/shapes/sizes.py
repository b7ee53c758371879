"""The shape of a map or a vector, as a value and in words."""

from __future__ import annotations

import math

MapShape = tuple[int, int, int]
"""Height, width and channels."""

Shape = tuple[int, ...]
"""A map `(height, width, channels)` or a vector `(features,)`."""


def shape_text(shape: Shape) -> str:
    """`28x28x1`, or `120` for a vector."""
    return "x".join(str(size) for size in shape)


def element_count(shape: Shape) -> int:
    """How many numbers a map or a vector holds."""
    return math.prod(shape)
