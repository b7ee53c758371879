"""Runs that wait in the queue, and the workers that claim them: in turn (`turns`), each once."""

from __future__ import annotations

import time

from sqlalchemy import ColumnElement, func, select, true, update

from cnn.training.recipe.run import CLAIMED, Run, State
from cnn.training.store import run_rows
from cnn.training.store.database import hold
from cnn.training.store.records import Records
from cnn.training.store.sight import of_all
from cnn.training.store.tables import runs
from cnn.training.store.turns import IS_WAITING, Place, in_turn, may_begin, most_running, place


class Waiting(Records):
    """The queue of a store, as those meet it who train."""

    def claim_next(self, worker: str) -> Run | None:
        """The queued run whose turn it is, now this worker's; None without one that can be read."""
        return self._claim(true(), worker)

    def claim(self, run_id: str, worker: str) -> Run | None:
        """This run, from now on this worker's; None where it does not wait any more."""
        return self._claim(runs.c.id == run_id, worker)

    def waiting(self) -> list[str]:
        """The ids of all queued runs that can be read, whose turn it is first."""
        with self.begin() as connection:
            found = connection.execute(in_turn(connection)).mappings().all()
        return [run.id for run in run_rows.readable(found)]

    def place(self, run_id: str) -> Place | None:
        """Where a run stands in the queue, as it looks now; None where it does not wait."""
        with self.begin() as connection:
            return place(connection, run_id)

    def in_training(self) -> int:
        """How many runs workers have, whoever's they are."""
        query = select(func.count()).select_from(runs).where(runs.c.state.in_(CLAIMED))
        with self.begin() as connection:
            return int(connection.execute(of_all(query)).scalar_one())

    def _claim(self, which: ColumnElement[bool], worker: str) -> Run | None:
        passed: list[str] = []  # what cannot be read, and what another worker was faster to claim
        unnamed = 0  # rows of a damaged store that their id, as it is read, does not lead to
        while True:
            with self.begin() as connection:
                others = in_turn(connection).where(which, runs.c.id.not_in(passed))
                row = connection.execute(others.limit(1).offset(unnamed)).first()
                if row is None:  # so that waiting never locks
                    return None
                if not isinstance(row.id, str) or row.id in passed:
                    unnamed += 1
                    continue
                passed.append(row.id)
                if not isinstance(run_rows.run(row._mapping), Run):
                    continue
                if most_running() is not None:
                    hold(connection)  # or two workers would count the same few
                this = select(runs.c.id).where(runs.c.id == row.id, IS_WAITING, may_begin())
                unlocked = this.with_for_update(skip_locked=True)  # SQLite has one writer anyway
                claimed = connection.execute(
                    update(runs)
                    .where(runs.c.id == unlocked.scalar_subquery(), IS_WAITING)
                    .values(
                        state=State.RUNNING,
                        worker=worker,
                        started_at=func.coalesce(runs.c.started_at, time.time()),
                    )
                    .returning(runs)
                ).first()
            if claimed:
                found = run_rows.run(claimed._mapping)
                assert isinstance(found, Run)
                return found
