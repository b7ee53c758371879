"""Curves of trainings as Plotly figures: plain dicts, since a page makes them twice a second.

Building `go.Figure` costs more than all the rest of a poll; a test lets Plotly check the dicts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cnn.numbers import SMALLEST, exact, number
from cnn.pictures.kit.figures import layout_of_lines, log_axis
from cnn.pictures.kit.label import label
from cnn.pictures.kit.palette import SERIES, faint
from cnn.pictures.training.smoothing import smoothed
from cnn.training.recipe.run import Epoch, Step

Figure = dict[str, Any]

COLOURS = len(SERIES[False])
"""Beyond them, marks differ."""

MARKS = ("circle", "diamond", "square", "triangle-up", "x", "star", "hexagon", "cross")
DRAWN_STEPS = 600
DIGITS = 4
MARKED = 40


class Metric(StrEnum):
    LOSS = "loss"
    ACCURACY = "accuracy"


class Line(StrEnum):
    STEP = "step"
    EPOCH = "epoch"


_ON_SMOOTHED, _ON_PLAIN = ", on smoothed labels", ", on plain images"


@dataclass(frozen=True, slots=True)
class Look:
    """How curves are drawn; nothing of it changes what was measured.

    `smoothing` is the weight of what was before in the moving average of the steps, from 0 to 1.
    """

    dark: bool = False
    log: bool = False
    smoothing: float = 0.0
    shown: frozenset[Line] = frozenset(Line)


@dataclass(frozen=True, slots=True)
class Curve:
    """What is known of one training: its steps and epochs so far, of how many epochs. Its `end`
    may lie within its last epoch, and the last point of a line then stands there.
    """

    name: str
    epochs_wanted: int
    steps: Sequence[Step] = ()
    epochs: Sequence[Epoch] = ()
    end: float = math.inf
    has_smoothed_labels: bool = False  # its training loss, unlike that of validation
    is_of_plain_images: bool = False  # its figures of training, which learned from mixed ones
    unmeasured: frozenset[str] = frozenset()  # figures that nobody measured

    def steps_of(self, metric: Metric) -> Sequence[Step]:
        """The steps at which a metric was measured."""
        return () if metric in self.unmeasured else self.steps


def colour(place: int, *, dark: bool) -> str:
    """The colour of the so-manieth network or run; they repeat after eight."""
    colours = SERIES[dark]
    return colours[place % len(colours)]


def one_run(metric: Metric, curve: Curve, look: Look) -> Figure:
    """Every step faintly, each epoch's mean, and the validation images after each epoch."""
    train, validation = colour(0, dark=look.dark), colour(1, dark=look.dark)
    steps = "each step" + _on_what(metric, curve)
    traces = _step_traces(metric, curve.steps_of(metric), (steps, "smoothed"), train, look)
    if Line.EPOCH in look.shown:
        traces += [
            _epoch_trace(metric, curve, _training(metric, curve), train, "circle"),
            _epoch_trace(metric, curve, "validation", validation, "diamond", on_validation=True),
        ]
    return _figure(metric, traces, curve.epochs_wanted, dark=look.dark, log=look.log)


def several_runs(metric: Metric, curves: Sequence[Curve], look: Look) -> Figure:
    """Each run in a colour: validation as a line, training dotted, its steps faintly."""
    traces = []
    for place, curve in enumerate(curves):
        own, mark = colour(place, dark=look.dark), MARKS[place % len(MARKS)]
        name = label(curve.name)
        names = f"{name}, steps", f"{name}, smoothed"
        faint = _step_traces(metric, curve.steps_of(metric), names, own, look)
        own_traces = [trace | {"showlegend": False} for trace in faint]
        if Line.EPOCH in look.shown:
            called = f"{name}, {_training(metric, curve)}"
            dotted = _epoch_trace(metric, curve, called, own, mark)
            dotted["line"] |= {"dash": "dot"}
            line = _epoch_trace(metric, curve, name, own, mark, on_validation=True)
            own_traces += [dotted | {"showlegend": False, "mode": "lines"}, line]
        elif own_traces:
            own_traces[-1] |= {"showlegend": True, "name": name}
        # The place keeps lines of runs with one name apart; Plotly knows a line by its uid.
        traces += [
            trace | {"legendgroup": str(place), "uid": f"{place} {trace['uid']}"}
            for trace in own_traces
        ]
    longest = max((curve.epochs_wanted for curve in curves), default=1)
    return _figure(metric, traces, longest, dark=look.dark, log=look.log)


def learning_rate(steps: Sequence[Step], epochs_wanted: int, *, dark: bool) -> Figure:
    """The learning rate that each step was made with."""
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": [step.epoch for step in steps],
        "y": [step.learning_rate for step in steps],
        "line": {"color": colour(5, dark=dark), "width": 2},
        "text": [exact(step.learning_rate, 3) for step in steps],
        "hovertemplate": "epoch %{x:.2f}: %{text}<extra></extra>",
        "showlegend": False,
    }
    figure = _figure(Metric.LOSS, [trace], epochs_wanted, dark=dark, log=False)
    figure["layout"]["yaxis"] |= {"title": {"text": ""}, "tickformat": ".2~g"}
    return figure


def _training(metric: Metric, curve: Curve) -> str:
    """What the line of the training images is called, where they are not of the usual kind."""
    return "training" + _on_what(metric, curve)


def _on_what(metric: Metric, curve: Curve) -> str:
    """What the figures of training were measured on, where that has to be said."""
    if curve.is_of_plain_images:
        return _ON_PLAIN
    return _ON_SMOOTHED if metric is Metric.LOSS and curve.has_smoothed_labels else ""


def _step_traces(
    metric: Metric, steps: Sequence[Step], names: tuple[str, str], own: str, look: Look
) -> list[dict[str, Any]]:
    """What was measured at each step, faintly, and its moving average in front where wanted."""
    if Line.STEP not in look.shown:
        return []
    every = max(1, -(-len(steps) // DRAWN_STEPS)) if metric is Metric.ACCURACY else 1
    values = [getattr(step, metric) for step in steps]
    raw = _step_trace(metric, steps[::every], values[::every], names[0], "steps")
    raw["line"] = {"color": faint(own, 0.18 if look.smoothing else 0.32), "width": 1}
    if not look.smoothing:
        return [raw]
    means = smoothed(values, look.smoothing)
    front = _step_trace(metric, steps[::every], means[::every], names[1], "smoothed")
    front["line"] = {"color": faint(own, 0.75), "width": 1.5}
    return [raw, front]


def _step_trace(
    metric: Metric, steps: Sequence[Step], values: Sequence[float], name: str, uid: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "uid": uid,
        "x": [round(step.epoch, 4) for step in steps],
        "y": [rounded(value) for value in values],
        **told(metric, values, "epoch %{x:.2f}"),
    }


def _epoch_trace(
    metric: Metric, curve: Curve, name: str, own: str, mark: str, *, on_validation: bool = False
) -> dict[str, Any]:
    """Training is a mean over its epoch and stands in its middle; validation comes at its end."""
    field = f"val_{metric}" if on_validation else str(metric)
    epochs = () if field in curve.unmeasured else curve.epochs
    ends = [min(one.epoch, curve.end) for one in epochs]
    middles = [(one.epoch - 1 + end) / 2 for one, end in zip(epochs, ends, strict=True)]
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(epochs) <= MARKED else "lines",
        "name": name,
        "uid": field,
        # A line without points would not be in the legend either.
        "x": (ends if on_validation else middles) or [None],
        "y": [rounded(getattr(epoch, field)) for epoch in epochs] or [None],
        "customdata": [epoch.epoch for epoch in epochs],
        "line": {"color": own, "width": 2},
        "marker": {"symbol": mark, "size": 7},
        **told(metric, [getattr(epoch, field) for epoch in epochs], "epoch %{customdata}"),
    }


def _figure(
    metric: Metric, traces: list[dict[str, Any]], epochs: int, *, dark: bool, log: bool
) -> Figure:
    margin = max(epochs * 0.02, 0.05)
    vertical = vertical_axis(metric, (value for trace in traces for value in trace["y"]), log=log)
    if not (log or any(value is not None for trace in traces for value in trace["y"])):
        vertical["range"] = [0, 1]  # before the first point, Plotly would show -1 to 4
    return {
        "data": traces,
        "layout": {
            **layout_of_lines(dark),
            "uirevision": f"{metric}-{log}",
            "showlegend": True,
            "xaxis": {
                "title": {"text": "epoch", "standoff": 6},
                "range": [-margin, epochs + margin],
                "tick0": 0,
                "dtick": tick(epochs),
                "zeroline": False,
            },
            "yaxis": vertical,
        },
    }


def vertical_axis(metric: Metric, values: Iterable[float | None], *, log: bool) -> dict[str, Any]:
    """The axis of a metric: shares as per cent, losses from nothing or logarithmic."""
    vertical: dict[str, Any] = (
        {
            "title": {"text": "accuracy"},
            "tickformat": ".3~%",
            "autorangeoptions": {"minallowed": -0.02, "maxallowed": 1.03},
        }
        if metric is Metric.ACCURACY
        else {"title": {"text": "loss"}, "nticks": 7, "exponentformat": "e", "minexponent": 4}
    )
    if metric is Metric.LOSS and not log:
        vertical["rangemode"] = "tozero"
    if log:
        vertical |= log_axis(values)
    return vertical | {"zeroline": False}


def tick(epochs: int) -> int:
    """So many whole epochs between two marks that there are at most six: half a tablet has room."""
    return next(tick for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500) if epochs <= 6 * tick)


def told(metric: Metric, values: Sequence[float | None], where: str) -> dict[str, Any]:
    """What is told to a pointer: where it is, and the figure of this metric."""
    if metric is Metric.ACCURACY:
        return {"hovertemplate": f"{where}: %{{y:.1%}}"}
    if not any(value and not SMALLEST <= abs(value) < 10**DIGITS for value in values):
        return {"hovertemplate": f"{where}: %{{y:.{DIGITS}~r}}"}  # as `number`, without its bytes
    texts = ["" if value is None else number(value, DIGITS) for value in values]
    return {"text": texts, "hovertemplate": f"{where}: %{{text}}"}


def rounded(value: float) -> float:
    """Enough digits to draw and to read, and a third of the bytes to send."""
    return float(f"{value:.5g}")
