"""A file of own images that is opened: its members, and of which form they are.

Owns what counts as clutter, and the words around every refusal.
"""

import contextlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from cnn.data.errors import DataError
from cnn.data.files import open_zip, read_file
from cnn.data.own.keeping import own_name
from cnn.data.own.limits import Limits
from cnn.data.own.splits import PICTURES

TABLES = (".csv", ".tsv", ".parquet")
_IDX = re.compile(r"([-._]idx[1-4]?([-.]ubyte)?|[-.]ubyte)(\.gz)?$", re.IGNORECASE)
_WANTED = "Bring a zip with one folder of images per class, or an npz with images and labels."
_TOGETHER = "Put both into one zip, or name the folder that they lie in on the command line."


class Form(StrEnum):
    """What the members of a file are."""

    ARRAYS = "arrays"
    IDX = "idx files"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A file and what is in it, without what operating systems leave behind."""

    path: Path
    content: bytes
    archive: zipfile.ZipFile
    members: list[zipfile.ZipInfo]

    @property
    def form(self) -> Form:
        """By the names of the members alone; nothing is unpacked."""
        names = [member.filename for member in self.members]
        if names and all(name.endswith(".npy") for name in names):
            return Form.ARRAYS
        pictures = any(PurePosixPath(name).suffix.lower() in PICTURES for name in names)
        return Form.PICTURES if pictures or not any(map(is_idx, names)) else Form.IDX

    @property
    def tables(self) -> list[zipfile.ZipInfo]:
        """The tables among the members."""
        return [one for one in self.members if one.filename.lower().endswith(TABLES)]


@contextlib.contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Opened]:
    """Opens a file of own images, and says of which file an error is, and what may be brought."""
    content = read_file(path, limits.upload_bytes)
    with _said_of(path), open_zip(content, max_members=3 * limits.files) as archive:
        members = [member for member in archive.infolist() if not is_clutter(member)]
        yield Opened(path, content, archive, members)


@contextlib.contextmanager
def _said_of(path: Path) -> Iterator[None]:
    """Says of which file an error is, and what may be brought."""
    try:
        yield
    except DataError as error:
        raise DataError(
            f"{own_name(path)}{path.suffix} cannot be used. {error} {_WANTED}"
        ) from error


def check_whole_set(file_name: str) -> None:
    """Raise for a file that by its name is only one part of labelled images."""
    name = file_name.lower()
    if name.endswith(".npy"):
        raise DataError(
            f"{file_name[:80]} is one array, and images need their labels: such as images.npy and "
            f"labels.npy. {_TOGETHER}"
        )
    if name.endswith(TABLES):
        raise DataError(f"{file_name[:80]} is a table, and holds no images. {_TOGETHER}")
    if is_idx(name) or name.endswith(".gz"):
        raise DataError(
            f"{file_name[:80]} is one file, and images need their labels: such as "
            f"train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz. {_TOGETHER}"
        )


def is_idx(name: str) -> bool:
    """Whether a file is called as idx files are: `train-images-idx3-ubyte.gz`."""
    return bool(_IDX.search(name))


def is_clutter(member: zipfile.ZipInfo) -> bool:
    """Say whether an entry is a folder, nothing by name, or what an operating system left there."""
    return not member.filename or member.is_dir() or is_hidden(member.filename)


def is_hidden(name: str) -> bool:
    """Whether a file, or a folder that it lies in, is none that a person made."""
    parts = parts_of(name)
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return hidden or "__MACOSX" in parts or parts[-1:] == ("Thumbs.db",)


def parts_of(file: str) -> tuple[str, ...]:
    """The folders of a member and its own name."""
    return PurePosixPath(file.replace("\\", "/")).parts


def origin_of(path: Path) -> str:
    """Where images are from, in words."""
    return f"your file {own_name(path)}{path.suffix}"
