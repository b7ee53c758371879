"""One weight in training, as two figures: its guesses beside the points, and its loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnn.lessons.training import HOURS, KILOMETRES, best, gradient, loss
from cnn.pictures.kit.figures import layout_of_lines
from cnn.pictures.kit.palette import INK, NEUTRAL, PAPER
from cnn.pictures.training.curves import Figure, colour

END = 2.7
"""Hours: a little beyond the longest walk."""
REACH = 4.5
"""What is always seen of the loss, to both sides of its lowest point."""
POINTS = 121


def guess_figure(w: float, *, dark: bool) -> Figure:
    """The walks, the line of the guess, and from each walk its error."""
    across = [part for x in HOURS for part in (float(x), float(x), None)]
    up = [
        part
        for x, y in zip(HOURS, KILOMETRES, strict=True)
        for part in (float(y), float(w * x), None)
    ]
    traces = [
        _line("error", across, up, colour(1, dark=dark), 1.5),
        _line("guess", [0.0, END], [0.0, w * END], colour(0, dark=dark), 3),
        _dots("walks", HOURS, KILOMETRES, INK[dark], 10, dark=dark)
        | {"hovertemplate": "%{x} hours: %{y} kilometres<extra></extra>"},
    ]
    layout = {**layout_of_lines(dark), "showlegend": True}
    layout["xaxis"] = {"range": [0, END], "title": {"text": "hours x", "standoff": 4}}
    layout["yaxis"] = {"range": [-2, 22], "title": {"text": "kilometres y"}}
    return {"data": traces, "layout": layout}


def loss_figure(path: Sequence[float], *, dark: bool) -> Figure:
    """The loss over the weight, each step's place on it, and the slope where the weight is now."""
    w, middle = path[-1], best()
    reach = max([REACH, *(1.1 * abs(one - middle) for one in path)])
    axis = np.linspace(middle - reach, middle + reach, POINTS)
    top = loss(middle + reach)
    losses = [loss(one) for one in path]
    own = colour(0, dark=dark)
    aside = reach / 3
    slope = gradient(w) * aside
    traces = [
        _line("loss", axis, [loss(one) for one in axis], NEUTRAL, 2.5),
        _line(
            "slope here",
            [w - aside, w + aside],
            [losses[-1] - slope, losses[-1] + slope],
            colour(1, dark=dark),
            2.5,
        ),
        _line("steps", path, losses, own, 1) | {"opacity": 0.6, "showlegend": False},
        _dots("before", path[:-1], losses[:-1], own, 7, dark=dark) | {"opacity": 0.6},
        _dots("now", [w], [losses[-1]], own, 14, dark=dark),
    ]
    layout = {**layout_of_lines(dark), "showlegend": True}
    ends = [float(axis[0]), float(axis[-1])]
    layout["xaxis"] = {"range": ends, "title": {"text": "weight w", "standoff": 4}}
    layout["yaxis"] = {"range": [-0.06 * top, 1.02 * top], "title": {"text": "loss"}}
    return {"data": traces, "layout": layout}


def _line(name: str, x: Any, y: Any, hue: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "uid": name,
        "x": _plain(x),
        "y": _plain(y),
        "line": {"color": hue, "width": width},
        "hoverinfo": "skip",
    }


def _dots(name: str, x: Any, y: Any, hue: str, size: int, *, dark: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "uid": name,
        "x": _plain(x),
        "y": _plain(y),
        "marker": {"size": size, "color": hue, "line": {"width": 1.5, "color": PAPER[dark]}},
        "hovertemplate": "w = %{x:.3f}: loss %{y:.3f}<extra></extra>",
    }


def _plain(values: Any) -> list[float | None]:
    return [None if one is None else float(one) for one in values]
