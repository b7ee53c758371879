"""The arrays of own images: which of them are images and labels, and how they become pixels.

Owns their shapes and the order of their axes. What the numbers mean is in `values` and `labels`,
the names of splits are in `splits`; what is set aside where one is missing is in `splitting`.
"""

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels, Source, Split, in_common
from cnn.data.errors import DataError
from cnn.data.fitting import ImageShape, check_room, fit
from cnn.data.npz import PIECE_BYTES, Numbers
from cnn.data.own.labels import flat_labels, names_of
from cnn.data.own.reading import AS_USUAL, Axes, Reading
from cnn.data.own.splits import AGAIN, BEFORE, Pair, Part, arrays_of, kind_of, other_splits
from cnn.data.own.values import (
    Span,
    Values,
    as_bytes,
    brightest,
    check_finite,
    check_plain,
    span_of,
)
from cnn.network.errors import shown

_POOLED = (("images", "labels"), ("x", "y"), ("x_train", "y_train"))
_APART = ("x_test", "y_test")
CHANNELS = (1, 3)

Array = npt.NDArray[Any]


def from_arrays(
    arrays: Mapping[str, Numbers],
    shape: ImageShape,
    most_images: int,
    splits: str,
    reading: Reading = AS_USUAL,
) -> Source:
    """Return the images of the arrays in this shape; without `splits`, validation is not read."""
    named, pooled = named_arrays(list(arrays), splits)
    images = {
        part: _examined(arrays[names[0]], most_images, reading) for part, names in named.items()
    }
    values: Values | int = reading.values or brightest(
        {named[part][0]: one.span for part, one in images.items()}
    )
    labels = {
        part: flat_labels(arrays[named[part][1]], len(one.stored)) for part, one in images.items()
    }
    classes = np.unique(labels[Part.TRAIN])
    for part, its in labels.items():
        if unknown := sorted(set(its.tolist()) - set(classes.tolist())):
            raise DataError(f"Its {part} labels {shown(unknown)} do not occur in training.")
    given = {
        part: Split(
            _fitted(one, values, shape), np.searchsorted(classes, labels[part]).astype(np.int64)
        )
        for part, one in images.items()
    }
    names = arrays.get("class_names")
    return Source(
        learn=given[Part.TRAIN],
        validation=given.get(Part.VALIDATION),
        test=given.get(Part.TEST),
        class_names=names_of(classes, None if names is None else names.whole()),
        origin="arrays",
        called={part: names[0] for part, names in named.items()} if len(named) > 1 else {},
        pooled=pooled,
        found_shape=in_common({one.image_shape for one in images.values()}),
        usual_side=min(images[Part.TRAIN].image_shape[:2]),
    )


def named_arrays(arrays: Sequence[str], splits: str) -> tuple[dict[Part, Pair], str]:
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
    """Images as they are stored, how their axes are to be read, and how far their numbers go."""

    stored: Numbers
    reading: Reading
    span: Span

    @property
    def stored_shape(self) -> ImageShape:
        """Of one image in the file, with its channels in the file's place."""
        first, second, third = (*self.stored.shape[1:], 1)[:3]
        return first, second, third

    @property
    def image_shape(self) -> ImageShape:
        """Height, width and channels, as they are read."""
        one = np.broadcast_to(np.zeros((), np.uint8), (1, *self.stored_shape))
        _, height, width, channels = self.upright(one).shape
        return height, width, channels

    def upright(self, pixels: Pixels) -> Pixels:
        """Stored images, (images, ...), as (images, height, width, channels)."""
        if self.reading.axes is Axes.CHW and len(self.stored.shape) == 4:
            pixels = pixels.transpose(0, 2, 3, 1)
        return pixels.transpose(0, 2, 1, 3) if self.reading.is_transposed else pixels


def axes_of(shape: tuple[int, ...]) -> tuple[Axes, ...]:
    """Where the channels of such an array can be; nowhere, where it holds no images."""
    if len(shape) == 3:
        return (Axes.HWC,)
    if len(shape) != 4:
        return ()
    can_be = {Axes.HWC: shape[3] in CHANNELS, Axes.CHW: shape[1] in CHANNELS}
    return tuple(axes for axes, can in can_be.items() if can)


def check_images(images: Numbers, most_images: int, axes: Axes | None = None) -> None:
    """Raise unless these are (images, height, width), or with channels where they are to be."""
    can_be = axes_of(images.shape)
    wanted = axes or Axes.HWC
    is_fitting = wanted in can_be or (len(images.shape) == 3 and can_be)
    if not is_fitting or not math.prod(images.shape):
        shape = images.shape + (1,) * (len(images.shape) == 3)
        raise DataError(
            f"Its images are {shape}; wanted are (images, height, width), or one axis more "
            f"with 1 or 3 channels{' before them' if axes is Axes.CHW else ''}."
        )
    if len(images) > most_images:
        raise DataError(f"It holds {len(images):,} images; {most_images:,} is the limit.")
    if images.dtype.kind not in "buif":
        raise DataError(f"Its images are of type {images.dtype}; wanted are plain numbers.")


def _examined(images: Numbers, most_images: int, reading: Reading) -> _Images:
    """Return images with how far their numbers go, if they can be images."""
    check_images(images, most_images, reading.axes)
    span = span_of(images)
    check_finite(span) if reading.values else check_plain(span)
    return _Images(images, reading, span)


def _fitted(images: _Images, values: Values | int, shape: ImageShape) -> Pixels:
    """Return the images in this shape, made into bytes a piece at a time, and fitted few by few."""
    count, pieces = len(images.stored), images.stored.pieces()
    rows = (as_bytes(piece, values) for piece in pieces)
    each = math.prod(images.stored_shape)
    if images.image_shape == shape or images.stored.is_fortran:
        whole = next(_regrouped(rows, count * each))
        form = (count, *images.stored_shape)
        is_fortran = images.stored.is_fortran
        stored = whole.reshape(form, order="F" if is_fortran else "C")
        return _fit(np.ascontiguousarray(images.upright(stored)), shape)
    check_room(count, shape)
    fitted = np.empty((count, *shape), np.uint8)
    few = max(1, PIECE_BYTES // each)
    place = 0
    for group in _regrouped(rows, few * each):
        some = _fit(images.upright(group.reshape(-1, *images.stored_shape)), shape)
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
