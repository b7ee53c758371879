"""MNIST and Fashion-MNIST: finding the files, and checking that they are what they claim to be.

Owns the check of the content and the places that are looked at. A file that fails the check is an
error; nothing is ever put in its place. Fetching files from the network is in `download`.
"""

import contextlib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Source, Split
from cnn.data.errors import DataError
from cnn.data.files import read_file, read_idx, read_npz
from cnn.data.sets.download import find, is_found, keras_cache
from cnn.data.sets.entry import Entry

SAMPLE_FILE = Path(__file__).with_name("mnist_sample.npz")
_LIMIT_BYTES = 128_000_000  # of an npz file, and of what it unpacks to; the arrays are 55 MB
_DIGITS = tuple("0123456789")

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Collection:
    """A data set in the form of MNIST, and how its content is recognised.

    `sha256` is over the bytes of the four arrays in the order of `shapes`. Where it is empty, the
    content is known by its structure alone: shapes, and the number of images of each class.
    """

    name: str
    class_names: tuple[str, ...]
    train_counts: tuple[int, ...]
    test_counts: tuple[int, ...]
    sha256: str = ""

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the four arrays, under the names they have in Keras' npz file."""
        train, test = sum(self.train_counts), sum(self.test_counts)
        return {
            "x_train": (train, 28, 28),
            "y_train": (train,),
            "x_test": (test, 28, 28),
            "y_test": (test,),
        }


