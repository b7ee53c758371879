"""The data sets that come by name: drawn by code, shipped, or found and downloaded.

A new one is a file here that exports its `SET`, and a line in each of the two lists below.
"""

from enum import StrEnum

from cnn.data.sets import cifar, digits, fashion_mnist, mnist, mnist_sample, scenes, shapes
from cnn.data.sets.entry import Entry
from cnn.data.sets.scene_options import USUAL, SceneOptions
from cnn.data.sets.shape_options import CLASSIC, ShapeOptions


class DatasetName(StrEnum):
    SHAPES = "shapes"
    DIGITS = "digits"
    MNIST_SAMPLE = "mnist-sample"
    MNIST = "mnist"
    FASHION_MNIST = "fashion-mnist"
    CIFAR_10 = "cifar-10"
    SCENES = "scenes"
    OWN_IMAGES = "own-images"


SETS: dict[DatasetName, Entry] = {
    DatasetName.SHAPES: shapes.SET,
    DatasetName.DIGITS: digits.SET,
    DatasetName.MNIST_SAMPLE: mnist_sample.SET,
    DatasetName.MNIST: mnist.SET,
    DatasetName.FASHION_MNIST: fashion_mnist.SET,
    DatasetName.CIFAR_10: cifar.SET,
    DatasetName.SCENES: scenes.SET,
}
"""All but a person's own, in the order in which they are offered."""

DRAWN: dict[DatasetName, ShapeOptions | SceneOptions] = {
    DatasetName.SHAPES: CLASSIC,
    DatasetName.SCENES: USUAL,
}
"""Those that are drawn as their settings say, with the usual ones; a spec has them by that name."""
