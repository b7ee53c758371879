"""Points and calibration as figures: what is plotted is what was measured."""

import numpy as np
import pytest

from cnn.diagnose.evaluation import Predictions
from cnn.diagnose.reliability import reliability
from cnn.insight.readings.embedding import principal_components
from cnn.pictures.inside.points import embedding_figure, reliability_figure

LABELS = np.array([0, 1, 1, 0, 1])
PREDICTED = np.array([0, 1, 0, 0, 1])


@pytest.fixture(scope="module")
def figure():
    points = principal_components(np.random.default_rng(0).normal(size=(5, 4)))
    return points, embedding_figure(points, LABELS, PREDICTED, ("<b>cat", "dog"), dark=False)


def test_every_image_is_a_point_of_its_class_at_its_place(figure):
    points, found = figure
    drawn = {
        place: (x, y)
        for trace in found["data"]
        for place, x, y in zip(trace["customdata"], trace["x"], trace["y"], strict=True)
    }
    assert [trace["customdata"] for trace in found["data"]] == [[0, 3], [1, 2, 4]]
    for place in range(5):
        assert drawn[place] == pytest.approx(tuple(points.points[place]), abs=1e-4)


def test_a_mistake_is_larger_and_ringed_and_names_are_escaped(figure):
    _, found = figure
    assert found["data"][1]["marker"]["size"] == [7, 11, 7]
    assert found["data"][1]["marker"]["line"]["width"] == [0, 2, 0]
    assert "taken for <b>&lt;b&gt;cat</b>" in found["data"][1]["text"][1]


def test_bars_are_the_accuracy_of_each_filled_bin():
    scores = np.array([[0.95, 0.05], [0.95, 0.05], [0.45, 0.55]], np.float32)
    found = reliability_figure(reliability(Predictions(scores, np.array([0, 1, 1]))), dark=True)

    _line, bars, points = found["data"]
    assert bars["x"] == pytest.approx([0.55, 0.95])
    assert bars["y"] == pytest.approx([1.0, 0.5])
    assert points["x"] == pytest.approx([0.55, 0.95], abs=1e-6)
    assert "2 images" in bars["customdata"][1]
