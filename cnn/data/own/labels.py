"""The labels of arrays: one for each image, as numbers, as words, or as rows with a single one."""

from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.errors import DataError
from cnn.data.npz import Numbers

Array = npt.NDArray[Any]


def flat_labels(stored: Numbers, count: int) -> Array:
    """Return the labels, whole numbers or words, as one row: one for each image."""
    labels = stored.whole()
    if labels.ndim == 2 and len(labels) == count and labels.shape[1] > 1:
        return _of_one_hot(labels, count)
    flat = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if flat.shape != (count,) or flat.dtype.kind not in "iuU":
        raise DataError(
            f"Its labels are {labels.dtype} {labels.shape}; wanted is one whole number or word "
            f"for each of the {count:,} images."
        )
    return flat


def _of_one_hot(labels: Array, count: int) -> Array:
    """Return the place of the one in each row, where all else is 0."""
    if labels.dtype.kind in "buif":
        is_one = labels == 1
        wrong = np.flatnonzero(((labels != 0) & ~is_one).any(axis=1) | (is_one.sum(axis=1) != 1))
        if not len(wrong):
            return np.asarray(is_one.argmax(axis=1))
        row = labels[wrong[0]]
        said = f"row {wrong[0]:,} begins {', '.join(map(str, row[:6].tolist()))}"
    else:
        said = f"they are {labels.dtype}"
    raise DataError(
        f"Its labels are {labels.shape}, and not one-hot: {said}; wanted is a single 1 and else 0 "
        f"in each row, or one whole number or word for each of the {count:,} images."
    )


def names_of(classes: Array, class_names: Array | None) -> tuple[str, ...]:
    """Return a name for each class: its label, or the entry of `class_names` at its label."""
    if class_names is None or classes.dtype.kind == "U":
        return tuple(str(label) for label in classes.tolist())
    if class_names.ndim != 1 or class_names.dtype.kind != "U":
        raise DataError(f"Its class_names are {class_names.dtype} {class_names.shape}, not words.")
    if classes.min() < 0 or classes.max() >= len(class_names):
        raise DataError(f"It names {len(class_names)} classes, but has the label {classes.max()}.")
    return tuple(class_names[classes].tolist())
