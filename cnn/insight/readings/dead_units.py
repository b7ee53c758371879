"""Units behind a ReLU that never fire: whatever the image, they give 0 and so learn nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.forward import Activations, forward, held_images
from cnn.insight.passes.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.keras.model import Weights
from cnn.network.layers import Activation, Layer
from cnn.network.trace import Row, trace

RELUS = ("relu", "relu6")
BATCH = 25


@dataclass(frozen=True, slots=True)
class LayerActivity:
    """Of a layer that ends in a ReLU: its units (filters), and how many gave 0 for all images."""

    name: str
    title: str
    units: int
    dead: int
    images: int

    @property
    def share(self) -> float:
        return self.dead / self.units


def layer_activity(
    architecture: Architecture, weights: Weights, images: Array
) -> tuple[LayerActivity, ...]:
    """The activity of every layer that ends in a ReLU, in their order."""
    alive = Alive(trace(architecture).rows)
    few = held_images(architecture, BATCH)
    for start in range(0, len(images), few):
        alive.add(forward(architecture, weights, images[start : start + few]))
    return alive.activity()


class Alive:
    """Which units of these rows fired so far, for images that come bit by bit."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = [row for row in rows if _ends_in_relu(row.layer)]
        self._fired: dict[str, npt.NDArray[np.bool_]] = {}
        self._images = 0

    def add(self, found: Activations) -> None:
        """Notes what fired for some images more."""
        self._images += len(found.output)
        for row in self._rows:
            output = found[row.name]
            fired = np.asarray((output > 0).reshape(-1, output.shape[-1]).any(axis=0))
            self._fired[row.name] = fired | self._fired.get(row.name, False)

    def activity(self) -> tuple[LayerActivity, ...]:
        """What came of it, in the rows' order; nothing without images."""
        return tuple(
            LayerActivity(row.name, row.title, fired.size, int((~fired).sum()), self._images)
            for row in self._rows
            if (fired := self._fired.get(row.name)) is not None
        )


def _ends_in_relu(layer: Layer) -> bool:
    if isinstance(layer, Activation) and layer.bends:
        return False  # a slope below zero lets a unit come back
    return layer.activation in RELUS
