"""The backups of a store that are known of: those that the program keeps by itself, in a folder
beside the store, and the last one that a person asked for, or restored.

Before the tables of an older version are changed, what is in them is kept.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cnn.settings import private_folder, write_private
from cnn.training.store.on_disk.store_file import (
    AT,
    AT_WRITTEN,
    connected,
    copy_store,
    size_bytes,
    store_file,
    sweep,
)
from cnn.training.store.store_error import check_room, refusing, shown_url

FOLDER = "backups"
KEPT_BEFORE_CHANGES = 3
REPLACED, DAMAGED, RESTORED = "replaced", "damaged", "restored"
NAMED = re.compile(rf"\.(?P<at>{AT_WRITTEN})\.(?P<why>v\d+|{REPLACED}|{DAMAGED})(-\d+)?(\.\w+)?")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: where, when (seconds), and why, where nobody had asked for it:
    `v4`, `replaced` or `damaged`; `restored` is one from which the store is, since then.
    """

    file: Path
    at: float
    why: str = ""

    @property
    def is_before_change(self) -> bool:
        return self.why.startswith("v")

    @property
    def words(self) -> str:
        """For a person: its date, its file, and what it is of."""
        why = ", from which the store was restored then" if self.why == RESTORED else ""
        if self.is_before_change:
            why = f", before version {self.why[1:]} was brought up to date"
        gone = "" if self.file.exists() else ", which is not there any more"
        return f"{time_text(self.at)}, {self.file}{why}{gone}"


def time_text(seconds: float) -> str:
    """A time as commands print it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


@contextlib.contextmanager
def kept_if_changed(url: str) -> Iterator[Callable[[int], None]]:
    """While an older store may be brought up to date: what is given back keeps a backup of it, by
    its version, once; to be called by whoever alone may write, before it is committed.

    Where that fails after all, there is nothing to go back to, and the backup goes. Of those kept
    so the last few stay. On a server there is none.
    """
    made: list[Path] = []

    def keep(version: int) -> None:
        if not made and (file := store_file(url)) is not None:
            made.append(_before_change(url, file, version))

    try:
        yield keep
    except BaseException:
        for one in made:
            one.unlink(missing_ok=True)
        raise
    if made and (file := store_file(url)) is not None:
        _forget_old(file)


def _before_change(url: str, file: Path, version: int) -> Path:
    folder = backups_folder(file)
    with refusing(
        f"the run store {shown_url(url)} is of version {version} and would be brought up to date, "
        f"but no backup of it could be kept in {folder}"
    ):
        private_folder(folder)
        sweep(folder)
        check_room(folder, size_bytes(file), f"A backup of the run store {shown_url(url)}")
        target = free_name(file, f"v{version}")
        with contextlib.closing(connected(file, "ro")) as source:
            copy_store(source, target)
        return target


def _forget_old(file: Path) -> None:
    for one in [one for one in _named(file) if one.is_before_change][:-KEPT_BEFORE_CHANGES]:
        with contextlib.suppress(OSError):
            one.file.unlink()


def last(url: str) -> Backup | None:
    """The newest backup known of this very store: asked for, kept or restored."""
    file = store_file(url)
    if file is None:
        return None
    known = [*(one for one in _named(file) if one.is_before_change), *_noted(file)]
    return max(known, key=lambda one: one.at, default=None)


def backups_folder(file: Path) -> Path:
    """Where the program keeps backups of the store in a file."""
    return file.absolute().parent / FOLDER


def free_name(file: Path, why: str) -> Path:
    """A name for what is kept of a store now, by date and reason."""
    named = f"{file.stem}.{datetime.now(UTC).strftime(AT)}.{why}"
    names = (f"{named}{again}{file.suffix}" for again in ("", *(f"-{n}" for n in range(2, 1_000))))
    return next(path for name in names if not (path := backups_folder(file) / name).exists())


def _named(file: Path) -> list[Backup]:
    """What was kept of a store, the oldest first."""
    found = []
    with contextlib.suppress(OSError):
        for path in backups_folder(file).iterdir():
            if named := NAMED.fullmatch(path.name.removeprefix(file.stem)):
                at = datetime.strptime(named["at"], AT).replace(tzinfo=UTC)
                found.append(Backup(path, at.timestamp(), named["why"]))
    return sorted(found, key=lambda one: (one.at, one.file.name))


def _note_file(file: Path) -> Path:
    return backups_folder(file) / f"{file.stem}.last.json"


def note(file: Path, target: Path, why: str = "") -> None:
    """Remembers where a backup was made or is restored from, for whoever asks for the last one."""
    noted = {"file": str(target), "at": time.time(), "why": why}
    with contextlib.suppress(OSError):
        private_folder(backups_folder(file))
        write_private(_note_file(file), json.dumps(noted))


def _noted(file: Path) -> list[Backup]:
    try:
        found = json.loads(_note_file(file).read_text("utf-8"))
        why = RESTORED if found.get("why") == RESTORED else ""
        return [Backup(Path(found["file"]), float(found["at"]), why)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []
