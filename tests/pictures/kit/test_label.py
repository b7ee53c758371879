"""Whatever things are called, no figure holds a tag, a link or a place for a number made of it.

The net: each function that makes a figure is found by what it returns, and fed a hostile name in
every place that takes one. A new function fails here until it is fed, too.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import cnn.pictures
from cnn.diagnose.evaluation import Predictions, class_figures
from cnn.diagnose.reliability import reliability
from cnn.insight.readings.embedding import principal_components
from cnn.lessons.attention import cost
from cnn.network.atlas import atlas
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.pictures.comparison.result_curve import Measured, Series
from cnn.pictures.kit.label import label
from cnn.pictures.training.curves import Line, Look, Metric
from cnn.pictures.training.gradient_profile import Profile
from tests.hostile.files import LIVE_NAME
from tests.pictures.comparison import test_bands, test_intervals, test_trade_off
from tests.pictures.inside import test_points
from tests.pictures.training import test_border, test_curves

SKIPPED = {"uid", "legendgroup", "uirevision", "template"}
"""What Plotly compares and never shows; and the template, in which there are no names."""

OURS = re.compile(r"</?b>|<br>|</?extra>")
DRAWN_BY_US = "cnn.pictures.paper"
"""Plotly never sees these: `tests/pictures/paper` reads what is drawn of them."""

NAMES = (LIVE_NAME, f"{LIVE_NAME}'")
CURVE = replace(test_curves.CURVE, name=LIVE_NAME)
MATRIX = np.array([[9, 1], [2, 8]])


def figures() -> dict[str, Callable[..., Any]]:
    """The functions of the package that make a figure, by module and name."""
    found = {}
    for module in pkgutil.walk_packages(cnn.pictures.__path__, "cnn.pictures."):
        if module.name.startswith(DRAWN_BY_US):
            continue
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            returns = str(function.__annotations__.get("return"))
            if function.__module__ == module.name and returns in {"Figure", "go.Figure"}:
                found[f"{module.name.rpartition('.')[2]}.{name}"] = function
    return {name: one for name, one in found.items() if "._" not in name}


FIGURES = figures()
FED: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "atlas_chart.atlas_chart": lambda f: f(
        [
            replace(one, title=LIVE_NAME, family=replace(one.family, title=LIVE_NAME))
            for one in list(atlas().values())[:8]
        ],
        "macs",
        year=2022,
        lit=(),
        chosen=None,
        dark=False,
    ),
    "attention_cost.cost_figure": lambda f: f([cost(7)], cost(7), (*NAMES, LIVE_NAME), dark=False),
    "agreement.agreement_figure": lambda f: f(NAMES, np.eye(2), dark=False),
    "border.border_figure": lambda f: f(
        test_border.FOUND, test_border.NEW, 3, (LIVE_NAME,) * 3, dark=False
    ),
    "bands.bands": lambda f: f(
        Metric.LOSS,
        [replace(one, name=LIVE_NAME) for one in (test_bands.LENET, test_bands.EARLY)],
        dark=False,
    ),
    "confusion.confusion_figure": lambda f: f(MATRIX, NAMES, dark=False),
    "confusion.class_bars": lambda f: f(class_figures(MATRIX), NAMES, dark=False),
    "curves.one_run": lambda f: f(Metric.LOSS, CURVE, Look()),
    "curves.several_runs": lambda f: in_both_looks(f),
    "curves.learning_rate": lambda f: f(test_curves.STEPS, 5, dark=False),
    "figures.cost_bars": lambda f: f(
        trace(replace(entry("lenet-5").architecture, name=LIVE_NAME))
    ).to_plotly_json(),
    "gradient_profile.profile_figure": lambda f: f([Profile(LIVE_NAME, 1, (2.0, 1.0))], dark=False),
    "gradients.gradient_figure": lambda f: f({LIVE_NAME: [(1, 2.0), (2, 1.0)]}, dark=False),
    "intervals.intervals": lambda f: f(
        replace(
            test_intervals.judged(test_intervals.ON_IMAGES, test_intervals.OVER_SEEDS),
            first=LIVE_NAME,
            second=LIVE_NAME,
        ),
        dark=False,
    ),
    "one_weight.guess_figure": lambda f: f(1.0, dark=False),
    "one_weight.loss_figure": lambda f: f((1.0, 2.5), dark=False),
    "points.embedding_figure": lambda f: f(
        principal_components(np.random.default_rng(0).normal(size=(5, 4))),
        test_points.LABELS,
        test_points.PREDICTED,
        NAMES,
        dark=False,
    ),
    "points.reliability_figure": lambda f: f(
        reliability(Predictions(np.array([[0.9, 0.1], [0.4, 0.6]]), np.array([0, 1]))), dark=False
    ),
    "result_curve.result_curve": lambda f: f(
        [Series(LIVE_NAME, 0, (Measured(1.0, (0.9, 0.8)),))],
        [1.0],
        over=LIVE_NAME,
        what=LIVE_NAME,
        dark=False,
    ),
    "shifts.distance_figure": lambda f: f([(1, 2), (3, 4)], dark=False),
    "slopes.curve_figure": lambda f: f(
        np.zeros(2), {LIVE_NAME: np.zeros(2)}, LIVE_NAME, (0.0, 0.0), (-1, 1), dark=False
    ),
    "slopes.left_over_figure": lambda f: f({LIVE_NAME: [1.0]}, [1.0], LIVE_NAME, dark=False),
    "trade_off.trade_off": lambda f: f(
        [replace(one, name=LIVE_NAME) for one in test_trade_off.POINTS], LIVE_NAME, dark=False
    ),
}


def in_both_looks(make: Callable[..., Any]) -> Any:
    """Steps and epochs, and steps alone, whose lines are named apart."""
    looks = [Look(smoothing=0.5), Look(smoothing=0.5, shown=frozenset({Line.STEP}))]
    made = [make(Metric.LOSS, [CURVE, CURVE], look) for look in looks]
    return {"data": [trace for one in made for trace in one["data"]], "layout": made[0]["layout"]}


def read_by_plotly(part: Any, name: str = "") -> Iterator[str]:
    """Every string of a figure that Plotly looks into before it shows it."""
    if name in SKIPPED:
        return
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        is_shown = "customdata" in str(part.get("hovertemplate", "customdata"))
        for key, value in part.items():
            if key != "customdata" or is_shown:
                yield from read_by_plotly(value, key)
    elif isinstance(part, list | tuple | np.ndarray):
        for one in part:
            yield from read_by_plotly(one, name)


def test_every_function_that_makes_a_figure_is_fed():
    assert set(FED) == set(FIGURES)


@pytest.mark.parametrize("name", sorted(FED))
def test_a_hostile_name_stays_a_name(name: str):
    figure = FED[name](FIGURES[name])
    words = list(read_by_plotly(figure))
    assert words
    for one in words:
        rest = OURS.sub("", one)
        assert "<" not in rest, one
        assert "%{full" not in rest, one
    go.Figure(figure)


def test_a_name_is_shown_letter_by_letter():
    assert label('A&B "<i>" %{x}') == 'A&amp;B "&lt;i&gt;" %&#123;x}'
    assert label("a\u202eb\u200bc") == "abc"
