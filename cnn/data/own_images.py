"""A person's own images: a zip with one folder per class, or an npz of arrays.

Owns the reading of uploads that nobody has checked: limits on size, count and unpacking, and a
reason for every file that is left out. What a single picture is made into is in `pictures`.
"""

import hashlib
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels, Rejected, Source, Split
from cnn.data.errors import DataError, shown
from cnn.data.files import megabytes, open_zip, read_file, read_member, read_npz
from cnn.data.fitting import ImageShape, check_room, fit, fit_image
from cnn.data.pictures import open_picture, plain
from cnn.training.places import whole_setting

IMAGES_PER_CLASS = 3  # one to learn from, one to validate, one to test
_NAMES = (("images", "labels"), ("x", "y"), ("x_train", "y_train"))
_TEST_NAMES = ("x_test", "y_test")

ENDINGS = (".zip", ".npz")
DIMMEST = 16  # pixels of 0 to 255 that stay below are more likely shares of 1 that overshoot
_DIGEST = 16  # hexadecimal digits of the content's SHA-256 in the name of a kept file

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an upload may ask of this machine."""

    upload_bytes: int = 200_000_000
    file_bytes: int = 30_000_000
    unpacked_bytes: int = 600_000_000
    files: int = 60_000
    classes: int = 100
    image_pixels: int = 40_000_000
    all_pixels: int = 1_000_000_000  # for time: about 100 million are decoded in a second


LIMITS = Limits(upload_bytes=1_000_000 * whole_setting("CNN_MAX_UPLOAD_MB", 200))


def keep_upload(content: bytes, file_name: str, folder: Path) -> Path:
    """Write an upload into the folder, named after its content, and return its path.

    So that another process, or a later run, finds the same bytes; an upload is written once.
    """
    stem = re.sub(r"\W+", "-", PurePosixPath(file_name).stem)[:40].strip("-") or "images"
    ending = ".npz" if file_name.lower().endswith(".npz") else ".zip"
    path = folder / f"{stem}-{hashlib.sha256(content).hexdigest()[:_DIGEST]}{ending}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return path


def own_name(path: Path) -> str:
    """Return what a file was called before it was kept under a name of its content."""
    return re.sub(rf"-[0-9a-f]{{{_DIGEST}}}$", "", path.stem)


def load_own_images(path: Path, shape: ImageShape, limits: Limits = LIMITS) -> Source:
    """Return the images of a zip or an npz file in this shape, and what was left out."""
    content = read_file(path, limits.upload_bytes)
    try:
        with open_zip(content, max_members=3 * limits.files) as archive:
            members = [member for member in archive.infolist() if not _is_clutter(member)]
            if members and all(member.filename.endswith(".npy") for member in members):
                return _from_arrays(read_npz(content, limits.unpacked_bytes), path, shape, limits)
            return _from_folders(archive, members, path, shape, limits)
    except DataError as error:
        raise DataError(
            f"{own_name(path)}{path.suffix} cannot be used. {error} "
            f"Bring a zip with one folder of images per class, or an npz with images and labels."
        ) from error


def _is_clutter(member: zipfile.ZipInfo) -> bool:
    """Say whether an entry is a folder or something that an operating system has left there."""
    parts = _parts(member.filename)
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return member.is_dir() or hidden or "__MACOSX" in parts or parts[-1:] == ("Thumbs.db",)


def _from_folders(
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    path: Path,
    shape: ImageShape,
    limits: Limits,
) -> Source:
    if len(members) > limits.files:
        raise DataError(f"It holds {len(members):,} files; {limits.files:,} is the limit.")
    check_room(len(members), shape)
    images: list[Pixels] = []
    classes: list[str] = []
    rejected: list[Rejected] = []
    bytes_left, pixels_left = limits.unpacked_bytes, limits.all_pixels
    for member in members:
        try:
            class_name = _class_name(member.filename)
            if member.file_size > bytes_left:
                raise DataError(f"is past the {megabytes(limits.unpacked_bytes)} of all files")
            content = read_member(archive, member, limits.file_bytes)
            bytes_left -= member.file_size
            picture = open_picture(content, min(limits.image_pixels, pixels_left))
            pixels_left -= picture.width * picture.height
            images.append(fit_image(plain(picture), shape))
            classes.append(class_name)
        except DataError as error:
            rejected.append(Rejected(member.filename[:200], str(error)))
    if not images:
        first = f" The first file, {rejected[0].file}, {rejected[0].reason}." if rejected else ""
        raise DataError(f"No image in it can be read.{first}")
    class_names, labels = np.unique(classes, return_inverse=True)
    return _checked(
        Source(
            learn=Split(np.stack(images), labels.astype(np.int64)),
            test=None,
            class_names=tuple(class_names.tolist()),
            origin=f"your file {own_name(path)}{path.suffix}",
            rejected=tuple(rejected),
        ),
        limits,
    )


def _from_arrays(arrays: dict[str, Array], path: Path, shape: ImageShape, limits: Limits) -> Source:
    images, labels, test_images, test_labels = _four(arrays)
    images = _examined(images, limits)
    if test_images is not None:
        test_images = _examined(test_images, limits)
    brightest = _brightest(images, test_images)
    learn_pixels = _as_bytes(images, brightest)
    classes, learn_labels = np.unique(_flat(labels, learn_pixels), return_inverse=True)
    test = None
    if test_images is not None and test_labels is not None:
        test_pixels = _as_bytes(test_images, brightest)
        flat = _flat(test_labels, test_pixels)
        if unknown := sorted(set(flat.tolist()) - set(classes.tolist())):
            raise DataError(f"Its test labels {shown(unknown)} do not occur in training.")
        test = fit(Split(test_pixels, np.searchsorted(classes, flat).astype(np.int64)), shape)
    return _checked(
        Source(
            learn=fit(Split(learn_pixels, learn_labels.astype(np.int64)), shape),
            test=test,
            class_names=_names_of(classes, arrays.get("class_names")),
            origin=f"your file {own_name(path)}{path.suffix}",
        ),
        limits,
    )


def _four(arrays: dict[str, Array]) -> tuple[Array, Array, Array | None, Array | None]:
    """Return images and labels under one of their usual names, and those of a test set if any."""
    for images, labels in _NAMES:
        if images in arrays and labels in arrays:
            test = [arrays.get(name) for name in _TEST_NAMES] if images == "x_train" else [None] * 2
            if (test[0] is None) != (test[1] is None):
                raise DataError(f"Of {' and '.join(_TEST_NAMES)} it has only one.")
            return arrays[images], arrays[labels], test[0], test[1]
    wanted = ", or ".join(f"{images} and {labels}" for images, labels in _NAMES)
    raise DataError(f"It has the arrays {shown(list(arrays))}; wanted are {wanted}.")


def _examined(images: Array, limits: Limits) -> Array:
    """Return (images, height, width[, channels]) with all four axes, if they can be images."""
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not images.size:
        raise DataError(
            f"Its images are {images.shape}; wanted are (images, height, width), or one axis more "
            f"with 1 or 3 channels."
        )
    if len(images) > limits.files:
        raise DataError(f"It holds {len(images):,} images; {limits.files:,} is the limit.")
    if images.dtype.kind not in "buif":
        raise DataError(f"Its images are of type {images.dtype}; wanted are plain numbers.")
    low, high = images.min(), images.max()
    if not (low >= 0 and high <= 255):  # so also for NaN
        raise DataError(f"Its pixels go from {low} to {high}; wanted are 0 to 1 or 0 to 255.")
    return images


def _brightest(images: Array, test_images: Array | None) -> int:
    """Return what white is, 1 or 255: the same for training and test, or a test says nothing."""
    highs = [one.max() for one in (images, test_images) if one is not None]
    if max(highs) <= 1:
        return 1
    if min(highs) < DIMMEST:
        raise DataError(
            f"Its brightest pixels are {' in x_train, '.join(f'{high:g}' for high in highs)}"
            f"{' in x_test' if len(highs) > 1 else ''}; wanted are 0 to 1 or 0 to 255, the same "
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


def _parts(file: str) -> tuple[str, ...]:
    return PurePosixPath(file.replace("\\", "/")).parts


def _class_name(file: str) -> str:
    """Return the name of the folder that a file lies in."""
    *folders, _ = _parts(file) or ("",)
    if not folders or folders[-1] in ("/", ".."):
        raise DataError("is in no folder; the folder's name is the class")
    return folders[-1]


def _checked(source: Source, limits: Limits) -> Source:
    """Return the source if its classes can be learned, validated and tested."""
    names = source.class_names
    if not 2 <= len(names) <= limits.classes:
        raise DataError(f"It has {len(names)} classes; 2 to {limits.classes} can be told apart.")
    if len(set(names)) < len(names):
        raise DataError(f"Two of its classes have the same name: {shown(sorted(names))}.")
    for name in names:
        if not name.isprintable() or not 0 < len(name) <= 60:
            raise DataError(f"A class is called {shown(name)}; use 1 to 60 printable characters.")
    counts = Counter(source.learn.labels.tolist())
    for label, name in enumerate(names):
        if counts[label] < IMAGES_PER_CLASS:
            raise DataError(
                f"Class {name} has {counts[label]} readable images; each class needs "
                f"{IMAGES_PER_CLASS}: to learn from, to validate and to test."
            )
    return source
