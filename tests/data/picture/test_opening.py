"""What a picture file is made into: upright, opaque, 8 bits, grey or colour."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnn.data.errors import DataError
from cnn.data.picture.opening import open_picture, plain

LIMIT = 10_000


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def read(content: bytes) -> Image.Image:
    return plain(open_picture(content, LIMIT))


GREY = Image.new("L", (4, 3), 80)
COLOUR = Image.new("RGB", (4, 3), (200, 100, 50))
PALETTE = Image.new("P", (4, 3), 1)
PALETTE.putpalette([0, 0, 0, 200, 100, 50])
DEEP = Image.fromarray(np.full((3, 4), 80 * 256 + 9, dtype=np.uint16))

READ = {
    "grey": (saved(GREY), "L", 80),
    "colour": (saved(COLOUR), "RGB", (200, 100, 50)),
    "colour, bmp": (saved(COLOUR, "BMP"), "RGB", (200, 100, 50)),
    "colour, webp": (saved(COLOUR, "WEBP", lossless=True), "RGB", (200, 100, 50)),
    "colour, ppm": (saved(COLOUR, "PPM"), "RGB", (200, 100, 50)),
    "palette": (saved(PALETTE), "RGB", (200, 100, 50)),
    "palette, gif": (saved(PALETTE, "GIF"), "RGB", (200, 100, 50)),
    "one bit": (saved(Image.new("1", (4, 3), 1)), "L", 255),
    "16 bits": (saved(DEEP), "L", 80),
    "16 bits, tiff": (saved(DEEP, "TIFF"), "L", 80),
    "16 bits, pgm": (saved(DEEP, "PPM"), "L", 80),
    "opaque": (saved(Image.new("RGBA", (4, 3), (200, 100, 50, 255))), "RGB", (200, 100, 50)),
    "half transparent": (saved(Image.new("RGBA", (4, 3), (0, 0, 0, 51))), "RGB", (204,) * 3),
    "transparent grey": (saved(Image.new("LA", (4, 3), (0, 0))), "RGB", (255,) * 3),
    "transparent palette": (saved(PALETTE, transparency=1), "RGB", (255,) * 3),
    "inks": (saved(Image.new("CMYK", (4, 3), (0, 0, 0, 255)), "TIFF"), "RGB", (0, 0, 0)),
}


@pytest.mark.parametrize(("content", "mode", "value"), READ.values(), ids=READ)
def test_a_picture_becomes_plain_grey_or_colour(content, mode, value):
    picture = read(content)

    assert (picture.mode, picture.size) == (mode, (4, 3))
    assert picture.getpixel((0, 0)) == value


def test_a_photo_is_turned_upright():
    image = Image.new("L", (4, 3), 0)
    image.putpixel((0, 0), 255)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: the first row is the right side
    picture = read(saved(image, exif=exif))

    assert picture.size == (3, 4)
    assert picture.getpixel((2, 0)) == 255


def test_a_jpeg_is_read_up_to_its_own_losses():
    assert read(saved(COLOUR, "JPEG")).getpixel((1, 1)) == pytest.approx((200, 100, 50), abs=4)


REFUSED = {
    "text": (b"not a picture", "not a picture in a known format"),
    "empty": (b"", "not a picture in a known format"),
    "program for printers": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a picture in a known format"),
    "animation": (
        saved(GREY, "GIF", save_all=True, append_images=[Image.new("L", (4, 3), 9)]),
        "has more than one frame; use a still picture",
    ),
    "too large": (saved(Image.new("1", (200, 100))), "has 200x100 pixels; 10,000 are left"),
    "far too large": (saved(Image.new("1", (20_000, 10_000))), "has more pixels than 10,000"),
    "cut off": (saved(COLOUR, "BMP")[:-9], "is damaged or incomplete"),
    "32-bit": (saved(Image.new("F", (4, 3), 0.5), "TIFF"), "has 32-bit pixels"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_still_picture_of_a_usual_size_is_refused(content, message):
    with pytest.raises(DataError, match=message):
        read(content)


@given(
    start=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"\xff\xd8\xff", b"II*\0"]),
    rest=st.binary(max_size=200),
)
def test_random_bytes_are_no_picture(start, rest):
    with pytest.raises(DataError):
        read(start + rest)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_picture_with_a_wrong_byte_is_read_or_refused(kind, place, value):
    content = bytearray(saved(COLOUR, kind))
    content[place % len(content)] = value

    try:
        picture = read(bytes(content))
    except DataError:
        return
    assert picture.mode in ("L", "RGB")
