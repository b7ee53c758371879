"""The figures of a comparison for a paper, by the names of their files: those of the pages, where
there is one.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnn.comparing.findings import Findings
from cnn.comparing.standings import Row
from cnn.comparing.verdict import Judgement
from cnn.pictures.comparison.intervals import interval, no_difference
from cnn.pictures.comparison.report import colours, curves
from cnn.pictures.comparison.trade_off import COST_WORDS, COSTS, points, trade_off
from cnn.pictures.kit.figures import layout
from cnn.pictures.kit.label import label, shortened
from cnn.pictures.paper.drawn import HEIGHT, WIDTH, drawn
from cnn.pictures.paper.sheet import Sheet
from cnn.pictures.training.curves import MARKS, Figure, colour

RECORDED = ("params", "macs", "epoch")
"""Costs that the runs know of; how long one image takes is measured where a page is shown."""

_A_NAME = 17.0
_LONGEST = 28


def figures(found: Findings) -> dict[str, Sheet]:
    """Each figure that there is something to show in."""
    own = colours(found)
    made = {
        f"curve-{name.lower().replace(' ', '-')}": drawn(figure, f"{name}, mean over seeds")
        for name, figure in curves(found)
        if figure["data"]
    }
    for cost in RECORDED:
        words, log = COSTS[cost]
        if there := points(found.rows, own, cost):
            is_ranked = not found.differences.forbid
            figure = trade_off(there, words, dark=False, log=log, are_ranked=is_ranked)
            made[f"cost-{cost}"] = drawn(figure, f"Test accuracy against {COST_WORDS[cost]}")
    tested = [row for row in found.rows if row.test_accuracy]
    if tested:
        about = "Test accuracy: every seed, the mean, and one standard deviation"
        made["accuracy"] = drawn(accuracy(tested, own), about, WIDTH, _height(len(tested)))
    if judged := [one for one in found.judgements if one.seeds or one.images]:
        about = "Differences in test accuracy with their intervals"
        made["differences"] = drawn(differences(judged), about, WIDTH, _height(len(judged)))
    return made


def _height(lines: int) -> float:
    return max(HEIGHT / 2, 40 + _A_NAME * lines)


def accuracy(rows: Sequence[Row], own: dict[str, int]) -> Figure:
    """A line for each network: its seeds, their mean, and one standard deviation."""
    data: list[Figure] = []
    names = _told_apart([row.name for row in rows])
    for row, name in zip(rows, names, strict=True):
        found = row.test_accuracy
        assert found is not None
        hue = colour(own[row.id], dark=False)
        symbol = MARKS[own[row.id] % len(MARKS)]
        seeds = [run.result.test_accuracy for run in row.group.finished if run.result]
        each = {"symbol": "circle-open", "size": 6, "color": hue}
        data.append({"mode": "markers", "x": seeds, "y": [name] * len(seeds), "marker": each})
        mean: Figure = {"mode": "markers", "x": [found.mean], "y": [name]}
        mean |= {"marker": {"symbol": symbol, "size": 10, "color": hue}}
        if found.sd is not None:
            mean |= {"error_x": {"array": [found.sd], "color": hue}}
        data.append(mean)
    title = {"title": {"text": "test accuracy"}, "tickformat": ".1~%"}
    return {
        "data": data,
        "layout": {**layout(dark=False), "xaxis": title, "yaxis": {"autorange": "reversed"}},
    }


def differences(judged: Sequence[Judgement]) -> Figure:
    """A line for each two networks: the first minus the second, with its interval."""
    names = _told_apart([f"{one.first} − {one.second}" for one in judged])
    verdicts = [verdict for one in judged if (verdict := one.seeds or one.images)]
    return {
        "data": [
            interval(name, one, dark=False) for name, one in zip(names, verdicts, strict=True)
        ],
        "layout": {
            **layout(dark=False),
            "xaxis": {"title": {"text": "difference, percentage points"}},
            "yaxis": {"autorange": "reversed"},
            "shapes": [no_difference(dark=False)],
        },
    }


def _told_apart(names: Sequence[str]) -> list[str]:
    """Names that fit beside a line, no two alike."""
    short = [label(shortened(name, _LONGEST)) for name in names]
    return [
        f"{name} ({place + 1})" if short.count(name) > 1 else name
        for place, name in enumerate(short)
    ]
