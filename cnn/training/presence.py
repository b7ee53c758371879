"""A worker's sign of life: said in the store every few seconds, for as long as it lives."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from cnn.training.run import WorkerState
from cnn.training.store import Store, StoreError

HEARTBEAT_S = 2.0


@contextlib.contextmanager
def present(
    store: Store, worker: str, state: WorkerState
) -> Iterator[Callable[[WorkerState], None]]:
    """Makes a worker known while the block runs; what is given back says what it is at now."""
    at = [state]
    ended = threading.Event()

    def is_now(state: WorkerState) -> None:
        at[0] = state
        store.beat(worker, state)

    def beat() -> None:
        while not ended.wait(HEARTBEAT_S):
            with contextlib.suppress(StoreError):  # its run meets the same, and says so
                store.beat(worker, at[0])

    store.beat(worker, state)
    threading.Thread(target=beat, daemon=True).start()
    try:
        yield is_now
    finally:
        ended.set()
        store.dismiss(worker)
