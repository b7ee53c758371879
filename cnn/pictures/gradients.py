"""How large the gradient of each layer is, as training goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnn.pictures.curves import COLOURS, Figure, colour
from cnn.pictures.figures import template

DASHES = ("solid", "dash", "dot", "dashdot")


def gradient_figure(norms: Mapping[str, Sequence[tuple[int, float]]], *, dark: bool) -> Figure:
    """A line per layer over the steps, on a logarithmic axis: vanishing and exploding gradients
    are factors. A norm of 0 has no place on it and leaves a gap.
    """
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines" if len(points) > 1 else "markers",
            "name": layer,
            "uid": layer,
            "x": [step for step, _ in points],
            "y": [norm if norm > 0 else None for _, norm in points],
            "line": {
                "color": colour(place, dark=dark),
                "width": 1.5,
                "dash": DASHES[place // COLOURS % len(DASHES)],
            },
            "hovertemplate": "step %{x:,}: %{y:.3g}",
        }
        for place, (layer, points) in enumerate(norms.items())
    ]
    return {
        "data": traces,
        "layout": {
            "template": template(dark),
            "uirevision": "gradients",
            "hovermode": "closest",
            "showlegend": True,
            "xaxis": {"title": {"text": "step", "standoff": 6}, "zeroline": False},
            "yaxis": {
                "title": {"text": "norm of the gradient"},
                "type": "log",
                "exponentformat": "power",
                "zeroline": False,
            },
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        },
    }
