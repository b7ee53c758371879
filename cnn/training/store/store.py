"""The run store: where pages and workers meet. Owns every query on runs, and all that writes what
belongs to them; `records` reads it, and `waiting` has those that wait for a worker.

A run belongs to the worker that claimed it; `heartbeats` sees to those whose worker is gone. What
another version of the program wrote and this one cannot read is left alone, and given as that only
to those who ask for it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, RowMapping, case, delete, func, insert, select, true, update

from cnn.network.architecture import Architecture
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.elsewhere import Elsewhere, Told
from cnn.training.recipe.run import (
    Checkpoint,
    Epoch,
    GradientNorms,
    Progress,
    Result,
    Run,
    State,
    Step,
    Wish,
)
from cnn.training.recipe.unreadable import Unreadable, written_by
from cnn.training.store import rows, run_rows, tables
from cnn.training.store.store_error import StoreError
from cnn.training.store.tables import runs
from cnn.training.store.waiting import Waiting

__all__ = ["BY_HAND", "DELETED", "Store", "StoreError", "TakenOver"]

BY_HAND = "Stopped by hand; the test set was not looked at."
DELETED = "Deleted while it was trained: nothing of it is kept."
BEFORE_IT_BEGAN = "Stopped before it began."


class TakenOver(Exception):
    """A run that was thought to have lost its worker is in the hands of another one now."""


def new_run(
    architecture: Architecture,
    configuration: Configuration,
    *,
    worker: str = "",
    changes: Sequence[str] = (),
) -> Run:
    """A run that begins now: queued, or in a worker's hands; `changes` fitted network and data."""
    now = time.time()
    return Run(
        id=uuid.uuid4().hex[:12],
        name=architecture.name,
        architecture=architecture,
        configuration=configuration,
        state=State.RUNNING if worker else State.QUEUED,
        created_at=now,
        started_at=now if worker else None,
        environment=written_by(),
        worker=worker,
        changes=tuple(changes),
    )


