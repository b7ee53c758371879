"""Networks that give something else than a class, each no larger than its example needs."""

from __future__ import annotations

from types import MappingProxyType

from cnn.network.architecture import Architecture
from cnn.network.blocks import unet_level
from cnn.network.layers import Conv2D, Dense, Flatten, Layer, Layers, MaxPooling2D

BOX, DIGITS = 5, 10
"""Numbers at each place of a detector: where a box lies and whether it is one, and its class."""


def _conv(filters: int) -> Layer:
    return Conv2D(filters, 3, padding="same", activation="relu")


POOL = MaxPooling2D()
SMALL: Layers = (_conv(16), POOL, _conv(32), POOL)

NETWORKS = MappingProxyType(
    {
        "detection": Architecture(
            "Detector", (56, 56, 1), (*SMALL, _conv(64), POOL, Conv2D(BOX + DIGITS, 1))
        ),
        "segmentation": Architecture(
            "Mask",
            (32, 32, 1),
            (_conv(8), *unet_level(8), Conv2D(1, 1, activation="sigmoid")),
        ),
        "pose": Architecture("Corners", (32, 32, 1), (*SMALL, Flatten(), Dense(6))),
        "regression": Architecture("How much", (32, 32, 1), (*SMALL, Flatten(), Dense(1))),
        "sequences": Architecture("Four frames", (32, 32, 4), (*SMALL, Flatten(), Dense(2))),
        "tuning": Architecture("A new head", (28, 28, 1), (*SMALL, Flatten(), Dense(3, "softmax"))),
    }
)
"""By the key of their topic in `cnn/lessons/en/_beyond.toml`."""
