"""The run store: where pages and workers meet. SQLAlchemy Core, SQLite unless told otherwise.

Owns the tables and every query. A run belongs to the worker that claimed it, as long as the
worker's heartbeat is fresh; a run whose worker has fallen silent is shown as interrupted.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
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
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from cnn.network.architecture import Architecture
from cnn.training.configuration import Configuration
from cnn.training.run import Epoch, Progress, Result, Run, State, Step, Wish

SCHEMA_VERSION = 1
SILENT_AFTER_S = 10.0

_tables = MetaData()

about = Table("about", _tables, Column("schema_version", Integer, nullable=False))

runs = Table(
    "runs",
    _tables,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("architecture", Text, nullable=False),
    Column("configuration", Text, nullable=False),
    Column("data_fingerprint", String(64), nullable=False, default=""),
    Column("environment", Text, nullable=False, default="{}"),
    Column("state", String(16), nullable=False),
    Column("wish", String(8), nullable=False),
    Column("worker", String(64), nullable=False, default=""),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("heartbeat_at", Float),
    Column("progress", Text, nullable=False, default="{}"),
    Column("result", Text),
    Column("message", Text, nullable=False, default=""),
    Index("runs_by_state", "state", "created_at"),
    Index("runs_by_age", "created_at"),
)

steps = Table(
    "steps",
    _tables,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("epoch", Float, nullable=False),
    Column("loss", Float, nullable=False),
    Column("accuracy", Float, nullable=False),
    Column("learning_rate", Float, nullable=False),
    Column("seconds", Float, nullable=False),
)

epochs = Table(
    "epochs",
    _tables,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("loss", Float, nullable=False),
    Column("accuracy", Float, nullable=False),
    Column("val_loss", Float, nullable=False),
    Column("val_accuracy", Float, nullable=False),
    Column("seconds", Float, nullable=False),
)

files = Table(
    "files",
    _tables,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)


class StoreError(RuntimeError):
    """The store could not be used: which one, why, and what to do."""


def default_url() -> str:
    """The store by setting (`CNN_STORE`), else a file in the user's own data folder."""
    if given := os.environ.get("CNN_STORE"):
        return given
    home = Path(os.environ.get("CNN_HOME", Path.home() / ".cnn-workbench"))
    return f"sqlite:///{home / 'runs.sqlite'}"


