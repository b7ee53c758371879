"""Units behind a ReLU that never fire: whatever the image, they give 0 and so learn nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.insight.forward import forward
from cnn.insight.operations import Array
from cnn.network.architecture import Architecture
from cnn.network.keras_model import Weights
from cnn.network.layers import Activation, Layer
from cnn.network.trace import Row, trace

RELUS = ("relu", "relu6")
BATCH = 25


@dataclass(frozen=True, slots=True)
class LayerActivity:
    """Of a layer that ends in a ReLU: its units, and how many gave 0 for all of these images.

    A unit of a convolution is a filter, wherever it looks.
    """

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
    rows = [row for row in trace(architecture).rows if _ends_in_relu(row.layer)]
    alive: dict[str, npt.NDArray[np.bool_]] = {}
    for start in range(0, len(images), BATCH):
        found = forward(architecture, weights, images[start : start + BATCH])
        for row in rows:
            output = found[row.name]
            fired = (output > 0).reshape(-1, output.shape[-1])
            if start:
                fired = np.vstack([fired, alive[row.name]])
            alive[row.name] = np.asarray(fired.any(axis=0))
    return tuple(_activity(row, alive[row.name], len(images)) for row in rows if alive)


def _activity(row: Row, alive: npt.NDArray[np.bool_], images: int) -> LayerActivity:
    return LayerActivity(row.name, row.title, alive.size, int((~alive).sum()), images)


def _ends_in_relu(layer: Layer) -> bool:
    if isinstance(layer, Activation) and layer.bends:
        return False  # a slope below zero lets a unit come back
    return getattr(layer, "activation", None) in RELUS
