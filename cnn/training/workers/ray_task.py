"""What runs on the nodes of a Ray cluster: one training, or the checks of designs.

A task is a worker for one run: the one whose turn it is as a node begins the task, however long ago
it was handed on. Should its node die, Ray begins the task again on another one, which goes on from
the last checkpoint of that run, and of no other one's.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace

from cnn.training.recipe.run import WorkerState
from cnn.training.store.heartbeats import held_by, present, state_of
from cnn.training.store.identity import identified
from cnn.training.store.store import Store, StoreError
from cnn.training.workers.checks import carry_out_next
from cnn.training.workers.ray_cluster import with_own_password
from cnn.training.workers.resuming import take_over
from cnn.training.workers.worker import carry_out_one

LISTEN_S = 0.5


def called(task: str) -> str:
    """What the names of all workers begin with that this task is or was."""
    return f"ray-{task}-"


def train(url: str, task: str, dispatcher: str) -> None:
    """Trains a run, unless none waits any more or the one who wanted it is about to end."""
    name = identified(called(task) + uuid.uuid4().hex[:4])
    store = Store(with_own_password(url))
    try:
        with _hears_of_the_end(store, dispatcher) as gone, present(store, name, WorkerState.ON_RAY):
            if gone.is_set():
                return
            left = held_by(store, called(task))
            taken = take_over(store, left, name, held_by=called(task)) if left else None
            run = taken or store.claim_next(name)
            if run:
                with contextlib.suppress(StoreError):  # the training meets the same, and waits
                    loading = replace(run.progress, phase="loading TensorFlow")
                    store.record(run.id, [], loading, worker=name)
                _warm_up()
                carry_out_one(store, run, gone)
    finally:
        store.close()


def check_designs(url: str, dispatcher: str) -> None:
    """Does the checks that were asked for, until there are none."""
    store = Store(with_own_password(url))
    try:
        while state_of(store, dispatcher) is not WorkerState.ENDING and carry_out_next(store):
            pass
    finally:
        store.close()


@functools.cache
def _warm_up() -> None:
    """Once in a process, which Ray uses again: the first run is not to pay for TensorFlow."""
    from cnn.training.engine.tensorflow import stand_side_by_side
    from cnn.training.engine.warming import warm_up

    stand_side_by_side()
    warm_up()


@contextlib.contextmanager
def _hears_of_the_end(store: Store, dispatcher: str) -> Iterator[threading.Event]:
    """An event that is set once the dispatcher says that it ends.

    One that falls silent may have its reasons. If it is gone, Ray ends its tasks.
    """
    gone, is_over = threading.Event(), threading.Event()

    def listen() -> None:
        with contextlib.suppress(StoreError):
            if state_of(store, dispatcher) is WorkerState.ENDING:
                gone.set()

    def go_on() -> None:
        while not is_over.wait(LISTEN_S):
            listen()

    listen()
    listening = threading.Thread(target=go_on, daemon=True)
    listening.start()
    try:
        yield gone
    finally:
        is_over.set()
        listening.join()
