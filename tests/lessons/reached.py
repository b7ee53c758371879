"""A network for each challenge that comes along which reaches its goals, with how it is trained.

`benchmarks/challenges.py` trains them; what it measured stands there.
"""

from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from cnn.network.layers.base import Layer
from cnn.network.layers.containers import Residual
from cnn.network.shapes import MapShape
from cnn.training.recipe.configuration import Configuration

DIGIT: MapShape = (28, 28, 1)
POOL = MaxPooling2D()


def _conv(filters: int, stride: int = 1) -> Layer:
    return Conv2D(filters, 3, strides=stride, padding="same", activation="relu")


def _bare(filters: int) -> tuple[Layer, ...]:
    return (
        Conv2D(filters, 3, padding="same", use_bias=False),
        BatchNormalization(momentum=0.9),
    )


def _normed(filters: int) -> tuple[Layer, ...]:
    return *_bare(filters), Activation("relu")


def _network(*layers: Layer, image: MapShape = DIGIT, classes: int = 10) -> Architecture:
    return Architecture("Reached", image, (*layers, Dense(classes, "softmax")))


def _trained(data: DatasetName, epochs: int) -> Configuration:
    return Configuration(DatasetSpec(data), epochs=epochs)


_SKIP = Residual((*_normed(12), *_bare(12)), activation="relu")
_SAMPLE = DatasetName.MNIST_SAMPLE

REACHED: dict[str, tuple[Architecture, Configuration | None]] = {
    "A thousand weights": (
        _network(*(_conv(8), POOL, _conv(8), POOL, POOL, Flatten()), image=(16, 16, 1), classes=3),
        _trained(DatasetName.SHAPES, 40),
    ),
    "Small and sharp": (
        _network(*_normed(8), POOL, *_normed(16), POOL, *_normed(32), POOL, Flatten()),
        _trained(_SAMPLE, 8),
    ),
    "On a small battery": (
        _network(_conv(8, 2), _conv(16, 2), _conv(32, 2), Flatten()),
        _trained(_SAMPLE, 8),
    ),
    "See it all": (
        _network(_conv(8), POOL, _conv(8), POOL, _conv(8), _conv(8), POOL, _conv(8), Flatten()),
        None,
    ),
    "In a hurry": (
        _network(*_normed(16), POOL, *_normed(32), POOL, *_normed(64), POOL, Flatten()),
        _trained(_SAMPLE, 2),
    ),
    "Deep and light": (
        _network(*(*_normed(12), POOL, *[_SKIP] * 5, POOL, *[_SKIP] * 5, GlobalAveragePooling2D())),
        _trained(_SAMPLE, 5),
    ),
}
