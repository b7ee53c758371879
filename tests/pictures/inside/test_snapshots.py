"""A moment of a training as pictures: the colours are the weights, the bars the probabilities."""

import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnn.pictures.inside.snapshots import (
    kernels_beside_maps,
    kernels_picture,
    largest_weight,
    maps_picture,
    predictions_picture,
)
from cnn.pictures.kit.palette import ABOVE, BELOW

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("circle", "square", "triangle")
IMAGES = np.zeros((2, 4, 4, 1), np.uint8)
LABELS = np.array([0, 2])
SURE = np.array([[0.7, 0.2, 0.1], [0.5, 0.25, 0.25]], np.float16)  # the second is wrong


def tiles(svg: str) -> list[np.ndarray]:
    """The images in a picture, the scale at its end left out."""
    found = []
    for image in list(ElementTree.fromstring(svg).iter(f"{SVG}image"))[:-1]:
        content = base64.b64decode(image.attrib["href"].partition(",")[2])
        found.append(np.asarray(Image.open(io.BytesIO(content))))
    return found


def test_a_weight_is_a_colour_by_its_sign_and_an_opacity_by_its_size():
    kernels = np.array([[-1.0, 0.0], [0.5, 2.0]], np.float16).reshape(2, 2, 1, 1)

    (tile,) = tiles(kernels_picture(kernels))

    assert tile[..., 3].tolist() == [
        [157, 0],
        [97, 255],
    ]  # 255 times 1/2 and 1/4 to the power of 0.7
    assert tuple(tile[0, 0, :3]) == BELOW
    assert tuple(tile[1, 1, :3]) == ABOVE


def test_the_scale_can_be_that_of_all_moments():
    early, late = np.full((3, 3, 1, 2), 0.1), np.full((3, 3, 1, 2), -0.4)
    limit = largest_weight([early, late])

    assert limit == pytest.approx(0.4)
    assert tiles(kernels_picture(early, limit=limit))[0][..., 3].max() == 97
    assert tiles(kernels_picture(late, limit=limit))[0][..., 3].min() == 255
    assert largest_weight([]) == 0


@given(st.integers(1, 40), st.integers(1, 4), st.sampled_from([1, 3, 5]))
def test_every_kernel_has_its_images_up_to_a_number_that_is_said(
    count: int, channels: int, side: int
):
    rng = np.random.default_rng(0)
    kernels = rng.normal(size=(side, side, channels, count)).astype(np.float16)

    svg = kernels_picture(kernels)

    found = tiles(svg)
    assert len(found) == min(count, 32) * min(channels, 3)
    shares = np.abs(kernels[..., 0, 0].astype(float)) / np.abs(kernels).max()
    assert (found[0][..., 3] == np.round(shares**0.7 * 255)).all()
    about = ElementTree.fromstring(svg).attrib["aria-label"]
    assert f"{min(count, 32)} of {count} kernels of {side}x{side}" in about


def test_of_a_kernel_larger_than_its_picture_every_nth_number_is_drawn():
    kernels = np.zeros((600, 300, 1, 1), np.float32)
    kernels[5::5] = -1.0
    (drawn,) = tiles(kernels_picture(kernels))
    assert drawn.shape == (120, 60, 4)
    assert not drawn[0, :, 3].any()
    assert (drawn[1:] == (*BELOW, 255)).all()


def test_weights_that_are_all_zero_are_drawn_as_nothing():
    (tile,) = tiles(kernels_picture(np.zeros((3, 3, 1, 1))))

    assert not tile[..., 3].any()


def test_the_maps_of_an_image_are_drawn_one_by_one_on_one_scale():
    maps = np.stack([np.full((2, 3), value) for value in (0.5, 1.0, 0.0)], axis=-1)

    svg = maps_picture(maps)

    assert [tile[..., 3].max() for tile in tiles(svg)] == [157, 255, 0]
    assert tiles(svg)[0].shape == (2, 3, 4)
    about = ElementTree.fromstring(svg).attrib["aria-label"]
    assert about == "3 of 3 feature maps of 2x3, values up to 1"


def bars(svg: str) -> list[tuple[str, float]]:
    drawn = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [
        (rect.attrib["class"], float(rect.attrib["width"]))
        for rect in drawn
        if rect.attrib["class"] in ("right", "wrong", "other")
    ]


def test_the_bars_are_the_probabilities_and_show_truth_and_error():
    svg = predictions_picture(IMAGES, SURE, LABELS, NAMES)

    whole = 118.0
    assert [kind for kind, _ in bars(svg)] == [
        *("right", "other", "other"),
        *("wrong", "other", "right"),
    ]
    widths = [width / whole for _, width in bars(svg)]
    assert widths == pytest.approx([0.7, 0.2, 0.1, 0.5, 0.25, 0.25], abs=2e-3)
    titles = [title.text for title in ElementTree.fromstring(svg).iter(f"{SVG}title")]
    assert titles == ["circle, right: circle 70.0%", "triangle, wrong: circle 50.0%"]


def test_among_many_classes_the_likeliest_and_the_true_one_have_a_bar():
    scores = np.linspace(0.05, 0.001, 30)[None]

    svg = predictions_picture(IMAGES[:1], scores, np.array([29]), [f"c{i}" for i in range(30)])

    assert [kind for kind, _ in bars(svg)] == ["wrong", *["other"] * 8, "right"]


@pytest.mark.parametrize("name", ["<b>bold</b>", 'quote" onload="x', "a & b, a very long name"])
def test_a_name_is_text_whatever_it_is(name: str):
    svg = predictions_picture(IMAGES, SURE, LABELS, (name, name, name))

    assert not list(ElementTree.fromstring(svg).iter("b"))
    assert name in (next(ElementTree.fromstring(svg).iter(f"{SVG}title")).text or "")


def test_each_kernel_stands_in_colour_beside_its_map():
    kernels, maps = np.zeros((3, 3, 3, 2), np.float32), np.zeros((2, 2, 2), np.float32)
    kernels[0, 1, 2, 0], kernels[2, 2, 0, 1] = -0.4, 0.2
    maps[1, 0, 0], maps[0, 1, 1] = 5.0, 2.0

    first, second = kernels_beside_maps(kernels, maps)

    assert first.shape == (6, 6 + 4 + 6, 4)
    assert first[0, 2].tolist() == [128, 128, 0, 255]
    assert second[5, 5].tolist() == [191, 128, 128, 255]
    assert (first[:, :6] != [128, 128, 128, 255]).any(axis=-1).sum() == 2 * 2
    assert (first[:, 6:10] == 0).all()
    assert first[3:, 10:13, 0].tolist() == [[255] * 3] * 3
    assert first[:3, 10:, :3].max() == 0
    assert second[:3, 13:, 0].tolist() == [[102] * 3] * 3
