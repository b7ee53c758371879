"""Pictures of a data set: bars as long as the counts say, every word escaped."""

from xml.etree import ElementTree

import pytest

from cnn.pictures.data.data_bars import class_bars, pixel_bars

SVG = "{http://www.w3.org/2000/svg}"
COUNTS = {"train": (30, 10), "validation": (6, 2), "test": (4, 8)}


def drawn(svg: str) -> list[tuple[float, float, str]]:
    """Width, height and words of each bar."""
    found = []
    for box in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
        title = box.find(f"{SVG}title")
        assert title is not None
        found.append((float(box.attrib["width"]), float(box.attrib["height"]), title.text or ""))
    return found


@pytest.mark.parametrize("dark", [False, True])
def test_a_class_has_a_bar_for_each_split_as_long_as_its_images(dark: bool):
    legend, bars = drawn(svg := class_bars(("cat", "dog"), COUNTS, dark=dark))[:3], drawn(svg)[3:]

    assert [words for *_, words in legend] == ["train 40", "validation 8", "test 12"]
    assert [words for *_, words in bars] == [
        *("cat: 30 train", "cat: 6 validation", "cat: 4 test"),
        *("dog: 10 train", "dog: 2 validation", "dog: 8 test"),
    ]
    widths = [width for width, *_ in bars]
    assert widths == pytest.approx([widths[0] * share / 30 for share in (30, 6, 4, 10, 2, 8)], 0.02)


def test_many_classes_are_cut_short_and_said_to_be():
    names = [f"class {number}" for number in range(50)]

    svg = class_bars(names, dict.fromkeys(COUNTS, (3,) * 50), dark=False)

    assert "and 30 more classes" in svg
    assert len(drawn(svg)) == 3 + 20 * 3


def test_a_name_in_an_upload_stays_a_name():
    svg = class_bars(("<script>", 'a"b & a very long name'), COUNTS, dark=False)

    words = [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert "<script>" in words
    assert "<script>" not in svg


def test_pixels_are_bars_on_a_log_scale_with_their_counts_and_shares():
    (_, dark_half, dark_words), (_, bright_half, bright_words) = drawn(
        pixel_bars((0.0, 0.5, 1.0), (1_000, 10), dark=False)
    )

    assert dark_half == pytest.approx(3 * bright_half)  # 10 to the 3, and 10 to the 1
    assert dark_words == "0.00 to 0.50: 1,000 pixels (99.0%)"
    assert bright_words == "0.50 to 1.00: 10 pixels (1.0%)"


def test_a_value_that_does_not_occur_has_no_bar():
    heights = [
        height for _, height, _ in drawn(pixel_bars((0, 0.5, 0.75, 1), (5, 0, 1), dark=True))
    ]

    assert heights[1] == 0
    assert min(heights[0], heights[2]) > 0
