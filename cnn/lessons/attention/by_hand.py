"""Attention over four cells, small enough to be worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

CELLS: Numbers = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], float)
"""A map of 2x2 cells, one after the other, with two channels: an upright line, and a level one."""

QUERY: Numbers = np.array([[2, 0, 1, 0], [0, 1, 0, 2]], float)
KEY: Numbers = np.array([[1, 0, 2, 0], [0, 2, 0, 1]], float)
VALUE: Numbers = np.array([[3, 0, 1, 0], [0, 2, 0, 4]], float)
"""What makes queries, keys and values of the channels."""


@dataclass(frozen=True, slots=True, eq=False)
class ByHand:
    """What one cell does with all cells, from its query to what it gathers.

    `products` are query times key for each cell, `divided` the same over the root of the key's
    size, `powers` e to the power of that, and `weights` their shares in the sum.
    """

    query: Numbers
    keys: Numbers
    products: Numbers
    divided: Numbers
    powers: Numbers
    weights: Numbers
    values: Numbers
    gathered: Numbers

    @property
    def root(self) -> float:
        """Of the key's size."""
        return sqrt(len(self.query))


def by_hand(cell: int, *, divides: bool = True) -> ByHand:
    """One of the four cells looks at all of them; products can be left as they are."""
    query, keys, values = CELLS[cell] @ QUERY, CELLS @ KEY, CELLS @ VALUE
    products = keys @ query
    divided = products / sqrt(len(query)) if divides else products
    powers = np.exp(divided)
    weights = powers / powers.sum()
    return ByHand(query, keys, products, divided, powers, weights, values, weights @ values)
