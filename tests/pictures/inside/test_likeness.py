"""The table of learned kernels and those made by hand: each correlation in its place."""

from xml.etree import ElementTree

import numpy as np

from cnn.insight.readings.kernels import GALLERY
from cnn.insight.readings.likeness import likeness
from cnn.pictures.inside.likeness import MOST, likeness_picture

SVG = "{http://www.w3.org/2000/svg}"


def test_the_most_alike_filter_is_first_with_its_correlations():
    kernels = np.stack([GALLERY["emboss"], -GALLERY["Laplacian"]], axis=-1)[:, :, None, :]

    svg = ElementTree.fromstring(likeness_picture(kernels, likeness(kernels)))

    cells = [g for g in svg.iter(f"{SVG}g") if g.get("data-path") == "likeness"]
    titles = [cell.findtext(f"{SVG}title") for cell in cells]
    assert titles[2] == "Filter 1 and Laplacian\ncorrelation −1.000"
    best = [cell for cell in cells if any(r.get("class") == "best" for r in cell)]
    assert best[0] is cells[2]
    assert len(best) == 2


def test_of_many_filters_the_most_alike_are_drawn():
    kernels = np.random.default_rng(0).normal(size=(5, 5, 3, 40)).astype(np.float32)
    svg = likeness_picture(kernels, likeness(kernels))
    assert svg.count('data-path="likeness"') == 4 * MOST
