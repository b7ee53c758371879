"""The images that people brought, kept in a folder: found by name, added, forgotten.

What an upload may be is the business of `understood`; the files are named after their content, and
after how they are read.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnn.data import edited
from cnn.data.catalogue import load
from cnn.data.dataset import Dataset
from cnn.data.errors import DataError
from cnn.data.own.choices import Understood
from cnn.data.own.keeping import (
    EDITED,
    ENDINGS,
    keep_file,
    keep_upload,
    kept_reading,
    kept_splits,
    own_name,
    read_as,
)
from cnn.data.own.limits import ASIDE, LIMITS, Limits, sweep, within_share
from cnn.data.own.opened import check_whole_set
from cnn.data.own.understood import brought, understood
from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.network.errors import shown

PREFIX = "own:"
"""What the name of an own data set begins with, where those that come along have theirs."""


@dataclass(frozen=True, slots=True)
class OwnImages:
    """A file of images that is kept; its id is exact, its name as it was given."""

    path: Path

    @property
    def id(self) -> str:
        return f"{PREFIX}{self.path.stem}"

    @property
    def name(self) -> str:
        return own_name(self.path)

    @property
    def spec(self) -> DatasetSpec:
        return DatasetSpec(
            DatasetName.OWN_IMAGES,
            file=str(self.path),
            splits=kept_splits(self.path),
            reading=kept_reading(self.path),
        )


def kept(folder: Path) -> list[OwnImages]:
    """All that is kept, in the order of names."""
    try:
        known = (*ENDINGS, EDITED)
        files = [path for path in folder.iterdir() if path.suffix in known and path.is_file()]
    except OSError:
        return []
    return [OwnImages(path) for path in sorted(files, key=lambda path: path.name.lower())]


def find(folder: Path, id: str) -> OwnImages:
    """The images of an id, or the newest of a name."""
    wanted = id.removeprefix(PREFIX)
    there = kept(folder)
    exact = [one for one in there if one.path.stem == wanted]
    named = [one for one in there if one.name == wanted]
    if not (exact or named):
        names = ", ".join(dict.fromkeys(one.name for one in there)) or "none so far"
        raise DataError(
            f"There are no own images called {shown(wanted)}; kept are: {names}. Add them on the "
            "Train page, or name a zip or npz file."
        )
    return exact[0] if exact else max(named, key=lambda one: one.path.stat().st_mtime)


def read(
    content: bytes, file_name: str, folder: Path, limits: Limits = LIMITS
) -> tuple[Path, Dataset]:
    """Reads an upload and lays it aside for `keep`; what cannot be read leaves no trace."""
    return read_aside(lay_aside(content, file_name, folder, limits), limits)


def lay_aside(content: bytes, file_name: str, folder: Path, limits: Limits = LIMITS) -> Path:
    """Writes an upload down, to be read."""
    check_whole_set(file_name)
    if len(content) > limits.upload_bytes:
        raise DataError(
            f"{file_name} has {len(content) / 1e6:,.0f} MB; {limits.upload_bytes / 1e6:,.0f} MB is "
            "the limit. Bring fewer or smaller images."
        )
    with _room_in(folder):
        sweep(folder)
        with within_share(folder, len(content)):
            return keep_upload(content, file_name, folder / ASIDE)


def read_aside(arrived: Path, limits: Limits = LIMITS) -> tuple[Path, Dataset]:
    """Reads what was laid aside; it may have another name afterwards, or be gone."""
    _check_there(arrived)
    with _room_in(arrived.parent.parent):
        try:
            spec = brought(arrived, limits)
            arrived = arrived.replace(read_as(arrived, spec.splits, spec.reading))
            return arrived, load(OwnImages(arrived).spec)
        except BaseException:
            arrived.unlink(missing_ok=True)
            raise


def understand_aside(
    arrived: Path, reading: str = "", limits: Limits = LIMITS
) -> tuple[Path, Understood, Dataset | None, str]:
    """Reads what was laid aside with what was said of it, and a guess where something is open.

    Where it cannot be read so but perhaps otherwise, why not is said last; where not at all, it is
    gone, and the error says why.
    """
    _check_there(arrived)
    with _room_in(arrived.parent.parent):
        try:
            return _understood_aside(arrived, reading, limits)
        except BaseException:
            drop(arrived)
            raise


def _understood_aside(
    arrived: Path, reading: str, limits: Limits
) -> tuple[Path, Understood, Dataset | None, str]:
    found = None
    try:
        found = understood(arrived, limits, reading)
        words = found.reading.settled.words
        arrived = arrived.replace(read_as(arrived, found.splits, words))
        return arrived, found, load(OwnImages(arrived).spec), ""
    except DataError as error:
        others = found and any(len(one.options) > 1 for one in found.choices)
        if not (others or reading):
            raise
        return arrived, found or understood(arrived, limits), None, str(error)


def drop(arrived: Path) -> None:
    """Deletes what was laid aside, under whatever name it is there."""
    for path in arrived.parent.glob(f"{read_as(arrived, '', '').stem}*"):
        path.unlink(missing_ok=True)


def keep(arrived: Path, name: str, folder: Path) -> OwnImages:
    """Keeps what was read under a name; the same images under the same name are kept once."""
    with _room_in(folder), within_share(folder, 0):
        _check_there(arrived)
        whole = name.replace("/", "-")  # of a file's name only what follows the last one is kept
        splits, reading = kept_splits(arrived), kept_reading(arrived)
        path = keep_file(arrived, f"{whole}{arrived.suffix}", folder, splits, reading)
    return OwnImages(path)


def keep_edits(edits: edited.Edits, name: str, folder: Path) -> OwnImages:
    """Keeps what is made of another data set under a name; the same edits are kept once."""
    content = edits.to_text().encode()
    with _room_in(folder), within_share(folder, len(content)):
        return OwnImages(keep_upload(content, f"{name.replace('/', '-')}{EDITED}", folder))


def made_of(folder: Path, images: OwnImages) -> list[OwnImages]:
    """What is made of these images, and cannot be loaded without them."""
    found = []
    for one in kept(folder):
        if one.path.suffix == EDITED:
            with contextlib.suppress(DataError):
                if Path(edited.edits_of(one.path).base.file) == images.path:
                    found.append(one)
    return found


def forget(images: OwnImages) -> None:
    """Deletes the file; runs that were trained on it keep what they found."""
    with contextlib.suppress(FileNotFoundError):
        images.path.unlink()


@contextlib.contextmanager
def _room_in(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(
            f"The images cannot be kept in {folder}: {error.strerror or error}. Make room there, "
            "or set CNN_HOME to another folder."
        ) from error


def _check_there(arrived: Path) -> None:
    if not arrived.exists():
        raise DataError(
            "These images are not there any more: they made room for others that were brought "
            "meanwhile, or lay there for over an hour. Bring them again."
        )
