"""Gradient norms as a figure."""

import plotly.graph_objects as go
import pytest

from cnn.pictures.gradients import gradient_figure

NORMS = {"Conv2D #1": [(50, 0.5), (100, 0.0), (150, 2e-7)], "Dense #1": [(50, 3.0)]}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("norms", [NORMS, {}, {f"layer {i}": [(1, 1.0)] for i in range(40)}])
def test_plotly_knows_every_word_of_it(norms, dark: bool):
    go.Figure(gradient_figure(norms, dark=dark))


def test_each_layer_is_a_line_over_the_steps_on_a_logarithmic_axis():
    figure = gradient_figure(NORMS, dark=False)

    assert [(trace["name"], trace["x"]) for trace in figure["data"]] == [
        ("Conv2D #1", [50, 100, 150]),
        ("Dense #1", [50]),
    ]
    assert figure["data"][0]["y"] == [0.5, None, 2e-7]  # a norm of 0 has no logarithm
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_a_single_point_is_seen():
    conv, dense = gradient_figure(NORMS, dark=False)["data"]

    assert (conv["mode"], dense["mode"]) == ("lines", "markers")


def test_no_two_of_32_layers_look_the_same_and_new_points_keep_the_view():
    many = {f"layer {i}": [(1, 1.0)] for i in range(32)}
    lines = [trace["line"] for trace in gradient_figure(many, dark=False)["data"]]

    assert len({(line["color"], line["dash"]) for line in lines}) == 32
    assert gradient_figure(NORMS, dark=False)["layout"] == gradient_figure({}, dark=False)["layout"]
