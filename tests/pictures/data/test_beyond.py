"""What is drawn as a network's answer is what the pixels say."""

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from cnn.data import DatasetName, DatasetSpec, Shape, load
from cnn.lessons.catalogue import beyond as words
from cnn.pictures.data.beyond import GAP, PANEL, beyond, corners, moving, scene, shape

SVG = "{http://www.w3.org/2000/svg}"
KEYS = [one["key"] for one in words()["topics"]]


def drawn(key: str) -> ElementTree.Element:
    return ElementTree.fromstring(beyond(key, "About it & more"))


def pixels(image: ElementTree.Element) -> np.ndarray:
    content = base64.b64decode(image.attrib["href"].partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(content)))


def texts(picture: ElementTree.Element) -> list[str | None]:
    return [one.text for one in picture.iter(f"{SVG}text")]


@pytest.mark.parametrize("key", KEYS)
def test_each_topic_has_a_picture_that_says_what_it_shows(key: str):
    assert drawn(key).attrib["aria-label"] == "About it & more"


def test_the_boxes_hold_all_ink_of_their_digits_and_touch_it_on_every_side():
    test = load(DatasetSpec(DatasetName.MNIST_SAMPLE), (28, 28, 1)).test
    image, digits = scene()
    left = image[..., 0] > 0
    for place, (label, at) in enumerate(digits):
        inside = left[at.top : at.bottom, at.left : at.right]
        assert label == test.labels[place]
        assert inside.sum() == (test.pixels[place] > 0).sum()
        assert all(line.any() for line in (inside[0], inside[-1], inside[:, 0], inside[:, -1]))
        inside[:] = False
    assert not left.any(), "ink outside the boxes"

    picture = drawn("detection")
    assert texts(picture) == [str(label) for label, _ in digits]
    boxes = [one for one in picture.iter(f"{SVG}rect") if one.get("class") == "lit digit"]
    for found, (_, at) in zip(boxes, digits, strict=True):
        x, y, width, height = (float(found.attrib[n]) for n in ("x", "y", "width", "height"))
        one = PANEL / 56
        assert ((x - PANEL - GAP) / one, y / one) == pytest.approx((at.left, at.top), abs=0.05)
        size = (at.right - at.left, at.bottom - at.top)
        assert (width / one, height / one) == pytest.approx(size, abs=0.05)


def test_the_mask_is_the_shape_without_its_noise():
    given, mask = (pixels(image) for image in drawn("segmentation").iter(f"{SVG}image"))
    on = mask[..., 3] > 0
    y, x = np.indices(on.shape) + 0.5
    centre, radius = (x[on].mean(), y[on].mean()), np.sqrt(on.sum() / np.pi)
    disc = np.hypot(x - centre[0], y - centre[1]) < radius
    assert (disc != on).mean() < 0.02, "a circle"
    assert given[on].mean() > 200 > 60 > given[~on].mean()
    assert len(np.unique(given)) > 50, "with noise"


def test_the_corners_span_the_triangle():
    ink = shape(Shape.TRIANGLE)[..., 0] > 0
    (ax, ay), (bx, by), (cx, cy) = corners(ink)
    area = abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
    assert area == pytest.approx(ink.sum(), rel=0.15)
    rows, columns = np.nonzero(ink)
    assert ay == rows.min() + 0.5
    assert cx == columns.min() + 0.5
    assert bx == columns.max() + 0.5
    points = [
        (float(c.attrib["cx"]), float(c.attrib["cy"])) for c in drawn("pose").iter(f"{SVG}circle")
    ]
    one = PANEL / 32
    assert np.allclose(
        points, [(PANEL + GAP + x * one, y * one) for x, y in corners(ink)], atol=0.06
    )


def test_the_number_is_the_share_of_pixels_that_are_on():
    (given,) = (pixels(image) for image in drawn("regression").iter(f"{SVG}image"))
    said = next(text for text in texts(drawn("regression")) if text and "%" in text)
    assert float(re.findall(r"[\d.]+", said)[0]) == pytest.approx(
        100 * np.mean(given > 0), abs=0.05
    )


def test_the_next_place_goes_on_as_the_four_before_it():
    before, after = moving()
    steps = np.diff([*before, after], axis=0)
    assert np.allclose(steps, steps[0])


def test_sixteen_filters_are_kept_for_three_new_classes():
    picture = drawn("tuning")
    assert len(list(picture.iter(f"{SVG}image"))) == 16
    assert texts(picture) == ["circle", "square", "triangle"]
