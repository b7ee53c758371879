"""Curves of several trainings as one: the mean over seeds as a line, their spread behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cnn.comparing.comparison import colours
from cnn.comparing.mean_curves import Axis, MeanCurve
from cnn.network.zoo import CLASSICS, zoo
from cnn.pictures.kit.figures import LEGEND, layout_of_lines
from cnn.pictures.kit.label import label
from cnn.pictures.kit.palette import faint
from cnn.pictures.training.curves import (
    COLOURS,
    MARKED,
    MARKS,
    Figure,
    Metric,
    colour,
    rounded,
    tick,
    told,
    vertical_axis,
)

TITLES = {
    Axis.EPOCHS: "epoch",
    Axis.STEPS: "step",
    Axis.SECONDS: "seconds of training",
    Axis.IMAGES: "images seen",
    Axis.MACS: "MACs of training, there and back",
}
_CLOSE = {"autorangeoptions": {"clipmin": 0.0, "clipmax": 1.03}}
"""Networks that all are good differ in a few per cent: the axis goes no further than they do."""

BEHIND = 0.14
"""How much is left of the others' colour where one network is looked at alone."""

SHORT = 0.05
"""The part of a curve over seconds that has no room for a text."""


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
        own_traces = [_line(band, metric, axis, own)]
        if band.curve.trainings > 1:
            own_traces.insert(0, _spread(band, faint(own, 0.16)))
        if min(band.curve.counts) < band.curve.trainings:
            own_traces += [_of_fewer(band, metric, axis, own), _counts(band, axis, own)]
        traces += [one | {"opacity": strength} for one in own_traces]
    values = (value for trace in traces for value in trace["y"])
    return {
        "data": traces,
        "layout": {
            **layout_of_lines(dark),
            "uirevision": f"{metric}-{axis}-{log}-{log_axis}",
            "showlegend": True,
            "xaxis": _horizontal(axis, epochs_wanted, log=log_axis),
            "yaxis": vertical_axis(metric, values, log=log)
            | (_CLOSE if metric is Metric.ACCURACY else {}),
            "legend": LEGEND | {"itemclick": "toggleothers", "itemdoubleclick": "toggle"},
        },
    }


def _stretches(curve: MeanCurve) -> list[slice]:
    """The points that are joined, means of as many trainings each."""
    starts = [
        i
        for i in range(len(curve.x))
        if i == 0 or i in curve.breaks or curve.counts[i] != curve.counts[i - 1]
    ]
    return [slice(*ends) for ends in pairwise([*starts, len(curve.x)])]


def _of_all(curve: MeanCurve) -> slice:
    """The points that are means of all trainings: one stretch, or none."""
    whole = (one for one in _stretches(curve) if curve.counts[one.start] == curve.trainings)
    return next(whole, slice(0, 0))


def _of_some(curve: MeanCurve) -> list[slice]:
    return [one for one in _stretches(curve) if curve.counts[one.start] < curve.trainings]


def _spread(band: Band, filled: str) -> dict[str, Any]:
    """Along the top and back along the bottom, a piece for each number of trainings; of a single
    one there is no spread, which is not one of nothing.
    """
    curve = band.curve
    x: list[float | None] = []
    y: list[float | None] = []
    for own in _stretches(curve):
        if curve.counts[own.start] < 2:
            continue
        gap = [None] if x else []
        x += [*gap, *map(rounded, curve.x[own]), *map(rounded, reversed(curve.x[own]))]
        y += [*gap, *map(rounded, curve.high[own]), *map(rounded, reversed(curve.low[own]))]
    return {
        "type": "scatter",
        "uid": f"{band.id} spread",
        "legendgroup": band.id,
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": filled,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "mode": "lines",
    }


