"""The arrays of an npz of own images: which of them are images and labels, and what they may be.

Owns the checks of types, shapes and brightness. The names of splits are in `own_splits`; what is
set aside where one is missing is the business of `splitting`.
"""

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels, Source, Split, in_common
from cnn.data.errors import DataError
from cnn.data.fitting import ImageShape, check_room, fit
from cnn.data.npz import PIECE_BYTES, Stored
from cnn.data.own.splits import AGAIN, BEFORE, Pair, Part, arrays_of, kind_of, other_splits
from cnn.network.errors import shown
from cnn.numbers import exact

DIMMEST = 16  # pixels of 0 to 255 that stay below are more likely shares of 1 that overshoot
_POOLED = (("images", "labels"), ("x", "y"), ("x_train", "y_train"))
_APART = ("x_test", "y_test")

Array = npt.NDArray[Any]


def from_arrays(
    arrays: Mapping[str, Stored], shape: ImageShape, most_images: int, splits: str
) -> Source:
    """Return the images of the arrays in this shape; without `splits`, validation is not read."""
    named, pooled = _named(list(arrays), splits)
    images = {part: _examined(arrays[names[0]], most_images) for part, names in named.items()}
    brightest = _brightest({named[part][0]: one for part, one in images.items()})
    labels = {part: _flat(arrays[named[part][1]], len(one.stored)) for part, one in images.items()}
    classes = np.unique(labels[Part.TRAIN])
    for part, its in labels.items():
        if unknown := sorted(set(its.tolist()) - set(classes.tolist())):
            raise DataError(f"Its {part} labels {shown(unknown)} do not occur in training.")
    given = {
        part: Split(
            _fitted(one, brightest, shape), np.searchsorted(classes, labels[part]).astype(np.int64)
        )
        for part, one in images.items()
    }
    names = arrays.get("class_names")
    return Source(
        learn=given[Part.TRAIN],
        validation=given.get(Part.VALIDATION),
        test=given.get(Part.TEST),
        class_names=_names_of(classes, None if names is None else names.whole()),
        origin="arrays",
        called={part: names[0] for part, names in named.items()} if len(named) > 1 else {},
        pooled=pooled,
        found_shape=in_common({one.image_shape for one in images.values()}),
        usual_side=min(images[Part.TRAIN].image_shape[:2]),
    )


def _named(arrays: Sequence[str], splits: str) -> tuple[dict[Part, Pair], str]:
    """Return the names of the arrays of each part, and what is to be said of those not read."""
    if splits:
        found = arrays_of(arrays)
        if kind_of(found) != splits:
            raise other_splits(kind_of(found), splits)
        return found, ""
    first = next((pair for pair in _POOLED if set(pair) <= set(arrays)), None)
    if first is None:
        found = arrays_of(arrays)
    else:  # as the first version read it, which knew these names alone
        has = [name for name in _APART if first[0] == "x_train" and name in arrays]
        if len(has) == 1:
            raise DataError(f"Of {' and '.join(_APART)} it has only one.")
        found = {Part.TRAIN: first} | ({Part.TEST: _APART} if has else {})
    read: dict[Part, Pair] = dict(found)
    read.pop(Part.VALIDATION, None)
    with contextlib.suppress(DataError):
        if unread := arrays_of(arrays).get(Part.VALIDATION):
            return read, f"Its {unread[0]} is left out, {BEFORE}. {AGAIN}. So here"
    return read, ""


@dataclass(frozen=True, slots=True, eq=False)
class _Images:
    """Images as they are stored, what shape each has, and their darkest and brightest number."""

    stored: Stored
    image_shape: ImageShape
    low: Any
    high: Any


