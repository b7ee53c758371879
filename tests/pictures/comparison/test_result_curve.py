"""Results against values: means, their spread, and every seed."""

import plotly.graph_objects as go
import pytest

from cnn.pictures.comparison.result_curve import Measured, Series, result_curve

TWO = Series("Filters", 0, (Measured(0.5, (0.9, 0.8)), Measured(1.0, (0.95,))), is_dashed=True)
OTHER = Series("<b>Other</b>", 9, (Measured(1.0, (0.7,)),))


def figure(*series: Series, values=(0.5, 1.0, 8.0), dark=False, is_share=True):
    return result_curve(
        series, values, over="filters", what="accuracy", dark=dark, is_share=is_share
    )


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("is_share", [False, True])
@pytest.mark.parametrize("series", [(), (TWO,), (TWO, OTHER)])
def test_plotly_knows_every_word_of_it(series, is_share: bool, dark: bool):
    go.Figure(figure(*series, is_share=is_share, dark=dark))


def test_a_line_goes_through_the_means_and_every_seed_is_a_dot():
    dots, line = figure(TWO)["data"]

    assert (dots["x"], dots["y"]) == ([0.5, 0.5, 1.0], [0.9, 0.8, 0.95])
    assert (line["x"], line["y"]) == ([0.5, 1.0], [0.85, 0.95])
    # The sample deviation of 0.9 and 0.8, and none of a single seed.
    assert line["error_y"]["array"] == [pytest.approx(0.070711), 0.0]
    assert line["customdata"] == ["0.5: 85.00%, mean of 2 seeds", "1: 95.00%, one seed"]
    assert line["line"]["dash"] == "dash"


def test_single_seeds_have_no_bars():
    assert "error_y" not in figure(OTHER)["data"][1]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ((0.001, 0.003, 0.01), "log"),
        ((16, 256), "log"),
        ((1, 3, 5, 7), "linear"),
        ((0, 0.25, 0.5), "linear"),
        ((3,), "linear"),
    ],
)
def test_values_that_differ_by_factors_stand_on_a_logarithmic_axis(values, kind):
    axis = figure(TWO, values=values)["layout"]["xaxis"]

    assert axis["type"] == kind
    assert axis["tickvals"] == list(values)


def test_what_a_network_is_called_is_no_markup():
    assert figure(OTHER)["data"][1]["name"] == "&lt;b&gt;Other&lt;/b&gt;"


def test_a_legend_is_there_for_two():
    assert not figure(TWO)["layout"]["showlegend"]
    assert figure(TWO, OTHER)["layout"]["showlegend"]
