"""What the lesson on shifts measures: a trained network's maps before and after an image moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from cnn.data import DatasetName, DatasetSpec, Split, load
from cnn.insight.passes.forward import forward
from cnn.insight.passes.operations import Array
from cnn.insight.readings.answers import class_scores, shares
from cnn.insight.readings.disturbance import REACH, all_shifts, shifted, still_inside
from cnn.network.layers import Activation, MaxPooling2D
from cnn.network.trace import Row, trace
from cnn.shipped import shipped

STEP = 387
"""Through the 1,000 test images, so that neighbours differ; it has no factor of 1,000."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What one place of the network makes of the image where it was and of the moved one.

    `moved` says by how many cells the pattern moves there, right and down: pixels by the jump.
    """

    row: Row | None
    rest: Array
    shifted: Array
    moved: tuple[float, float]

    @property
    def alike(self) -> float:
        """How alike they are, place by place: the cosine between them, 1 where nothing changed."""
        a, b = self.rest.ravel().astype(np.float64), self.shifted.ravel().astype(np.float64)
        return float(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12))

    @property
    def left_over(self) -> float | None:
        """The largest difference once the second is moved back, where both have cells; None where
        that is not a whole number of cells.
        """
        if any(by % 1 for by in self.moved):
            return None
        right, down = (int(by) for by in self.moved)
        height, width = self.rest.shape[:2]
        rows, columns = still_inside(down, height), still_inside(right, width)
        back_rows, back_columns = still_inside(-down, height), still_inside(-right, width)
        return float(np.abs(self.shifted[rows, columns] - self.rest[back_rows, back_columns]).max())


@cache
def tests() -> Split:
    """The test images of the MNIST sample: the network that ships was not trained on them."""
    return load(DatasetSpec(DatasetName.MNIST_SAMPLE)).test


def example(place: int) -> tuple[Array, int, str]:
    """A test image of the MNIST sample `[28, 28]`, its number there, and what it shows."""
    test = tests()
    number = place * STEP % len(test)
    one = test.take([number])
    return one.images[0, :, :, 0], number, str(one.labels[0])


@cache
def rows() -> tuple[Row, Row, Row]:
    """After the first convolution with its ReLU, and after each of the two poolings."""
    every = trace(shipped().architecture).rows
    first = next(row for row in every if isinstance(row.layer, Activation))
    one, two = (row for row in every if isinstance(row.layer, MaxPooling2D))
    return first, one, two


def stages(image: Array, right: int, down: int) -> list[Stage]:
    """The image, the three maps, and the answer, before and after the shift."""
    network = shipped()
    both = np.stack([image, shifted(image, right, down)])[..., None]
    found = forward(network.architecture, network.weights, both)
    made = [Stage(None, both[0], both[1], (right, down))]
    for row in rows():
        jump_y, jump_x = row.receptive_field.jump
        rest, moved = found[row.name]
        made.append(Stage(row, rest, moved, (right / jump_x, down / jump_y)))
    return made


def strongest(stage: Stage, channel: int) -> tuple[int, int]:
    """The row and the column of the largest number of a channel, where the image is not moved."""
    values = stage.rest[..., channel]
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    return int(row), int(column)


def likely(images: Array) -> Array:
    """The shares of the ten digits for images `[N, 28, 28]`, by the network that ships."""
    network = shipped()
    return shares(class_scores(network.architecture, network.weights, images[..., None]))


def likely_everywhere(image: Array) -> Array:
    """The shares `[down, right, 10]` at every shift up to `REACH` pixels each way."""
    moved = all_shifts(image)
    return likely(moved.reshape(-1, *image.shape)).reshape(*moved.shape[:2], -1)


def right_by_distance(count: int) -> list[tuple[int, int]]:
    """How many of how many test images are read right when moved by 0, 1, ... pixels.

    In each of four directions; at 0 there is only one way.
    """
    test = tests().take([place * STEP % 1_000 for place in range(count)])
    images = test.images[..., 0]
    found = []
    for distance in range(REACH + 1):
        ways = list(_ways(distance))
        hits = sum(
            int((likely(_all_moved(images, *way)).argmax(axis=1) == test.labels).sum())
            for way in ways
        )
        found.append((hits, count * len(ways)))
    return found


def _ways(distance: int) -> Iterator[tuple[int, int]]:
    yield (distance, 0)
    if distance:
        yield from ((-distance, 0), (0, distance), (0, -distance))


def _all_moved(images: Array, right: int, down: int) -> Array:
    return np.stack([shifted(one, right, down) for one in images])
