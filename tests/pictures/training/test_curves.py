"""Curves as figures: checked by Plotly itself, and for what they show."""

from dataclasses import replace

import plotly.graph_objects as go
import pytest

from cnn.pictures.kit import palette
from cnn.pictures.training import curves
from cnn.pictures.training.curves import Curve, Figure, Line, Look, Metric
from cnn.pictures.training.smoothing import smoothed
from cnn.training.recipe.run import Epoch, Step

STEPS = [Step(i, i / 10, 2 / i, 1 - 1 / i, 0.01, i / 100) for i in range(1, 31)]
EPOCHS = [Epoch(i, 1 / i, 0.5 + i / 10, 1.1 / i, 0.4 + i / 10, float(i)) for i in (1, 2, 3)]
CURVE = Curve("LeNet-5", 5, STEPS, EPOCHS)

FIGURES: dict[str, Figure] = {
    "one": curves.one_run(Metric.LOSS, CURVE, Look()),
    "one, dark": curves.one_run(Metric.ACCURACY, CURVE, Look(dark=True)),
    "one, logarithmic": curves.one_run(Metric.LOSS, CURVE, Look(log=True)),
    "one, not begun": curves.one_run(Metric.LOSS, Curve("New", 5), Look()),
    "several": curves.several_runs(Metric.LOSS, [CURVE, CURVE], Look()),
    "one, smoothed": curves.one_run(Metric.LOSS, CURVE, Look(smoothing=0.9)),
    "several, steps only": curves.several_runs(
        Metric.LOSS, [CURVE, CURVE], Look(smoothing=0.5, shown=frozenset({Line.STEP}))
    ),
    "rate": curves.learning_rate(STEPS, 5, dark=False),
}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=list(FIGURES))
def test_plotly_knows_every_word_of_a_figure(figure: Figure):
    go.Figure(figure)


def test_validation_stands_at_the_end_of_its_epoch_and_training_in_the_middle():
    _, training, validation = curves.one_run(Metric.LOSS, CURVE, Look())["data"]

    assert training["x"] == [0.5, 1.5, 2.5]
    assert validation["x"] == [1, 2, 3]
    assert training["y"] == pytest.approx([1, 0.5, 1 / 3], rel=1e-4)
    assert validation["y"] == pytest.approx([1.1, 0.55, 1.1 / 3], rel=1e-4)


def test_the_last_points_of_a_training_that_ends_within_an_epoch_stand_where_it_ends():
    """2.4 epochs: the third had four tenths of one, whose middle is at 2.2."""
    _, training, validation = curves.one_run(
        Metric.LOSS, Curve("A", 3, STEPS, EPOCHS, end=2.4), Look()
    )["data"]

    assert training["x"] == pytest.approx([0.5, 1.5, 2.2])
    assert validation["x"] == [1, 2, 2.4]
    assert validation["customdata"] == [1, 2, 3]


def test_a_training_loss_on_smoothed_labels_is_called_that_and_nothing_else_is():
    older = replace(CURVE, has_smoothed_labels=True)

    def names(metric: Metric, curve: Curve) -> list[str]:
        return [trace["name"] for trace in curves.one_run(metric, curve, Look())["data"]]

    assert names(Metric.LOSS, older) == [
        "each step, on smoothed labels",
        "training, on smoothed labels",
        "validation",
    ]
    assert names(Metric.LOSS, CURVE) == ["each step", "training", "validation"]
    assert names(Metric.ACCURACY, older) == names(Metric.LOSS, CURVE)
    both = curves.several_runs(Metric.LOSS, [older, CURVE], Look())["data"]
    assert "LeNet-5, training, on smoothed labels" in [trace["name"] for trace in both]


def test_figures_of_plain_images_are_called_that_where_mixed_ones_are_learned_from():
    mixed = replace(CURVE, is_of_plain_images=True)
    for metric in Metric:
        (steps, training, validation) = curves.one_run(metric, mixed, Look())["data"]
        assert (steps["name"], training["name"]) == (
            "each step, on plain images",
            "training, on plain images",
        )
        assert validation["name"] == "validation"


def test_the_axis_reaches_to_the_end_of_the_training_from_the_start():
    low, high = FIGURES["one, not begun"]["layout"]["xaxis"]["range"]

    assert low < 0
    assert high > 5


def test_new_points_change_nothing_that_a_reader_has_set():
    before = curves.one_run(Metric.LOSS, Curve("A", 5, STEPS[:3]), Look())
    after = curves.one_run(Metric.LOSS, CURVE, Look())

    assert before["layout"] == after["layout"]
    assert before["layout"]["uirevision"]


