"""Which maps of a network are shown while it answers, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cnn.network.layers import Convolution
from cnn.network.trace import Trace


@dataclass(frozen=True, slots=True)
class Stage:
    """The maps that are shown of a layer: the name of its row, and what they are called."""

    layer: str
    title: str
    about: str


def stages(traced: Trace) -> list[Stage]:
    """The maps of each convolution, behind all that stands thin upon it."""
    found: list[Stage] = []
    is_open = False
    for row in traced.rows:
        if isinstance(row.layer, Convolution):
            height, width, maps = row.output_shape
            about = f"{maps} maps, {height}×{width}"
            found.append(Stage(row.name, f"Convolution {len(found) + 1}", about))
            is_open = True
        elif is_open and row.layer.is_thin:
            found[-1] = replace(found[-1], layer=row.name)
        else:
            is_open = False
    return found


def few(found: Sequence[Stage], most: int) -> list[Stage]:
    """So many of them, evenly apart, the first and the last among them."""
    if len(found) <= most:
        return list(found)
    return [found[round(place * (len(found) - 1) / (most - 1))] for place in range(most)]
