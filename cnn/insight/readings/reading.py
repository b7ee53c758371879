"""A trained network that reads digits, whatever its input: images of 28 x 28 in, scores out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnn.data.dataset import Pixels, as_floats
from cnn.data.fitting import fit_image
from cnn.data.picture.centring import BOX, SIDE, ink_box
from cnn.data.sets import SETS, DatasetName
from cnn.data.spec import DatasetSpec
from cnn.insight.passes.forward import fitting_images
from cnn.insight.passes.operations import Array
from cnn.insight.readings.answers import class_scores, scoring, shares_of
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.shapes import shape_text

DIGITS = tuple(
    name for name, one in SETS.items() if one.class_names(DatasetSpec(name)) == tuple("0123456789")
)
"""The data sets whose ten classes are the digits 0 to 9."""


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A network with its weights, and the data it learned from."""

    architecture: Architecture
    weights: Weights
    dataset: DatasetSpec

    @property
    def is_cut(self) -> bool:
        """Whether images lose their margin: those of `digits` have none."""
        return self.dataset.name is DatasetName.DIGITS

    @property
    def fitting(self) -> str:
        """What is done to an image of 28 x 28 for this network, in words; nothing for most."""
        height, width, channels = self.architecture.input
        done = ["cut to its ink"] * self.is_cut
        if (height, width) != (SIDE, SIDE):
            size = shape_text((height, width)).replace("x", "×")
            done.append(f"resized to {size}")
        done += [f"copied to {channels} channels"] * (channels != 1)
        return f"The image is {' and '.join(done)} for it." if done else ""

    def scores(self, images: Array) -> Array:
        """The scores `[images, classes]` of images `[images, 28, 28]` from 0 to 1."""
        few = fitting_images(scoring(self.architecture))
        parts = [
            class_scores(self.architecture, self.weights, self.fitted(images[start : start + few]))
            for start in range(0, max(1, len(images)), few)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def shares(self, images: Array) -> Array:
        """How sure the network is of each class, for the same images."""
        return shares_of(self.architecture, self.scores(images))

    def fitted(self, images: Array) -> Array:
        """The images as the network takes them."""
        shape = self.architecture.input
        if shape == (SIDE, SIDE, 1) and not self.is_cut:
            return images[..., None]
        pixels = np.floor(images * 255 + 0.5).astype(np.uint8)
        cut = [without_margin(one) if self.is_cut else one for one in pixels]
        return as_floats(np.stack([fit_image(Image.fromarray(one), shape) for one in cut]))


def without_margin(image: Pixels) -> Pixels:
    """The square of 20 x 20 about the middle of the ink; all of an image without any."""
    box = ink_box(image)
    if box is None:
        return image
    framed = np.pad(image, SIDE)
    rows, columns = (slice(start, start + BOX) for start in map(_square, box))
    found: npt.NDArray[np.uint8] = np.ascontiguousarray(framed[rows, columns])
    return found


def _square(part: slice) -> int:
    """Where a square about the middle of a part begins, in the framed image."""
    start, stop = int(part.start), int(part.stop)
    return SIDE + (start + stop - BOX) // 2
