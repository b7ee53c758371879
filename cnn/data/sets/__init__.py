"""The data sets that come by name: drawn by code, shipped, or found and downloaded.

A new one is a file here that exports its `SET`, and a line in each of the two lists below.
"""

from enum import StrEnum

from cnn.data.sets import digits, fashion_mnist, mnist, mnist_sample, shapes
from cnn.data.sets.entry import Entry


class DatasetName(StrEnum):
    SHAPES = "shapes"
    DIGITS = "digits"
    MNIST_SAMPLE = "mnist-sample"
    MNIST = "mnist"
    FASHION_MNIST = "fashion-mnist"
    OWN_IMAGES = "own-images"


SETS: dict[DatasetName, Entry] = {
    DatasetName.SHAPES: shapes.SET,
    DatasetName.DIGITS: digits.SET,
    DatasetName.MNIST_SAMPLE: mnist_sample.SET,
    DatasetName.MNIST: mnist.SET,
    DatasetName.FASHION_MNIST: fashion_mnist.SET,
}
"""All but a person's own, in the order in which they are offered."""
