"""A result against the value it was had with: each seed as a dot, their mean as a line."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnn.numbers import exact, fixed, number
from cnn.pictures.kit.figures import layout_of_lines
from cnn.pictures.kit.label import label
from cnn.pictures.kit.palette import faint
from cnn.pictures.training.curves import MARKS, Figure, colour, rounded

WIDE = 8
"""From this factor between smallest and largest value on, the axis is logarithmic."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one value: the result of each seed, in the order of the seeds."""

    value: float
    results: tuple[float, ...]

    @property
    def mean(self) -> float:
        return statistics.fmean(self.results)

    @property
    def sd(self) -> float | None:
        return statistics.stdev(self.results) if len(self.results) > 1 else None


@dataclass(frozen=True, slots=True)
class Series:
    """One curve; `is_dashed` tells two of one colour apart."""

    name: str
    colour: int
    points: tuple[Measured, ...]
    is_dashed: bool = False


def result_curve(
    found: Sequence[Series],
    values: Sequence[float],
    *,
    over: str,
    what: str,
    dark: bool,
    is_share: bool = True,
) -> Figure:
    """All curves over the values, those not trained yet included, at which the axis has its marks.

    Bars are one standard deviation over the seeds, where there are several.
    """
    traces: list[dict[str, Any]] = []
    for series in found:
        traces += [_seeds(series, dark=dark), _means(series, dark=dark, is_share=is_share)]
    return {
        "data": traces,
        "layout": {
            **layout_of_lines(dark),
            "uirevision": f"{over}-{what}",
            "showlegend": len(found) > 1,
            "xaxis": {"title": {"text": label(over), "standoff": 6}, "zeroline": False}
            | _axis(values),
            "yaxis": {
                "title": {"text": label(what)},
                "zeroline": False,
                **(
                    {"tickformat": ".1~%", "autorangeoptions": {"clipmin": 0, "clipmax": 1.02}}
                    if is_share
                    else {"rangemode": "tozero", "exponentformat": "e", "minexponent": 4}
                ),
            },
        },
    }


def _axis(values: Sequence[float]) -> dict[str, Any]:
    marks = {"tickvals": list(values), "ticktext": [exact(value) for value in values]}
    low, high = min(values), max(values)
    is_log = low > 0 and high >= WIDE * low
    return marks | {"type": "log" if is_log else "linear"}


def _seeds(series: Series, *, dark: bool) -> dict[str, Any]:
    """Every seed by itself, faintly: a mean of two says little of where they are."""
    dots = [(one.value, result) for one in series.points for result in one.results]
    own = colour(series.colour, dark=dark)
    return {
        "type": "scatter",
        "mode": "markers",
        "uid": f"{series.name} seeds",
        "legendgroup": series.name,
        "x": [value for value, _ in dots],
        "y": [rounded(result) for _, result in dots],
        "marker": {"color": faint(own, 0.45), "size": 6},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _means(series: Series, *, dark: bool, is_share: bool) -> dict[str, Any]:
    own = colour(series.colour, dark=dark)
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": label(series.name),
        "uid": series.name,
        "legendgroup": series.name,
        "x": [one.value for one in series.points],
        "y": [rounded(one.mean) for one in series.points],
        "customdata": [_told(one, is_share=is_share) for one in series.points],
        "line": {"color": own, "width": 2, "dash": "dash" if series.is_dashed else "solid"},
        "marker": {"symbol": MARKS[series.colour % len(MARKS)], "size": 9},
        "hovertemplate": "%{customdata}",
    }
    if any(one.sd is not None for one in series.points):
        bars = {"type": "data", "visible": True, "thickness": 1.2, "width": 4, "color": own}
        trace["error_y"] = bars | {"array": [rounded(one.sd or 0.0) for one in series.points]}
    return trace


def _told(one: Measured, *, is_share: bool) -> str:
    found = f"{fixed(100 * one.mean, 2)}%" if is_share else number(one.mean)
    many = f"mean of {len(one.results)} seeds" if len(one.results) > 1 else "one seed"
    return f"{exact(one.value)}: {found}, {many}"
