"""What is shown of a data set before training: counts, examples and pixels, as plain values.

Owns the numbers; the figures are drawn elsewhere. Examples and pixels are taken of one split, as
the test images are looked at only at the end.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Dataset, Split

COUNTED_TOGETHER = 1 << 20
"""So many pixels at a time, as NumPy makes each into eight bytes to count them."""


def class_counts(dataset: Dataset) -> dict[str, tuple[int, ...]]:
    """Return for each split the number of images of each class."""
    classes = len(dataset.class_names)
    return {
        name: tuple(np.bincount(split.labels, minlength=classes).tolist())
        for name, split in dataset.splits.items()
    }


def sizes_text(dataset: Dataset) -> str:
    """Return the split in words: `150 train, 30 validation, 300 test`."""
    return ", ".join(f"{len(split):,} {name}" for name, split in dataset.splits.items())


def examples(split: Split, label: int, count: int) -> Split:
    """Return the first images of a class, fewer where it has fewer."""
    return split.take(np.flatnonzero(split.labels == label)[:count])


def pixel_histogram(split: Split, bins: int = 32) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Return the edges of equal bins over 0..1, one more than bins, and the pixels in each."""
    levels = np.zeros(256, np.int64)
    few = max(1, COUNTED_TOGETHER // max(1, split.pixels[:1].size))
    for start in range(0, len(split), few):
        part = split.pixels[start : start + few].reshape(-1)
        levels += np.bincount(part, minlength=256)
    counts, edges = np.histogram(np.arange(256) / 255, bins, (0.0, 1.0), weights=levels)
    return tuple(edges.tolist()), tuple(counts.astype(np.int64).tolist())


def seen_test_images(dataset: Dataset) -> npt.NDArray[np.bool_]:
    """Return which test images also occur, pixel for pixel, in training or validation."""
    seen = {one for split in (dataset.train, dataset.validation) for one in digests(split)}
    return np.array([one in seen for one in digests(dataset.test)])


def digests(split: Split) -> Iterator[bytes]:
    """A short name for each image: MNIST whole is 60,000 of them, and 47 MB."""
    return (hashlib.blake2b(image.tobytes(), digest_size=16).digest() for image in split.pixels)
