"""A person's own images: a zip with one folder per class, or an npz of arrays.

Owns the reading of uploads that nobody has checked: limits on size, count and unpacking, and a
reason for every file that is left out. What a single picture is made into is in `pictures`, which
folders are splits in `own_splits`, and what arrays may look like in `own_arrays`.
"""

import contextlib
import hashlib
import io
import os
import re
import statistics
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels, Rejected, Source, Split, in_common
from cnn.data.errors import DataError
from cnn.data.files import BROKEN_ZIP, header_of, megabytes, open_zip, read_file, read_member
from cnn.data.fitting import ImageShape, check_room, fit_image
from cnn.data.npz import HEADER_BYTES, open_npz
from cnn.data.own.arrays import from_arrays
from cnn.data.own.splits import (
    AGAIN,
    BEFORE,
    KINDS,
    Layout,
    Part,
    arrays_of,
    kind_of,
    layout_of,
    listed,
    other_splits,
)
from cnn.data.picture.opening import open_picture, plain
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.names import visible
from cnn.network.errors import shown
from cnn.settings import private_folder, whole_setting

ENDINGS = (".zip", ".npz")
_DIGEST = 16  # hexadecimal digits of the content's SHA-256 in the name of a kept file
_KEPT = re.compile(rf"-[0-9a-f]{{{_DIGEST}}}(?:\.({'|'.join(KINDS)}))?$")


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


def keep_upload(content: bytes, file_name: str, folder: Path, splits: str = "") -> Path:
    """Write an upload into the folder, named after its content, and return its path.

    So that another process, or a later run, finds the same bytes; an upload is written once. Its
    own splits are in its name, as one that was kept before they were read stays pooled.
    """
    path = folder / _kept_name(file_name, hashlib.sha256(content).hexdigest(), splits)
    if not path.exists():
        private_folder(folder)
        unfinished = path.with_suffix(".unfinished")
        with open(unfinished, "wb", opener=lambda name, how: os.open(name, how, 0o600)) as kept:
            kept.write(content)
        unfinished.replace(path)
    return path


def keep_file(file: Path, file_name: str, folder: Path, splits: str = "") -> Path:
    """Move a file that lies beside the folder, or in it, to where `keep_upload` would keep it."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    path = folder / _kept_name(file_name, digest, splits)
    if path.exists():
        file.unlink()
    else:
        file.chmod(0o600)
        file.replace(path)
    return path


def _kept_name(file_name: str, digest: str, splits: str) -> str:
    stem = re.sub(r"\W+", "-", visible(PurePosixPath(file_name).stem))[:40].strip("-") or "images"
    ending = PurePosixPath(file_name.lower()).suffix
    ending = ending if ending in (".npz", ".json") else ".zip"
    own = f".{splits}" if splits else ""
    return f"{stem}-{digest[:_DIGEST]}{own}{ending}"


def own_name(path: Path) -> str:
    """Return what a file was called before it was kept under a name of its content."""
    return visible(_KEPT.sub("", path.stem))


def kept_splits(path: Path) -> str:
    """Return the splits that a kept file is read with: those in its name."""
    kept = _KEPT.search(path.stem)
    return (kept and kept[1]) or ""


def brought(path: Path, limits: Limits = LIMITS) -> DatasetSpec:
    """Return the data set of a file that somebody brings now, with the splits it has itself.

    One whose folders or arrays can be read in two ways is refused with what was found.
    """
    content = read_file(path, limits.upload_bytes)
    with _refused(path), open_zip(content, max_members=3 * limits.files) as archive:
        members = _members(archive)
        if _are_arrays(members):
            names = [member.filename.removesuffix(".npy") for member in members]
            axes = _axes(archive, members)
            shaped = [name for name, count in axes.items() if count in (3, 4)]
            rows = [name for name, count in axes.items() if count in (1, 2)]
            splits = kind_of(arrays_of(names, shaped, rows))
        else:
            layout = layout_of([member.filename for member in members])
            splits = layout.kind if layout else ""
    return DatasetSpec(DatasetName.OWN_IMAGES, file=str(path), splits=splits)


def _axes(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, int]:
    """How many axes each array has; what cannot be read yet is left out."""
    found = {}
    for member in members:
        with contextlib.suppress(DataError, *BROKEN_ZIP), archive.open(member) as stream:
            shape, _, _ = header_of(io.BytesIO(stream.read(HEADER_BYTES)))
            found[member.filename.removesuffix(".npy")] = len(shape)
    return found


def load_own_images(
    path: Path, shape: ImageShape, limits: Limits = LIMITS, splits: str = ""
) -> Source:
    """Return the images of a zip or an npz file in this shape, and what was left out.

    Without `splits` its folders are pooled, as they were before a file's own splits were read.
    """
    content = read_file(path, limits.upload_bytes)
    with _refused(path), open_zip(content, max_members=3 * limits.files) as archive:
        members = _members(archive)
        if _are_arrays(members):
            arrays = open_npz(content, limits.unpacked_bytes)
            source = from_arrays(arrays, shape, limits.files, splits)
            return _checked(replace(source, origin=_origin(path)), limits)
        return _from_folders(archive, members, path, shape, limits, splits)


@contextlib.contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Says of which file an error is, and what may be brought."""
    try:
        yield
    except DataError as error:
        raise DataError(
            f"{own_name(path)}{path.suffix} cannot be used. {error} "
            f"Bring a zip with one folder of images per class, or an npz with images and labels."
        ) from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [member for member in archive.infolist() if not _is_clutter(member)]


