"""The data sets there are, and the one function that loads any of them.

Owns names, sentences and the way from a spec to a data set that fits a network.
"""

import contextlib
from dataclasses import replace
from pathlib import Path

from cnn.data.dataset import Dataset, Source
from cnn.data.edited import DEEPEST, edits_of, is_edited, load_edited
from cnn.data.errors import DataError
from cnn.data.fitting import ImageShape, check_shape
from cnn.data.own.images import load_own_images
from cnn.data.own.keeping import own_name
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
        load=lambda spec, shape: _own(spec, shape),
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
        read = f", read as {spec.reading}" if spec.reading else ""
        return f"own images {own_name(Path(spec.file))}{own}{read}"
    drawn = spec.drawn_as
    if drawn is None:
        return spec.name.value
    said, usual = drawn.said(), DRAWN[spec.name]
    words = [said[name] for name in said if getattr(drawn, name) != getattr(usual, name)]
    words += [f"drawn with seed {spec.seed}"] * (spec.seed != 0)
    return f"{spec.name.value} ({'; '.join(words)})" if words else spec.name.value


def is_here(spec: DatasetSpec) -> bool:
    """Whether a data set can be loaded without downloading anything."""
    if is_edited(spec):
        with contextlib.suppress(DataError):  # what is wrong with it is said as it is loaded
            return is_here(edits_of(Path(spec.file)).base)
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
    shape = image_shape(spec) if input_shape is None else check_shape(input_shape)
    return split(source_of(spec, shape), spec, shape)


def image_shape(spec: DatasetSpec) -> ImageShape:
    """The shape that images have where no network asks for another; raises `DataError`."""
    for _ in range(DEEPEST):
        if not is_edited(spec):
            break
        spec = edits_of(Path(spec.file)).base
    return CATALOGUE[spec.name].image_shape


def source_of(spec: DatasetSpec, shape: ImageShape) -> Source:
    """The images of a spec as they are found or drawn, before they are split and fitted."""
    return CATALOGUE[spec.name].load(spec, shape)


def _own(spec: DatasetSpec, shape: ImageShape) -> Source:
    path = Path(spec.file)
    if not is_edited(spec):
        return load_own_images(path, shape, splits=spec.splits, reading=spec.reading)
    source = load_edited(path, shape, source_of)
    own = image_shape(spec)
    return replace(
        source,
        found_shape=source.found_shape or own,
        usual_side=source.usual_side or min(own[:2]),
    )
