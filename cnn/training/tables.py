"""The tables of the run store, how a database is opened, and the one error of all that.

Plain SQLAlchemy Core, nothing of one database alone: SQLite by default, others by their URL.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from cnn.training.migrations import MIGRATIONS, migrate

SCHEMA_VERSION = 5
BUSY_MS = 10_000
"""How long one who writes to SQLite waits for another who does."""

HURRIED_MS = 200
"""How long one waits who has other things to do, and tries again later."""

OPENING_ATTEMPTS, OPENING_REST_S = 10, 0.02
"""Each table that two processes make at the same moment costs one of them an attempt."""

_tables = MetaData()

about = Table("about", _tables, Column("schema_version", Integer, primary_key=True))

runs = Table(
    "runs",
    _tables,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("architecture", Text, nullable=False),
    Column("configuration", Text, nullable=False),
    Column("recipe", String(64), nullable=False),
    Column("data_fingerprint", String(64), nullable=False, default=""),
    Column("images", Text, nullable=False, default="{}"),
    Column("environment", Text, nullable=False, default="{}"),
    Column("state", String(16), nullable=False),
    Column("wish", String(8), nullable=False),
    Column("worker", String(64), nullable=False, default=""),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("progress", Text, nullable=False, default="{}"),
    Column("result", Text),
    Column("message", Text, nullable=False, default=""),
    Column("checkpoint", Text),
    Column("continues", String(32), nullable=False, server_default=""),
    Column("first_step", Integer, nullable=False, server_default="0"),
    Column("changes", Text, nullable=False, server_default="[]"),
    Column("network", Text, nullable=False, server_default=""),
    Column("dataset", String(200), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("is_archived", Integer, nullable=False, server_default="0"),
    Index("runs_by_state", "state", "created_at"),
    Index("runs_by_shelf", "is_archived", "created_at"),
    Index("runs_by_age", "created_at"),
    Index("runs_by_recipe", "recipe"),
)

workers = Table(
    "workers",
    _tables,
    Column("name", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("heartbeat_at", Float, nullable=False),
)

designs = Table(
    "designs",
    _tables,
    Column("name", String(200), primary_key=True),
    Column("architecture", Text, nullable=False),
    Column("saved_at", Float, nullable=False),
)

checks = Table(
    "checks",
    _tables,
    Column("digest", String(64), primary_key=True),
    Column("architecture", Text, nullable=False),
    Column("standing", String(16), nullable=False),
    Column("words", Text, nullable=False, default="[]"),
    Column("wanted_at", Float, nullable=False),
    Index("checks_by_standing", "standing", "wanted_at"),
)

progress = Table(
    "progress",
    _tables,
    Column("id", Integer, primary_key=True),
    Column("profile", String(64), nullable=False),
    Column("lesson", String(64), nullable=False),
    Column("item", String(64), nullable=False),
    Column("choice", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Index("progress_by_profile", "profile"),
)


def _belonging(name: str, *columns: Column[Any] | Index) -> Table:
    """A table whose rows belong to a run and go with it."""
    run_id: Column[Any] = Column(
        "run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True
    )
    return Table(name, _tables, run_id, *columns)


def _number(name: str) -> Column[Any]:
    return Column(name, Float, nullable=False)


steps = _belonging(
    "steps",
    Column("step", Integer, primary_key=True),
    *map(_number, ("epoch", "loss", "accuracy", "learning_rate", "seconds")),
)

epochs = _belonging(
    "epochs",
    Column("epoch", Integer, primary_key=True),
    *map(_number, ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")),
)

files = _belonging(
    "files",
    Column("name", String(80), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

gradients = _belonging(
    "gradients",
    Column("step", Integer, primary_key=True),
    Column("norms", Text, nullable=False),
)

tags = _belonging(
    "tags",
    Column("tag", String(40), primary_key=True),
    Index("runs_by_tag", "tag"),
)

BELONGINGS = (steps, epochs, gradients, files, tags)


class StoreError(RuntimeError):
    """The store could not be used: which one, why, and what to do."""

    @classmethod
    def because(cls, url: str, error: Exception) -> StoreError:
        said = str(getattr(error, "orig", None) or error)
        if isinstance(error, OSError) and error.strerror:
            said = f"{error.strerror}, {error.filename}"
        cause = " ".join(said.split()).rstrip(".?")
        hint = next((hint for sign, hint in HINTS.items() if sign in cause), HINT)
        kind = StoreBusy if any(sign in cause for sign in BUSY) else StoreError
        return kind(f"the run store {shown_url(url)} could not be used: {cause}. {hint}")


class StoreBusy(StoreError):
    """Another program has locked the store: it may be free again in a moment."""


BUSY = ("is locked", "lock timeout", "deadlock detected")
"""How SQLite says it, and how PostgreSQL does."""


HINT = "Check that its folder exists, can be written to and has room; or set CNN_STORE."
HINTS = {
    "locked": "Another program has been writing to it for too long: close that one, or try again.",
    "readonly": "It can be read but not written to: allow writing to it and to its folder, or set "
    "CNN_STORE to another.",
    "full": "Make room on its disk, and resume what was interrupted; or set CNN_STORE to another.",
    "not a database": "Move that file out of the way, or set CNN_STORE to another.",
    "malformed": "It is damaged: put a copy in its place, or move it out of the way.",
    "authentication": "Correct the name and the password in CNN_STORE.",
    "does not exist": "Make that database first (createdb), or correct its name in CNN_STORE.",
    "connection": "Start that server, or correct its address in CNN_STORE.",
    "resolve host": "Correct the server's name in CNN_STORE.",
    "psycopg": 'Install its driver: pip install "psycopg[binary]"; or set CNN_STORE to another.',
}
"""What to do, by a word of the cause as SQLite or PostgreSQL says it; the first that is in it."""


def shown_url(url: str) -> str:
    """A store's URL as a person may see it: without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return repr(url[:60])


def opened(url: str) -> Engine:
    """The database at a URL, with all tables in it."""
    try:
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            file = engine.url.database or ""
            if not file.startswith("file:"):  # one with options of its own, which has to be there
                Path(file).parent.mkdir(parents=True, exist_ok=True)
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "checkout", _be_patient)
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise StoreError.because(url, error) from error
    try:
        _prepare(engine)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, (SQLAlchemyError, OSError)):
            raise StoreError.because(url, error) from error
        raise
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Readers never wait for the writer, and a writer waits its turn."""
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


def _prepare(engine: Engine) -> None:
    """Makes the tables that are missing; another process may do so at the same moment."""
    for attempts_left in reversed(range(OPENING_ATTEMPTS)):
        try:
            with engine.begin() as connection:
                _check_version(connection, engine.url)
                _migrate(connection)
                _tables.create_all(connection)
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


def _migrate(connection: Connection) -> None:
    """Makes an older store one of today, all of it or nothing; what is in it stays."""
    if not inspect(connection).has_table(about.name) or _version(connection) not in MIGRATIONS:
        return
    for version in sorted(MIGRATIONS):
        # The row is changed first: whoever else opens the store waits here, and finds it done.
        step = update(about).where(about.c.schema_version == version)
        if connection.execute(step.values(schema_version=version + 1)).rowcount:
            migrate(connection, MIGRATIONS[version])
