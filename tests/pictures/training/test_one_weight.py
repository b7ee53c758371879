"""The figures of lesson 0: errors end on the line, dots on the curve, and the slope touches it."""

import numpy as np
import plotly.graph_objects as go
import pytest

from cnn.lessons.training import HOURS, KILOMETRES, loss, path
from cnn.pictures.training.one_weight import guess_figure, loss_figure


def named(figure, name):
    return next(one for one in figure["data"] if one["name"] == name)


@pytest.mark.parametrize("dark", [False, True])
def test_plotly_takes_both(dark):
    go.Figure(guess_figure(1.0, dark=dark))
    go.Figure(loss_figure(path(1.0, 0.1, 3), dark=dark))


@pytest.mark.parametrize("w", [0.0, 2.5, 8.0])
def test_each_error_goes_from_its_walk_to_the_guess(w):
    found = guess_figure(w, dark=False)
    error, line, walks = (named(found, name) for name in ("error", "guess", "walks"))
    assert (walks["x"], walks["y"]) == (HOURS.tolist(), KILOMETRES.tolist())
    assert line["y"][1] / line["x"][1] == pytest.approx(w)
    for place, (x, y) in enumerate(zip(HOURS, KILOMETRES, strict=True)):
        assert error["x"][3 * place : 3 * place + 3] == [x, x, None]
        assert error["y"][3 * place : 3 * place + 2] == pytest.approx([y, w * x])
    low, high = found["layout"]["yaxis"]["range"]
    assert all(low < one < high for one in error["y"] if one is not None)


@pytest.mark.parametrize(("start", "rate", "steps"), [(1.0, 0.1, 0), (8.0, 0.3, 5), (1, 0.45, 12)])
def test_every_step_is_seen_on_the_curve_and_the_tangent_touches_it_at_the_last(start, rate, steps):
    weights = path(start, rate, steps)
    found = loss_figure(weights, dark=False)
    now, before, tangent = (named(found, name) for name in ("now", "before", "slope here"))
    assert before["x"] + now["x"] == pytest.approx(list(weights))
    assert before["y"] + now["y"] == pytest.approx([loss(w) for w in weights])
    low, high = found["layout"]["xaxis"]["range"]
    assert all(low < w < high for w in weights)
    assert max(before["y"] + now["y"]) < found["layout"]["yaxis"]["range"][1]

    assert sum(tangent["x"]) / 2 == pytest.approx(weights[-1])
    rise = np.diff(tangent["y"]).item() / np.diff(tangent["x"]).item()
    nudge = 1e-4
    slope = (loss(weights[-1] + nudge) - loss(weights[-1] - nudge)) / (2 * nudge)
    assert rise == pytest.approx(slope, abs=1e-5)
    assert sum(tangent["y"]) / 2 == pytest.approx(loss(weights[-1]))
