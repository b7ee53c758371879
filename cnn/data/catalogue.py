"""The data sets there are, and the one function that loads any of them.

Owns names, sentences and the way from a spec to a data set that fits a network.
"""

from pathlib import Path

from cnn.data.dataset import Dataset
from cnn.data.fitting import ImageShape, check_shape
from cnn.data.own.images import load_own_images, own_name
from cnn.data.sets import DRAWN, SETS, DatasetName
from cnn.data.sets.entry import Entry
from cnn.data.spec import DatasetSpec
from cnn.data.splitting import split

CATALOGUE: dict[DatasetName, Entry] = SETS | {
    DatasetName.OWN_IMAGES: Entry(
        title="Your own images",
        description="Pictures of yours, dropped kind by kind or from a zip or an npz. "
        "They are fitted to the network's input.",
        image_shape=(32, 32, 3),
        load=lambda spec, shape: load_own_images(Path(spec.file), shape, splits=spec.splits),
        class_names=lambda spec: None,
        usual_epochs=10,
        is_made_to_fit=True,
        against_repeats=" Bring each image once.",
    ),
}


def title(spec: DatasetSpec) -> str:
    """Return what a data set is called; own images by the name they were given."""
    own = spec.name is DatasetName.OWN_IMAGES
    called = own_name(Path(spec.file)) if own else CATALOGUE[spec.name].title
    return ", ".join(filter(None, (called, spec.portion.words)))


def described(spec: DatasetSpec) -> str:
    """Return a data set in words that tell it from others: `shapes (6 kinds, noise 0.2)`."""
    return ", ".join(filter(None, (_described(spec), spec.portion.words)))


def _described(spec: DatasetSpec) -> str:
    if spec.name is DatasetName.OWN_IMAGES:
        own = f", split as {spec.splits.replace('-', ', ')} by itself" if spec.splits else ""
        return f"own images {own_name(Path(spec.file))}{own}"
    drawn = spec.drawn_as
    if drawn is None:
        return spec.name.value
    said, usual = drawn.said(), DRAWN[spec.name]
    words = [said[name] for name in said if getattr(drawn, name) != getattr(usual, name)]
    words += [f"drawn with seed {spec.seed}"] * (spec.seed != 0)
    return f"{spec.name.value} ({'; '.join(words)})" if words else spec.name.value


def is_here(spec: DatasetSpec) -> bool:
    """Whether a data set can be loaded without downloading anything."""
    return CATALOGUE[spec.name].is_here()


def named_classes(spec: DatasetSpec) -> tuple[str, ...] | None:
    """The name of each class, in the order of the labels; None for a person's own images."""
    return CATALOGUE[spec.name].class_names(spec)


def load(
    spec: DatasetSpec | str = DatasetName.SHAPES, input_shape: ImageShape | None = None
) -> Dataset:
    """Return the data set of a spec, or of a name with default settings, fitted to the input.

    Without an input shape, images keep the shape they have in the catalogue. The test images are
    the same for every seed, except where the seed draws them; so runs can be compared.
    """
    if not isinstance(spec, DatasetSpec):
        spec = DatasetSpec.from_dict({"name": spec})
    entry = CATALOGUE[spec.name]
    shape = entry.image_shape if input_shape is None else check_shape(input_shape)
    return split(entry.load(spec, shape), spec, shape)
