"""What was worked out of networks, remembered for so many as have a number of layers together.

A network may have 5 layers or 5,000, and whoever remembers it holds all of them: a bound on how
many networks are remembered would be none on what they take.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import ParamSpec, TypeVar

from cnn.network.architecture import Architecture, walk

P = ParamSpec("P")
R = TypeVar("R")

LAYERS = 10_000
FEWEST = 20
"""A network counts as so many layers at least."""

LETTERS = 50
"""So many letters of a network's text count as a layer."""


def remembered(layers: int = LAYERS) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Remembers a function's results by its arguments, the first of which is a network or its text;
    what was asked for longest ago is forgotten first.
    """

    def of(make: Callable[P, R]) -> Callable[P, R]:
        found: OrderedDict[Hashable, tuple[R, int]] = OrderedDict()
        lock, held = threading.Lock(), [0]

        @functools.wraps(make)
        def remembering(*args: P.args, **kwargs: P.kwargs) -> R:
            key = (args, tuple(kwargs.items()))
            with lock:
                if key in found:
                    found.move_to_end(key)
                    return found[key][0]
            made = make(*args, **kwargs)
            size = _size(args[0])
            with lock:
                if key not in found:
                    found[key] = (made, size)
                    held[0] += size
                while held[0] > layers:
                    _, (_, gone) = found.popitem(last=False)
                    held[0] -= gone
            return made

        return remembering

    return of


def _size(network: object) -> int:
    if isinstance(network, Architecture):
        return max(FEWEST, sum(1 for _ in walk(network.layers)))
    return max(FEWEST, len(str(network)) // LETTERS)
