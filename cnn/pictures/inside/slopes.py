"""Activation functions as figures: their curves, their slopes, the slopes' product over depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.numbers import number
from cnn.pictures.kit.figures import layout_of_lines, log_axis
from cnn.pictures.kit.label import label
from cnn.pictures.kit.palette import NEUTRAL, PAPER
from cnn.pictures.training.curves import Figure, colour

Array = npt.NDArray[np.float32]


def curve_figure(
    x: Array,
    curves: Mapping[str, Array],
    chosen: str,
    point: tuple[float, float],
    bounds: tuple[float, float],
    *,
    dark: bool,
    legend: bool = True,
) -> Figure:
    """All curves over `x`, the chosen one in front, with a point on it."""
    across, up = point
    places = {name: place for place, name in enumerate(curves)}
    traces: list[dict[str, Any]] = [
        _line(name, x, values, colour(places[name], dark=dark), name == chosen)
        | {"legendrank": places[name]}
        for name, values in sorted(curves.items(), key=lambda one: one[0] == chosen)
    ]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [across],
            "y": [up],
            "marker": {
                "size": 13,
                "color": colour(places[chosen], dark=dark),
                "line": {"width": 2, "color": PAPER[dark]},
            },
            "hovertemplate": f"{label(chosen)}(%{{x:.2f}}): %{{y:.4f}}<extra></extra>",
            "showlegend": False,
        }
    )
    layout = _layout(dark) | {"showlegend": legend}
    layout["xaxis"] |= {"title": {"text": "x", "standoff": 4}, "dtick": 2}
    layout["yaxis"] |= {"range": list(bounds)}
    layout["shapes"] = [
        {
            "type": "line",
            "x0": across,
            "x1": across,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"dash": "dot", "width": 1, "color": NEUTRAL},
        }
    ]
    return {"data": traces, "layout": layout}


def left_over_figure(
    products: Mapping[str, Sequence[float]], measured: Sequence[float], chosen: str, *, dark: bool
) -> Figure:
    """What is left of a gradient after more and more layers, on a logarithmic axis: the products of
    slopes as lines, what a network really had as points. A product of 0 has no place there.
    """
    traces: list[dict[str, Any]] = []
    for place, (name, values) in enumerate(products.items()):
        shown = [one if one > 0 else None for one in values]
        hue = colour(place, dark=dark)
        line = _line(name, range(len(values)), shown, hue, name == chosen)
        line["text"] = [number(one, 3) for one in values]
        line["hovertemplate"] = f"{label(name)}, %{{x}} layers back: %{{text}}<extra></extra>"
        traces.append(line)
        if name == chosen:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": f"{label(name)}, measured",
                    "x": list(range(len(measured))),
                    "y": [one if one > 0 else None for one in measured],
                    "marker": {"size": 9, "symbol": "diamond-open", "color": hue},
                    "text": [number(one, 3) for one in measured],
                    "hovertemplate": "measured, %{x} layers back: %{text}<extra></extra>",
                }
            )
    layout = _layout(dark)
    layout["xaxis"] |= {"title": {"text": "layers back", "standoff": 4}}
    layout["yaxis"] |= {
        **log_axis(one for values in (*products.values(), measured) for one in values),
        "title": {"text": "share of the gradient left"},
    }
    return {"data": traces, "layout": layout}


def _line(name: str, x: Any, y: Any, hue: str, is_chosen: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label(name),
        "uid": name,
        "x": [round(float(one), 4) for one in x],
        "y": [None if one is None else float(one) for one in y],
        "opacity": 1.0 if is_chosen else 0.4,
        "line": {"color": hue, "width": 4 if is_chosen else 1.5},
        "hovertemplate": f"{label(name)}(%{{x:.2f}}): %{{y:.4f}}<extra></extra>",
    }


def _layout(dark: bool) -> dict[str, Any]:
    return {
        **layout_of_lines(dark),
        "showlegend": True,
        "xaxis": {"zeroline": True},
        "yaxis": {"zeroline": True},
    }
