"""A backup put in the place of a run store: nobody may use the store meanwhile, and what was there
is kept.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path

from cnn.settings import private_folder
from cnn.training.store.identity import has_ended
from cnn.training.store.on_disk.kept_backups import (
    DAMAGED,
    REPLACED,
    RESTORED,
    backups_folder,
    free_name,
    note,
)
from cnn.training.store.on_disk.store_file import (
    beside,
    connected,
    copy_pages,
    copy_store,
    size_bytes,
    sweep,
)
from cnn.training.store.store_error import StoreError, check_room, refusing, shown_url
from cnn.training.upkeep.backups import Content, Tell, content_of, file_of, to_be_read

HEARD_OF_S = 10.0
IN_USE_S = 1.0
"""How long others are waited for to let go of a store, such as a listing that just ends."""


def restore(url: str, source: Path, tell: Tell = lambda _: None) -> tuple[Content, Path | None]:
    """Puts a backup in the place of the store; says what is in it, and where what was there is.

    Raises `StoreError` where the file is no whole store that this program reads, or while the
    store is in use. However it ends, the store is the old one or the new one, and whole.
    """
    file = file_of(url, "pg_restore --clean --if-exists --dbname=URL FILE")
    source = source.absolute()
    content = content_of(source)
    if file.exists() and file.samefile(source):
        raise StoreError(f"{source} is the run store itself. Name the backup to put in its place.")
    with refusing(f"the run store {shown_url(url)} was not replaced, and is what it was"):
        private_folder(file.parent)
        sweep(backups_folder(file))
        needed = source.stat().st_size + (size_bytes(file) if file.exists() else 0)
        check_room(file.parent, needed, f"the backup {source}, and what it takes the place of,")
        put = _put_in_place if not file.exists() or _is_damaged(file) else _put_into
        kept = put(url, file, source, tell)
    note(file, source, RESTORED)
    return content, kept


def _is_damaged(file: Path) -> bool:
    """Whether a file cannot even be opened as a database; raises where it is busy."""
    try:
        with contextlib.closing(connected(file, patience_s=IN_USE_S)) as database:
            database.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        return True
    return False


def _put_into(url: str, file: Path, source: Path, tell: Tell) -> Path:
    """A backup into a store that can be opened, page by page.

    Nobody else may have it open, and a process that is killed leaves a journal behind, by which
    SQLite brings back what was there. A renaming has neither: who opens the store at that moment
    would write the log of one file beside another.
    """
    with contextlib.closing(connected(file, patience_s=IN_USE_S)) as store:
        _have_alone(url, store)
        private_folder(backups_folder(file))
        kept = free_name(file, REPLACED)
        copy_store(store, kept)
        try:
            with contextlib.closing(to_be_read(source)) as found:
                copy_pages(found, store, tell)
        except BaseException:
            kept.unlink(missing_ok=True)  # the store is still what it was
            raise
    return kept


def _have_alone(url: str, store: sqlite3.Connection) -> None:
    """Holds a store against all others until the connection is closed; refuses where one has it.

    SQLite gives up the log beside a file only where no other connection is open, idle or not.
    """
    try:
        store.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
        store.execute("PRAGMA journal_mode=DELETE").fetchall()
        store.execute("BEGIN EXCLUSIVE")
        store.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise StoreError(_in_use(url, store)) from error


def _in_use(url: str, store: sqlite3.Connection) -> str:
    names = []
    with contextlib.suppress(sqlite3.Error):
        store.execute("PRAGMA locking_mode=NORMAL").fetchall()
        heard = store.execute("SELECT name, heartbeat_at FROM workers").fetchall()
        recent = time.time() - HEARD_OF_S
        names = [
            name
            for name, at in heard
            if isinstance(name, str)
            and isinstance(at, float)
            and at > recent
            and not has_ended(name)
        ]
    who = f"by {', '.join(names)}, or by the app" if names else "by the app or another program"
    return (
        f"the run store {shown_url(url)} is in use {who}, and was not replaced. Close the app "
        "(Ctrl-C in its terminal) and each `python -m cnn worker`, then do it again."
    )


def _put_in_place(url: str, file: Path, source: Path, tell: Tell) -> Path | None:
    """A backup under the name of a store that is not there, or cannot be opened.

    What was there goes aside first, also a log of a store that is gone: it would be read into the
    new one.
    """
    if _is_held(file):
        raise StoreError(
            f"the run store {shown_url(url)} is damaged, and another program has it open. Close "
            "the app (Ctrl-C in its terminal) and each `python -m cnn worker`, then do it again."
        )
    aside = None
    with contextlib.closing(to_be_read(source)) as found:
        whole = file.with_name(f"{file.name}.restored")
        whole.unlink(missing_ok=True)
        copy_store(found, whole, tell)
    if left := beside(file):
        private_folder(backups_folder(file))
        aside = free_name(file, DAMAGED)
        for one in reversed(left):  # the log before its file
            kept = aside.with_name(aside.name + one.name.removeprefix(file.name))
            try:
                os.link(one, kept)
            except OSError:  # a disk without links
                one.rename(kept)
            if one != file:
                one.unlink(missing_ok=True)
    whole.replace(file)
    return aside


def _is_held(file: Path) -> bool:
    """Whether another process has a file open as SQLite does, where that can be seen."""
    try:
        import fcntl
    except ImportError:
        return False
    if not file.exists():
        return False
    with file.open("r+b") as held:
        try:
            fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB, 512, 0x40000000)
        except OSError:
            return True
    return False
