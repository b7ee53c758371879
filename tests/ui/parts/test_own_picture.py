"""A person's own picture, fitted to the input of a network."""

import io

import numpy as np
import pytest
from PIL import Image

from cnn.data import DataError
from ui.parts.network.own_picture import LIMIT_MB, fitted


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    image.save(written, kind)
    return written.getvalue()


def test_a_grey_picture_of_the_right_size_arrives_pixel_by_pixel():
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    image = fitted(saved(Image.fromarray(pixels)), (8, 8, 1))
    assert image.dtype == np.float32
    np.testing.assert_allclose(image[0, :, :, 0], pixels / 255, atol=1e-7)


def test_a_colour_photo_becomes_grey_by_the_luma_of_its_colours():
    image = fitted(saved(Image.new("RGB", (60, 40), (255, 0, 0))), (28, 28, 1))
    assert image.shape == (1, 28, 28, 1)
    np.testing.assert_allclose(image, 0.299, atol=0.003)


def test_a_grey_picture_is_the_same_in_all_three_channels():
    image = fitted(saved(Image.new("L", (5, 9), 51), "JPEG"), (7, 6, 3))
    np.testing.assert_allclose(image, np.full((1, 7, 6, 3), 0.2), atol=0.01)


REFUSED = {
    "markup": (b"<svg onload=alert(1)>", (8, 8, 1), "not a picture in a known format"),
    "too many pixels": (saved(Image.new("1", (9_000, 9_000))), (8, 8, 1), "9000x9000 pixels"),
    "cut off": (saved(Image.new("L", (9, 9)))[:45], (8, 8, 1), "The image is"),
    "two channels": (saved(Image.new("L", (9, 9))), (8, 8, 2), "1 channel"),
    "large input": (saved(Image.new("L", (9, 9))), (900, 8, 1), "height"),
    "many bytes": (b"\x89PNG" + bytes(LIMIT_MB * 1_000_000), (8, 8, 1), "larger than 10 MB"),
}


@pytest.mark.parametrize(("content", "size", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_says_why(content, size, message):
    with pytest.raises(DataError, match=message):
        fitted(content, size)