def _examined(images: Stored, most_images: int) -> _Images:
    """Return (images, height, width[, channels]) with all four axes, if they can be images."""
    shape = images.shape + (1,) * (len(images.shape) == 3)
    if len(shape) != 4 or shape[-1] not in (1, 3) or not math.prod(shape):
        raise DataError(
            f"Its images are {shape}; wanted are (images, height, width), or one axis more "
            f"with 1 or 3 channels."
        )
    if len(images) > most_images:
        raise DataError(f"It holds {len(images):,} images; {most_images:,} is the limit.")
    if images.dtype.kind not in "buif":
        raise DataError(f"Its images are of type {images.dtype}; wanted are plain numbers.")
    ranges = [(piece.min(), piece.max()) for piece in images.pieces()]
    low = reduce(np.minimum, (low for low, _ in ranges))
    high = reduce(np.maximum, (high for _, high in ranges))
    if not (low >= 0 and high <= 255):  # so also for NaN
        raise DataError(f"Its pixels go from {low} to {high}; wanted are 0 to 1 or 0 to 255.")
    return _Images(images, (shape[1], shape[2], shape[3]), low, high)


def _brightest(images: Mapping[str, _Images]) -> int:
    """Return what white is, 1 or 255: the same for training and test, or a test says nothing."""
    highs = {name: one.high for name, one in images.items()}
    if max(highs.values()) <= 1:
        return 1
    if min(highs.values()) < DIMMEST:
        each = [
            exact(high) + (f" in {name}" if len(highs) > 1 else "") for name, high in highs.items()
        ]
        raise DataError(
            f"Its brightest pixels are {', '.join(each)}; wanted are 0 to 1 or 0 to 255, the same "
            "for all. Clip them to 1, or bring them to one scale."
        )
    return 255


def _fitted(images: _Images, brightest: int, shape: ImageShape) -> Pixels:
    """Return the images in this shape, made into bytes a piece at a time, and fitted few by few."""
    count, pieces = len(images.stored), images.stored.pieces()
    rows = (_as_bytes(piece, brightest) for piece in pieces)
    if images.image_shape == shape or images.stored.is_fortran:
        whole = next(_regrouped(rows, count * math.prod(images.image_shape)))
        form = (count, *images.image_shape)
        is_fortran = images.stored.is_fortran
        return _fit(whole.reshape(form, order="F" if is_fortran else "C"), shape)
    check_room(count, shape)
    fitted = np.empty((count, *shape), np.uint8)
    each = math.prod(images.image_shape)
    few = max(1, PIECE_BYTES // each)
    place = 0
    for group in _regrouped(rows, few * each):
        some = _fit(group.reshape(-1, *images.image_shape), shape)
        fitted[place : place + len(some)] = some
        place += len(some)
    return fitted


def _regrouped(rows: Iterator[Pixels], size: int) -> Iterator[Pixels]:
    """Pixels that come in rows of any length, in rows of this one; the last may be shorter."""
    group, filled = np.empty(size, np.uint8), 0
    for row in rows:
        while len(row):
            taken = min(len(row), size - filled)
            group[filled : filled + taken] = row[:taken]
            row, filled = row[taken:], filled + taken
            if filled == size:
                yield group
                filled = 0
    if filled:
        yield group[:filled]


def _fit(pixels: Pixels, shape: ImageShape) -> Pixels:
    return fit(Split(pixels, np.zeros(len(pixels), np.int64)), shape).pixels


def _as_bytes(images: Array, brightest: int) -> Pixels:
    if images.dtype == np.uint8 and brightest == 255:
        return images
    return np.rint(images * np.float32(255 // brightest)).astype(np.uint8)


def _flat(stored: Stored, count: int) -> Array:
    """Return the labels, whole numbers or words, as one row: one for each image."""
    labels = stored.whole()
    flat = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if flat.shape != (count,) or flat.dtype.kind not in "iuU":
        raise DataError(
            f"Its labels are {labels.dtype} {labels.shape}; wanted is one whole number or word "
            f"for each of the {count:,} images."
        )
    return flat


def _names_of(classes: Array, class_names: Array | None) -> tuple[str, ...]:
    """Return a name for each class: its label, or the entry of `class_names` at its label."""
    if class_names is None or classes.dtype.kind == "U":
        return tuple(str(label) for label in classes.tolist())
    if class_names.ndim != 1 or class_names.dtype.kind != "U":
        raise DataError(f"Its class_names are {class_names.dtype} {class_names.shape}, not words.")
    if classes.min() < 0 or classes.max() >= len(class_names):
        raise DataError(f"It names {len(class_names)} classes, but has the label {classes.max()}.")
    return tuple(class_names[classes].tolist())
