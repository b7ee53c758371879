"""How large the gradient is in each layer of several networks, from the first layer to the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnn.numbers import number
from cnn.pictures.kit.figures import layout_of_lines, log_axis
from cnn.pictures.kit.label import label
from cnn.pictures.training.curves import MARKS, Figure, colour, rounded


@dataclass(frozen=True, slots=True)
class Profile:
    """The norms of one network's layers in order; `is_dashed` tells two of one colour apart."""

    name: str
    colour: int
    norms: tuple[float, ...]
    is_dashed: bool = False


def profile_figure(found: Sequence[Profile], *, dark: bool) -> Figure:
    """A line for each network, on a logarithmic axis; a norm of 0 leaves a gap."""
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": label(one.name),
                "uid": one.name,
                "x": list(range(1, len(one.norms) + 1)),
                "y": [rounded(norm) if norm > 0 else None for norm in one.norms],
                "line": {
                    "color": colour(one.colour, dark=dark),
                    "width": 2,
                    "dash": "dash" if one.is_dashed else "solid",
                },
                "marker": {"symbol": MARKS[one.colour % len(MARKS)], "size": 6},
                "text": [number(norm, 3) for norm in one.norms],
                "hovertemplate": "layer %{x}: %{text}",
            }
            for one in found
        ],
        "layout": {
            **layout_of_lines(dark),
            "uirevision": "profile",
            "showlegend": True,
            "xaxis": {
                "title": {"text": "layer with a kernel, from the input on", "standoff": 6},
                "zeroline": False,
                "nticks": 9,
                "range": [0.4, max((len(one.norms) for one in found), default=1) + 0.6],
            },
            "yaxis": {
                "title": {"text": "norm of the gradient"},
                "zeroline": False,
                **log_axis(norm for one in found for norm in one.norms),
            },
        },
    }