class Store(Waiting):
    """The runs at one URL. Safe to use from several threads and processes at once."""

    # Making and finding ---------------------------------------------------------------------

    def add(
        self,
        architecture: Architecture,
        configuration: Configuration,
        *,
        worker: str = "",
        changes: Sequence[str] = (),
        files: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Run:
        """Puts a run in a worker's hands, or the queue, whose limit `queue.put` looks at."""
        run = new_run(architecture, configuration, worker=worker, changes=changes)
        with self.begin() as connection:
            connection.execute(insert(runs).values(run_rows.columns(run)))
            rows.put_files(connection, run.id, files)
        return run

    def add_elsewhere(self, one: Elsewhere) -> None:
        """Puts a training that another program does into the list."""
        with self.begin() as connection:
            connection.execute(insert(runs).values(run_rows.elsewhere_columns(one)))

    def tell(self, run_id: str, told: Told) -> None:
        """Notes what is known by now of a training that another program does."""
        self._change(run_id, elsewhere=json.dumps(asdict(told)))

    def get(self, run_id: str) -> Run | None:
        """The run, where it is there and can be read."""
        found = self.look_up(run_id)
        return found if isinstance(found, Run) else None

    def look_up(self, run_id: str) -> Run | Elsewhere | Unreadable | None:
        """The run, or what is known of one that was trained elsewhere or cannot be read; None where
        there is none.
        """
        with self.begin() as connection:
            row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
        return run_rows.run(row._mapping) if row else None

    def latest(self, limit: int = 50, offset: int = 0) -> list[Run]:
        """Runs that can be read, the newest first, a page at a time."""
        query = select(runs).order_by(runs.c.created_at.desc(), runs.c.id)
        with self.begin() as connection:
            found = connection.execute(query.limit(limit).offset(offset)).mappings().all()
        return run_rows.readable(found)

    def find(self, recipes: Sequence[str]) -> list[Run]:
        """All runs of these recipes that can be read, the oldest first."""
        return run_rows.readable(self._of(recipes))

    def unreadable(self, recipes: Sequence[str]) -> list[Unreadable]:
        """The others of these recipes."""
        return run_rows.unreadable(self._of(recipes))

    def _of(self, recipes: Sequence[str]) -> Sequence[RowMapping]:
        query = select(runs).where(runs.c.recipe.in_(recipes)).order_by(runs.c.created_at)
        with self.begin() as connection:
            return connection.execute(query).mappings().all()

    def count(self, states: Sequence[State] | None = None) -> int:
        query = select(func.count()).select_from(runs)
        if states is not None:
            query = query.where(runs.c.state.in_(states))
        with self.begin() as connection:
            return int(connection.execute(query).scalar_one())

    def remove(self, run_id: str) -> bool:
        """Deletes a run with all that belongs to it; says whether there was one."""
        with self.begin() as connection:
            for table in tables.BELONGINGS:
                connection.execute(delete(table).where(table.c.run_id == run_id))
            return connection.execute(delete(runs).where(runs.c.id == run_id)).rowcount > 0

    # A worker's side ------------------------------------------------------------------------

    def freeze(
        self,
        run_id: str,
        data_fingerprint: str,
        images: dict[str, int],
        environment: dict[str, Any],
    ) -> None:
        """Notes the exact data, the size of its splits, and the versions a run is trained with."""
        self._change(
            run_id,
            data_fingerprint=data_fingerprint,
            images=json.dumps(images),
            environment=json.dumps(environment),
        )

    def record(
        self,
        run_id: str,
        new_steps: Sequence[Step],
        progress: Progress,
        state: State = State.RUNNING,
        *,
        gradients: Sequence[GradientNorms] = (),
        worker: str = "",
    ) -> Wish:
        """Adds steps to the curve, says how far the run is, and returns what is wanted of it.

        Raises `TakenOver` where the run is another worker's by now, and changes nothing then.
        """
        this = runs.c.id == run_id
        with self.begin() as connection:
            wish = connection.execute(
                update(runs)
                .where(this, runs.c.worker == worker if worker else true())
                .values(
                    progress=json.dumps(asdict(progress)), state=state, finished_at=None, message=""
                )
                .returning(runs.c.wish)
            ).scalar()
            if wish is None:
                if _exists(connection, run_id):
                    raise TakenOver
                return Wish.STOP  # the run was deleted
            if new_steps:
                new = [{"run_id": run_id, **asdict(step)} for step in new_steps]
                connection.execute(insert(tables.steps), new)
            if gradients:
                connection.execute(insert(tables.gradients), rows.gradients(run_id, gradients))
        return Wish(wish)

    def record_epoch(
        self,
        run_id: str,
        epoch: Epoch,
        files: Mapping[str, bytes] = MappingProxyType({}),
        *,
        worker: str = "",
    ) -> None:
        """Adds an epoch to the curve, with the files that show where it led."""
        with self.begin() as connection:
            if _exists(connection, run_id, worker):
                connection.execute(insert(tables.epochs).values(run_id=run_id, **asdict(epoch)))
                rows.put_files(connection, run_id, files)

    def keep_file(self, run_id: str, name: str, content: bytes) -> None:
        """Keeps a file with a run, in place of one of the same name."""
        self.keep_files(run_id, {name: content})

    def keep_files(
        self,
        run_id: str,
        files: Mapping[str, bytes],
        checkpoint: Checkpoint | None = None,
        *,
        worker: str = "",
    ) -> None:
        """Keeps several, and where a checkpoint stands; nothing in another worker's run."""
        with self.begin() as connection:
            if _exists(connection, run_id, worker):
                rows.put_files(connection, run_id, files)
                if checkpoint:
                    where = json.dumps(asdict(checkpoint))
                    query = update(runs).where(runs.c.id == run_id)
                    connection.execute(query.values(checkpoint=where))

    def finish(
        self,
        run_id: str,
        state: State,
        message: str = "",
        result: Result | None = None,
        *,
        worker: str = "",
    ) -> None:
        """The run's end, whichever it is; nothing at all where it is another worker's by now."""
        self._change(
            run_id,
            worker,
            state=state,
            message=message,
            finished_at=time.time(),
            result=json.dumps(asdict(result)) if result else None,
        )

    # A page's side --------------------------------------------------------------------------

    def want(self, run_id: str, wish: Wish) -> None:
        """Asks for a run to go on, pause or stop; one that waits in the queue stops at once."""
        with self.begin() as connection:
            this = runs.c.id == run_id
            connection.execute(update(runs).where(this).values(wish=wish))
            if wish is Wish.STOP:
                connection.execute(
                    update(runs)
                    .where(this, runs.c.state == State.QUEUED)
                    .values(
                        state=State.STOPPED,
                        finished_at=time.time(),
                        message=case((runs.c.checkpoint.is_(None), BEFORE_IT_BEGAN), else_=BY_HAND),
                    )
                )

    def _change(self, run_id: str, its_worker: str = "", **values: Any) -> None:
        this = (runs.c.id == run_id) & (runs.c.worker == its_worker if its_worker else true())
        with self.begin() as connection:
            connection.execute(update(runs).where(this).values(**values))


def _exists(connection: Connection, run_id: str, its_worker: str = "") -> bool:
    """Whether a run is still there, and its worker's: it may be deleted while it is trained."""
    this = (runs.c.id == run_id) & (runs.c.worker == its_worker if its_worker else true())
    return connection.execute(select(runs.c.id).where(this)).first() is not None
