"""Whether the program can do its work now, for those who keep it running: the store takes what is
written, and somebody trains what is queued.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert

from cnn.settings import whole_setting
from cnn.training.recipe.run import TAKES_RUNS, State, WorkerState
from cnn.training.store.heartbeats import heard_at, worker_states
from cnn.training.store.store import Store
from cnn.training.store.store_error import StoreBusy, StoreError
from cnn.training.store.tables import workers
from cnn.training.workers.metrics import Metric
from cnn.training.workers.ray_cluster import WRONG

PATIENCE_S, REST_S = 1.0, 0.05
"""So long another writer may hold the store before it counts as one that cannot be written to."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found, and the `troubles` in words; `heard_at` is when a worker last said anything.

    What a store that cannot be read does not tell is None.
    """

    is_writable: bool
    heard_at: float | None = None
    queue_length: int | None = None
    troubles: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        return not self.troubles

    def to_dict(self, now: float) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "ready": self.is_ready,
            "store_writable": self.is_writable,
            "worker_heard_s_ago": None if self.heard_at is None else max(now - self.heard_at, 0.0),
            "queue_length": self.queue_length,
            "troubles": list(self.troubles),
        }

    def metrics(self) -> list[Metric]:
        """The same as numbers; what is not known is left out."""
        return [
            Metric("ready", "Whether runs can be kept and are trained: 1 or 0.", self.is_ready),
            Metric("store_writable", "Whether the run store takes writes.", self.is_writable),
            Metric(
                "worker_heard_timestamp_seconds", "When a worker was last heard of.", self.heard_at
            ),
            Metric("queue_length", "Runs that wait to be trained.", self.queue_length),
        ]


def readiness(opened: Callable[[], Store]) -> Readiness:
    """Looks now. `opened` gives the store, and is what may fail first."""
    try:
        store = opened()
        queue_length, states = store.count([State.QUEUED]), worker_states(store)
        heard = heard_at(store)
    except StoreError as error:
        return Readiness(is_writable=False, troubles=(_sentence(error),))
    troubles = []
    try:
        _write(store)
    except StoreError as error:
        troubles.append(_sentence(error))
    is_writable = not troubles
    if whole_setting("CNN_WORKERS", 1) and not any(one in TAKES_RUNS for one in states):
        troubles.append(_nobody_takes_runs(states))
    return Readiness(is_writable, heard, queue_length, tuple(troubles))


def _write(store: Store) -> None:
    """Writes something that nobody ever sees, and that is gone when it is written."""
    row = {"name": f"probe-{uuid.uuid4().hex}", "state": WorkerState.ENDING, "heartbeat_at": 0.0}
    hurried, until = store.hurried(), time.monotonic() + PATIENCE_S
    while True:
        try:
            with hurried.begin() as connection:
                connection.execute(insert(workers).values(row))
                connection.execute(delete(workers).where(workers.c.name == row["name"]))
            return
        except StoreBusy:
            if time.monotonic() > until:
                raise
            time.sleep(REST_S)


def _nobody_takes_runs(states: list[WorkerState]) -> str:
    wrong = next((WRONG[state] for state in states if state in WRONG), "")
    return wrong.replace("`", "") or (
        "No worker takes what is queued: none has been heard of lately. The app starts one in a "
        "few seconds; worker.log in CNN_HOME says what ends it."
    )


def _sentence(error: StoreError) -> str:
    said = str(error)
    return f"{said[0].upper()}{said[1:]}"
