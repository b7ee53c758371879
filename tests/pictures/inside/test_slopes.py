"""Figures of activations and shifts: Plotly accepts them, and they show the numbers they got."""

import numpy as np
import plotly.graph_objects as go
import pytest

from cnn.diagnose.evaluation import wilson_interval
from cnn.pictures.inside.slopes import curve_figure, left_over_figure
from cnn.pictures.training.shifts import distance_figure

X = np.linspace(-1, 1, 5, dtype=np.float32)
CURVES = {"one": X, "two": 2 * X, "three": -X}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("legend", [False, True])
def test_the_chosen_curve_is_in_front_with_its_point(dark, legend):
    found = curve_figure(X, CURVES, "two", (0.5, 1.0), (-2, 2), dark=dark, legend=legend)
    go.Figure(found)
    *others, chosen, point = found["data"]
    assert chosen["name"] == "two"
    assert chosen["y"] == [-2, -1, 0, 1, 2]
    assert chosen["line"]["width"] > max(one["line"]["width"] for one in others)
    assert (point["x"], point["y"]) == ([0.5], [1.0])
    assert found["layout"]["showlegend"] is legend


def test_what_is_left_is_a_line_and_what_was_measured_are_points():
    products = {"one": [1.0, 0.25, 0.0625], "two": [1.0, 0.0, 0.0]}
    found = left_over_figure(products, [1.0, 0.2, 0.0], "one", dark=False)
    go.Figure(found)
    line, points, off = found["data"]
    assert line["y"] == [1.0, 0.25, 0.0625]
    assert points["y"] == [1.0, 0.2, None]
    assert off["y"] == [1.0, None, None]
    assert found["layout"]["yaxis"]["type"] == "log"


def test_the_share_at_each_distance_has_its_interval():
    found = distance_figure([(10, 10), (30, 40)], dark=True)
    go.Figure(found)
    (line,) = found["data"]
    assert line["y"] == [1.0, 0.75]
    low, high = wilson_interval(30, 40)
    assert line["error_y"]["array"][1] == pytest.approx(high - 0.75)
    assert line["error_y"]["arrayminus"][1] == pytest.approx(0.75 - low)
    assert line["customdata"][1] == [30, 40]
