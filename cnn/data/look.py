"""What is kept of a data set to look at, and the images that networks are tested on.

Neither holds the data set itself, which may be large.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn.data.catalogue import CATALOGUE
from cnn.data.dataset import Dataset, FoundShape, Rejected, Split, fingerprint
from cnn.data.sets import DatasetName
from cnn.data.summary import class_counts, pixel_histogram, seen_test_images, sizes_text

EXAMPLES, FEWEST_EXAMPLES, MOST_CLASSES = 40, 4, 20
"""So many training images of each class are kept, of so many classes; fewer of large ones."""

EXAMPLES_BYTES = 8_000_000
MOST_LISTED = 200
VALIDATION = 200


@dataclass(frozen=True, slots=True)
class Look:
    """A data set's classes, its counts, and a few of its images."""

    class_names: tuple[str, ...]
    sizes: str
    counts: dict[str, tuple[int, ...]]
    few: Split
    origin: str
    rejected: tuple[Rejected, ...]
    """The first files that were left out, of `all_rejected`."""
    all_rejected: int
    pixels: tuple[tuple[float, ...], tuple[int, ...]]  # of the training images, as they were found
    found_shape: tuple[int, int, int]
    seen_test_images: int
    how_split: str
    """Of own images: what is used as what."""
    brought_shape: FoundShape
    """Of the images before they are fitted to any network, as far as they have it in common."""
    usual_side: int | None = None
    """The shorter side of a usual image, where images differ in size too."""

    @property
    def train_images(self) -> int:
        return sum(self.counts["train"])

    @property
    def images(self) -> dict[str, int]:
        """The images of each split."""
        return {name: sum(split) for name, split in self.counts.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """The test images of a data set and a few to validate, its classes, and its fingerprint."""

    class_names: tuple[str, ...]
    test: Split
    validation: Split
    validation_counts: tuple[int, ...] = ()
    """Of each class, all validation images and not the few that are kept here."""
    fingerprint: str = ""


def look_of(data: Dataset) -> Look:
    """A look at a data set."""
    return Look(
        class_names=data.class_names,
        sizes=sizes_text(data),
        counts=class_counts(data),
        few=few_of(data.train, len(data.class_names)),
        origin=data.origin,
        rejected=data.rejected[:MOST_LISTED],
        all_rejected=len(data.rejected),
        pixels=pixel_histogram(data.train),
        found_shape=data.image_shape,
        seen_test_images=int(seen_test_images(data).sum()),
        how_split=data.how_split,
        brought_shape=data.found_shape or CATALOGUE[DatasetName(data.name)].image_shape,
        usual_side=data.usual_side,
    )


def few_of(split: Split, classes: int, image_bytes: int = 0) -> Split:
    """Enough images of each class to show; `image_bytes` is the size of one that is made larger."""
    shown = min(classes, MOST_CLASSES)
    size = max(image_bytes, split.pixels[0].nbytes) if len(split) else 1
    each = min(EXAMPLES, max(FEWEST_EXAMPLES, EXAMPLES_BYTES // (size * shown)))
    places = [np.flatnonzero(split.labels == label)[:each] for label in range(shown)]
    return split.take(np.concatenate(places))


def for_tests_of(data: Dataset) -> Tested:
    """The test images of a data set, so that the rest of it need not be kept."""
    few = data.validation.take(np.arange(min(VALIDATION, len(data.validation))))
    counts = class_counts(data)["validation"]
    return Tested(data.class_names, data.test, few, counts, fingerprint(data))
