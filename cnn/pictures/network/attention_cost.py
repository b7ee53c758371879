"""What attention costs beside a convolution as there are more cells, as a figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cnn.lessons.attention import Cost
from cnn.pictures.kit.figures import layout_of_lines
from cnn.pictures.kit.label import label
from cnn.pictures.kit.palette import SERIES

Figure = dict[str, Any]


def cost_figure(
    found: Sequence[Cost], chosen: Cost, words: tuple[str, str, str], *, dark: bool
) -> Figure:
    """The MACs of attention, of each cell with each in it, and of the convolution over cells, which
    `words` names in this order; points where so many cells are chosen.
    """
    looks: tuple[tuple[Callable[[Cost], int], int, str], ...] = (
        (lambda one: one.attention, 0, "solid"),
        (lambda one: one.pairs, 0, "dot"),
        (lambda one: one.convolution, 1, "solid"),
    )
    lines: list[Figure] = []
    for name, (of, place, dash) in zip(map(label, words), looks, strict=True):
        colour = SERIES[dark][place]
        hover = f"%{{x:,}} cells: %{{y:,}} MACs<extra>{name}</extra>"
        common: Figure = {"type": "scatter", "name": name, "hovertemplate": hover}
        lines.append(
            common
            | {
                "mode": "lines",
                "x": [one.cells for one in found],
                "y": [of(one) for one in found],
                "line": {"color": colour, "width": 2.5, "dash": dash},
            }
        )
        lines.append(
            common
            | {
                "mode": "markers",
                "x": [chosen.cells],
                "y": [of(chosen)],
                "marker": {"color": colour, "size": 10},
                "showlegend": False,
            }
        )
    return {
        "data": lines,
        "layout": {
            **layout_of_lines(dark),
            "xaxis": {"title": {"text": "cells", "standoff": 4}, "rangemode": "tozero"},
            "yaxis": {"title": {"text": "MACs per image"}, "rangemode": "tozero"},
        },
    }
