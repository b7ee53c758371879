"""An image with a frame or a map over it: where both lie, and in which colours."""

import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from cnn.insight.regions.where import HeatMap
from cnn.network.seen import Box
from cnn.pictures.inside.patch import DIM, SIDE, heat_picture, patch_picture
from cnn.pictures.kit.palette import ABOVE, BELOW

SVG = "{http://www.w3.org/2000/svg}"
IMAGE = np.linspace(0, 1, 8 * 4, dtype=np.float32).reshape(8, 4, 1)


def pixels(image: ElementTree.Element) -> np.ndarray:
    content = base64.b64decode(image.attrib["href"].split(",", 1)[1])
    return np.asarray(Image.open(io.BytesIO(content)))


def test_the_frame_lies_around_the_box():
    svg = ElementTree.fromstring(patch_picture(IMAGE, Box(2, 1, 4, 3)))

    frame = next(svg.iter(f"{SVG}rect"))
    one = SIDE / 8
    place = [float(frame.attrib[name]) for name in ("x", "y", "width", "height")]
    assert place == pytest.approx([one, 2 * one, 2 * one, 2 * one], abs=0.01)
    (image,) = svg.iter(f"{SVG}image")
    np.testing.assert_allclose(pixels(image), np.round(IMAGE[..., 0] * 255), atol=1)


def test_a_map_is_fullest_where_it_is_largest_and_orange_below_zero():
    values = np.zeros((8, 4), np.float32)
    values[1, 2], values[5, 0] = 2.0, -1.0

    svg = ElementTree.fromstring(heat_picture(IMAGE, HeatMap(values, "", signed=True), "a <b>"))

    heat = pixels(list(svg.iter(f"{SVG}image"))[1])
    assert tuple(heat[1, 2, :3]) == ABOVE
    assert tuple(heat[5, 0, :3]) == BELOW
    assert heat[1, 2, 3] > heat[5, 0, 3] > heat[0, 0, 3] == 0
    assert svg.attrib["aria-label"] == "a <b>"


def test_below_a_map_a_photo_is_grey_and_as_bright_as_it_looks():
    photo = np.random.default_rng(0).random((8, 4, 3), np.float32)
    of_photo = heat_picture(photo, HeatMap(np.zeros((8, 4), np.float32), ""), "none")

    below = pixels(next(ElementTree.fromstring(of_photo).iter(f"{SVG}image")))

    eight_bits = np.round(photo * 255).astype(np.uint8)
    by_pillow = np.asarray(Image.fromarray(eight_bits).convert("L"))
    np.testing.assert_allclose(below, by_pillow * DIM, atol=1)


def test_a_map_of_nothing_is_clear():
    svg = heat_picture(IMAGE, HeatMap(np.zeros((8, 4), np.float32), ""), "none")
    heat = pixels(list(ElementTree.fromstring(svg).iter(f"{SVG}image"))[1])
    assert not heat[..., 3].any()
