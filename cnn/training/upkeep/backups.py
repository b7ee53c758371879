"""A backup of a run store: a whole copy as one file, made while the store is used.

Of SQLite's. A server makes copies with its own programs, which are named in what is said there.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from cnn.training.store.migrations import MIGRATIONS
from cnn.training.store.on_disk.kept_backups import note
from cnn.training.store.on_disk.store_file import (
    MAGIC,
    connected,
    copy_store,
    log_bytes,
    size_bytes,
    store_file,
    what_is_damaged,
)
from cnn.training.store.store_error import (
    StoreError,
    check_room,
    in_traceback,
    refusing,
    shown_url,
    without_secrets,
)
from cnn.training.store.tables import SCHEMA_VERSION

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Content:
    """What a file of a run store holds."""

    version: int
    runs: int


def backup(url: str, target: Path, tell: Tell = lambda _: None) -> Content:
    """Makes a whole copy of the store as one file, while others use it; says what is in it.

    Raises `StoreError` where the file is there already, or the copy cannot be made or is damaged.
    """
    file = file_of(url, "pg_dump --format=custom --file=FILE")
    check_there(url, file)
    target = target.absolute()
    _check_target(target)
    check_room(target.parent, size_bytes(file), f"a backup of the run store {shown_url(url)}")

    def check(copy: sqlite3.Connection) -> None:
        if said := what_is_damaged(copy):
            raise StoreError(
                f"the run store {shown_url(url)} is damaged, so no backup was made: {said}. "
                "Put an earlier backup in its place: python -m cnn store restore FILE"
            )

    with refusing(f"the backup {target} was not made"):
        with contextlib.closing(connected(file)) as source:
            _version_of(source, file)
            copy_store(source, target, tell, check)
        with contextlib.closing(to_be_read(target)) as made:
            content = _content(made, target)
    note(file, target)
    return content


def content_of(file: Path) -> Content:
    """What a file holds that may have come from anywhere.

    Raises `StoreError` for one that is no run store, is damaged, or is of a version that this
    program does not read. Nothing is written to it or beside it.
    """
    if not file.is_file():
        what = "is a folder" if file.is_dir() else "is not there"
        raise StoreError(f"the backup {file} {what}. Name a file that a backup was made as.")
    with refusing(f"{file} cannot be read as a run store"):
        with file.open("rb") as content:
            if content.read(len(MAGIC)) != MAGIC:
                raise StoreError(
                    f"{file} is no run store: it does not begin as a SQLite file does. Name a file "
                    "that `python -m cnn store backup` made."
                )
        with contextlib.closing(to_be_read(file)) as database:
            if said := what_is_damaged(database):
                raise StoreError(f"{file} is damaged: {said}. Use another backup.")
            return _content(database, file)


def file_of(url: str, instead: str) -> Path:
    """The file of a store; of one on a PostgreSQL server it says what does the same there."""
    file = store_file(url)
    if file is not None:
        return file
    try:
        told = without_secrets(url)
    except (SQLAlchemyError, ValueError) as error:
        raise StoreError.because(url, error) from in_traceback(url, error)
    if told.get_backend_name() == "postgresql":
        address = told.set(drivername="postgresql")
        raise StoreError(
            f"the run store {shown_url(url)} is on a PostgreSQL server, which has programs of its "
            f"own for that: {instead.replace('URL', str(address))}"
            + ("" if "URL" in instead else f" {address}")
            + " (docs/store.md)."
        )
    raise StoreError(
        f"the run store {shown_url(url)} is no SQLite file. Use what its own database has for that."
    )


def check_there(url: str, file: Path) -> None:
    """Raises `StoreError` where there is no store yet."""
    if not file.is_file():
        raise StoreError(
            f"there is no run store {shown_url(url)} yet. Train something first, or name another "
            "with --store, CNN_STORE or CNN_HOME."
        )


def _check_target(target: Path) -> None:
    if target.is_dir():
        raise StoreError(
            f"{target} is a folder. Name a file in it, such as {target / 'backup.sqlite'}"
        )
    if target.exists() or target.is_symlink():
        raise StoreError(
            f"{target} is there already, and is not written over. Name another file, or move that "
            "one out of the way."
        )
    if not target.parent.is_dir():
        raise StoreError(f"there is no folder {target.parent}. Make it first, or name another.")


def to_be_read(file: Path) -> sqlite3.Connection:
    """A connection that leaves nothing beside the file, unless there is a log to be read too."""
    return connected(file, "ro", more="" if log_bytes(file) else "&immutable=1")


def _content(database: sqlite3.Connection, file: Path) -> Content:
    version = _version_of(database, file)
    (runs,) = database.execute("SELECT count(*) FROM runs").fetchone()
    return Content(version, int(runs))


def _version_of(database: sqlite3.Connection, file: Path) -> int:
    try:
        (version,) = database.execute("SELECT schema_version FROM about").fetchone()
        database.execute("SELECT id FROM runs LIMIT 1").fetchall()
    except (sqlite3.OperationalError, TypeError) as error:
        if isinstance(error, sqlite3.Error) and "no such" not in str(error):
            raise  # it is not known what it holds: its disk is full, or it may not be read
        raise StoreError(
            f"{file} is a SQLite file of another kind: it holds no run store. Name one that does."
        ) from error
    if version not in (SCHEMA_VERSION, *MIGRATIONS):
        raise StoreError(
            f"{file} has schema version {version}, and this program reads {min(MIGRATIONS)} to "
            f"{SCHEMA_VERSION}. Use the program that made it."
        )
    return int(version)
