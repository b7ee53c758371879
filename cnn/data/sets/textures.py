"""Ten textures as functions of the place: how much of a second colour is mixed in, 0 to 1."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]

LATTICE = 16
"""Speckles come of a grid of so many random values each way, which begins anew behind them."""


class Texture(StrEnum):
    STRIPES = "stripes"
    CHECKS = "checks"
    DOTS = "dots"
    GRID = "grid"
    WAVES = "waves"
    ZIGZAG = "zigzag"
    BRICKS = "bricks"
    RINGS = "rings"
    SPECKLES = "speckles"
    PLAIN = "plain"


def mixed(texture: Texture, x: Values, y: Values, lattices: Values, lattice: Indexes) -> Values:
    """Return what is mixed in at places that are measured in periods of the texture.

    Speckles take their values from one of the lattices each, (lattices, LATTICE, LATTICE).
    """
    if texture is Texture.SPECKLES:
        return _speckles(x, y, lattices, lattice)
    return _MIXED[texture](x, y)


def _wave(at: Values) -> Values:
    """A soft step up and down, once in a period."""
    step: Values = np.clip(0.5 + 1.5 * np.sin(2 * np.pi * at), 0, 1)
    return step


def _near_line(at: Values) -> Values:
    line: Values = np.clip(3 * (1 - 4 * np.abs(at - np.rint(at))), 0, 1)
    return line


def _checks(x: Values, y: Values) -> Values:
    return np.clip(0.5 + 3 * np.sin(2 * np.pi * x) * np.sin(2 * np.pi * y), 0, 1)


def _dots(x: Values, y: Values) -> Values:
    return np.clip(4 * (0.32 - np.hypot(x - np.rint(x), y - np.rint(y))) + 0.5, 0, 1)


def _zigzag(x: Values, y: Values) -> Values:
    return _wave(y + 0.8 * np.abs(x / 2 - np.rint(x / 2)))


def _bricks(x: Values, y: Values) -> Values:
    row = np.floor(y)
    return np.maximum(_near_line(y), _near_line(x / 2 + 0.5 * (row % 2)))


_MIXED: dict[Texture, Callable[[Values, Values], Values]] = {
    Texture.STRIPES: lambda x, y: _wave(x),
    Texture.CHECKS: lambda x, y: _checks(x / 2, y / 2),
    Texture.DOTS: _dots,
    Texture.GRID: lambda x, y: np.maximum(_near_line(x), _near_line(y)),
    Texture.WAVES: lambda x, y: _wave(y + 0.35 * np.sin(np.pi * x)),
    Texture.ZIGZAG: _zigzag,
    Texture.BRICKS: _bricks,
    Texture.RINGS: lambda x, y: _wave(np.hypot(x, y)),
    Texture.PLAIN: lambda x, y: np.zeros_like(x),
}


def _speckles(x: Values, y: Values, lattices: Values, lattice: Indexes) -> Values:
    """Random values on a grid, and what lies between them, between."""
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    right, down = x - column, y - row

    def at(row: Indexes, column: Indexes) -> Values:
        values: Values = lattices[lattice, row % LATTICE, column % LATTICE]
        return values

    above = at(row, column) * (1 - right) + at(row, column + 1) * right
    below = at(row + 1, column) * (1 - right) + at(row + 1, column + 1) * right
    return np.clip(2.2 * (above * (1 - down) + below * down) - 0.6, 0, 1)