def _origin(path: Path) -> str:
    return f"your file {own_name(path)}{path.suffix}"


def _are_arrays(members: list[zipfile.ZipInfo]) -> bool:
    return bool(members) and all(member.filename.endswith(".npy") for member in members)


def _is_clutter(member: zipfile.ZipInfo) -> bool:
    """Say whether an entry is a folder, nothing by name, or what an operating system left there."""
    if not member.filename:
        return True
    parts = _parts(member.filename)
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return member.is_dir() or hidden or "__MACOSX" in parts or parts[-1:] == ("Thumbs.db",)


def _from_folders(
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    path: Path,
    shape: ImageShape,
    limits: Limits,
    splits: str,
) -> Source:
    if len(members) > limits.files:
        raise DataError(f"It holds {len(members):,} files; {limits.files:,} is the limit.")
    check_room(len(members), shape)
    layout, pooled = _layout(members, splits)
    place = layout.place if layout else lambda file: (Part.TRAIN, _class_name(file))
    images: dict[Part, list[Pixels]] = {part: [] for part in Part}
    classes: dict[Part, list[str]] = {part: [] for part in Part}
    found: set[ImageShape] = set()
    sides: list[int] = []
    rejected: list[Rejected] = []
    bytes_left, pixels_left = limits.unpacked_bytes, limits.all_pixels
    for member in members:
        try:
            part, class_name = place(member.filename)
            if member.file_size > bytes_left:
                raise DataError(f"is past the {megabytes(limits.unpacked_bytes)} of all files")
            content = read_member(archive, member, limits.file_bytes)
            bytes_left -= member.file_size
            picture = open_picture(content, min(limits.image_pixels, pixels_left))
            pixels_left -= picture.width * picture.height
            upright = plain(picture)
            images[part].append(fit_image(upright, shape))
            classes[part].append(class_name)
            found.add((upright.height, upright.width, len(upright.getbands())))
            sides.append(min(upright.size))
        except DataError as error:
            rejected.append(Rejected(visible(member.filename[:200]), str(error)))
    folders = layout.folders if layout else {}
    called = {part: f"{folder}/" for part, folder in folders.items()}
    for part in called or (Part.TRAIN,):
        if not images[part]:
            where = called.get(part, "")
            bad = next((one for one in rejected if where in one.file), None)
            first = f" The first file, {bad.file}, {bad.reason}." if bad else ""
            raise DataError(f"No image in {where or 'it'} can be read.{first}")
    class_names = np.unique(classes[Part.TRAIN])
    _check_known(class_names, classes, called)
    given = {
        part: Split(np.stack(images[part]), np.searchsorted(class_names, labels).astype(np.int64))
        for part, labels in classes.items()
        if labels
    }
    return _checked(
        Source(
            learn=given[Part.TRAIN],
            validation=given.get(Part.VALIDATION),
            test=given.get(Part.TEST),
            class_names=tuple(class_names.tolist()),
            origin=_origin(path),
            rejected=tuple(rejected),
            called={part.value: where for part, where in called.items()},
            pooled=pooled,
            found_shape=in_common(found),
            usual_side=statistics.median_low(sides),
        ),
        limits,
    )


