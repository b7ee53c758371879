"""The file of a SQLite store and those beside it: where it is, who may read it, a whole copy of it.

What was written last is in a log beside the file (`-wal`), and the file alone lacks it: so a store
is copied by SQLite, which reads both, while others go on writing. Knows nothing of runs, and of
other databases only that there is no file.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from cnn.settings import close_to_others
from cnn.training.store.identity import has_ended, identified

LOG = "-wal"
BESIDE = (LOG, "-shm", "-journal")
"""What SQLite keeps beside a file, by how its name ends."""

PAGES_AT_ONCE = 4_096
PATIENCE_S = 10.0
AT = "%Y-%m-%dT%H%M%SZ"
AT_WRITTEN = r"\d{4}-\d\d-\d\dT\d{6}Z"
LEFT = re.compile(
    rf"(?P<of>.+?(\.(?P<at>{AT_WRITTEN})\..+)?)"
    r"\.unfinished(?P<process>\.[0-9a-f]{8}\.\d+\.\d+)?(-wal|-shm|-journal)?"
)
LEFT_OVER_S = 3_600.0
"""So long what was not finished stays whose process nobody can look for."""

MAGIC = b"SQLite format 3\0"


def store_file(url: str) -> Path | None:
    """The file of the store at a URL; None where it has none, as on a server."""
    try:
        made = make_url(url)
    except (SQLAlchemyError, ValueError):
        return None
    name = (made.database or "").removeprefix("file:")
    is_file = made.get_backend_name() == "sqlite" and name != ":memory:" and Path(name).name
    return Path(name) if is_file else None


def beside(file: Path) -> list[Path]:
    """The file and what SQLite keeps beside it, as far as they are there."""
    named = (file, *(file.with_name(file.name + end) for end in BESIDE))
    return [one for one in named if one.exists()]


def size_bytes(file: Path) -> int:
    """What a store takes on the disk, with what is beside it."""
    return sum(one.stat().st_size for one in beside(file))


def log_bytes(file: Path) -> int:
    """How much is in the log beside it, which a copy of the file alone would lack."""
    with contextlib.suppress(OSError):
        return file.with_name(file.name + LOG).stat().st_size
    return 0


def keep_private(file: Path) -> None:
    """Makes a file that is not there yet, empty; others may read neither it nor what is beside it.

    What an earlier version made is mended. A file that is somebody else's stays as it is.
    """
    with contextlib.suppress(OSError):  # it is there, or SQLite will say why it cannot be
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    for one in beside(file):
        close_to_others(one)


def connected(
    file: Path, mode: str = "rw", patience_s: float = PATIENCE_S, *, more: str = ""
) -> sqlite3.Connection:
    """A connection to a file that is there, in whose hands transactions are."""
    address = f"{file.absolute().as_uri()}?mode={mode}{more}"
    return sqlite3.connect(address, uri=True, timeout=patience_s, isolation_level=None)


def empty_log(url: str, patience_s: float = 1.0) -> None:
    """Brings what is still in the log into the file, for whoever copies that alone.

    As far as nobody else reads or writes just now: it is done again whenever a process ends.
    """
    file = store_file(url)
    if file is None or not log_bytes(file) or "mode=ro" in url:
        return
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(connected(file, patience_s=patience_s)) as database,
    ):
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@contextlib.contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """An empty file beside a target, which takes its name once it is whole and on the disk.

    The target is never written over: `FileExistsError` where it is there. Nothing is left of what
    fails, and what a killed process left is swept by the next one.
    """
    sweep(target.parent, target.name)
    unfinished = target.with_name(f"{target.name}.{identified('unfinished')}")
    _check_free(target)
    os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600))
    try:
        yield unfinished
        _to_disk(unfinished)
        _check_free(target)
        try:
            os.link(unfinished, target)  # unlike a renaming, it never takes the place of another
        except FileExistsError:
            raise
        except OSError:  # a disk without links
            unfinished.rename(target)
        if os.name == "posix":
            _to_disk(target.parent)
    finally:
        for one in beside(unfinished):
            one.unlink(missing_ok=True)


def copy_pages(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    tell: Callable[[float], None] = lambda _: None,
) -> None:
    """Copies a database as of one moment, while others write; `tell` hears how much is done."""

    def told(_status: int, left: int, pages: int) -> None:
        tell(1 - left / pages if pages else 1.0)

    source.execute("BEGIN")
    try:
        source.execute("SELECT count(*) FROM sqlite_master").fetchall()  # the moment it is of
        source.backup(target, pages=PAGES_AT_ONCE, progress=told, sleep=0.01)
    finally:
        source.execute("ROLLBACK")


def copy_store(
    source: sqlite3.Connection,
    target: Path,
    tell: Callable[[float], None] = lambda _: None,
    check: Callable[[sqlite3.Connection], None] = lambda _: None,
) -> None:
    """A whole copy of a database as one file alone, which `check` may refuse before it is named."""
    with written_beside(target) as unfinished:
        with contextlib.closing(connected(unfinished)) as copy:
            copy.execute("PRAGMA synchronous=OFF")  # all of it is put on the disk at the end
            copy_pages(source, copy, tell)
        with contextlib.closing(connected(unfinished)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
            check(copy)


def what_is_damaged(database: sqlite3.Connection, *, whole: bool = False, most: int = 5) -> str:
    """What SQLite finds wrong in a file, or nothing; `whole` also checks indexes, which is slow."""
    how = "integrity_check" if whole else "quick_check"
    lines = database.execute(f"PRAGMA {how}({most})").fetchall()
    found = [" ".join(str(line).split()) for (line,) in lines]
    return "" if found == ["ok"] else "; ".join(found)


def _check_free(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise FileExistsError(target)


def _to_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sweep(folder: Path, target: str = "") -> None:
    """Deletes what killed processes left in a folder, whatever it was to become.

    It is known by the process in its name; where it has none, by the name of a target or by that
    of a backup that the program keeps by itself.
    """
    for left in folder.glob("*.unfinished*"):
        named = LEFT.fullmatch(left.name)
        if named is None or not (named["process"] or named["of"] == target or named["at"]):
            continue
        with contextlib.suppress(OSError):
            ended = has_ended(f"unfinished{named['process'] or ''}")
            if ended is None:
                ended = left.stat().st_mtime < time.time() - LEFT_OVER_S
            if ended:
                left.unlink()
