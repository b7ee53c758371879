"""Small pictures and kernels for grids one can read cell by cell, and grids as text for a link."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.insight.readings.kernels import GALLERY, placed

LARGEST = 999.0


def _digits(*rows: str) -> Array:
    return np.array([[int(digit) for digit in row] for row in rows], np.float32)


WORKED = _digits("10100", "01101", "00110", "10011", "01011")
"""The input of the worked convolution."""

WORKED_POOLING = _digits(
    *("12103214", "23212132", "12101021", "34324335"),
    *("23213223", "12102112", "45435446", "34324335"),
)


def _repeated(rows: Array) -> Callable[[int], Array]:
    """The rows as they are at their own size, and going on in the same way beyond it."""

    def of_size(size: int) -> Array:
        times = -(-size // len(rows))
        return np.tile(rows, (times, times))[:size, :size]

    return of_size


def _where(holds: Callable[[Array, Array, int], object]) -> Callable[[int], Array]:
    """1 in the rows and columns of a size where something holds, else 0."""

    def of_size(size: int) -> Array:
        rows, columns = np.indices((size, size)).astype(np.float32)
        return np.asarray(holds(rows, columns, size)).astype(np.float32)

    return of_size


def _is_ring(y: Array, x: Array, size: int) -> object:
    middle, radius = (size - 1) / 2, size / 2 - 1
    return np.abs(np.hypot(y - middle, x - middle) - radius) < 0.6


PICTURES: dict[str, Callable[[int], Array]] = {
    "worked": _repeated(WORKED),
    "edge": _where(lambda y, x, size: x >= size // 2),
    "cross": _where(lambda y, x, size: (y == size // 2) | (x == size // 2)),
    "diagonal": _where(lambda y, x, size: y == x),
    "ring": _where(_is_ring),
    "dot": _where(lambda y, x, size: (y == size // 2) & (x == size // 2)),
    "stripes": _where(lambda y, x, size: x % 2 == 1),
    "numbers": _repeated(WORKED_POOLING),
}
"""By name, for any size; one channel `[rows, columns]`."""

KERNELS: dict[str, Array] = {"x": _digits("101", "010", "101")} | {
    name.lower().replace(" ", "_"): GALLERY[name]
    for name in ("Sobel x", "Sobel y", "identity", "blur", "sharpen", "Laplacian", "emboss")
}
"""By name, 3x3; first that of the worked convolution."""


def picture(name: str, size: int, channels: int = 1) -> Array:
    """A picture `[rows, columns, channels]`; further channels are the next pictures in the list."""
    names = list(PICTURES)
    first = names.index(name)
    chosen = (PICTURES[names[(first + place) % len(names)]] for place in range(channels))
    return np.stack([make(size) for make in chosen], axis=-1)


def kernels(name: str, size: int, channels: int = 1, filters: int = 1) -> Array:
    """Kernels `[size, size, channels, filters]`; further ones are the next in the list."""
    names = list(KERNELS)
    first = names.index(name)
    made = np.zeros((size, size, channels, filters), np.float32)
    for f in range(filters):
        for c in range(channels):
            one = KERNELS[names[(first + f + c) % len(names)]]
            made[..., c, f] = placed(one, (size, size, 1))[..., 0]
    return made


def grid_text(values: Array) -> str:
    """Grids `[rows, columns, grids]` for an address: `101_010`, or `1,-2,_0.5,3,` where needed."""
    plain = all(value in range(10) for value in values.ravel().tolist())
    end = "" if plain else ","
    return "__".join(
        "_".join("".join(_shortest(value) + end for value in row) for row in values[..., place])
        for place in range(values.shape[2])
    )


def _shortest(value: np.float32) -> str:
    """The fewest decimals that mean this number."""
    return np.format_float_positional(np.float32(value) + np.float32(0), trim="-")  # no -0


def read_grids(text: str, shape: tuple[int, int, int]) -> Array | None:
    """The grids that a text stands for; None where it is not one of this shape."""
    grids = [[_row(row) for row in grid.split("_")] for grid in text.split("__")]
    rows, columns, count = shape
    if len(grids) != count or any(len(grid) != rows for grid in grids):
        return None
    if any(row is None or len(row) != columns for grid in grids for row in grid):
        return None
    return np.moveaxis(np.array(grids, np.float32), 0, 2)


def _row(text: str) -> list[float] | None:
    if not text.isascii():
        return None
    parts = text[:-1].split(",") if text.endswith(",") else list(text)
    try:
        values = [float(part) for part in parts]
    except ValueError:
        return None
    return values if all(abs(value) <= LARGEST for value in values) else None
