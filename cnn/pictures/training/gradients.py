"""How large the gradient of each layer is, as training goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnn.numbers import number
from cnn.pictures.kit.figures import layout_of_lines, log_axis
from cnn.pictures.kit.label import label
from cnn.pictures.training.curves import COLOURS, Figure, colour
from cnn.training.recipe.run import GradientNorms


def by_layer(measured: Sequence[GradientNorms]) -> dict[str, list[tuple[int, float]]]:
    """The steps and norms of each layer, as the figure takes them."""
    found: dict[str, list[tuple[int, float]]] = {}
    for one in measured:
        for layer, norm in one.norms.items():
            found.setdefault(layer, []).append((one.step, norm))
    return found


def gradient_figure(norms: Mapping[str, Sequence[tuple[int, float]]], *, dark: bool) -> Figure:
    """A line per layer over the steps, on a logarithmic axis: vanishing and exploding gradients
    are factors. A norm of 0 has no place on it and leaves a gap.

    More layers than there are colours have no legend: theirs lead from the first layer to the last.
    """
    many = len(norms) > COLOURS
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines" if len(points) > 1 else "markers",
            "name": label(layer),
            "uid": layer,
            "x": [step for step, _ in points],
            "y": [norm if norm > 0 else None for _, norm in points],
            "line": {
                "color": _between(place / (len(norms) - 1), dark=dark)
                if many
                else colour(place, dark=dark),
                "width": 1.5,
            },
            "text": [number(norm, 3) for _, norm in points],
            "hovertemplate": "step %{x:,}: %{text}",
        }
        for place, (layer, points) in enumerate(norms.items())
    ]
    return {
        "data": traces,
        "layout": {
            **layout_of_lines(dark),
            "uirevision": "gradients",
            "showlegend": not many,
            "xaxis": {"title": {"text": "step", "standoff": 6}, "zeroline": False},
            "yaxis": {
                "title": {"text": "norm of the gradient"},
                "zeroline": False,
                **log_axis(norm for points in norms.values() for _, norm in points),
            },
        },
    }


def _between(share: float, *, dark: bool) -> str:
    """The colour so far from the first one, indigo, to the second, orange."""
    ends = [
        [int(own[i : i + 2], 16) for i in (1, 3, 5)]
        for own in (colour(0, dark=dark), colour(1, dark=dark))
    ]
    mixed = [round(a + share * (b - a)) for a, b in zip(*ends, strict=True)]
    return f"rgb({mixed[0]},{mixed[1]},{mixed[2]})"
