"""Make the MNIST sample that ships with the project: 6,000 training and 1,000 test images.

    CNN_DATA_DIR=../shared/data .venv/bin/python -m scripts.make_mnist_sample

Training images come from MNIST's training set and test images from its test set, each class in
its share. The positions of the images in the full set are kept beside them, so that anyone can
check that nothing was made up.
"""

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Source, stratified
from cnn.data.errors import DataError
from cnn.data.sets.mnist import MNIST, SAMPLE, SAMPLE_FILE, content_hash, load_collection

SEED = 0
FRACTION = 0.1


def sample_arrays(full: Source) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of the sample's file: images, labels, and their places in the full set."""
    rng = np.random.default_rng(SEED)
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, split in (("train", full.learn), ("test", full.test)):
        assert split is not None  # MNIST comes with a test set
        _, indexes = stratified(split.labels, FRACTION, rng)
        arrays[f"x_{name}"] = split.pixels[indexes, :, :, 0]
        arrays[f"y_{name}"] = split.labels[indexes].astype(np.uint8)
        arrays[f"{name}_indexes"] = indexes.astype(np.uint16)
    return arrays


def main() -> int:
    """Write the file, and print what `SAMPLE` in `cnn.data.sets.mnist` has to say about it."""
    try:
        full = load_collection(MNIST)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    arrays = sample_arrays(full)
    np.savez_compressed(SAMPLE_FILE, allow_pickle=False, **arrays)
    print(f"{SAMPLE_FILE}: {SAMPLE_FILE.stat().st_size:,} bytes")
    print(f"sha256 of the four arrays: {content_hash(SAMPLE, arrays)}")
    for name in ("train", "test"):
        print(f"{name}: {np.bincount(arrays[f'y_{name}']).tolist()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
