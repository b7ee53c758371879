"""Curves of several trainings as one: the mean over seeds as a line, their spread behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from cnn.network.zoo import CLASSICS, zoo
from cnn.pictures.curves import (
    COLOURS,
    MARKED,
    MARKS,
    Figure,
    Metric,
    colour,
    faint,
    number_format,
    rounded,
    tick,
    vertical_axis,
)
from cnn.pictures.figures import template
from cnn.training.comparison import colours
from cnn.training.mean_curves import Axis, MeanCurve

TITLES = {
    Axis.EPOCHS: "epoch",
    Axis.STEPS: "step",
    Axis.SECONDS: "seconds of training",
    Axis.IMAGES: "images seen",
    Axis.MACS: "MACs spent, forward pass alone",
}
_CLOSE = {"autorangeoptions": {"clipmin": 0.0, "clipmax": 1.03}}
"""Networks that all are good differ in a few per cent: the axis goes no further than they do."""

BEHIND = 0.14
"""How much is left of the others' colour where one network is looked at alone."""


@dataclass(frozen=True, slots=True)
class Band:
    """The curve of one network: what it is called, and the number of its colour."""

    id: str
    name: str
    colour: int
    curve: MeanCurve


def places(ids: Sequence[str]) -> dict[str, int]:
    """A colour's number for each network: the same on a page and in a report made of it."""
    known = [*CLASSICS, *(id for id in zoo() if id not in CLASSICS)]
    return colours(ids, known, COLOURS)


def bands(
    metric: Metric,
    found: Sequence[Band],
    axis: Axis = Axis.EPOCHS,
    *,
    dark: bool,
    epochs_wanted: int | None = None,
    log: bool = False,
    log_axis: bool = False,
    alone: str | None = None,
) -> Figure:
    """All networks over one axis; with `alone`, the others step back."""
    traces: list[dict[str, Any]] = []
    for band in found:
        own = colour(band.colour, dark=dark)
        strength = 1.0 if alone in (None, band.id) else BEHIND
        if band.curve.trainings > 1:
            traces.append(_spread(band, faint(own, 0.16)) | {"opacity": strength})
        traces.append(_line(band, metric, axis, own) | {"opacity": strength})
    return {
        "data": traces,
        "layout": {
            "template": template(dark),
            "uirevision": f"{metric}-{axis}-{log}-{log_axis}",
            "hovermode": "closest",
            "showlegend": True,
            "xaxis": _horizontal(axis, epochs_wanted, log=log_axis),
            "yaxis": vertical_axis(metric, log=log) | (_CLOSE if metric is Metric.ACCURACY else {}),
            "legend": {
                "orientation": "h",
                "y": 1.02,
                "yanchor": "bottom",
                "x": 0,
                "itemclick": "toggleothers",
                "itemdoubleclick": "toggle",
            },
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        },
    }


def _spread(band: Band, filled: str) -> dict[str, Any]:
    curve = band.curve
    return {
        "type": "scatter",
        "legendgroup": band.id,
        "x": [*map(rounded, curve.x), *map(rounded, reversed(curve.x))],
        "y": [*map(rounded, curve.high), *map(rounded, reversed(curve.low))],
        "fill": "toself",
        "fillcolor": filled,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "mode": "lines",
    }


def _line(band: Band, metric: Metric, axis: Axis, own: str) -> dict[str, Any]:
    curve = band.curve
    many = f", mean of {curve.trainings}" if curve.trainings > 1 else ""
    where = "" if axis is Axis.EPOCHS else f"{TITLES[axis].split(',')[0]} %{{x:,.4~s}}, "
    return {
        "type": "scatter",
        "legendgroup": band.id,
        "mode": "lines+markers" if len(curve.x) <= MARKED else "lines",
        "name": escape(band.name),  # Plotly would read a few tags
        "x": list(map(rounded, curve.x)),
        "y": list(map(rounded, curve.mean)),
        "customdata": [rounded(epoch) for epoch in curve.epochs],
        "line": {"color": own, "width": 2},
        "marker": {"symbol": MARKS[band.colour % len(MARKS)], "size": 7},
        "hovertemplate": (f"{where}epoch %{{customdata}}{many}: %{{y{number_format(metric)}}}"),
    }


def _horizontal(axis: Axis, epochs_wanted: int | None, *, log: bool) -> dict[str, Any]:
    base: dict[str, Any] = {"title": {"text": TITLES[axis], "standoff": 6}, "zeroline": False}
    if log:
        return base | {"type": "log", "tickformat": "~s", "nticks": 8}
    if axis is Axis.EPOCHS and epochs_wanted:
        margin = max(epochs_wanted * 0.02, 0.05)
        return base | {
            "range": [-margin, epochs_wanted + margin],
            "tick0": 0,
            "dtick": tick(epochs_wanted),
        }
    return base | {"rangemode": "tozero", "tickformat": "~s", "nticks": 8}
