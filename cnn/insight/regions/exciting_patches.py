"""What excites a filter: the patches of a set of images that it answers most strongly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.forward import forward, held_images
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.seen import Box, seen_box
from cnn.network.trace import Row, Trace, trace

Number = TypeVar("Number", bound=np.generic)

BATCH = 25


class LayerError(ValueError):
    """A layer that cannot be looked at: why, and which can."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Where one filter answered strongly: the image's place, the cell and its value.

    `seen` is all that the cell can see, which may reach beyond the border into the padding; `box`
    is the part of it in the image.
    """

    image: int
    cell: tuple[int, int] | None
    activation: float
    seen: Box
    box: Box

    def crop(self, images: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """What the cell sees of its image."""
        box = self.box
        return images[self.image, box.top : box.bottom, box.left : box.right]


def exciting_patches(
    architecture: Architecture,
    weights: Weights,
    images: npt.ArrayLike,
    name: str,
    count: int = 9,
    most_channels: int | None = None,
) -> tuple[tuple[Patch, ...], ...]:
    """For each channel of a row's output, or the first ones, its strongest patches, at most one
    from each image.

    Of equal answers the first counts. A unit of a vector sees the whole image, and has no cell.
    """
    traced = trace(architecture)
    row = next((one for one in traced.rows if one.name == name), None)
    if row is None:
        raise LayerError(f"the network has no layer {name!r}. Use a row's name.")
    top = int(row.path[0])
    # No layer behind it runs; one that is cut off may have said what the network is fed.
    until = replace(architecture, layers=architecture.layers[: top + 1], feed=architecture.fed)
    pixels = np.asarray(images, np.float32)
    values, cells = [], []
    few = held_images(until, BATCH)
    for start in range(0, len(pixels), few):
        output = forward(until, weights, pixels[start : start + few])[row.name]
        flat = output.reshape(len(output), -1, output.shape[-1])[..., :most_channels]
        best = flat.argmax(axis=1)
        cells.append(best)
        values.append(np.take_along_axis(flat, best[:, None], axis=1)[:, 0])
    if not values:
        return ((),) * len(range(row.output_shape[-1])[:most_channels])
    answers, where = np.concatenate(values), np.concatenate(cells)
    order = np.argsort(-answers, axis=0, kind="stable")[:count]
    return tuple(
        tuple(
            patch_at(traced, row, int(image), int(where[image, channel]), answers[image, channel])
            for image in order[:, channel]
        )
        for channel in range(answers.shape[1])
    )


def patch_at(traced: Trace, row: Row, image: int, place: int, value: float) -> Patch:
    """The patch of one cell, `place` being its number in its map, line by line."""
    height, width = traced.architecture.input[:2]
    if len(row.output_shape) == 1:
        whole = Box(0, 0, height, width)
        return Patch(image, None, float(value), whole, whole)
    cell = divmod(place, row.output_shape[1])
    seen = seen_box(traced, row, cell)
    return Patch(image, cell, float(value), seen, seen.within(height, width))
