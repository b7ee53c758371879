"""An image moved, turned, thickened, inverted and made noisy: how much of it does an answer stand?

Pure NumPy on one image `[height, width]` from 0 to 1, a shift also with channels; what comes in
from outside is black.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cnn.insight.passes.operations import Array

REACH = 7
"""Pixels each way of the map of shifts: 15 by 15 places."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What is done to an image: pixels right and down, degrees clockwise, steps of thickness (less
    than 0 is thinner), the spread of the noise, and whether bright and dark are swapped.
    """

    right: int = 0
    down: int = 0
    degrees: float = 0.0
    thicker: int = 0
    noise: float = 0.0
    inverted: bool = False


def disturbed(image: Array, how: Disturbance, seed: int = 0) -> Array:
    """The image after all of it; the noise of a seed is always the same."""
    found = thickened(image, how.thicker)
    found = turned(found, how.degrees)
    found = shifted(found, how.right, how.down)
    if how.inverted:
        found = 1 - found
    if how.noise:
        drawn = np.random.default_rng(seed).standard_normal(image.shape, np.float32)
        found = np.clip(found + np.float32(how.noise) * drawn, 0, 1)
    return found.astype(np.float32)


def shifted(image: Array, right: int, down: int) -> Array:
    """The image moved by whole pixels."""
    height, width = image.shape[:2]
    found = np.zeros_like(image)
    to_y, to_x = still_inside(down, height), still_inside(right, width)
    from_y, from_x = still_inside(-down, height), still_inside(-right, width)
    found[to_y, to_x] = image[from_y, from_x]
    return found


def still_inside(by: int, size: int) -> slice:
    """The places along an axis of that size which hold what was moved by so many."""
    return slice(min(max(by, 0), size), max(size + min(by, 0), 0))


def turned(image: Array, degrees: float) -> Array:
    """The image turned clockwise about its middle; bilinear in between."""
    if not degrees % 360:
        return image
    height, width = image.shape
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    y, x = np.mgrid[:height, :width]
    y, x = y - (height - 1) / 2, x - (width - 1) / 2
    from_x = cos * x + sin * y + (width - 1) / 2
    from_y = -sin * x + cos * y + (height - 1) / 2
    framed = np.pad(image, 1)  # so that what comes from outside is black
    from_x, from_y = np.clip(from_x + 1, 0, width + 1), np.clip(from_y + 1, 0, height + 1)
    left = np.minimum(np.floor(from_x).astype(int), width)
    top = np.minimum(np.floor(from_y).astype(int), height)
    part_x, part_y = from_x - left, from_y - top
    upper = framed[top, left] * (1 - part_x) + framed[top, left + 1] * part_x
    lower = framed[top + 1, left] * (1 - part_x) + framed[top + 1, left + 1] * part_x
    found: Array = (upper * (1 - part_y) + lower * part_y).astype(np.float32)
    return found


def thickened(image: Array, steps: int) -> Array:
    """Each step a pixel becomes the brightest, below 0 the darkest, of itself and 4 around."""
    pick = np.maximum if steps > 0 else np.minimum
    for _ in range(abs(steps)):
        framed = np.pad(image, 1)
        around = (framed[:-2, 1:-1], framed[2:, 1:-1], framed[1:-1, :-2], framed[1:-1, 2:])
        for one in around:
            image = pick(image, one)
    return image


def all_shifts(image: Array, reach: int = REACH) -> Array:
    """The image at every shift up to `reach`, `[down, right, height, width]`."""
    steps = range(-reach, reach + 1)
    return np.stack([[shifted(image, right, down) for right in steps] for down in steps])
