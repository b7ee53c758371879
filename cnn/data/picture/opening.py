"""One picture out of an unchecked file: opened within limits and made plain grey or colour.

Owns what becomes of animation, transparency, orientation and unusual pixels. Sizes and channels
that a network wants are the business of `fitting`.
"""

import io

import numpy as np
from PIL import Image, ImageOps

from cnn.data.errors import DataError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
LIMIT_BYTES, LIMIT_PIXELS = 10_000_000, 40_000_000
_ORIENTATION = 0x0112  # the tag of EXIF
_PAPER = (255, 255, 255)  # what shows through where a picture is transparent


def open_picture(content: bytes, limit_pixels: int) -> Image.Image:
    """Return a still picture of a known format, its size checked before a pixel is decoded."""
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
        is_moving = _has_a_second_frame(content, picture.format)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"has more pixels than {limit_pixels:,}, the limit") from error
    except Exception as error:  # decoders raise nearly anything on broken files
        raise DataError(f"is not a picture in a known format ({', '.join(FORMATS)})") from error
    if is_moving:
        raise DataError("has more than one frame; use a still picture")
    if picture.width * picture.height > limit_pixels:
        raise DataError(
            f"has {picture.width}x{picture.height} pixels; {limit_pixels:,} are left of the limit"
        )
    return picture


def opened(content: bytes, wanted: str) -> tuple[Image.Image, list[str]]:
    """The picture in a file, plain, and what was changed for that; `wanted` is what to bring."""
    if len(content) > LIMIT_BYTES:
        raise DataError(f"The image is larger than {LIMIT_BYTES // 10**6} MB. Bring a smaller one.")
    try:
        found = open_picture(content, LIMIT_PIXELS)
        notes = to_be_changed(found)
        return plain(found), notes
    except DataError as error:
        raise DataError(f"The image {error}. Bring {wanted}.") from error


def _has_a_second_frame(content: bytes, kind: str | None) -> bool:
    """To count all of them, Pillow would read a file of 85,000 pages for two minutes."""
    if kind == "MPO":  # a photo with a preview has two frames but is no animation
        return False
    with Image.open(io.BytesIO(content), formats=FORMATS) as again:
        try:
            again.seek(1)
        except EOFError:
            return False
        return True


def plain(picture: Image.Image) -> Image.Image:
    """Return the picture upright, opaque, with 8 bits per channel: mode L or RGB."""
    try:
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I;16") or (picture.mode == "I" and picture.format != "TIFF"):
            # Pillow would cut 16-bit values off at 255; their high bytes are the picture.
            return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
        if picture.mode in ("I", "F"):
            raise DataError("has 32-bit pixels; save it with 8 or 16 bits per channel")
        if picture.has_transparency_data:
            picture = picture.convert("RGBA")
            paper = Image.new("RGBA", picture.size, _PAPER)
            return Image.alpha_composite(paper, picture).convert("RGB")
        return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    except DataError:
        raise
    except Exception as error:  # as above: the pixels are decoded only here
        raise DataError(f"is damaged or incomplete: {error}") from error


def to_be_changed(picture: Image.Image) -> list[str]:
    """What `plain` is about to change, in words."""
    notes = []
    try:
        turned = picture.getexif().get(_ORIENTATION, 1) not in (0, 1)
    except Exception:  # noqa: BLE001  a broken EXIF block is no reason to refuse a picture
        turned = False
    if turned:
        notes.append("turned upright, as its EXIF says")
    if picture.has_transparency_data:
        notes.append("laid on white paper where it was transparent")
    return notes
