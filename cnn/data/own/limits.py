"""How much an upload of own images may ask of this machine, and what one person may have there,
which is counted and written down by one at a time.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnn.data.errors import DataError
from cnn.settings import folder_bytes, most_images_bytes, private_folder, whole_setting

ASIDE = "arriving"
FORGOTTEN_AFTER_S = 3_600
LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an upload may ask of this machine."""

    upload_bytes: int = 200_000_000
    file_bytes: int = 30_000_000
    unpacked_bytes: int = 600_000_000
    files: int = 60_000
    array_images: int = 300_000  # in each array, where no file has to be opened for one
    classes: int = 100
    image_pixels: int = 40_000_000
    all_pixels: int = 1_000_000_000  # for time: about 100 million are decoded in a second


LIMITS = Limits(upload_bytes=1_000_000 * whole_setting("CNN_MAX_UPLOAD_MB", 200))


@contextlib.contextmanager
def within_share(folder: Path, size: int) -> Iterator[None]:
    """While so many bytes more are written there. What lies aside makes room for them; raises
    `DataError` where their person has no room even so.

    Whoever brings others to the same folder at that moment waits, in whichever process: so all
    that is there is counted, and nothing is on its way.
    """
    most = most_images_bytes(folder)
    if most is None:
        yield
        return
    with _alone(folder):
        if folder_bytes(folder) + size > most:
            sweep(folder, older_than_s=0.0)
        if (whole := folder_bytes(folder) + size) > most:
            raise DataError(
                f"With these your own images would have {whole / 1e6:,.1f} MB, and "
                f"{most / 1e6:,.0f} MB is the limit for each person. Delete some first, or bring "
                "fewer or smaller ones."
            )
        yield


def sweep(folder: Path, older_than_s: float = FORGOTTEN_AFTER_S) -> None:
    """Deletes what was laid aside an hour ago or longer, and not kept."""
    for path in (folder / ASIDE).glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime <= time.time() - older_than_s:
                path.unlink()


def forget_lock(folder: Path) -> None:
    """Deletes what is kept beside the folder of somebody who is forgotten."""
    _lock(folder).unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    private_folder(folder.parent)
    with _lock(folder).open("ab") as held:
        with contextlib.suppress(ImportError):  # Windows has no such thing
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield  # closing the file lets go of it


def _lock(folder: Path) -> Path:
    """Beside the folder, as all in it is somebody's."""
    return folder.with_name(f"{folder.name}{LOCK}")
