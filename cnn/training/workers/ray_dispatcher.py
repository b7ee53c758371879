"""The process that hands the queue on to a Ray cluster, in place of the worker of a single machine.

A process of its own, as Ray ends the one that loses its cluster; the pool starts another then.
Runs wait in the store until a node takes them, each in its turn: what this process forgets with its
end, nobody misses, and of two apps that hand on as many tasks as runs, half of them find none.
"""

from __future__ import annotations

import contextlib
import logging
import math
import signal
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from cnn import log
from cnn.people import leaving
from cnn.training.recipe.run import WorkerState
from cnn.training.store.heartbeats import dismiss_silent, give_up, held_by, holders, present
from cnn.training.store.store import Store, StoreError
from cnn.training.upkeep import making_room
from cnn.training.workers import checks, ray_task
from cnn.training.workers.ray_cluster import (
    OOM_RETRIES,
    ClusterError,
    join,
    nodes,
    request,
    what_is_wrong,
    whole_url,
    without_password,
)
from cnn.training.workers.worker import MOST_RUNS, follow

POLL_S = 0.2
LOOK_S = 5.0
"""How often the cluster is looked at, and joined anew where that failed."""

END_S = 8.0
"""How long the tasks of a dispatcher that ends have to keep their checkpoints."""

MOST_UNBEGUN = 4
"""How many tasks Ray has that no node has begun, so that none of them waits for work."""

RETRIES = 3
"""How often Ray begins a task again whose node or process died."""

_log = logging.getLogger(__name__)


def dispatch(store: Store, name: str, *, parent: int | None = None) -> None:
    """Hands queued runs on to Ray until asked to end, or until the pipe to the parent closes."""
    gone, busy = threading.Event(), threading.Event()
    if parent is not None:
        threading.Thread(target=follow, args=(parent, gone, busy, store, name), daemon=True).start()
    trouble = log.Trouble(_log)
    with present(store, name, WorkerState.STARTING) as is_now:
        while not gone.is_set():
            try:
                ray = join(store.url)
                trouble.is_over()
            except ClusterError as error:
                is_now(error.state)
                trouble.is_met(error)
                gone.wait(LOOK_S)
                continue
            for number in (signal.SIGINT, signal.SIGTERM):  # not before: Ray has its own
                signal.signal(number, lambda *_: gone.set())
            busy.set()
            try:
                dispatcher, at = _Dispatcher(store, name, ray), WorkerState.STARTING
                while not gone.is_set():
                    with contextlib.suppress(StoreError):  # the pages say what is wrong with it
                        found = dispatcher.hand_on()
                        if found is not at:
                            is_now(at := found)
                    gone.wait(POLL_S)
                is_now(WorkerState.ENDING)
                dispatcher.end()
            finally:
                ray.shutdown()


@dataclass(frozen=True, slots=True)
class _Task:
    """A task that Ray has, and the run it was handed on for, though another may be first as it
    begins; none where it checks designs.
    """

    id: str
    run_id: str | None


class _Dispatcher:
    """What was handed on to one cluster, and is not done yet."""

    def __init__(self, store: Store, name: str, ray: Any) -> None:
        self._store, self._name, self._ray = store, name, ray
        self._url = without_password(whole_url(store.url))
        remote = ray.remote(max_retries=RETRIES, max_calls=MOST_RUNS)
        self._training, self._checking = remote(ray_task.train), remote(ray_task.check_designs)
        self._tasks: dict[Any, _Task] = {}
        self._looked_at = self._checks_failed_at = -math.inf
        self._wrong: WorkerState | None = None

    def hand_on(self) -> WorkerState:
        """Sees what has ended, hands on what is queued, and says what this process is at."""
        ended = self._ended()
        for ref in ended:
            self._see(ref)
        if ended:
            making_room.keep_to_limits(self._store)
        if time.monotonic() - self._looked_at >= LOOK_S:
            self._look()
        if self._wrong:
            return self._wrong
        waiting = self._store.waiting()
        unbegun = [task.run_id for task in self._unbegun().values()]
        room = min(MOST_UNBEGUN, len(waiting)) - len(unbegun)
        for run_id in [one for one in waiting if one not in unbegun][: max(room, 0)]:
            self._train(run_id)
        are_checked = any(task.run_id is None for task in self._tasks.values())
        may_check = time.monotonic() - self._checks_failed_at > LOOK_S and not are_checked
        if may_check and checks.is_wanted(self._store):
            self._check()
        return WorkerState.DISPATCHING

    def end(self) -> None:
        """Takes back what no node has begun with, and waits until the others have put it down."""
        with contextlib.suppress(StoreError):
            for ref in self._unbegun():
                self._ray.cancel(ref)
        if self._tasks:
            self._ray.wait(list(self._tasks), num_returns=len(self._tasks), timeout=END_S)

    def _unbegun(self) -> dict[Any, _Task]:
        """The trainings that have no run yet."""
        busy = holders(self._store)
        return {
            ref: task
            for ref, task in self._tasks.items()
            if task.run_id and not any(one.startswith(ray_task.called(task.id)) for one in busy)
        }

    def _ended(self) -> list[Any]:
        if not self._tasks:
            return []
        refs = list(self._tasks)
        ended, _ = self._ray.wait(refs, num_returns=len(refs), timeout=0)
        return list(ended)

    def _see(self, ref: Any) -> None:
        """Takes a task that has ended off the list; one that failed is said with its run."""
        task = self._tasks[ref]
        try:
            self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            name = ray_task.called(task.id)
            run_id = held_by(self._store, name) or task.run_id
            _log.warning("%s", error, extra={"run": run_id})
            if run_id:
                give_up(self._store, run_id, name, self._why(error))
            else:
                self._checks_failed_at = time.monotonic()
        del self._tasks[ref]

    def _why(self, error: Exception) -> str:
        if isinstance(error, self._ray.exceptions.RayTaskError):
            cause = error.cause
            said = f"{type(cause).__name__}: {cause}"
            return f"A node of the Ray cluster could not train this run. {said}"[:2_000]
        if isinstance(error, self._ray.exceptions.RuntimeEnvSetupError):
            return f"A node of the Ray cluster could not be made ready: {error}"[:2_000]
        if isinstance(error, self._ray.exceptions.OutOfMemoryError):
            return (
                "The machines of the Ray cluster had too little memory for this run: Ray ended it "
                f"{OOM_RETRIES + 1} times, to save the machine. Train with a smaller batch or "
                "network, or add a machine with more memory; then resume it."
            )
        times = f"{RETRIES + 1} time{'s' * (RETRIES > 0)}"
        return (
            f"The nodes or processes that trained this run on Ray died {times} "
            f"({type(error).__name__}). See what kills them, then resume it."
        )

    def _look(self) -> None:
        there = nodes(self._ray)
        here = self._ray.util.get_node_ip_address()
        self._wrong = what_is_wrong(there, here, self._store.url)
        self._request = request(there)
        self._looked_at = time.monotonic()
        dismiss_silent(self._store)
        leaving.tidy(self._store)

    def _train(self, run_id: str) -> None:
        task = _Task(uuid.uuid4().hex[:8], run_id)
        remote = self._training.options(num_cpus=self._request.cpus, num_gpus=self._request.gpus)
        self._tasks[remote.remote(self._url, task.id, self._name)] = task

    def _check(self) -> None:
        """Beside all trainings, as it takes moments and somebody looks on."""
        ref = self._checking.options(num_cpus=0).remote(self._url, self._name)
        self._tasks[ref] = _Task(uuid.uuid4().hex[:8], None)
