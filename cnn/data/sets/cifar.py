"""CIFAR-10: 60,000 small photos in colour, found on this machine or downloaded, never shipped.

Owns the forms in which it lies around. The archive that Keras downloads is known by its SHA-256;
all other forms by shape, type and class counts alone, which their origin says. Python's own files
are read without running what they say: a pickle is gone through word by word.
"""

import hashlib
import io
import math
import pickletools
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Source, Split
from cnn.data.errors import DataError
from cnn.data.files import read_file, read_npz
from cnn.data.sets.download import find, is_found
from cnn.data.sets.entry import Entry

ANIMALS = ("bird", "cat", "deer", "dog", "frog", "horse")
NAMES = ("airplane", "automobile", *ANIMALS, "ship", "truck")
ARCHIVE_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
ARCHIVES = ("cifar-10-batches-py-target_archive", "cifar-10-python.tar.gz")
FOLDERS = ("cifar-10-batches-py", "cifar-10-batches-py-target/cifar-10-batches-py")
BINARY = "cifar-10-batches-bin"
NPZ = ("cifar-10.npz", "cifar10.npz")

SHAPE = (3, 32, 32)  # of an image in Python's and in the binary form
_VALUES = math.prod(SHAPE)
_LIMIT_BYTES = 200_000_000  # of any one file, and of what it unpacks to; the images are 184 MB
_BATCH_BYTES = 40_000_000

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Form:
    """How many images a batch has of each class, and by which hash the archive is known."""

    of_each: int = 1_000
    archive_sha256: str = ARCHIVE_SHA256

    @property
    def batch(self) -> int:
        """How many images a batch has; five are learned from, the sixth is the test."""
        return self.of_each * len(NAMES)


CIFAR_10 = Form()


def read_folder(folder: Path, form: Form = CIFAR_10) -> Source | None:
    """Return the images of a folder in the first form that is there; None without any."""
    for place in (folder / name for name in ARCHIVES):
        if place.is_file():
            return _source(_in_archive(place, form), form, f"{place}, archive verified by SHA-256")
    for place in (folder, *(folder / name for name in FOLDERS)):
        if (place / BATCHES[0]).is_file():
            batches = (
                _pickled(place / name, read_file(place / name, _BATCH_BYTES), form)
                for name in BATCHES
            )
            return _source(batches, form, _unverified(place))
    for place in (folder, folder / BINARY):
        if (place / f"{BATCHES[0]}.bin").is_file():
            files = (place / f"{name}.bin" for name in BATCHES)
            return _source((_binary(file, form) for file in files), form, _unverified(place))
    for place in (folder / name for name in NPZ):
        if place.is_file():
            return _source(_in_npz(place, form), form, _unverified(place))
    return None


def is_in(folder: Path) -> bool:
    """Whether a folder has it in any form, right or wrong."""
    firsts = (*(f"{place}/{BATCHES[0]}" for place in (".", *FOLDERS)), f"{BATCHES[0]}.bin")
    names = (*ARCHIVES, *firsts, f"{BINARY}/{BATCHES[0]}.bin", *NPZ)
    return any((folder / name).is_file() for name in names)


def _unverified(place: Path) -> str:
    return f"{place}, unverified: its shapes, types and class counts are right"


Batch = tuple[Bytes, Bytes]
"""Images as (images, 3, 32, 32), and their labels."""


def _source(batches: Iterator[Batch], form: Form, origin: str) -> Source:
    """Return five batches to learn from, and the sixth as the test, if their counts are right."""
    read = list(batches)
    learn = tuple(np.concatenate(parts) for parts in zip(*read[:-1], strict=True))
    for name, labels, of_each in (("training", learn[1], 5), ("test", read[-1][1], 1)):
        counts, wanted = np.bincount(labels, minlength=len(NAMES)).tolist(), of_each * form.of_each
        if counts != [wanted] * len(NAMES):
            raise DataError(
                f"{origin.partition(', ')[0]} is not CIFAR-10: its {name} images number {counts} "
                f"by class, not {wanted:,} each."
            )
    return Source(_split(*learn), _split(*read[-1]), NAMES, origin)


def _split(images: Bytes, labels: Bytes) -> Split:
    return Split(np.ascontiguousarray(images.transpose(0, 2, 3, 1)), labels.astype(np.int64))


