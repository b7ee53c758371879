"""The figure of costs: a line for each, points at the number of cells that is chosen."""

import pytest

from cnn.lessons.attention import Cost
from cnn.pictures.network.attention_cost import cost_figure

FOUND = [Cost(4, 100, 10, 50), Cost(16, 500, 160, 200)]
WORDS = ("attention", "pairs", "convolution")


@pytest.mark.parametrize("dark", [False, True])
def test_lines_go_through_all_costs_and_points_stand_at_the_chosen_one(dark: bool):
    found = cost_figure(FOUND, FOUND[1], WORDS, dark=dark)["data"]
    lines = [one for one in found if one["mode"] == "lines"]
    points = [one for one in found if one["mode"] == "markers"]
    assert [one["name"] for one in lines] == list(WORDS)
    assert [one["x"] for one in lines] == [[4, 16]] * 3
    assert [one["y"] for one in lines] == [[100, 500], [10, 160], [50, 200]]
    assert [(one["x"], one["y"]) for one in points] == [([16], [500]), ([16], [160]), ([16], [200])]
    assert [one["line"]["color"] for one in lines] == [one["marker"]["color"] for one in points]
