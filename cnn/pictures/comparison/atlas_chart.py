"""Published networks as a Plotly figure: accuracy against cost, families as lines, the front."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from math import sqrt
from typing import Any

from cnn.network.atlas import Known
from cnn.pictures.comparison.trade_off import front
from cnn.pictures.kit.figures import layout_of_lines
from cnn.pictures.kit.label import label
from cnn.pictures.kit.palette import FAINT_INK, INK, faint
from cnn.pictures.training.curves import MARKS, Figure, colour

TICKS = [part * 10**power for power in range(5, 12) for part in (1, 3)]
"""Few enough for a phone."""

COSTS = {"macs": "multiply-accumulates for one image", "params": "parameters"}
"""What accuracy is set against."""

SMALLEST_PX, LARGEST_PX = 9.0, 40.0
FADED = 0.16


def cost_of(known: Known, cost: str) -> int:
    return known.macs if cost == "macs" else known.params


def with_accuracy(networks: Sequence[Known]) -> list[Known]:
    return [known for known in networks if known.top1 is not None]


def best(networks: Sequence[Known], cost: str) -> list[Known]:
    """Those that no other beats: none is as accurate for less."""
    found = with_accuracy(networks)
    places = front([(cost_of(known, cost), known.top1 or 0.0) for known in found])
    return [found[place] for place in places]


def atlas_chart(
    networks: Sequence[Known],
    cost: str,
    *,
    year: int,
    lit: Collection[str],
    chosen: str | None,
    dark: bool,
) -> Figure:
    """Networks that have an accuracy; of later years than `year` none are shown, and those that are
    not `lit` stand back.
    """
    placed = with_accuracy(networks)
    shown = [known for known in placed if known.year <= year]
    largest = max((known.params for known in placed), default=1)
    families = [list(group) for _, group in groupby(placed, lambda known: known.family.id)]
    traces = [_front(best(shown, cost), cost, dark)]
    for place, family in enumerate(families):
        members = [known for known in family if known.year <= year]
        traces.append(_family(members, family[0], place, cost, lit, chosen, largest, dark))
    low, high = min(one.top1 or 0 for one in placed), max(one.top1 or 0 for one in placed)
    return {
        "data": traces,
        "layout": {
            **layout_of_lines(dark),
            "uirevision": cost,
            "showlegend": True,
            "xaxis": {
                "title": {"text": label(COSTS[cost]), "standoff": 6},
                "type": "log",
                "tickformat": "~s",
                "tickvals": TICKS,
                "zeroline": False,
                "range": _log_range([cost_of(known, cost) for known in placed]),
            },
            "yaxis": {
                "title": {"text": "ImageNet top-1"},
                "ticksuffix": " %",
                "zeroline": False,
                "range": [low - 1.5, high + 2],
            },
        },
    }


def _log_range(costs: Sequence[int]) -> list[float]:
    from math import log10

    return [log10(min(costs)) - 0.12, log10(max(costs)) + 0.2]


def _front(members: Sequence[Known], cost: str, dark: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "front",
        "showlegend": False,
        "x": [cost_of(known, cost) for known in members],
        "y": [known.top1 for known in members],
        "line": {"shape": "hv", "dash": "dot", "width": 1.5, "color": FAINT_INK[dark]},
        "hoverinfo": "skip",
    }


def _family(
    members: Sequence[Known],
    first: Known,
    place: int,
    cost: str,
    lit: Collection[str],
    chosen: str | None,
    largest: int,
    dark: bool,
) -> dict[str, Any]:
    own = colour(place, dark=dark)
    members = sorted(members, key=lambda known: cost_of(known, cost))
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": label(first.family.title),
        "cliponaxis": False,  # the largest point stands at the edge
        "x": [cost_of(known, cost) for known in members],
        "y": [known.top1 for known in members],
        "customdata": [known.id for known in members],
        "line": {"width": 1.5, "color": faint(own, 0.45)},
        "marker": {
            "color": own,
            "symbol": MARKS[place // 8],
            "size": [_size(known.params, largest) for known in members],
            "opacity": [0.85 if known.id in lit else FADED for known in members],
            "line": {
                "width": [3 if known.id == chosen else 0 for known in members],
                "color": INK[dark],
            },
        },
        "text": [_hover(known) for known in members],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _size(params: int, largest: int) -> float:
    """The area goes with the parameters."""
    return max(SMALLEST_PX, LARGEST_PX * sqrt(params / largest))


def _hover(known: Known) -> str:
    return (
        f"{label(known.title)}, {known.year}<br>{known.top1} % top-1<br>{known.params:,} parameters"
        f"<br>{known.macs:,} MACs"
    )
