"""Accuracy against what it costs, as a Plotly figure, and who is beaten by nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnn.comparing.standings import Row, Summary
from cnn.insight.passes.effort import MOST_BYTES
from cnn.insight.readings.answer_time import ROUNDS, SLOWEST_S, answer_ms, is_measured
from cnn.numbers import exact, number
from cnn.pictures.kit.figures import layout_of_lines, log_axis
from cnn.pictures.kit.label import label
from cnn.pictures.kit.palette import FAINT_INK
from cnn.pictures.training.curves import MARKS, Figure, colour

WHOLE = 1_000
"""From this cost on nobody reads decimals."""


@dataclass(frozen=True, slots=True)
class Point:
    """A network: its cost, its accuracy, and one standard deviation of either over the seeds."""

    id: str
    name: str
    colour: int
    cost: float
    accuracy: float
    cost_sd: float | None = None
    accuracy_sd: float | None = None


COSTS = {
    "params": ("Parameters", True),
    "macs": ("MACs for one image", True),
    "epoch": ("Seconds per epoch", False),
    "answer": ("Milliseconds for one image", True),
}
"""What accuracy is set against, in words, and whether powers of ten lie between."""

COST_WORDS = {
    "params": "parameters",
    "macs": "MACs",
    "epoch": "seconds per epoch",
    "answer": "milliseconds for one image",
}
ANSWER_SAID = (
    f"One image at a time through this program's forward pass in NumPy, median of up to {ROUNDS}, "
    "measured where this was made: other programs and accelerators have other times."
)


def points(rows: Sequence[Row], places: Mapping[str, int], cost: str) -> list[Point]:
    """The networks with a test accuracy, against one of `COSTS`."""
    found = []
    for row in rows:
        test, takes = row.test_accuracy, row.seconds_per_epoch
        if test is None or takes is None or not _has_cost(row, cost):
            continue
        amount, spread = _cost(row, cost, takes)
        name = row.name
        found.append(Point(row.id, name, places[row.id], amount, test.mean, spread, test.sd))
    return found


def left_out(rows: Sequence[Row], cost: str) -> str:
    """Which networks with a test accuracy have no point, and why; nothing where all have one."""
    names = [row.name for row in rows if row.test_accuracy]
    missing = [row.name for row in rows if row.test_accuracy and not _has_cost(row, cost)]
    if not missing:
        return ""
    return (
        f"{len(missing)} of {len(names)} left out, as one image takes them over "
        f"{exact(SLOWEST_S)} s or {MOST_BYTES / 1e6:,.0f} MB: {', '.join(missing)}."
    )


def _has_cost(row: Row, cost: str) -> bool:
    return cost != "answer" or is_measured(row.group.entrant.architecture)


def _cost(row: Row, cost: str, takes: Summary) -> tuple[float, float | None]:
    match cost:
        case "params":
            return float(row.trace.total_params), None
        case "macs":
            return float(row.trace.total_macs), None
        case "epoch":
            return takes.mean, takes.sd
        case _:
            return answer_ms(row.group.entrant.architecture), None


def front(points: Sequence[tuple[float, float]]) -> list[int]:
    """The places of the points (cost, accuracy) that no other dominates, by rising cost."""
    kept: list[int] = []
    highest = float("-inf")
    order = sorted(range(len(points)), key=lambda place: (points[place][0], -points[place][1]))
    for place in order:
        is_same = bool(kept) and points[place] == points[kept[-1]]
        if points[place][1] > highest or is_same:
            kept.append(place)
            highest = points[place][1]
    return kept


def trade_off(
    points: Sequence[Point],
    title: str,
    *,
    dark: bool,
    log: bool = False,
    alone: str | None = None,
    are_ranked: bool = True,
) -> Figure:
    """Each network as a point with its spread, and the front as a stair behind them, which there is
    none of accuracies that cannot be ranked.
    """
    best = [points[place] for place in front([(one.cost, one.accuracy) for one in points])]
    stair: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "name": "Pareto front",
        "x": [one.cost for one in best],
        "y": [one.accuracy for one in best],
        "line": {"shape": "hv", "dash": "dot", "width": 1.5, "color": FAINT_INK[dark]},
        "hoverinfo": "skip",
    }
    return {
        "data": [*([stair] * are_ranked), *(_point(one, dark=dark, alone=alone) for one in points)],
        "layout": {
            **layout_of_lines(dark),
            "uirevision": f"{title}-{log}",
            "showlegend": True,
            "xaxis": {
                "title": {"text": label(title), "standoff": 6},
                "nticks": 8,
                "zeroline": False,
                **_ticks(points, log=log),
            },
            "yaxis": {
                "title": {"text": "test accuracy"},
                "tickformat": ".1~%",
                "zeroline": False,
                "autorangeoptions": {"clipmax": 1.02},
            },
        },
    }


def _ticks(points: Sequence[Point], *, log: bool) -> dict[str, Any]:
    """Counts with k and M; a tenth of a second is no `100m`."""
    if not log:
        return {"rangemode": "tozero", "tickformat": "~g"}
    costs = [one.cost for one in points if one.cost > 0]
    if min(costs, default=0) < 1:
        return log_axis(costs)
    between = {"dtick": "D2"} if max(costs) > 3 * min(costs) else {}
    return {"type": "log", "tickformat": "~s"} | between


def _point(one: Point, *, dark: bool, alone: str | None) -> dict[str, Any]:
    own = colour(one.colour, dark=dark)
    bars = {"visible": True, "thickness": 1.2, "width": 4, "color": own, "type": "data"}
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "name": label(one.name),
        "x": [one.cost],
        "y": [one.accuracy],
        "customdata": [one.id],
        "opacity": 1.0 if alone in (None, one.id) else 0.25,
        "marker": {"color": own, "size": 12, "symbol": MARKS[one.colour % len(MARKS)]},
        "text": [f"{one.cost:,.0f}" if one.cost >= WHOLE else number(one.cost)],
        "hovertemplate": "%{text}: %{y:.2%}",
    }
    if one.accuracy_sd is not None:
        trace["error_y"] = bars | {"array": [one.accuracy_sd]}
    if one.cost_sd:
        trace["error_x"] = bars | {"array": [one.cost_sd]}
    return trace