class Store:
    """The runs at one URL. Safe to use from several threads and processes at once."""

    def __init__(self, url: str | None = None) -> None:
        self.url = url or default_url()
        try:
            self._engine = _open(self.url)
            with self._engine.begin() as connection:
                _prepare(connection)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(_reason(self.url, error)) from error

    def close(self) -> None:
        self._engine.dispose()

    # Making and finding ---------------------------------------------------------------------

    def add(self, architecture: Architecture, configuration: Configuration, name: str = "") -> Run:
        """Puts a new run into the queue."""
        run = Run(
            id=uuid.uuid4().hex[:12],
            name=name or architecture.name,
            architecture=architecture,
            configuration=configuration,
            state=State.QUEUED,
            created_at=time.time(),
        )
        with self._begin() as connection:
            connection.execute(
                insert(runs).values(
                    id=run.id,
                    name=run.name,
                    architecture=architecture.to_json(),
                    configuration=json.dumps(configuration.to_dict()),
                    state=run.state,
                    wish=run.wish,
                    created_at=run.created_at,
                )
            )
        return run

    def get(self, run_id: str) -> Run | None:
        with self._begin() as connection:
            row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
        return _run(row._mapping) if row else None

    def latest(self, limit: int = 50, offset: int = 0) -> list[Run]:
        """Runs, the newest first, a page at a time."""
        query = select(runs).order_by(runs.c.created_at.desc(), runs.c.id)
        with self._begin() as connection:
            rows = connection.execute(query.limit(limit).offset(offset)).all()
        return [_run(row._mapping) for row in rows]

    def count(self, states: Sequence[State] | None = None) -> int:
        query = select(func.count()).select_from(runs)
        if states is not None:
            query = query.where(runs.c.state.in_(states))
        with self._begin() as connection:
            return int(connection.execute(query).scalar_one())

    def remove(self, run_id: str) -> bool:
        """Deletes a run with all that belongs to it; says whether there was one."""
        with self._begin() as connection:
            for table in (steps, epochs, files):
                connection.execute(delete(table).where(table.c.run_id == run_id))
            return connection.execute(delete(runs).where(runs.c.id == run_id)).rowcount > 0

    # A worker's side ------------------------------------------------------------------------

    def claim_next(self, worker: str) -> Run | None:
        """The oldest queued run, from now on this worker's; None where there is none."""
        oldest = select(runs.c.id).where(runs.c.state == State.QUEUED, runs.c.wish == Wish.RUN)
        with self._begin() as connection:
            while run_id := connection.execute(
                oldest.order_by(runs.c.created_at).limit(1)
            ).scalar():
                now = time.time()
                taken = connection.execute(
                    update(runs)
                    .where(runs.c.id == run_id, runs.c.state == State.QUEUED)
                    .values(state=State.RUNNING, worker=worker, started_at=now, heartbeat_at=now)
                )
                if taken.rowcount:
                    row = connection.execute(select(runs).where(runs.c.id == run_id)).one()
                    return _run(row._mapping)
        return None

    def freeze(self, run_id: str, data_fingerprint: str, environment: dict[str, Any]) -> None:
        """Notes the exact data and the versions a run is trained with."""
        values = {"data_fingerprint": data_fingerprint, "environment": json.dumps(environment)}
        self._change(run_id, **values)

    def record(
        self, run_id: str, new_steps: Sequence[Step], progress: Progress, state: State
    ) -> Wish:
        """Adds steps to the curve, says how far the run is, and returns what is wanted of it."""
        with self._begin() as connection:
            if new_steps:
                rows = [{"run_id": run_id, **asdict(step)} for step in new_steps]
                connection.execute(insert(steps), rows)
            connection.execute(
                update(runs)
                .where(runs.c.id == run_id)
                .values(
                    progress=json.dumps(asdict(progress)), heartbeat_at=time.time(), state=state
                )
            )
            wish = connection.execute(select(runs.c.wish).where(runs.c.id == run_id)).scalar()
        return Wish(wish) if wish else Wish.STOP

    def record_epoch(self, run_id: str, epoch: Epoch) -> None:
        with self._begin() as connection:
            connection.execute(insert(epochs).values(run_id=run_id, **asdict(epoch)))

    def finish(
        self, run_id: str, state: State, message: str = "", result: Result | None = None
    ) -> None:
        """The run's end, whichever it is."""
        self._change(
            run_id,
            state=state,
            message=message,
            finished_at=time.time(),
            result=json.dumps(asdict(result)) if result else None,
        )

    def keep_file(self, run_id: str, name: str, content: bytes) -> None:
        """Keeps a file with a run, in place of one of the same name."""
        with self._begin() as connection:
            same = (files.c.run_id == run_id) & (files.c.name == name)
            connection.execute(delete(files).where(same))
            connection.execute(insert(files).values(run_id=run_id, name=name, content=content))

    def beat(self, worker: str) -> None:
        """Says that a worker is alive, whatever its run is busy with."""
        with self._begin() as connection:
            connection.execute(
                update(runs)
                .where(runs.c.worker == worker, runs.c.state.in_((State.RUNNING, State.PAUSED)))
                .values(heartbeat_at=time.time())
            )

    def mark_interrupted(self, worker: str | None = None) -> int:
        """Running runs whose worker is gone (that one, or any silent one) are interrupted."""
        gone = runs.c.heartbeat_at < time.time() - SILENT_AFTER_S
        if worker is not None:
            gone = runs.c.worker == worker
        with self._begin() as connection:
            marked = connection.execute(
                update(runs)
                .where(runs.c.state.in_((State.RUNNING, State.PAUSED)), gone)
                .values(
                    state=State.INTERRUPTED,
                    finished_at=time.time(),
                    message="The process that trained this run ended before it was done.",
                )
            )
        return int(marked.rowcount)

    # A page's side --------------------------------------------------------------------------

    def want(self, run_id: str, wish: Wish) -> None:
        """Asks for a run to go on, pause or stop; one that waits in the queue stops at once."""
        self._change(run_id, wish=wish)
        if wish is Wish.STOP:
            with self._begin() as connection:
                connection.execute(
                    update(runs)
                    .where(runs.c.id == run_id, runs.c.state == State.QUEUED)
                    .values(
                        state=State.STOPPED,
                        finished_at=time.time(),
                        message="Stopped before it began.",
                    )
                )

    def steps(self, run_id: str, at_most: int = 2_000) -> list[Step]:
        """The curve, thinned to about so many points; the last one is always there."""
        where = steps.c.run_id == run_id
        with self._begin() as connection:
            last = connection.execute(select(func.max(steps.c.step)).where(where)).scalar() or 0
            every = max(1, -(-last // at_most))
            query = select(steps).where(where).order_by(steps.c.step)
            if every > 1:
                query = query.where((steps.c.step % every == 0) | (steps.c.step == last))
            rows = connection.execute(query).all()
        return [Step(*row[1:]) for row in rows]

    def epochs(self, run_id: str) -> list[Epoch]:
        query = select(epochs).where(epochs.c.run_id == run_id).order_by(epochs.c.epoch)
        with self._begin() as connection:
            return [Epoch(*row[1:]) for row in connection.execute(query).all()]

    def file(self, run_id: str, name: str) -> bytes | None:
        query = select(files.c.content).where(files.c.run_id == run_id, files.c.name == name)
        with self._begin() as connection:
            content: bytes | None = connection.execute(query).scalar()
        return content

    # Inside ---------------------------------------------------------------------------------

    def _change(self, run_id: str, **values: Any) -> None:
        with self._begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(**values))

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(_reason(self.url, error)) from error


def _open(url: str) -> Engine:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Readers never wait for the writer, and a writer waits its turn."""
    for setting in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=10000",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {setting}")


def _prepare(connection: Connection) -> None:
    _tables.create_all(connection)
    version = connection.execute(select(about.c.schema_version)).scalar()
    if version is None:
        connection.execute(insert(about).values(schema_version=SCHEMA_VERSION))
    elif version != SCHEMA_VERSION:
        raise StoreError(
            f"this store has schema version {version}, this program reads {SCHEMA_VERSION}. "
            "Use the program that made it, or set CNN_STORE to another store."
        )


def _reason(url: str, error: Exception) -> str:
    cause = " ".join(str(getattr(error, "orig", None) or error).split())
    hint = "Check that its folder exists, can be written to, and has room; or set CNN_STORE."
    return f"the run store {url} could not be used: {cause}. {hint}"


def _run(row: Any) -> Run:
    result = json.loads(row["result"]) if row["result"] else None
    return Run(
        id=row["id"],
        name=row["name"],
        architecture=Architecture.from_json(row["architecture"]),
        configuration=Configuration.from_dict(json.loads(row["configuration"])),
        state=State(row["state"]),
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        wish=Wish(row["wish"]),
        progress=Progress(**json.loads(row["progress"])),
        result=Result(**result) if result else None,
        message=row["message"],
        data_fingerprint=row["data_fingerprint"],
        environment=json.loads(row["environment"]),
    )
