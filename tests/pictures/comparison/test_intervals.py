"""A difference as a dot with its interval, beside the line at none."""

import plotly.graph_objects as go
import pytest

from cnn.comparing.significance import OnImages, OverSeeds
from cnn.comparing.verdict import Judgement
from cnn.pictures.comparison.intervals import intervals

ON_IMAGES = OnImages(0.05, 0.02, 0.08, 0.001, 0.05, 1_000, 1, 1, 60, 10)
OVER_SEEDS = OverSeeds(0.01, -0.01, 0.03, 0.4, 0.05, 1_000, 5, 5)


def judged(images: OnImages | None, seeds: OverSeeds | None) -> Judgement:
    return Judgement("LeNet <b>", "VGG", ("a", "b"), (0,), images, seeds, ())


@pytest.mark.parametrize("images", [ON_IMAGES, None])
@pytest.mark.parametrize("seeds", [OVER_SEEDS, None])
def test_plotly_knows_every_word_and_each_known_verdict_is_a_line(images, seeds):
    figure = intervals(judged(images, seeds), dark=False)

    go.Figure(figure)
    assert len(figure["data"]) == (images is not None) + (seeds is not None)
    assert "LeNet &lt;b&gt; minus VGG" in figure["layout"]["xaxis"]["title"]["text"]


def test_a_bar_reaches_from_the_lower_to_the_upper_end_in_percentage_points():
    dot, _ = intervals(judged(ON_IMAGES, OVER_SEEDS), dark=False)["data"]

    assert dot["x"] == [5]
    assert dot["x"][0] - dot["error_x"]["arrayminus"][0] == pytest.approx(2)
    assert dot["x"][0] + dot["error_x"]["array"][0] == pytest.approx(8)


def test_the_line_at_none_is_in_the_middle_and_every_interval_is_inside():
    low, high = intervals(judged(ON_IMAGES, OVER_SEEDS), dark=False)["layout"]["xaxis"]["range"]

    assert low == -high
    assert high > 8


def test_what_is_real_has_another_colour_than_what_is_not():
    real, chance = intervals(judged(ON_IMAGES, OVER_SEEDS), dark=False)["data"]

    assert real["marker"]["color"] != chance["marker"]["color"]
