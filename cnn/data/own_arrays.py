"""The arrays of an npz of own images: which of them are images and labels, and what they may be.

Owns the checks of types, shapes and brightness. The names of splits are in `own_splits`; what is
set aside where one is missing is the business of `splitting`.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels, Source, Split, in_common
from cnn.data.errors import DataError, shown
from cnn.data.fitting import ImageShape, fit
from cnn.data.own_splits import AGAIN, BEFORE, Pair, Part, arrays_of, kind_of, other_splits

DIMMEST = 16  # pixels of 0 to 255 that stay below are more likely shares of 1 that overshoot
_POOLED = (("images", "labels"), ("x", "y"), ("x_train", "y_train"))
_APART = ("x_test", "y_test")

Array = npt.NDArray[Any]


def from_arrays(
    arrays: dict[str, Array], shape: ImageShape, most_images: int, splits: str
) -> Source:
    """Return the images of the arrays in this shape; without `splits`, validation is not read."""
    named, pooled = _named(arrays, splits)
    images = {part: _examined(arrays[names[0]], most_images) for part, names in named.items()}
    brightest = _brightest({named[part][0]: one for part, one in images.items()})
    pixels = {part: _as_bytes(one, brightest) for part, one in images.items()}
    labels = {part: _flat(arrays[named[part][1]], one) for part, one in pixels.items()}
    classes = np.unique(labels[Part.TRAIN])
    for part, its in labels.items():
        if unknown := sorted(set(its.tolist()) - set(classes.tolist())):
            raise DataError(f"Its {part} labels {shown(unknown)} do not occur in training.")
    given = {
        part: fit(Split(one, np.searchsorted(classes, labels[part]).astype(np.int64)), shape)
        for part, one in pixels.items()
    }
    return Source(
        learn=given[Part.TRAIN],
        validation=given.get(Part.VALIDATION),
        test=given.get(Part.TEST),
        class_names=_names_of(classes, arrays.get("class_names")),
        origin="arrays",
        called={part: names[0] for part, names in named.items()} if len(named) > 1 else {},
        pooled=pooled,
        found_shape=in_common(
            {(one.shape[1], one.shape[2], one.shape[3]) for one in images.values()}
        ),
    )


def _named(arrays: dict[str, Array], splits: str) -> tuple[dict[Part, Pair], str]:
    """Return the names of the arrays of each part, and what is to be said of those not read."""
    if splits:
        found = arrays_of(list(arrays))
        if kind_of(found) != splits:
            raise other_splits(kind_of(found), splits)
        return found, ""
    first = next((pair for pair in _POOLED if set(pair) <= arrays.keys()), None)
    if first is None:
        found = arrays_of(list(arrays))
    else:  # as the first version read it, which knew these names alone
        has = [name for name in _APART if first[0] == "x_train" and name in arrays]
        if len(has) == 1:
            raise DataError(f"Of {' and '.join(_APART)} it has only one.")
        found = {Part.TRAIN: first} | ({Part.TEST: _APART} if has else {})
    read: dict[Part, Pair] = dict(found)
    read.pop(Part.VALIDATION, None)
    with contextlib.suppress(DataError):
        if unread := arrays_of(list(arrays)).get(Part.VALIDATION):
            return read, f"Its {unread[0]} is left out, {BEFORE}. {AGAIN}. So here"
    return read, ""


def _examined(images: Array, most_images: int) -> Array:
    """Return (images, height, width[, channels]) with all four axes, if they can be images."""
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not images.size:
        raise DataError(
            f"Its images are {images.shape}; wanted are (images, height, width), or one axis more "
            f"with 1 or 3 channels."
        )
    if len(images) > most_images:
        raise DataError(f"It holds {len(images):,} images; {most_images:,} is the limit.")
    if images.dtype.kind not in "buif":
        raise DataError(f"Its images are of type {images.dtype}; wanted are plain numbers.")
    low, high = images.min(), images.max()
    if not (low >= 0 and high <= 255):  # so also for NaN
        raise DataError(f"Its pixels go from {low} to {high}; wanted are 0 to 1 or 0 to 255.")
    return images


def _brightest(images: Mapping[str, Array]) -> int:
    """Return what white is, 1 or 255: the same for training and test, or a test says nothing."""
    highs = {name: one.max() for name, one in images.items()}
    if max(highs.values()) <= 1:
        return 1
    if min(highs.values()) < DIMMEST:
        each = [
            f"{high:g} in {name}" if len(highs) > 1 else f"{high:g}" for name, high in highs.items()
        ]
        raise DataError(
            f"Its brightest pixels are {', '.join(each)}; wanted are 0 to 1 or 0 to 255, the same "
            "for all. Clip them to 1, or bring them to one scale."
        )
    return 255


def _as_bytes(images: Array, brightest: int) -> Pixels:
    if images.dtype == np.uint8 and brightest == 255:
        return images
    return np.rint(images * np.float32(255 // brightest)).astype(np.uint8)


def _flat(labels: Array, pixels: Pixels) -> Array:
    """Return the labels, whole numbers or words, as one row: one for each image."""
    flat = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if flat.shape != (len(pixels),) or flat.dtype.kind not in "iuU":
        raise DataError(
            f"Its labels are {labels.dtype} {labels.shape}; wanted is one whole number or word "
            f"for each of the {len(pixels):,} images."
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
