"""The confusion matrix and the bars per class as figures."""

import numpy as np
import plotly.graph_objects as go
import pytest

from cnn.diagnose.evaluation import class_figures
from cnn.pictures.training.confusion import (
    bars_height,
    class_bars,
    confusion_figure,
    confusion_height,
)

NAMES = ("circle", "square", "triangle")
MATRIX = np.array([[90, 10, 0], [0, 100, 0], [1, 0, 99]])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("classes", [2, 3, 30])
def test_plotly_knows_every_word_of_the_figures(classes: int, dark: bool):
    matrix, names = np.eye(classes, dtype=np.int64), [f"class {i}" for i in range(classes)]

    go.Figure(confusion_figure(matrix, names, dark=dark))
    go.Figure(class_bars(class_figures(matrix), names, dark=dark))


def test_every_count_stands_in_its_cell_once_and_says_what_it_is():
    wrong, right = confusion_figure(MATRIX, NAMES, dark=False)["data"]

    assert right["text"] == [["90", "", ""], ["", "100", ""], ["", "", "99"]]
    assert wrong["text"] == [["", "10", ""], ["", "", ""], ["1", "", ""]]
    assert wrong["customdata"][0][1] == ("10 of 100 <b>circle</b> taken for <b>square</b> (10.0%)")
    assert right["customdata"][2][2] == "99 of 100 <b>triangle</b> right (99.0%)"


def test_a_cell_has_one_of_two_colours_and_more_of_it_the_larger_its_share_of_the_row():
    wrong, right = confusion_figure(MATRIX, NAMES, dark=False)["data"]

    for i in range(3):
        for j in range(3):
            assert (wrong["z"][i][j] is None) == (i == j)
            assert (right["z"][i][j] is None) == (i != j)
    assert wrong["z"][0][1] > wrong["z"][2][0] > 0.2  # one mistake in a hundred is to be seen
    assert wrong["z"][0][2] == 0
    assert right["z"][1][1] == 1


def test_a_click_on_a_cell_gives_its_classes():
    # The component answers with `x` and `y` of the point: they have to be the classes' numbers.
    for trace in confusion_figure(MATRIX, NAMES, dark=False)["data"]:
        assert trace["x"] == trace["y"] == [0, 1, 2]


def test_names_are_text_for_plotly_which_reads_some_html():
    names = ("<a href='https://x.test'>a</a>", "b", "c")

    figure = confusion_figure(MATRIX, names, dark=False)
    bars = class_bars(class_figures(MATRIX), names, dark=False)

    for part in (figure, bars):
        assert "<a" not in str(part)
    assert figure["layout"]["xaxis"]["ticktext"][0].startswith("&lt;a href")


def test_the_hardest_class_is_on_top_and_one_without_images_is_left_out():
    matrix = np.array([[9, 1, 0], [5, 5, 0], [0, 0, 0]])

    (bars,) = class_bars(class_figures(matrix), NAMES, dark=False)["data"]

    assert bars["x"] == [0.9, 0.5]  # Plotly begins at the bottom
    assert bars["customdata"][1] == (
        "<b>square</b>: 5 of 10 right (50.0%), 95 % interval 23.7% to 76.3%"
    )
    high = bars["x"][1] + bars["error_x"]["array"][1]
    assert high == pytest.approx(0.7634, abs=1e-4)


def test_heights_grow_with_the_classes_and_end():
    assert confusion_height(3) < confusion_height(10) <= confusion_height(1_000) == 560
    assert bars_height(3) < bars_height(10) < bars_height(1_000) == 900
