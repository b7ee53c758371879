"""Going on with a training that has ended: where it was cut off, or beyond its last epoch.

A run that was cut off goes on as itself. One that is finished stays as it is, and what continues it
is a run of its own: it begins with the curve and the checkpoint of the other, and its schedule is
laid anew over the epochs it adds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, literal, select, update

from cnn.training.engine.snapshots import are_weights_kept, state_name, weights_name
from cnn.training.forecast import limits
from cnn.training.recipe import earlier
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import (
    ASSIGNMENT,
    CLAIMED,
    HANDED_IN,
    MODEL,
    PREDICTIONS,
    SNAPSHOT,
    STATE_AFTER,
    TRACEBACK,
    WEIGHTS_AFTER,
    Checkpoint,
    Progress,
    Run,
    State,
    Wish,
)
from cnn.training.recipe.told_loss import handed_on
from cnn.training.recipe.unreadable import Unreadable, written_by
from cnn.training.store import run_rows, tables
from cnn.training.store.store import Store, new_run
from cnn.training.store.tables import runs
from cnn.training.workers import queue

RESUMABLE = (State.INTERRUPTED, State.STOPPED, State.FAILED)
LEFT_BEHIND = (PREDICTIONS, TRACEBACK, MODEL)


class ContinuationError(ValueError):
    """A training that cannot go on, and what to do instead."""


def resume(store: Store, run_id: str, *, worker: str = "") -> Run:
    """Puts a run that was cut off back into the queue, or straight into the hands of a worker.

    What it did after its checkpoint is dropped, and will be done again; without one, all of it.
    Raises `ConfigurationError` where the queue is full.
    """
    state = State.RUNNING if worker else State.QUEUED
    changes = {"state": state, "wish": Wish.RUN, "worker": worker}
    with _transaction(store, worker) as connection:
        run = _taken_up(connection, run_id, runs.c.state.in_(RESUMABLE), changes)
    if run is None:
        raise _refusal(store, run_id, "resumed")
    return run


def take_over(store: Store, run_id: str, worker: str, *, held_by: str) -> Run | None:
    """Puts a run into the hands of a worker who follows one that is gone, and whose name began so.

    It goes on as if resumed, but what is wanted of it stays. None where it is not that one's.
    """
    left = runs.c.state.in_((*CLAIMED, State.INTERRUPTED)) & runs.c.worker.startswith(held_by)
    with store.begin() as connection:
        return _taken_up(connection, run_id, left, {"state": State.RUNNING, "worker": worker})


def _transaction(store: Store, worker: str) -> AbstractContextManager[Connection]:
    """One in which a run may join the queue, where no worker has it in hand."""
    return store.begin() if worker else queue.room_for(store)


def _taken_up(
    connection: Connection, run_id: str, is_free: ColumnElement[bool], changes: dict[str, str]
) -> Run | None:
    """A run back at its last checkpoint, where it is free to be taken up and can be read."""
    row = connection.execute(select(runs).where(runs.c.id == run_id, is_free)).first()
    if row is None or not isinstance(run_rows.run(row._mapping), Run):
        return None
    row = connection.execute(
        update(runs)
        .where(runs.c.id == run_id, is_free)
        .values(finished_at=None, message="", **changes)
        .returning(runs)
    ).first()
    run = run_rows.run(row._mapping) if row else None
    if not isinstance(run, Run):
        return None
    at = run.checkpoint or Checkpoint()
    _drop_after(connection, run_id, at)
    progress = replace(run.progress, epoch=at.epoch, step=at.step, seconds=at.seconds_in_all)
    waiting = replace(progress, seconds_left=None, phase="")
    this = update(runs).where(runs.c.id == run_id)
    connection.execute(this.values(progress=json.dumps(asdict(waiting))))
    return replace(run, progress=waiting)


def extend(store: Store, run_id: str, more_epochs: int, *, worker: str = "") -> Run:
    """A new run that goes on from the end of a finished one for so many epochs more.

    Raises `ConfigurationError` where its network or all its epochs are too much for this machine,
    or the queue is full.
    """
    if more_epochs < 1:
        raise ContinuationError(f"{more_epochs} epochs more are none. Add 1 or more.")
    old = store.get(run_id)
    if old is None or old.state is not State.FINISHED or old.checkpoint is None:
        raise _refusal(store, run_id, "extended")
    if old.configuration.has_budget:
        raise ContinuationError(
            f"{old.name}, run {old.id}, cannot be extended: it was given {old.configuration.length}"
            " and not a number of epochs. Train it anew with more of them."
        )
    if change := earlier.cannot_continue(old):
        raise ContinuationError(
            f"{old.name}, run {old.id}, cannot be extended: an earlier version trained it with an "
            f"end that is not trained any more. Train it anew, with this change: {change}"
        )
    at = old.checkpoint
    configuration = replace(old.configuration, epochs=at.epoch - 1 + more_epochs)
    architecture, changes = earlier.continued(old, at.step)
    if architecture != old.architecture:  # a best loss of another kind is none
        at = replace(at, best_epoch=0, best_loss=None)
    limits.check_size(architecture)
    limits.check_epochs(configuration)
    new = replace(
        new_run(architecture, configuration, worker=worker, changes=changes),
        name=old.name,
        progress=Progress(at.epoch, at.step, seconds=at.seconds_in_all),
        checkpoint=at,
        continues=old.id,
        first_step=at.step,
        data_fingerprint=old.data_fingerprint,
        images=old.images,
        environment=handed_on(old) | written_by(),
    )
    states = [state_name(epoch) for epoch in store.snapshots(old.id, STATE_AFTER)]
    left_behind = (*LEFT_BEHIND, ASSIGNMENT, HANDED_IN, *states)
    left_behind += tuple(_too_many_weights(store, old.id, configuration.epochs))
    with _transaction(store, worker) as connection:
        connection.execute(insert(runs).values(run_rows.columns(new)))
        for table in tables.BELONGINGS:
            _copy(connection, table, old.id, new.id, left_behind)
    return new


def _too_many_weights(store: Store, run_id: str, epochs: int) -> list[str]:
    """The weights of epochs which a run of so many more has no room for."""
    sizes = store.file_sizes(run_id)
    kept = {epoch: weights_name(epoch) for epoch in store.snapshots(run_id, WEIGHTS_AFTER)}
    return [
        name for epoch, name in kept.items() if not are_weights_kept(epoch, epochs, sizes[name])
    ]


def _copy(
    connection: Connection, table: Table, old_id: str, new_id: str, left_behind: Sequence[str]
) -> None:
    """Copies what belongs to one run to another, without leaving the database."""
    others = [column for column in table.columns if column.name != "run_id"]
    found = select(literal(new_id), *others).where(table.c.run_id == old_id)
    if table is tables.files:
        found = found.where(table.c.name.not_in(left_behind))
    names = ["run_id", *(column.name for column in others)]
    connection.execute(insert(table).from_select(names, found))


def _drop_after(connection: Connection, run_id: str, at: Checkpoint) -> None:
    """Takes back what a run recorded after its checkpoint."""

    def drop(table: Table, *where: Any) -> None:
        connection.execute(delete(table).where(table.c.run_id == run_id, *where))

    drop(tables.steps, tables.steps.c.step > at.step)
    drop(tables.gradients, tables.gradients.c.step > at.step)
    drop(tables.epochs, tables.epochs.c.epoch >= at.epoch)
    name = tables.files.c.name
    for each in (SNAPSHOT, WEIGHTS_AFTER, STATE_AFTER):
        drop(tables.files, name.startswith(each), name >= f"{each}{at.epoch:04}")
    drop(tables.files, name.in_(LEFT_BEHIND))


def _refusal(store: Store, run_id: str, wanted: str) -> ContinuationError:
    run = store.look_up(run_id)
    if isinstance(run, Elsewhere | Unreadable):
        return ContinuationError(run.words)
    if run is None:
        return ContinuationError(f"there is no run {run_id!r} to be {wanted}. It may be deleted.")
    if run.is_live:
        why, way_out = f"it is {run.state} already", "Wait for its end"
    elif run.state is State.DIVERGED:
        why, way_out = "it would diverge again", "Train it anew with a lower learning rate"
    elif wanted == "extended" and run.state is not State.FINISHED:
        why, way_out = f"it is {run.state}", "Resume it first"
    elif wanted == "extended":
        why, way_out = "it kept no checkpoint", "Train it anew with more epochs"
    else:
        why, way_out = f"it is {run.state}", "Extend it by more epochs"
    return ContinuationError(f"{run.name}, run {run.id}, cannot be {wanted}: {why}. {way_out}.")
