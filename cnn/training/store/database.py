"""How a run store's database is opened: SQLite's own settings, the tables, their version."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError, OperationalError, SQLAlchemyError

from cnn.settings import private_folder
from cnn.training.store import sight
from cnn.training.store.migrations import MIGRATIONS, migrate
from cnn.training.store.on_disk.kept_backups import kept_if_changed
from cnn.training.store.on_disk.store_file import keep_private, store_file
from cnn.training.store.store_error import StoreError, in_traceback, is_readable
from cnn.training.store.tables import SCHEMA_VERSION, about, metadata

BUSY_MS = 10_000
"""How long one who writes to SQLite waits for another who does."""

HURRIED_MS = 200
"""How long one waits who has other things to do, and tries again later."""

GONE = "its file was moved or deleted while it was open"

OPENING_ATTEMPTS, OPENING_REST_S = 10, 0.02
"""Each table that two processes make at the same moment costs one of them an attempt."""


def opened(url: str) -> Engine:
    """The database at a URL, with all tables in it."""
    if not is_readable(url):  # a driver would say pieces of it
        raise StoreError.because(url, ValueError())
    try:
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            file = engine.url.database or ""
            if not file.startswith("file:"):  # one with options of its own, which has to be there
                private_folder(Path(file).parent)
                if (path := store_file(url)) is not None:
                    keep_private(path)
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "checkout", _be_patient)
    except (SQLAlchemyError, ValueError, OSError, ImportError) as error:
        raise StoreError.because(url, error) from in_traceback(url, error)
    sight.watch(engine)
    try:
        _prepare(engine)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, (SQLAlchemyError, OSError)):
            raise StoreError.because(url, error) from in_traceback(url, error)
        raise
    if (path := store_file(url)) is not None:
        _follow(engine, path)
    return engine


def _follow(engine: Engine, file: Path) -> None:
    """From now on a connection is to the file of that name, whichever that is, and never to one
    that was moved or deleted: what is written there nobody finds again.
    """

    def look(*_: Any) -> None:
        if _identity(file) is None:  # SQLite would make an empty one
            raise OperationalError("", {}, FileNotFoundError(GONE))

    def note(_connection: Any, record: Any) -> None:
        record.info[GONE] = _identity(file)

    def compare(_connection: Any, record: Any, _proxy: Any) -> None:
        look()
        if record.info.setdefault(GONE, opened_as) != _identity(file):
            raise DisconnectionError(GONE)

    opened_as = _identity(file)
    event.listen(engine, "do_connect", look)
    event.listen(engine, "connect", note)
    event.listen(engine, "checkout", compare)


def _identity(file: Path) -> tuple[int, int] | None:
    """Which file has that name just now."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Readers never wait for the writer, and a writer waits its turn; text of another encoding,
    as a damaged row may hold, is read with signs in place of its letters.
    """
    connection.text_factory = lambda read: read.decode(errors="replace")
    for setting in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {setting}")


def _be_patient(connection: Any, *_: Any) -> None:
    """Whoever had the connection before may have been in a hurry."""
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def hurry(connection: Connection) -> None:
    """From now on this one waits for other writers only for a moment."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout={min(HURRIED_MS, BUSY_MS)}")


def hold(connection: Connection) -> None:
    """From now on whoever else holds the store waits for the end of this transaction."""
    # A write to one row that stays as it is: SQLite locks its file for it, PostgreSQL the row.
    connection.execute(update(about).values(schema_version=about.c.schema_version))


def _prepare(engine: Engine) -> None:
    """Makes the tables that are missing; another process may do so at the same moment."""
    for attempts_left in reversed(range(OPENING_ATTEMPTS)):
        try:
            with kept_if_changed(str(engine.url)) as keep, engine.begin() as connection:
                _check_version(connection, engine.url)
                _migrate(connection, keep)
                metadata.create_all(connection)
                if _version(connection) is None:
                    connection.execute(insert(about).values(schema_version=SCHEMA_VERSION))
            return
        except SQLAlchemyError:
            if not attempts_left:
                raise
            time.sleep(OPENING_REST_S)


def _version(connection: Connection) -> int | None:
    version: int | None = connection.execute(select(about.c.schema_version)).scalar()
    return version


def _check_version(connection: Connection, url: URL) -> None:
    if not inspect(connection).has_table(about.name):
        return
    version = _version(connection)
    if version is not None and version not in (SCHEMA_VERSION, *MIGRATIONS):
        made_by = "a newer program" if version > SCHEMA_VERSION else "a much older program"
        raise StoreError(
            f"the run store {url.render_as_string()} was made by {made_by}: it has schema version "
            f"{version}, this program reads {min(MIGRATIONS)} to {SCHEMA_VERSION}. Use the program "
            "that made it, or set CNN_STORE to another."
        )


def _migrate(connection: Connection, keep: Callable[[int], None]) -> None:
    """Makes an older store one of today, all of it or nothing; what is in it stays.

    `keep` keeps a backup of what is committed, once nobody else can write any more.
    """
    if not inspect(connection).has_table(about.name) or _version(connection) not in MIGRATIONS:
        return
    for version in sorted(MIGRATIONS):
        # The row is changed first: whoever else opens the store waits here, and finds it done.
        step = update(about).where(about.c.schema_version == version)
        if connection.execute(step.values(schema_version=version + 1)).rowcount:
            keep(version)
            migrate(connection, MIGRATIONS[version])
