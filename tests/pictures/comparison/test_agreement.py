"""The heatmap of agreement, and the images in dispute."""

import re

import numpy as np
import plotly.graph_objects as go

from cnn.pictures.comparison.agreement import agreement_figure, disputed_images

SHARES = np.array([[1.0, 0.9], [0.9, 1.0]])


def test_plotly_knows_every_word_of_the_heatmap_and_the_diagonal_is_empty():
    figure = agreement_figure(["A", "B"], SHARES, dark=False)

    go.Figure(figure)
    assert figure["data"][0]["z"] == [[None, 0.9], [0.9, None]]


def test_each_image_says_what_it_is_and_what_it_was_taken_for():
    pixels = np.zeros((2, 4, 4, 1), np.uint8)

    html = disputed_images(pixels, [("seven", "one"), ("<b>", '"onload="')])

    assert 'alt="seven, taken for one"' in html
    assert html.count("data:image/png;base64,") == 2
    assert "<b>" not in html
    assert re.search(r'alt="[^"]*onload', html)  # as text, inside its quotes
