"""Gradient norms as a figure."""

import plotly.graph_objects as go
import pytest

from cnn.pictures.training.gradients import by_layer, gradient_figure
from cnn.training.recipe.run import GradientNorms

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

    assert len({line["color"] for line in lines}) == 32
    before, after = (gradient_figure(norms, dark=False)["layout"] for norms in ({}, NORMS))
    assert before["uirevision"] == after["uirevision"]
    assert "range" not in after["yaxis"]


def test_norms_are_sorted_by_layer_in_the_order_of_the_steps():
    measured = [GradientNorms(5, {"a": 1.0, "b": 2.0}), GradientNorms(10, {"a": 3.0, "b": 0.0})]

    assert by_layer(measured) == {"a": [(5, 1.0), (10, 3.0)], "b": [(5, 2.0), (10, 0.0)]}


def test_more_layers_than_colours_lead_from_the_first_colour_to_the_second_without_a_legend():
    figure = gradient_figure({f"layer {i}": [(1, 1.0)] for i in range(40)}, dark=False)

    colours = [trace["line"]["color"] for trace in figure["data"]]
    assert not figure["layout"]["showlegend"]
    assert (colours[0], colours[-1]) == ("rgb(79,70,229)", "rgb(217,72,15)")  # #4F46E5, #D9480F
    assert len(set(colours)) == 40
    assert gradient_figure(NORMS, dark=False)["layout"]["showlegend"]
