"""Any picture out of an unchecked file, fitted to a network's input; each change is said.

Digits are the business of `handwriting`, which also looks for the ink.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnn.data.dataset import Pixels
from cnn.data.fitting import (
    ImageShape,
    check_shape,
    fit_image,
    keeps_proportions,
    resizing_text,
)
from cnn.data.picture.opening import opened


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What a picture became, `[height, width, channels]`, and what was done to it, in words."""

    pixels: Pixels
    notes: tuple[str, ...]


def read_picture(content: bytes, shape: ImageShape) -> Fitted:
    """The picture in a file as a network takes it; `DataError` says why there is none."""
    height, width, channels = check_shape(shape)
    picture, notes = opened(content, "a PNG or a JPEG")
    if picture.mode == "RGB" and channels == 1:
        notes.append("colours turned to grey")
    if picture.mode == "L" and channels == 3:
        notes.append("its grey copied to three channels")
    if picture.size != (width, height):
        was, now = (picture.height, picture.width), (height, width)
        notes.append(
            f"resized from {resizing_text(was, now)}"
            + ("" if keeps_proportions(was, now) else ", so its proportions have changed")
        )
    return Fitted(fit_image(picture, shape), tuple(notes))
