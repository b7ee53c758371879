"""A histogram as a picture: as high as its counts, with zero where it is."""

from xml.etree import ElementTree

import pytest

from cnn.insight.readings.layer_statistics import Histogram
from cnn.pictures.inside.histogram import HIGH, WIDE, histogram_picture

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_high_as_their_counts_and_say_their_range():
    svg = ElementTree.fromstring(histogram_picture(Histogram(-1.0, 3.0, (2, 8, 0, 4)), "w <1>"))

    bars = [rect for rect in svg.iter(f"{SVG}rect") if rect.get("class") == "bar"]
    heights = [float(bar.attrib["height"]) for bar in bars]
    assert heights == pytest.approx([HIGH / 4, HIGH, 0, HIGH / 2])
    titles = [title.text for title in svg.iter(f"{SVG}title")]
    assert titles[1] == "0 to 1\n8"
    (zero,) = (path for path in svg.iter(f"{SVG}path") if path.get("class") == "zero")
    assert zero.attrib["d"].startswith(f"M{WIDE / 4:.1f} ")


def test_numbers_that_are_all_the_same_have_one_bar():
    svg = histogram_picture(Histogram(0.5, 0.5, (0, 7, 0)), "same")
    assert svg.count('class="bar"') == 3
    assert "0.5" in svg
