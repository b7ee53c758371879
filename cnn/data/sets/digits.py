"""The 1,797 handwritten digits of 8x8 pixels that ship with scikit-learn.

Reads the file that `sklearn.datasets.load_digits` reads, but without importing scikit-learn, which
takes seconds; a test compares the two.
"""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from cnn.data.dataset import Source, Split
from cnn.data.errors import DataError
from cnn.data.sets.entry import Entry

NAMES = tuple("0123456789")
WHITE = 16  # the file counts the inked pixels in blocks of 4x4


def load_digits() -> Source:
    """Return the digits with their 17 grey levels spread over 0..255."""
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise DataError("The digits ship with scikit-learn: install it (pip install scikit-learn).")
    file = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    try:
        with gzip.open(file, "rt") as rows:
            table = np.loadtxt(rows, delimiter=",")
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"{file} cannot be read ({error}). Install scikit-learn anew.") from error
    pixels = np.rint(table[:, :-1] * (255 / WHITE)).astype(np.uint8)
    return Source(
        learn=Split(pixels.reshape(-1, 8, 8, 1), table[:, -1].astype(np.int64)),
        test=None,
        class_names=NAMES,
        origin="the digits that ship with scikit-learn",
    )


SET = Entry(
    title="Digits 8x8",
    description="1,797 real handwritten digits of 8x8 pixels that ship with scikit-learn, so that "
    "no network is needed.",
    image_shape=(8, 8, 1),
    load=lambda spec, shape: load_digits(),
    class_names=lambda spec: NAMES,
    usual_epochs=15,
)
