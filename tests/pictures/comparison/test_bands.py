"""Curves over seeds as figures: checked by Plotly itself, and for what they show."""

import plotly.graph_objects as go
import pytest

from cnn.comparing.mean_curves import Axis, MeanCurve
from cnn.pictures.comparison.bands import BEHIND, Band, bands
from cnn.pictures.training.curves import Metric

CURVE = MeanCurve((1.0, 2.0), (1, 2), (0.5, 0.6), (0.4, 0.5), (0.6, 0.7), (3, 3), 3)
LENET = Band("lenet-5", "LeNet-5", 2, CURVE)
VGG = Band("vgg", "VGG <b>", 3, CURVE)
EARLY = Band(
    "early",
    "Stops early",
    4,
    MeanCurve(
        (1.0, 2.0, 3.0, 4.0, 5.0),
        (1, 2, 3, 4, 5),
        (0.5, 0.6, 0.7, 0.8, 0.9),
        (0.4, 0.5, 0.6, 0.7, 0.9),
        (0.6, 0.7, 0.8, 0.9, 0.9),
        (3, 3, 2, 2, 1),
        3,
    ),
)


@pytest.mark.parametrize("axis", Axis)
@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("log", [False, True])
def test_plotly_knows_every_word_of_a_figure(axis: Axis, metric: Metric, log: bool):
    figure = bands(
        metric,
        [LENET, VGG, EARLY],
        axis,
        dark=log,
        epochs_wanted=5,
        log=log and metric is Metric.LOSS,
        log_axis=log,
    )

    go.Figure(figure)


def test_the_spread_goes_along_the_top_and_back_along_the_bottom():
    spread, line = bands(Metric.LOSS, [LENET], dark=False)["data"]

    assert spread["x"] == [1, 2, 2, 1]
    assert spread["y"] == [0.6, 0.7, 0.5, 0.4]
    assert line["y"] == [0.5, 0.6]
    assert "mean of 3" in line["hovertemplate"]


def test_a_line_ends_where_the_first_seed_does_and_goes_on_dotted_with_n():
    spread, line, fewer, counts = bands(Metric.LOSS, [EARLY], dark=False)["data"]

    assert line["x"] == [1, 2]
    assert "mean of 3" in line["hovertemplate"]
    assert fewer["line"]["dash"] == "dot"
    assert fewer["x"] == [3, 4, None, 5]  # not joined: they are means of other seeds
    assert fewer["y"] == [0.7, 0.8, None, 0.9]
    assert list(zip(counts["x"], counts["y"], counts["text"], strict=True)) == [
        (3, 0.7, "n = 2"),
        (5, 0.9, "n = 1"),
    ]
    assert [said and said[1] for said in fewer["customdata"]] == [2, 2, None, 1]
    assert "mean of %{customdata[1]} of 3" in fewer["hovertemplate"]
    # Of one seed there is no spread, rather than one of nothing.
    assert spread["x"] == [1, 2, 2, 1, None, 3, 4, 4, 3]
    assert spread["y"] == [0.6, 0.7, 0.5, 0.4, None, 0.8, 0.9, 0.7, 0.6]


def over_seconds(x, counts, trainings=3, breaks=()) -> Band:
    values = tuple(0.1 * place for place in range(len(x)))
    curve = MeanCurve(x, x, values, values, values, counts, trainings, breaks)
    return Band("seconds", "Over seconds", 1, curve)


def test_over_seconds_the_solid_line_ends_where_the_dotted_one_begins():
    x, counts = (0.0, 50.0, 60.0, 60.0, 61.0, 61.0, 100.0), (3, 3, 3, 2, 2, 1, 1)

    figure = bands(Metric.LOSS, [over_seconds(x, counts)], Axis.SECONDS, dark=False)
    _, line, fewer, named = figure["data"]

    assert line["x"] == [0, 50, 60]
    assert fewer["x"] == [60, 61, None, 61, 100]
    # "n = 2", of one second in a hundred, would lie upon "n = 1".
    assert (named["x"], named["text"]) == ([61], ["n = 1"])


def test_seeds_that_were_never_under_way_at_the_same_time_have_no_line_of_all():
    band = over_seconds((1.0, 2.0, 10.0, 20.0), (1, 1, 1, 1), trainings=2, breaks=(2,))

    spread, line, fewer, _ = bands(Metric.LOSS, [band], Axis.SECONDS, dark=False)["data"]

    assert spread["x"] == line["x"] == []
    assert fewer["x"] == [1, 2, None, 10, 20]
    assert "of 2" in fewer["hovertemplate"]


def test_one_training_has_no_spread():
    one = Band("a", "A", 0, MeanCurve((1.0,), (1,), (0.5,), (0.5,), (0.5,), (1,), 1))

    (line,) = bands(Metric.LOSS, [one], dark=False)["data"]

    assert "mean of" not in line["hovertemplate"]


def test_who_is_looked_at_alone_keeps_its_colour_and_the_others_step_back():
    together = bands(Metric.LOSS, [LENET, VGG], dark=False)
    alone = bands(Metric.LOSS, [LENET, VGG], dark=False, alone="vgg")

    assert {trace["opacity"] for trace in together["data"]} == {1}
    assert [trace["opacity"] for trace in alone["data"]] == [BEHIND, BEHIND, 1, 1]
    assert alone["layout"] == together["layout"]  # so that zoom and hidden lines stay


def test_a_click_in_the_legend_shows_one_network_alone():
    assert bands(Metric.LOSS, [LENET], dark=False)["layout"]["legend"]["itemclick"] == (
        "toggleothers"
    )


def test_a_name_is_no_markup_to_plotly():
    assert bands(Metric.LOSS, [VGG], dark=False)["data"][1]["name"] == "VGG &lt;b&gt;"


def test_another_axis_is_another_view():
    views = [
        bands(Metric.LOSS, [LENET], axis, dark=False, log_axis=log)["layout"]["uirevision"]
        for axis in Axis
        for log in (False, True)
    ]

    assert len(set(views)) == len(views)
