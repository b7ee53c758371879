"""Any picture as a network takes it: sizes, modes, orientation, and what is said of each."""

import io

import numpy as np
import pytest
from PIL import Image

from cnn.data import DataError
from cnn.data.picture.any_picture import read_picture
from cnn.data.picture.opening import LIMIT_BYTES


def written(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def test_a_picture_that_fits_is_taken_as_it_is():
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    found = read_picture(written(Image.fromarray(pixels)), (8, 8, 1))
    np.testing.assert_array_equal(found.pixels[..., 0], pixels)
    assert found.notes == ()


def test_colours_and_sizes_are_changed_and_said():
    found = read_picture(written(Image.new("RGB", (40, 20), (255, 0, 0))), (10, 10, 1))
    assert found.pixels.shape == (10, 10, 1)
    assert (found.pixels == 76).all()  # ITU-R 601: 0.299 of 255
    assert found.notes == (
        "colours turned to grey",
        "resized from 40×20 to 10×10 pixels (width × height), so its proportions have changed",
    )


def test_grey_is_copied_to_three_channels():
    found = read_picture(written(Image.new("L", (6, 6), 9)), (3, 3, 3))
    assert found.pixels.shape == (3, 3, 3)
    assert found.notes == ("its grey copied to three channels", "resized from 6×6 to 3×3 pixels")


def test_a_photo_is_turned_upright():
    picture = Image.new("L", (4, 8))
    picture.putpixel((0, 0), 255)
    exif = Image.Exif()
    exif[0x0112] = 3  # half a turn
    found = read_picture(written(picture, exif=exif), (8, 4, 1))
    assert found.pixels[7, 3, 0] == 255
    assert "turned upright, as its EXIF says" in found.notes


def test_what_is_transparent_lies_on_white():
    found = read_picture(written(Image.new("RGBA", (4, 4), (0, 0, 0, 0))), (4, 4, 3))
    assert (found.pixels == 255).all()
    assert "laid on white paper where it was transparent" in found.notes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture", "is not a picture in a known format.*Bring a PNG or a JPEG"),
        (b"\0" * (LIMIT_BYTES + 1), "larger than 10 MB"),
        (written(Image.new("1", (20_000, 20_000))), "pixels"),
        (
            written(
                Image.new("L", (4, 4)),
                "GIF",
                save_all=True,
                append_images=[Image.new("L", (4, 4), 9)],
            ),
            "has more than one frame",
        ),
    ],
    ids=["words", "too long", "too large", "moving"],
)
def test_what_is_no_such_picture_is_refused_in_a_sentence(content, words):
    with pytest.raises(DataError, match=words):
        read_picture(content, (8, 8, 1))
