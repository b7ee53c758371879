"""The figure of the border: a point for each seed, the means in a line, new weights as a level."""

import pytest

from cnn.lessons.transfer.measured import Right
from cnn.pictures.training.border import border_figure

FOUND = [
    (0, Right(10, 100, (90, 80))),
    (3, Right(10, 100, (70, 60))),
    (9, Right(10, 100, (50, 70))),
]
NEW = Right(10, 100, (40, 20))
WORDS = ("frozen layers", "the body <b>", "new weights")


@pytest.mark.parametrize("dark", [False, True])
def test_every_seed_has_a_point_and_the_means_are_joined_with_the_chosen_one_large(dark: bool):
    level, seeds, means = border_figure(FOUND, NEW, 3, WORDS, dark=dark)["data"]
    assert level["y"] == [pytest.approx(0.3)] * 2
    assert (level["x"][0], level["x"][1]) < (0, 2)
    assert level["x"][1] > 2
    points = zip(seeds["x"], seeds["y"], strict=True)
    assert list(points) == [(0, 0.9), (0, 0.8), (1, 0.7), (1, 0.6), (2, 0.5), (2, 0.7)]
    assert means["y"] == pytest.approx([0.85, 0.65, 0.6])
    assert means["customdata"] == [0, 3, 9]
    small, large, same = means["marker"]["size"]
    assert small == same < large
    assert means["line"]["color"] != level["line"]["color"]
    assert "<b>" not in means["name"]


def test_below_stand_the_numbers_of_frozen_layers():
    axis = border_figure(FOUND, NEW, 0, WORDS, dark=False)["layout"]["xaxis"]
    assert axis["ticktext"] == ["0", "3", "9"]
    assert axis["title"]["text"] == "frozen layers"