def test_a_logarithmic_axis_is_another_view():
    assert (
        FIGURES["one, logarithmic"]["layout"]["uirevision"]
        != FIGURES["one"]["layout"]["uirevision"]
    )


def test_hiding_a_run_hides_all_its_lines():
    traces = FIGURES["several"]["data"]

    assert [trace["legendgroup"] for trace in traces] == ["0"] * 3 + ["1"] * 3
    assert [trace.get("showlegend", True) for trace in traces] == [False, False, True] * 2


def test_a_colour_is_the_same_place_of_either_theme():
    assert curves.colour(9, dark=False) == palette.SERIES[False][1]
    assert curves.colour(9, dark=True) == palette.SERIES[True][1]


@pytest.mark.parametrize(("epochs", "tick"), [(1, 1), (6, 1), (7, 2), (30, 5), (1_000, 200)])
def test_at_most_six_marks_stand_at_whole_epochs(epochs: int, tick: int):
    figure = curves.one_run(Metric.LOSS, Curve("A", epochs), Look())

    assert figure["layout"]["xaxis"]["dtick"] == tick


def test_smoothing_adds_a_line_before_what_was_measured_and_changes_no_number():
    plain, smooth = FIGURES["one"]["data"], FIGURES["one, smoothed"]["data"]

    assert [trace["name"] for trace in smooth] == [
        "each step",
        "smoothed",
        "training",
        "validation",
    ]
    assert smooth[0]["y"] == plain[0]["y"]
    assert smooth[1]["x"] == plain[0]["x"]
    assert smooth[1]["y"] == pytest.approx(smoothed(plain[0]["y"], 0.9), rel=1e-3)


def test_a_line_keeps_its_name_for_plotly_whatever_else_is_shown():
    # So that a line hidden by its reader stays hidden when another one comes before it.
    plain = {trace["name"]: trace["uid"] for trace in FIGURES["one"]["data"]}
    smooth = {trace["name"]: trace["uid"] for trace in FIGURES["one, smoothed"]["data"]}
    every = [trace["uid"] for trace in FIGURES["several"]["data"]]

    assert plain.items() <= smooth.items()
    assert len(set(every)) == len(every)


def test_steps_alone_and_epochs_alone_can_be_shown():
    epochs = curves.one_run(Metric.LOSS, CURVE, Look(shown=frozenset({Line.EPOCH})))
    steps = FIGURES["several, steps only"]["data"]

    assert [trace["name"] for trace in epochs["data"]] == ["training", "validation"]
    assert [trace.get("showlegend", True) for trace in steps] == [False, True] * 2
    assert {trace["name"] for trace in steps if trace["showlegend"]} == {"LeNet-5"}


@pytest.mark.parametrize("metric", Metric)
def test_an_axis_without_points_says_nothing_absurd_and_fits_itself_to_the_first(metric: Metric):
    empty = curves.one_run(metric, Curve("New", 5), Look())["layout"]["yaxis"]
    begun = curves.one_run(metric, CURVE, Look())["layout"]["yaxis"]

    assert empty["range"] == [0, 1]
    assert "range" not in begun


def test_a_loss_is_told_as_all_numbers_are():
    usual = curves.told(Metric.LOSS, [0.731, None, 0.0, 12.5], "epoch 1")
    tiny = curves.told(Metric.LOSS, [0.731, None, 3.69e-7], "epoch 1")

    assert usual == {"hovertemplate": "epoch 1: %{y:.4~r}"}  # d3's decimals, never an exponent
    assert tiny == {"hovertemplate": "epoch 1: %{text}", "text": ["0.731", "", "3.7e-7"]}


def test_a_tiny_loss_has_marks_with_exponents_and_no_prefixes():
    axis = curves.vertical_axis(Metric.LOSS, [1e-7, 2e-3], log=True)
    even = curves.vertical_axis(Metric.LOSS, [1e-7], log=False)

    assert {"1e-7", "0.001"} <= set(axis["ticktext"])
    assert even["exponentformat"] == "e"


def test_marks_half_a_point_of_accuracy_apart_are_written_apart():
    axis = curves.vertical_axis(Metric.ACCURACY, [0.935, 0.945], log=False)
    digits = axis["tickformat"].removeprefix(".").removesuffix("~%")

    assert len({f"{mark:.{digits}%}" for mark in (0.935, 0.94, 0.945)}) == 3