def _line(band: Band, metric: Metric, axis: Axis, own: str) -> dict[str, Any]:
    """The mean as far as all trainings have come."""
    curve, all_of_them = band.curve, _of_all(band.curve)
    many = f", mean of {curve.trainings}" if curve.trainings > 1 else ""
    return {
        "type": "scatter",
        "uid": f"{band.id} line",
        "legendgroup": band.id,
        "mode": "lines+markers" if len(curve.x) <= MARKED else "lines",
        "name": label(band.name),
        "x": list(map(rounded, curve.x[all_of_them])),
        "y": list(map(rounded, curve.mean[all_of_them])),
        "customdata": [rounded(epoch) for epoch in curve.epochs[all_of_them]],
        "line": {"color": own, "width": 2},
        "marker": {"symbol": MARKS[band.colour % len(MARKS)], "size": 7},
        **told(metric, curve.mean[all_of_them], _where(axis, f"epoch %{{customdata}}{many}")),
    }


def _of_fewer(band: Band, metric: Metric, axis: Axis, own: str) -> dict[str, Any]:
    """The mean of those trainings that went on, dotted. The pieces are not joined: the mean of
    others is no step of the same line.
    """
    curve = band.curve
    x: list[float | None] = []
    y: list[float | None] = []
    behind: list[tuple[float, int] | None] = []
    for piece in _of_some(curve):
        count, gap = curve.counts[piece.start], [None] if x else []
        x += [*gap, *map(rounded, curve.x[piece])]
        y += [*gap, *map(rounded, curve.mean[piece])]
        behind += [*gap, *((rounded(epoch), count) for epoch in curve.epochs[piece])]
    counted = f"mean of %{{customdata[1]}} of {curve.trainings}"
    return {
        "type": "scatter",
        "uid": f"{band.id} of fewer",
        "legendgroup": band.id,
        "showlegend": False,
        "mode": "lines+markers" if len(curve.x) <= MARKED else "lines",
        "name": label(band.name),
        "x": x,
        "y": y,
        "customdata": behind,
        "line": {"color": own, "width": 1.5, "dash": "dot"},
        "marker": {"symbol": f"{MARKS[band.colour % len(MARKS)]}-open", "size": 7},
        **told(metric, y, _where(axis, f"epoch %{{customdata[0]}}, {counted}")),
    }


def _counts(band: Band, axis: Axis, own: str) -> dict[str, Any]:
    """How many trainings go on, where that changes. Plotly loses texts among points without.

    Over seconds, seeds of the same length end close to each other: a piece too short for its text
    has none, and says it when pointed at.
    """
    curve = band.curve
    least = SHORT * (curve.x[-1] - curve.x[0]) if axis is Axis.SECONDS else 0.0
    starts = [
        piece.start
        for piece in _of_some(curve)
        if curve.x[piece.stop - 1] - curve.x[piece.start] >= least
    ]
    return {
        "type": "scatter",
        "uid": f"{band.id} counts",
        "legendgroup": band.id,
        "showlegend": False,
        "hoverinfo": "skip",
        "mode": "markers+text",
        "marker": {"size": 9, "opacity": 0},  # of a text without a mark the point has no room
        "x": [rounded(curve.x[start]) for start in starts],
        "y": [rounded(curve.mean[start]) for start in starts],
        "text": [f"n = {curve.counts[start]}" for start in starts],
        "textposition": "top center",
        "textfont": {"color": own, "size": 11},
        "cliponaxis": False,
    }


def _where(axis: Axis, moment: str) -> str:
    if axis is Axis.EPOCHS:
        return moment
    many = ",.4~r" if axis is Axis.SECONDS else ",.4~s"  # half a second is no "500m"
    return f"{TITLES[axis].split(',')[0]} %{{x:{many}}}, {moment}"


def _horizontal(axis: Axis, epochs_wanted: int | None, *, log: bool) -> dict[str, Any]:
    base: dict[str, Any] = {"title": {"text": TITLES[axis], "standoff": 6}, "zeroline": False}
    base |= {"tickformat": ",~r" if axis is Axis.SECONDS else "~s", "nticks": 8}
    if log:
        return base | {"type": "log"}
    if axis is Axis.EPOCHS and epochs_wanted:
        margin = max(epochs_wanted * 0.02, 0.05)
        return base | {
            "tickformat": "",
            "range": [-margin, epochs_wanted + margin],
            "tick0": 0,
            "dtick": tick(epochs_wanted),
        }
    return base | {"rangemode": "tozero"}