MNIST = Collection(
    name="mnist",
    class_names=_DIGITS,
    train_counts=(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    test_counts=(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
    sha256="06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16",
)
FASHION = Collection(
    name="fashion-mnist",
    class_names=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    train_counts=(6000,) * 10,
    test_counts=(1000,) * 10,
)
SAMPLE = Collection(
    name="mnist-sample",
    class_names=_DIGITS,
    train_counts=(592, 674, 596, 613, 584, 542, 592, 627, 585, 595),
    test_counts=(98, 114, 103, 101, 98, 89, 96, 103, 97, 101),
    sha256="700fb52345b3e02614a48cc2f2f792303dc3cf97309e2c76d89886d03230397b",
)


def load_sample() -> Source:
    """Return the 6,000 and 1,000 images of MNIST that ship with the project."""
    try:
        return _source(SAMPLE, _npz(SAMPLE_FILE), SAMPLE_FILE)
    except DataError as error:
        raise DataError(f"{error} It is part of the project: install the project anew.") from error


def load_collection(collection: Collection) -> Source:
    """Return the images from `CNN_DATA_DIR`, else from Keras' cache, else from Keras' download."""
    return find(
        collection.name, lambda folder: read_folder(collection, folder), _ways_out(collection)
    )


def is_here(collection: Collection) -> bool:
    """Whether its files lie on this machine, right or wrong, so that none is downloaded."""
    is_last = ["x_test"]  # of the four, Keras fetches it last

    def is_in(folder: Path) -> bool:
        arrays = is_last if folder == keras_cache() else collection.shapes
        return _is_in(collection, folder, arrays)

    return is_found(is_in)


def _is_in(collection: Collection, folder: Path, arrays: Iterable[str]) -> bool:
    """Whether a folder has the npz file of a collection, or an idx file of one of these arrays."""
    if (folder / f"{collection.name}.npz").is_file():
        return True
    return any(
        _idx_file(folder / collection.name, array)
        or (_idx_file(folder, array) and _whose(folder).name == collection.name)
        for array in arrays
    )


def _ways_out(collection: Collection) -> str:
    return (
        f"Two ways out: connect to the network, so that Keras can download {collection.name}; or "
        f"put {collection.name}.npz, or its four idx files, into a folder, and set the environment "
        f"variable CNN_DATA_DIR to that folder. The data set mnist-sample needs neither."
    )


def read_folder(collection: Collection, folder: Path) -> Source | None:
    """Return the images of the npz file or the four idx files in a folder; None without any.

    The idx files of the two collections have the same names. So they are looked for in a folder
    of the collection's name, as in Keras' cache; those in the folder itself are one of the two.
    """
    npz = folder / f"{collection.name}.npz"
    if npz.is_file():
        return _source(collection, _npz(npz), npz)
    is_its_own = _whose(folder).name == collection.name
    for place in (folder / collection.name, *([folder] if is_its_own else [])):
        files = {name: _idx_file(place, name) for name in collection.shapes}
        missing = [name for name, file in files.items() if file is None]
        if not missing:
            arrays: Arrays = {
                name: read_idx(file, collection.shapes[name])
                for name, file in files.items()
                if file
            }
            return _source(collection, arrays, place)
        if len(missing) < len(files):
            lacking = ", ".join(f"{name} ({_idx_names(name)[0]})" for name in missing)
            raise DataError(f"{place} has idx files, but none for {lacking}.")
    return None


def _whose(folder: Path) -> Collection:
    """Return which collection the idx files in a folder itself are, by their test labels.

    Where those cannot be read, the folder's name decides: a damaged file is an error of its own.
    """
    for collection in (MNIST, FASHION):
        file = _idx_file(folder, "y_test")
        with contextlib.suppress(DataError):
            labels = read_idx(file, collection.shapes["y_test"]) if file else np.zeros(0, np.uint8)
            if tuple(np.bincount(labels).tolist()) == collection.test_counts:
                return collection
    is_fashion = folder.resolve().name.lower().replace("_", "-") == FASHION.name
    return FASHION if is_fashion else MNIST


def _idx_file(folder: Path, array: str) -> Path | None:
    """Return the file of an array such as `x_test` under one of the names in circulation."""
    files = (folder / name for name in _idx_names(array))
    return next((file for file in files if file.is_file()), None)


def _idx_names(array: str) -> list[str]:
    kind, part = array.split("_")
    part = {"train": "train", "test": "t10k"}[part]
    content, dimensions = {"x": ("images", 3), "y": ("labels", 1)}[kind]
    names = (f"{part}-{content}{joint}idx{dimensions}-ubyte" for joint in "-.")
    return [name + ending for name in names for ending in ("", ".gz")]


def _npz(path: Path) -> Arrays:
    content = read_file(path, _LIMIT_BYTES)
    try:
        return read_npz(content, _LIMIT_BYTES)
    except DataError as error:
        raise DataError(f"{path} is damaged or incomplete. {error}") from error


def _source(collection: Collection, arrays: Arrays, place: Path) -> Source:
    """Return the arrays as splits, once their content is verified."""
    verify(collection, arrays, place)
    x_train, y_train, x_test, y_test = (arrays[name] for name in collection.shapes)
    known_by = "SHA-256" if collection.sha256 else "its structure: shapes and class counts"
    return Source(
        learn=Split(x_train[..., None], y_train.astype(np.int64)),
        test=Split(x_test[..., None], y_test.astype(np.int64)),
        class_names=collection.class_names,
        origin=f"{place}, content verified by {known_by}",
    )


def verify(collection: Collection, arrays: Arrays, place: Path) -> None:
    """Raise unless the arrays are those of the collection, as far as it can be known."""
    for name, shape in collection.shapes.items():
        if name not in arrays:
            raise DataError(f"{place} has no array {name}; it has {', '.join(arrays) or 'none'}.")
        array = arrays[name]
        if array.shape != shape or array.dtype != np.uint8:
            raise DataError(
                f"{place} is not {collection.name}: {name} is {array.dtype} {array.shape}, "
                f"not uint8 {shape}."
            )
    for name, counts in (("y_train", collection.train_counts), ("y_test", collection.test_counts)):
        found = tuple(np.bincount(arrays[name], minlength=len(counts)).tolist())
        if found != counts:
            raise DataError(
                f"{place} is not {collection.name}: {name} counts {found} images of the classes, "
                f"not {counts}."
            )
    if collection.sha256 and content_hash(collection, arrays) != collection.sha256:
        raise DataError(f"{place} is not {collection.name}: its pixels or labels were changed.")


def content_hash(collection: Collection, arrays: Arrays) -> str:
    """Return the SHA-256 over the bytes of the four arrays."""
    digest = hashlib.sha256()
    for name in collection.shapes:
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()


SET = Entry(
    title="MNIST",
    description="All 60,000 and 10,000 handwritten digits, from a local file or Keras' download; "
    "every byte is verified.",
    image_shape=(28, 28, 1),
    load=lambda spec, shape: load_collection(MNIST),
    class_names=lambda spec: MNIST.class_names,
    usual_epochs=1,
    is_here=lambda: is_here(MNIST),
)
