"""A folder of this machine as own images: put into a zip that is always the same, and kept.

Owns what of a folder is taken: no link is followed, nothing outside is read, and the limits are
those of a zip that is brought.
"""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnn.data.catalogue import load
from cnn.data.errors import DataError
from cnn.data.files import megabytes
from cnn.data.own import library
from cnn.data.own.keeping import ENDINGS, keep_file, read_as
from cnn.data.own.limits import ASIDE, LIMITS, Limits
from cnn.data.own.opened import is_hidden
from cnn.data.own.understood import brought
from cnn.data.spec import DatasetSpec
from cnn.names import visible
from cnn.settings import private_folder

_ALWAYS = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can say, for every file
_MODE = 0o600 << 16
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Packed:
    """A zip of a folder, and the names in it that were not taken as they are links."""

    path: Path
    links: tuple[str, ...]

    @property
    def said(self) -> str:
        """What was not taken, in a sentence; nothing of none."""
        if not self.links:
            return ""
        more = len(self.links) - _MOST_NAMED
        named = ", ".join(map(visible, self.links[:_MOST_NAMED]))
        named += f" and {more:,} more" if more > 0 else ""
        are = "is a link, which is" if len(self.links) == 1 else "are links, which are"
        return f"{named} {are} not followed. Copy what is meant into the folder."


def brought_folder(
    folder: Path, kept: Path, limits: Limits = LIMITS, reading: str = ""
) -> tuple[DatasetSpec, Packed]:
    """The data set of a folder, which is kept as a zip among the others, and what was not taken.

    The same files make the same zip; one that cannot be read leaves no trace.
    """
    packed = packed_folder(folder, kept, limits)
    try:
        spec = brought(packed.path, limits, reading)
        arrived = packed.path.replace(read_as(packed.path, spec.splits, spec.reading))
        if not (kept / arrived.name).exists():  # then it was read before
            load(library.OwnImages(arrived).spec)
    except BaseException:
        library.drop(packed.path)
        raise
    own = library.keep(arrived, _name_of(folder), kept)
    return own.spec, Packed(own.path, packed.links)


def packed_folder(folder: Path, kept: Path, limits: Limits = LIMITS) -> Packed:
    """Puts the files of a folder into a zip that is laid aside, as an upload is."""
    links: list[str] = []
    try:
        files = sorted(_files(folder, links, limits), key=lambda one: one.name)
        if len(files) == 1 and files[0].name.lower().endswith(ENDINGS):
            raise DataError(f"{folder} holds {files[0].name} alone. Name that file itself.")
        aside = kept / ASIDE
        private_folder(aside)
        with tempfile.TemporaryDirectory(dir=aside) as place:
            written = Path(place) / "folder.zip"
            _write(written, files, folder, limits)
            path = keep_file(written, f"{_name_of(folder)}.zip", aside)
    except OSError as error:
        raise DataError(
            f"{error.filename or folder} cannot be read or kept: {error.strerror or error}."
        ) from error
    return Packed(path, tuple(sorted(links)))


def _name_of(folder: Path) -> str:
    return folder.resolve().name or "images"


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    size_bytes: int


def _files(folder: Path, links: list[str], limits: Limits) -> Iterator[_File]:
    """The files below a folder by their names in the zip; links are listed and not followed."""
    waiting, many, size_bytes = [folder], 0, 0
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                name = Path(entry.path).relative_to(folder).as_posix()
                if is_hidden(name):
                    continue
                if entry.is_symlink():
                    links.append(name)
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                    continue
                found = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for
                    continue
                many, size_bytes = many + 1, size_bytes + found.st_size
                _check(folder, many, size_bytes, limits)
                yield _File(name, found.st_size)


def _check(folder: Path, many: int, size_bytes: int, limits: Limits) -> None:
    if many > limits.files:
        raise DataError(f"{folder} holds more than {limits.files:,} files, which is the limit.")
    if size_bytes > limits.upload_bytes:
        raise DataError(
            f"The files in {folder} have more than {megabytes(limits.upload_bytes)}, which is the "
            "limit. Use fewer or smaller images, or set CNN_MAX_UPLOAD_MB."
        )


def _write(path: Path, files: list[_File], folder: Path, limits: Limits) -> None:
    left = limits.upload_bytes
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            content = _content(folder / file.name, left)
            left -= len(content)
            info = zipfile.ZipInfo(_encodable(file.name), _ALWAYS)
            info.create_system, info.external_attr = 3, _MODE
            archive.writestr(info, content)


def _content(path: Path, limit_bytes: int) -> bytes:
    """What a file holds; one that became a link meanwhile is not opened."""
    with open(path, "rb", opener=_no_link) as file:
        content = file.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise DataError(f"{path} has grown past the limit while it was read.")
    return content


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _encodable(name: str) -> str:
    """A name that is no Unicode, as some file systems have, as a zip can hold it."""
    return name.encode(errors="replace").decode()
