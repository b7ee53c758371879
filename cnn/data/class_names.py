"""What the classes of a data set are called, where that is known without loading it."""

from cnn.data.sets.mnist import FASHION, MNIST
from cnn.data.spec import DatasetName, DatasetSpec


def class_names(spec: DatasetSpec) -> tuple[str, ...] | None:
    """The name of each class, in the order of the labels; None for a person's own images."""
    match spec.name:
        case DatasetName.SHAPES:
            return tuple(kind.value for kind in spec.shapes.kinds)
        case DatasetName.DIGITS | DatasetName.MNIST_SAMPLE | DatasetName.MNIST:
            return MNIST.class_names
        case DatasetName.FASHION_MNIST:
            return FASHION.class_names
        case _:
            return None
