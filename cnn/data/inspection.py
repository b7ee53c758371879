"""A closer look at a data set: images that come more than once, images that are nearly alike, and
what the images of each class have in common. Pure; a page asks for it outside (`in_child_process`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Dataset, Pixels, Sizes, Split
from cnn.data.summary import digests

MOST_COMPARED = 12_000
"""Of more images, so many are drawn and compared with each other: 144 million pairs, in seconds."""

MOST_GROUPS, MOST_PAIRS = 60, 24
SIDE = 12
BLOCK = 1_000
_DRAW = 14


@dataclass(frozen=True, slots=True)
class Where:
    """An image: its split, its place in it, and its label."""

    split: str
    place: int
    label: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two images and how alike they are: the correlation of their grey values, made small."""

    first: Where
    second: Where
    likeness: float


@dataclass(frozen=True, slots=True)
class OfClass:
    """How bright the images of a class are, from 0 to 1: their mean, and how far they differ; and
    the same of each channel.
    """

    images: int
    brightness: float
    spread: float
    channels: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """What was found; `groups` and `pairs` are the first of them."""

    groups: tuple[tuple[Where, ...], ...]
    repeated: int
    """Images that occur more than once, pixel for pixel, all of them counted."""
    across: int
    """Groups of which images are in more than one split."""
    contradicting: int
    """Groups whose images have more than one label."""
    pairs: tuple[Pair, ...]
    compared: int
    images: int
    classes: tuple[OfClass, ...]
    means: Pixels
    """The mean image of each class."""
    sizes: Sizes = ()
    """Of the pictures as they were brought, where each has its own."""


def inspect(data: Dataset) -> Inspection:
    """Goes through all images of all splits."""
    groups = _groups(data)
    wheres, pixels = _all_once(data, groups)
    pairs = most_alike(pixels, MOST_PAIRS)
    means, classes = _of_classes(data)
    return Inspection(
        groups=tuple(groups[:MOST_GROUPS]),
        repeated=sum(map(len, groups)),
        across=sum(len({one.split for one in group}) > 1 for group in groups),
        contradicting=sum(len({one.label for one in group}) > 1 for group in groups),
        pairs=tuple(Pair(wheres[one], wheres[other], like) for one, other, like in pairs),
        compared=len(wheres),
        images=sum(map(len, data.splits.values())),
        classes=classes,
        means=means,
        sizes=data.sizes,
    )


def _groups(data: Dataset) -> list[tuple[Where, ...]]:
    """Images that are the same, pixel for pixel: those of several labels and splits first."""
    found: dict[bytes, list[Where]] = defaultdict(list)
    for name, split in data.splits.items():
        for place, digest in enumerate(digests(split)):
            found[digest].append(Where(name, place, int(split.labels[place])))
    groups = [tuple(group) for group in found.values() if len(group) > 1]
    return sorted(
        groups,
        key=lambda group: (
            -len({one.label for one in group}),
            -len({one.split for one in group}),
            -len(group),
        ),
    )


def _all_once(data: Dataset, groups: list[tuple[Where, ...]]) -> tuple[list[Where], Pixels]:
    """Every image, of the same ones the first, or as many as can be compared, drawn by chance."""
    again = {(one.split, one.place) for group in groups for one in group[1:]}
    wheres = [
        Where(name, place, int(label))
        for name, split in data.splits.items()
        for place, label in enumerate(split.labels)
        if (name, place) not in again
    ]
    if len(wheres) > MOST_COMPARED:
        drawn = np.random.default_rng(_DRAW).choice(len(wheres), MOST_COMPARED, replace=False)
        wheres = [wheres[place] for place in np.sort(drawn)]
    splits = data.splits
    return wheres, np.stack([splits[one.split].pixels[one.place] for one in wheres])


def most_alike(pixels: Pixels, count: int) -> list[tuple[int, int, float]]:
    """The pairs of images most alike, the most alike first; each image is in one pair at most."""
    small = outlines(pixels)
    best: list[tuple[float, int, int]] = []
    for start in range(0, len(small), BLOCK):
        part = small[start : start + BLOCK] @ small.T
        rows = np.arange(len(part))
        part[rows[:, None] + start >= np.arange(len(small))] = -2.0  # each pair once, none itself
        nearest = part.argmax(axis=1)
        best += [
            (float(part[row, nearest[row]]), start + int(row), int(nearest[row])) for row in rows
        ]
    best.sort(key=lambda one: (-one[0], one[1:]))
    taken: set[int] = set()
    found: list[tuple[int, int, float]] = []
    for likeness, one, other in best:
        if len(found) == count or likeness < -1:
            break
        if not taken & {one, other}:
            taken |= {one, other}
            found.append((one, other, min(likeness, 1.0)))
    return found


def outlines(pixels: Pixels) -> npt.NDArray[np.float32]:
    """Each image as few grey numbers with mean 0 and length 1: a product of two is a correlation.

    One that is all of one colour has no outline, and is like nothing.
    """
    weights = [_means_of(size) for size in pixels.shape[1:3]]
    found = np.empty((len(pixels), SIDE * SIDE), np.float32)
    for start in range(0, len(pixels), BLOCK):
        grey = pixels[start : start + BLOCK].astype(np.float32).mean(axis=3)
        small = np.einsum("ih,nhw,jw->nij", weights[0], grey, weights[1], optimize=True)
        found[start : start + BLOCK] = small.reshape(len(small), -1)
    found -= found.mean(axis=1, keepdims=True)
    length = np.sqrt((found**2).sum(axis=1, keepdims=True))
    outlines: npt.NDArray[np.float32] = np.divide(
        found, length, out=np.zeros_like(found), where=length > 0.5
    )
    return outlines


def _means_of(size: int) -> npt.NDArray[np.float32]:
    """How much of each of so many pixels lies in each of `SIDE` equal pieces."""
    ends = np.linspace(0, size, SIDE + 1)
    low = np.maximum(ends[:-1, None], np.arange(size)[None])
    high = np.minimum(ends[1:, None], np.arange(size)[None] + 1)
    weights: npt.NDArray[np.float32] = (np.maximum(high - low, 0) * SIDE / size).astype(np.float32)
    return weights


def _of_classes(data: Dataset) -> tuple[Pixels, tuple[OfClass, ...]]:
    """Of the images that are trained on and validated with: the test is looked at only once."""
    means, classes = [], []
    for label in range(len(data.class_names)):
        own = [_of_label(split, label) for split in (data.train, data.validation)]
        pixels = np.concatenate(own)
        total = np.zeros(data.image_shape, np.float64)
        levels = np.empty((len(pixels), pixels.shape[3]))
        for start in range(0, len(pixels), BLOCK):
            part = pixels[start : start + BLOCK].astype(np.float64)
            total += part.sum(axis=0)
            levels[start : start + BLOCK] = part.mean(axis=(1, 2)) / 255
        many = len(pixels)
        means.append(np.round(total / max(many, 1)).astype(np.uint8))
        classes.append(_of_levels(levels) if many else OfClass(0, 0, 0))
    return np.stack(means), tuple(classes)


def _of_levels(levels: npt.NDArray[np.float64]) -> OfClass:
    """The mean of each channel of each image, put together."""
    bright = levels.mean(axis=1)
    channels = zip(levels.mean(axis=0).tolist(), levels.std(axis=0).tolist(), strict=True)
    return OfClass(len(levels), float(bright.mean()), float(bright.std()), tuple(channels))


def _of_label(split: Split, label: int) -> Pixels:
    own: Pixels = split.pixels[split.labels == label]
    return own