def _in_archive(path: Path, form: Form) -> Iterator[Batch]:
    content = read_file(path, _LIMIT_BYTES)
    if hashlib.sha256(content).hexdigest() != form.archive_sha256:
        raise DataError(
            f"{path} is damaged, incomplete or another file: its SHA-256 is not that of the "
            f"archive which Keras downloads. Delete it, or unpack it there yourself: then the "
            f"folder {FOLDERS[0]} is read, unverified."
        )
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for name in BATCHES:
                member = archive.extractfile(f"{FOLDERS[0]}/{name}")
                yield _pickled(path, member.read(_BATCH_BYTES) if member else b"", form)
    except (tarfile.TarError, KeyError, OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be unpacked: {error}.") from error


def _pickled(path: Path, content: bytes, form: Form) -> Batch:
    """The images and labels that a pickle of Python writes down, found without running it."""
    pixels, labels, before = b"", list[int](), b""
    try:
        for word, value, _ in pickletools.genops(content):
            if isinstance(value, (str, bytes)):
                text = value.encode("latin-1") if isinstance(value, str) else value
                pixels = text if len(text) == form.batch * _VALUES else pixels
                before = text if len(text) < 20 and word.name != "BINPUT" else before
            elif isinstance(value, int) and word.name.startswith("BININT") and before == b"labels":
                labels.append(value)
    except ValueError as error:
        raise DataError(f"{path} is no file of CIFAR-10 for Python: {error}.") from error
    if not pixels or len(labels) != form.batch or max(labels) >= len(NAMES) or min(labels) < 0:
        raise DataError(
            f"{path} is no file of CIFAR-10 for Python: {form.batch:,} images of {_VALUES:,} bytes "
            f"and as many labels from 0 to {len(NAMES) - 1} are looked for; "
            f"{len(labels):,} labels were found{'' if pixels else ', and no such images'}."
        )
    return np.frombuffer(pixels, np.uint8).reshape(-1, *SHAPE), np.array(labels, np.uint8)


def _binary(path: Path, form: Form) -> Batch:
    content = read_file(path, _BATCH_BYTES)
    if len(content) != form.batch * (1 + _VALUES):
        raise DataError(
            f"{path} has {len(content):,} bytes; {form.batch:,} images of {1 + _VALUES:,} are "
            f"{form.batch * (1 + _VALUES):,}."
        )
    rows = np.frombuffer(content, np.uint8).reshape(-1, 1 + _VALUES)
    return rows[:, 1:].reshape(-1, *SHAPE), rows[:, 0]


def _in_npz(path: Path, form: Form) -> Iterator[Batch]:
    try:
        arrays = read_npz(read_file(path, _LIMIT_BYTES), _LIMIT_BYTES)
    except DataError as error:
        raise DataError(f"{path} is damaged or incomplete. {error}") from error
    for part, batches in (("train", 5), ("test", 1)):
        count = batches * form.batch
        images, labels = arrays.get(f"x_{part}"), arrays.get(f"y_{part}")
        if images is None or labels is None:
            raise DataError(f"{path} has no x_{part} and y_{part}; it has {', '.join(arrays)}.")
        if images.dtype != np.uint8 or images.shape != (count, 32, 32, 3):
            raise DataError(
                f"{path} is not CIFAR-10: x_{part} is {images.dtype} {images.shape}, "
                f"not uint8 {(count, 32, 32, 3)}."
            )
        if labels.dtype.kind not in "iu" or labels.size != count or labels.min() < 0:
            raise DataError(
                f"{path} is not CIFAR-10: y_{part} is {labels.dtype} {labels.shape}, "
                f"not {count:,} whole numbers from 0 to {len(NAMES) - 1}."
            )
        yield images.transpose(0, 3, 1, 2), np.minimum(labels.reshape(-1), 255).astype(np.uint8)


WAYS_OUT = (
    "Two ways out: connect to the network, so that Keras can download CIFAR-10 (170 MB); or put "
    "cifar-10-python.tar.gz, its unpacked folder cifar-10-batches-py or cifar-10-batches-bin, or "
    "cifar-10.npz into a folder, and set the environment variable CNN_DATA_DIR to that folder. "
    "The data set scenes is in colour too, and needs neither."
)

SET = Entry(
    title="CIFAR-10",
    description="50,000 and 10,000 small photos in colour, of ten kinds, from a local file or "
    "Keras' download; the archive is verified, other forms by their structure alone.",
    image_shape=(32, 32, 3),
    load=lambda spec, shape: find("cifar10", read_folder, WAYS_OUT),
    class_names=lambda spec: NAMES,
    usual_epochs=10,
    is_here=lambda: is_found(is_in),
)
