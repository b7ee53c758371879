"""Which workers there are: each says in the store, every few seconds, that it is alive.

A run whose worker has ended or fallen silent is marked as interrupted; should a silent one speak
again, its next report takes the run up again. Of a worker on this machine the process is looked
for: if it is gone, its silence need not be waited for; if it is there, it may have its reasons. One
whose row is damaged counts as silent.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, true, update

from cnn.training.recipe.run import CLAIMED, State, WorkerState
from cnn.training.store.identity import has_ended
from cnn.training.store.row_checks import are_whole
from cnn.training.store.store import Store, StoreError
from cnn.training.store.tables import runs, workers

HEARTBEAT_S = 2.0
SILENT_AFTER_S = 10.0
HUNG_AFTER_S = 120.0
"""So long a worker may be silent whose process is there: the store may be locked, or the machine
asleep.
"""

GONE = "The process that trained this run ended before it was done."


@contextlib.contextmanager
def present(
    store: Store, worker: str, state: WorkerState
) -> Iterator[Callable[[WorkerState], None]]:
    """Makes a worker known while the block runs; what is given back says what it is at now."""
    at = [state]
    ended = threading.Event()

    def say() -> None:
        with contextlib.suppress(StoreError):  # it is said again soon, and its run meets the same
            beat(store, worker, at[0])

    def is_now(state: WorkerState) -> None:
        at[0] = state
        say()

    def go_on() -> None:
        while not ended.wait(HEARTBEAT_S):
            say()

    beat(store, worker, state)
    beating = threading.Thread(target=go_on, daemon=True)
    beating.start()
    try:
        yield is_now
    finally:
        ended.set()
        beating.join()
        with contextlib.suppress(StoreError):  # then its silence has to say it
            dismiss(store, worker)


def worker_states(store: Store) -> list[WorkerState]:
    """What each worker heard of lately is at, as far as this version knows it."""
    return [state for _, state in heard(store)]


def heard(store: Store) -> list[tuple[str, WorkerState]]:
    """The workers heard of lately by their names, and what each is at."""
    said = select(workers.c.name, workers.c.heartbeat_at, workers.c.state)
    with store.begin() as connection:
        found = connection.execute(said.where(are_whole(connection, workers))).all()
    return [
        (name, WorkerState(state))
        for name, at, state in found
        if state in list(WorkerState) and not _is_gone(name, at)
    ]


def heard_at(store: Store) -> float | None:
    """When a worker was last heard of; None where none ever was."""
    with store.begin() as connection:
        last = select(func.max(workers.c.heartbeat_at)).where(are_whole(connection, workers))
        return connection.execute(last).scalar()


def state_of(store: Store, worker: str) -> WorkerState | None:
    """What one worker said last that it is at; None where it is not known."""
    said = select(workers.c.state).where(workers.c.name == worker)
    with store.begin() as connection:
        state = connection.execute(said).scalar()
    return WorkerState(state) if state in list(WorkerState) else None


def holders(store: Store) -> list[str]:
    """The names of the workers that have a run."""
    with store.begin() as connection:
        found = connection.execute(select(runs.c.worker).where(runs.c.state.in_(CLAIMED))).scalars()
        return [one for one in found if isinstance(one, str)]


def held_by(store: Store, worker: str) -> str | None:
    """The run that a worker whose name begins so has, or had as it was lost."""
    is_theirs = runs.c.worker.startswith(worker) & runs.c.state.in_((*CLAIMED, State.INTERRUPTED))
    with store.begin() as connection:
        found: str | None = connection.execute(select(runs.c.id).where(is_theirs)).scalar()
    return found


def give_up(store: Store, run_id: str, held_by: str, why: str) -> None:
    """Interrupts a queued run, or one whose worker's name begins so: nobody trains it."""
    is_theirs = runs.c.worker.startswith(held_by) & runs.c.state.in_((*CLAIMED, State.INTERRUPTED))
    with store.begin() as connection:
        connection.execute(
            update(runs)
            .where(runs.c.id == run_id, is_theirs | (runs.c.state == State.QUEUED))
            .values(state=State.INTERRUPTED, finished_at=time.time(), message=why)
        )


def dismiss(store: Store, worker: str) -> None:
    """Forgets a worker that has ended; what it was busy with is interrupted."""
    with store.begin() as connection:
        connection.execute(delete(workers).where(workers.c.name == worker))
        _interrupt(connection, runs.c.worker == worker)


def dismiss_silent(store: Store) -> None:
    """Does so for every worker whose process is gone, or that has fallen silent."""
    is_claimed = runs.c.state.in_(CLAIMED)
    with store.begin() as connection:
        are_damaged = are_whole(connection, workers).is_not(true())
        damaged = connection.execute(select(workers.c.name).where(are_damaged).limit(1)).first()
        gone = [
            name
            for name, at in connection.execute(
                select(workers.c.name, workers.c.heartbeat_at).where(~are_damaged)
            )
            if _is_gone(name, at)
        ]
        claimed = connection.execute(select(runs.c.id).where(is_claimed).limit(1)).first()
        if damaged or gone or claimed:  # so that looking never locks
            connection.execute(delete(workers).where(workers.c.name.in_(gone) | are_damaged))
            _interrupt(connection, runs.c.worker.not_in(select(workers.c.name)))


def _is_gone(name: str, heard_at: float) -> bool:
    ended, silent_s = has_ended(name), time.time() - heard_at
    if ended is None:
        return silent_s > SILENT_AFTER_S
    return ended or silent_s > HUNG_AFTER_S


def beat(store: Store, worker: str, state: WorkerState) -> None:
    """Says that a worker is alive, and what it is at."""
    values = {"state": state, "heartbeat_at": time.time()}
    with store.begin() as connection:
        known = update(workers).where(workers.c.name == worker).values(values)
        if not connection.execute(known).rowcount:
            connection.execute(insert(workers).values(name=worker, **values))


def _interrupt(connection: Connection, whose: ColumnElement[bool]) -> None:
    connection.execute(
        update(runs)
        .where(runs.c.state.in_(CLAIMED), whose)
        .values(state=State.INTERRUPTED, finished_at=time.time(), message=GONE)
    )
