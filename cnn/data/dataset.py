"""What a data set is: images with labels, in three splits that never mix.

Owns the values, the splitting and the fingerprint. Where images come from is the business of the
modules beside this one; `catalogue.load` puts it all together.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cnn.data.errors import DataError

Pixels = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]
Images = npt.NDArray[np.float32]
Indexes = npt.NDArray[np.int64]


def as_floats(pixels: Pixels) -> Images:
    """Return pixels 0..255 as float32 in 0..1; what a network is fed is made of that (`Feed`)."""
    return pixels.astype(np.float32) / np.float32(255)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Images of one split, one label each; pixels are (images, height, width, channels).

    The bytes are kept and floats made on demand: all of MNIST is 55 MB as bytes, 220 MB as float32.
    """

    pixels: Pixels
    labels: Labels

    def __post_init__(self) -> None:
        pixels, labels = self.pixels, self.labels
        if pixels.ndim != 4 or pixels.dtype != np.uint8:
            raise DataError(
                f"Pixels are uint8 (images, height, width, channels), "
                f"not {pixels.dtype} {pixels.shape}."
            )
        if labels.dtype != np.int64 or labels.shape != (len(pixels),):
            raise DataError(
                f"{len(pixels)} images need {len(pixels)} int64 labels, "
                f"not {labels.dtype} {labels.shape}."
            )
        # A view, so that freezing it does not freeze the array of whoever made it.
        for name, array in (("pixels", pixels.view()), ("labels", labels.view())):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def images(self) -> Images:
        """All images as float32 in 0..1, made anew each time; for a few, `take` them first."""
        return as_floats(self.pixels)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of every image."""
        height, width, channels = self.pixels.shape[1:]
        return height, width, channels

    def take(self, indexes: npt.ArrayLike) -> "Split":
        """Return the images at these indexes, in this order."""
        chosen = np.asarray(indexes, dtype=np.int64)
        return Split(self.pixels[chosen], self.labels[chosen])


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file of an upload that was left out, and why."""

    file: str
    reason: str


Sizes = tuple[tuple[tuple[int, int, int], int], ...]
"""Each height, width and channels of pictures, and how many have them, the most frequent first."""

FoundShape = tuple[int | None, int | None, int | None]
"""Height, width and channels of images before they are fitted; None where they differ in it."""


def in_common(shapes: set[tuple[int, int, int]]) -> FoundShape:
    """Return the height, width and channels that all of one or more shapes have."""
    height, width, channels = (set(values) for values in zip(*shapes, strict=True))
    return _only(height), _only(width), _only(channels)


def _only(values: set[int]) -> int | None:
    return next(iter(values)) if len(values) == 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Labelled images as they were found or drawn; a split that is not there is set aside.

    `called` says what each split is called in a file of own images, and `pooled` is what is to be
    said of one whose splits are not used. Of a usual image, `usual_side` is the shorter side;
    `sizes` are those of all pictures, where each has its own.
    """

    learn: Split
    test: Split | None
    class_names: tuple[str, ...]
    origin: str
    rejected: tuple[Rejected, ...] = ()
    validation: Split | None = None
    called: Mapping[str, str] = field(default_factory=dict)
    pooled: str = ""
    found_shape: FoundShape | None = None
    usual_side: int | None = None
    sizes: Sizes = ()


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Three splits of labelled images, and where they come from.

    `how_split` says of own images in words what is used as what; `found_shape` is that of the
    images before they were fitted, where it is not that of the catalogue, and `usual_side` the
    shorter side of a usual one of them.
    """

    name: str
    class_names: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    origin: str
    rejected: tuple[Rejected, ...] = ()
    how_split: str = ""
    found_shape: FoundShape | None = None
    usual_side: int | None = None
    sizes: Sizes = ()

    def __post_init__(self) -> None:
        classes = len(self.class_names)
        if classes < 2:
            raise DataError(
                f"{self.name}: {classes} class is nothing to tell apart. Use 2 or more."
            )
        for split_name, split in self.splits.items():
            if not len(split):
                raise DataError(f"{self.name}: the {split_name} split is empty. Use more images.")
            if split.image_shape != self.image_shape:
                raise DataError(
                    f"{self.name}: {split_name} images are {split.image_shape}, "
                    f"train images {self.image_shape}. Use one shape for all."
                )
            if split.labels.min() < 0 or split.labels.max() >= classes:
                raise DataError(
                    f"{self.name}: {split_name} labels reach from {split.labels.min()} to "
                    f"{split.labels.max()}; {classes} classes need 0 to {classes - 1}."
                )

    @property
    def splits(self) -> dict[str, Split]:
        """The three splits by name, in the order they are used."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of every image."""
        return self.train.image_shape


def stratified(
    labels: Labels, fraction: float, rng: np.random.Generator
) -> tuple[Indexes, Indexes]:
    """Return indexes of the images kept and of the `fraction` set aside, both in rising order.

    Each class gives its share, rounded so that the total is right; at least one image of a class
    is set aside and at least one is kept.
    """
    counts = np.bincount(labels)
    if rare := [str(label) for label in np.flatnonzero(counts == 1)]:
        raise DataError(
            f"Class {', '.join(rare)} has a single image, which cannot be on both sides of a "
            f"split. Add images or leave the class out."
        )
    exact = counts * fraction
    shares = exact.astype(np.int64)
    missing = round(len(labels) * fraction) - int(shares.sum())
    shares[np.argsort(shares - exact, kind="stable")[:missing]] += 1
    shares = np.minimum(np.maximum(shares, 1), counts - 1)

    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    firsts = np.cumsum(counts) - counts
    rank_in_class = np.arange(len(labels)) - firsts[labels[by_class]]
    aside = rank_in_class < shares[labels[by_class]]
    return np.sort(by_class[~aside]), np.sort(by_class[aside])


def fingerprint(dataset: Dataset) -> str:
    """Return the SHA-256 of all pixels, labels and class names: equal only for the same data."""
    digest = hashlib.sha256("\0".join(dataset.class_names).encode())
    for name, split in dataset.splits.items():
        digest.update(f"\0{name} {split.pixels.shape}\0".encode())
        digest.update(np.ascontiguousarray(split.pixels).data)
        digest.update(np.ascontiguousarray(split.labels, dtype="<i8").data)
    return digest.hexdigest()
