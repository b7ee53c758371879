"""The data sets there are, and the one function that loads any of them.

Owns names, sentences and the way from a spec to a data set that fits a network.
"""

from dataclasses import dataclass
from pathlib import Path

from cnn.data.dataset import Dataset, Source
from cnn.data.fitting import ImageShape, check_shape
from cnn.data.own.images import load_own_images, own_name
from cnn.data.sets import mnist
from cnn.data.sets.digits import load_digits
from cnn.data.sets.mnist import FASHION, MNIST, load_collection, load_sample
from cnn.data.sets.shape_options import CLASSIC
from cnn.data.sets.shapes import draw
from cnn.data.spec import DatasetName, DatasetSpec
from cnn.data.splitting import split


@dataclass(frozen=True, slots=True)
class Entry:
    """A data set as it is offered; the shape is that of its images before they are fitted."""

    title: str
    description: str
    image_shape: ImageShape


CATALOGUE: dict[DatasetName, Entry] = {
    DatasetName.SHAPES: Entry(
        "Shapes",
        "Circles, squares and triangles, and more on request, drawn by code in any size from 8 to "
        "64 pixels; usually 180 to learn from and 300 others to test.",
        (16, 16, 1),
    ),
    DatasetName.DIGITS: Entry(
        "Digits 8x8",
        "1,797 real handwritten digits of 8x8 pixels that ship with scikit-learn, so that no "
        "network is needed.",
        (8, 8, 1),
    ),
    DatasetName.MNIST_SAMPLE: Entry(
        "MNIST sample",
        "6,000 training and 1,000 test images of MNIST that ship with this project, each digit "
        "in its share.",
        (28, 28, 1),
    ),
    DatasetName.MNIST: Entry(
        "MNIST",
        "All 60,000 and 10,000 handwritten digits, from a local file or Keras' download; every "
        "byte is verified.",
        (28, 28, 1),
    ),
    DatasetName.FASHION_MNIST: Entry(
        "Fashion-MNIST",
        "60,000 and 10,000 pieces of clothing, from a local file or Keras' download; verified by "
        "structure (shapes and class counts), as no reference hash is known here.",
        (28, 28, 1),
    ),
    DatasetName.OWN_IMAGES: Entry(
        "Your own images",
        "A zip with one folder per class, or with such folders in train/, val/ and test/; or an "
        "npz with images and labels. They are fitted to the network's input.",
        (32, 32, 3),
    ),
}


def title(spec: DatasetSpec) -> str:
    """Return what a data set is called; own images by the name they were given."""
    if spec.name is DatasetName.OWN_IMAGES:
        return own_name(Path(spec.file))
    return CATALOGUE[spec.name].title


def described(spec: DatasetSpec) -> str:
    """Return a data set in words that tell it from others: `shapes (6 kinds, noise 0.2)`."""
    if spec.name is DatasetName.OWN_IMAGES:
        own = f", split as {spec.splits.replace('-', ', ')} by itself" if spec.splits else ""
        return f"own images {title(spec)}{own}"
    if spec.name is not DatasetName.SHAPES:
        return spec.name.value
    shapes, low, high = spec.shapes, *spec.shapes.scale
    said = {
        "kinds": f"{len(shapes.kinds)} kinds: {', '.join(shapes.kinds)}",
        "samples": f"{shapes.samples:,} drawings",
        "test_samples": f"{shapes.test_samples:,} test drawings",
        "thickness": f"outlines of {shapes.thickness} px",
        "noise": f"noise {shapes.noise:g}",
        "rotation": f"turned up to {shapes.rotation:g}°",
        "position": f"moved by {shapes.position:g}",
        "scale": f"sizes {low:g} to {high:g}",
    }
    words = [said[name] for name in said if getattr(shapes, name) != getattr(CLASSIC, name)]
    words += [f"drawn with seed {spec.seed}"] * (spec.seed != 0)
    return f"shapes ({'; '.join(words)})" if words else "shapes"


def is_here(spec: DatasetSpec) -> bool:
    """Whether a data set can be loaded without downloading anything."""
    collections = {DatasetName.MNIST: MNIST, DatasetName.FASHION_MNIST: FASHION}
    collection = collections.get(spec.name)
    return collection is None or mnist.is_here(collection)


def load(
    spec: DatasetSpec | str = DatasetName.SHAPES, input_shape: ImageShape | None = None
) -> Dataset:
    """Return the data set of a spec, or of a name with default settings, fitted to the input.

    Without an input shape, images keep the shape they have in the catalogue. The test images are
    the same for every seed, except where the seed draws them; so runs can be compared.
    """
    if not isinstance(spec, DatasetSpec):
        spec = DatasetSpec.from_dict({"name": spec})
    shape = CATALOGUE[spec.name].image_shape if input_shape is None else check_shape(input_shape)
    return split(_source(spec, shape), spec, shape)


def _source(spec: DatasetSpec, shape: ImageShape) -> Source:
    match spec.name:
        case DatasetName.SHAPES:
            learn, test = draw(spec.shapes, shape[0], shape[1], spec.seed)
            names = tuple(kind.value for kind in spec.shapes.kinds)
            return Source(learn, test, names, f"drawn by code with seed {spec.seed}")
        case DatasetName.DIGITS:
            return load_digits()
        case DatasetName.MNIST_SAMPLE:
            return load_sample()
        case DatasetName.MNIST:
            return load_collection(MNIST)
        case DatasetName.FASHION_MNIST:
            return load_collection(FASHION)
        case DatasetName.OWN_IMAGES:
            return load_own_images(Path(spec.file), shape, splits=spec.splits)
