"""A picture of one handwritten digit, from a file as a person has it, made into one like MNIST's.

Owns what is taken for ink, and says each thing that was done. Opening the file is the business of
`pictures`, uneven light that of `paper`, size and place that of `centring`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnn.data.dataset import Pixels
from cnn.data.errors import DataError
from cnn.data.picture.centring import SIDE, centred, ink_box
from cnn.data.picture.opening import opened
from cnn.data.picture.paper import Levels, is_ink_dark, near, paper_at

LARGEST = 1_000
"""Pixels: a larger picture is made smaller before ink is looked for."""
FLATTEST = 24
"""Of 255: with less between paper and ink, there is nothing to be seen."""
NOISE = 0.25
"""The part of the way from paper to ink that still counts as paper."""
UNEVEN = 0.15
"""Of 255: paper that varies by more is not one paper."""
SURE = 0.6
"""The part of the way from paper to ink from which on it is ink in any light."""


@dataclass(frozen=True, slots=True, eq=False)
class Handwriting:
    """What a picture became, `[28, 28]` and bright on black, and what was done to it, in words."""

    pixels: Pixels
    notes: tuple[str, ...]


def read_handwriting(content: bytes) -> Handwriting:
    """The digit in a picture; `DataError` says why there is none."""
    picture, notes = opened(content, "a PNG or a JPEG of one digit")
    if picture.mode != "L":
        notes.append("colours turned to grey")
    if max(picture.size) > LARGEST:
        notes.append(f"made smaller from {picture.width:,}×{picture.height:,} pixels")
        picture.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
    grey = np.asarray(picture.convert("L"))
    if grey.shape == (SIDE, SIDE) and paper(grey) == 0:
        return Handwriting(grey, (*notes, "28×28 and bright on black already, so taken as it is"))
    ink, found = _ink_in_uneven_light(grey) or _ink(grey)
    box = ink_box(ink)
    assert box is not None  # `_ink` refuses what has none
    height, width = (part.stop - part.start for part in box)
    fitted = f"ink of {width:,}×{height:,} pixels scaled to 20 and centred by its mass"
    return Handwriting(centred(ink), (*notes, *found, fitted))


def paper(grey: Pixels) -> int:
    """The brightness of what the digit is written on: the middle one along the picture's edge."""
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return int(np.median(edge))


def _ink_in_uneven_light(grey: Pixels) -> tuple[Pixels, list[str]] | None:
    """The same where the paper is brighter here than there; None where it is alike everywhere."""
    is_dark = is_ink_dark(grey)
    ground = paper_at(grey, is_dark=is_dark)
    low, high = np.percentile(ground, [2, 98])
    if high - low < UNEVEN * 255:
        return None
    levels = grey.astype(np.float64)
    # Ink swallows a share of the light that falls on it; a bright line adds to the ground's.
    depth = (ground - levels) / np.maximum(ground, 1) * 255 if is_dark else levels - ground
    reach = float(np.percentile(depth, 99.5))
    if reach < FLATTEST:
        return None
    notes = [
        "dark on light paper, so inverted" if is_dark else "bright on a dark ground, kept",
        f"uneven light taken out (paper from {low:.0f} to {high:.0f} of 255)",
    ]
    # What stays faint and lies apart is a rest of the light, not of the pen.
    return np.where(near(depth > SURE * reach), _as_ink(depth / reach), np.uint8(0)), notes


def _as_ink(share: Levels) -> Pixels:
    """From the part of the way from paper to ink: the first of it still counts as paper."""
    ink = np.clip((share - NOISE) / (1 - NOISE), 0, 1)
    return np.floor(ink * 255 + 0.5).astype(np.uint8)


def _ink(grey: Pixels) -> tuple[Pixels, list[str]]:
    """How much ink there is at each pixel, 0..255, and what was taken for what."""
    ground = paper(grey)
    levels: npt.NDArray[np.float64] = grey.astype(np.float64)
    darker, brighter = ground - np.percentile(levels, 0.5), np.percentile(levels, 99.5) - ground
    # Thin writing covers little: where the percentiles see nothing, the extremes may.
    if max(darker, brighter) < FLATTEST:
        darker, brighter = ground - levels.min(), levels.max() - ground
    reach = max(darker, brighter)
    if reach < FLATTEST:
        raise DataError(
            f"Nothing is written here: brightness only goes from {levels.min():.0f} to "
            f"{levels.max():.0f} of 255. Bring an image of one digit with more contrast."
        )
    is_dark = bool(darker >= brighter)
    share = (ground - levels if is_dark else levels - ground) / reach
    notes = ["dark on light paper, so inverted"] if is_dark else ["bright on a dark ground, kept"]
    if reach < 255:
        full = ground - reach if is_dark else ground + reach
        notes.append(f"contrast stretched (paper {ground}, ink {full:.0f} of 255)")
    return _as_ink(share), notes