def _layout(members: list[zipfile.ZipInfo], splits: str) -> tuple[Layout | None, str]:
    """Return the folders to read as splits, and what is to be said where there are some unread."""
    files = [member.filename for member in members]
    if splits:
        layout = layout_of(files)
        if layout is None or layout.kind != splits:
            raise other_splits(layout.kind if layout else "", splits)
        return layout, ""
    try:
        unread = layout_of(files)
    except DataError as error:
        return None, f"All its folders are pooled, {BEFORE}; today it is refused. {error} So here"
    if unread is None:
        return None, ""
    folders = listed(unread.folders.values())
    return None, f"Its {folders} are pooled and split anew, {BEFORE}. {AGAIN}. So here"


def _check_known(
    class_names: npt.NDArray[np.str_], classes: Mapping[Part, list[str]], called: Mapping[Part, str]
) -> None:
    """Raise where a class occurs that nothing can be learned about."""
    for part, where in called.items():
        if unknown := sorted(set(classes[part]) - set(class_names.tolist())):
            raise DataError(
                f"Its {where} has {shown(unknown)}, and {called[Part.TRAIN]} has no such class, "
                f"but {shown(class_names.tolist())}. Use the same classes in both."
            )


def _parts(file: str) -> tuple[str, ...]:
    return PurePosixPath(file.replace("\\", "/")).parts


def _class_name(file: str) -> str:
    """Return the name of the folder that a file lies in."""
    *folders, _ = _parts(file) or ("",)
    if not folders or folders[-1] in ("/", ".."):
        raise DataError("is in no folder; the folder's name is the class")
    return folders[-1]


def _can_be_read(name: str) -> bool:
    """Whether all of a name is seen; the joints that some scripts need are allowed."""
    return visible(name) == name and re.sub("[\u200c\u200d]", "", name).isprintable()


def _checked(source: Source, limits: Limits) -> Source:
    """Return the source if its classes can be learned, validated and tested."""
    names = source.class_names
    if not 2 <= len(names) <= limits.classes:
        raise DataError(f"It has {len(names)} classes; 2 to {limits.classes} can be told apart.")
    if len(set(names)) < len(names):
        raise DataError(f"Two of its classes have the same name: {shown(sorted(names))}.")
    for name in names:
        if not _can_be_read(name) or not 0 < len(name) <= 60:
            raise DataError(f"A class is called {shown(name)}; use 1 to 60 printable characters.")
    _check_counts(source)
    return source


def _check_counts(source: Source) -> None:
    """Raise where a class has too few images for what is to be set aside of them."""
    aside = {"validate": source.validation, "test": source.test}
    missing = [f"to {use}" for use, split in aside.items() if split is None]
    if source.validation is None:
        _check_each(source, Part.TRAIN, source.learn, ["to learn from", *missing])
        return
    _check_each(source, Part.TRAIN, source.learn, ["to learn from"])
    if source.test is None:  # a class that nobody validates is not tested either
        _check_each(source, Part.VALIDATION, source.validation, ["to validate", *missing])


def _check_each(source: Source, part: Part, split: Split, uses: list[str]) -> None:
    counts = Counter(split.labels.tolist())
    where = f" in {source.called[part]}" if part in source.called else ""
    for label, name in enumerate(source.class_names):
        if counts[label] < len(uses) and (part is Part.TRAIN or counts[label]):
            purpose = " and ".join(filter(None, (", ".join(uses[:-1]), uses[-1])))
            raise DataError(
                f"Class {name} has {counts[label]} readable images{where}; each class needs "
                f"{len(uses)}: {purpose}."
            )
