"""In how many seconds a run that waits is begun: reckoned from the trainings before it.

Nothing is said where one of them was not measured on this machine, or nobody knows who trains it.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from cnn.data import DatasetSpec
from cnn.training.engine.kept_machines import found_compiled
from cnn.training.forecast import augmentation_cost, calibration
from cnn.training.forecast.estimate import estimate, measured_here
from cnn.training.recipe.run import CLAIMED, Run, State, Wish, WorkerState
from cnn.training.store import run_rows
from cnn.training.store.heartbeats import heard
from cnn.training.store.sight import of_all
from cnn.training.store.store import Store
from cnn.training.store.tables import runs

MEASURED = 30
"""By how many of the last trainings it is reckoned, whoever's they are."""


def wait_s(store: Store, ahead: Sequence[str]) -> float | None:
    """How long it is until a run is begun that has these before it, in their order; None where
    that cannot be reckoned.
    """
    workers = heard(store)
    ready = [name for name, state in workers if state is WorkerState.READY]
    if not ready or any(state is WorkerState.DISPATCHING for _, state in workers):
        return None
    busy, before, done = _found(store, ready, ahead)
    if len(before) < len(ahead):
        return None
    took = _seconds([*busy.values(), *before], done)
    free = []
    for name in ready:
        run = busy.get(name)
        if run is not None and (run.state is State.PAUSED or run.wish is Wish.PAUSE):
            continue  # nobody knows for how long
        left = 0.0 if run is None else _left_s(run, took[run.id])
        if left is None:
            return None
        free.append(left)
    heapq.heapify(free)
    for one in before:
        seconds = took[one.id]
        if seconds is None or not free:
            return None
        heapq.heapreplace(free, free[0] + seconds)
    return free[0] if free else None


def _found(
    store: Store, ready: Sequence[str], ahead: Sequence[str]
) -> tuple[dict[str, Run], list[Run], list[Run]]:
    """What each worker trains, the runs ahead, and the last that were finished."""
    last = select(runs).where(runs.c.state == State.FINISHED).order_by(runs.c.finished_at.desc())
    with store.begin() as connection:
        busy, before, done = (
            run_rows.readable(connection.execute(of_all(query)).mappings())
            for query in (
                select(runs).where(runs.c.state.in_(CLAIMED), runs.c.worker.in_(ready)),
                select(runs).where(runs.c.id.in_(ahead)),
                last.limit(MEASURED),
            )
        )
    by_id = {one.id: one for one in before}
    return {one.worker: one for one in busy}, [by_id[id] for id in ahead if id in by_id], done


def _left_s(run: Run, whole_s: float | None) -> float | None:
    if run.progress.seconds_left is not None:
        return run.progress.seconds_left
    return None if whole_s is None else max(0.0, whole_s - run.progress.seconds)


def _seconds(wanted: Sequence[Run], done: Sequence[Run]) -> Mapping[str, float | None]:
    """How long each takes from its first step on, as far as it is known; alike ones once."""
    prices, costs, here = calibration.load(), augmentation_cost.load(), measured_here(done)
    sizes = {_data(run): run.images for run in here if "train" in run.images}
    found: dict[str, float | None] = {}
    known: dict[object, float | None] = {}
    compiled = found_compiled([(run.architecture, run.configuration) for run in wanted])
    for run, is_compiled in zip(wanted, compiled, strict=True):
        images = run.images or sizes.get(_data(run), {})
        key = run.architecture, replace(run.configuration, seed=0), is_compiled
        if "train" not in images:
            found[run.id] = None
            continue
        if key not in known:
            told = estimate(
                *(run.architecture, run.configuration, images, prices, here),
                is_compiled=is_compiled,
                costs=costs,
            )
            known[key] = None if told.is_rough else told.seconds
        whole = known[key]
        done_s = run.checkpoint.seconds if run.checkpoint else 0.0  # before it was cut off
        found[run.id] = None if whole is None else max(0.0, whole - done_s)
    return found


def _data(run: Run) -> DatasetSpec:
    return run.configuration.dataset
