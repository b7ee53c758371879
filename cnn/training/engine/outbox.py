"""What a training says to the store, in its order: at once, or once the store can be written to.

Another program may lock the store for a while. Training goes on meanwhile, and what there is to say
is kept and said later. The order is never changed: a checkpoint must not come before the curve that
leads to it. Only after minutes is the run given up, to be resumed from its last checkpoint.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from cnn.training.recipe.run import (
    Checkpoint,
    Epoch,
    GradientNorms,
    Progress,
    Result,
    State,
    Step,
    Wish,
)
from cnn.training.store.store import Store
from cnn.training.store.store_error import StoreBusy

PATIENCE_S, LAST_PATIENCE_S = 300.0, 8.0
"""How long a locked store is waited for, and how long by a process that has to end."""

RETRY_S = 0.5
MOST_BYTES = 500_000_000
"""With more than that to be said, training waits too."""

WORTH_TELLING_S = 2.0


class Outbox:
    """The words of one training to its store: the same verbs, each said once and in its turn.

    What a `worker` says is not heard any more once its run is another one's.
    """

    def __init__(
        self, store: Store, is_gone: Callable[[], bool] = lambda: False, worker: str = ""
    ) -> None:
        self._store = store.hurried()
        self._is_gone = is_gone
        self._worker = worker
        self._waiting: deque[tuple[int, Callable[[], object]]] = deque()
        self._wish = Wish.RUN
        self._locked_since: float | None = None
        self._next_try = 0.0
        self.locked_s = 0.0

    @property
    def note(self) -> str:
        """What a reader has to know of a store that could not be written to; empty if nothing."""
        if self.locked_s < WORTH_TELLING_S:
            return ""
        return (
            f"Another program kept the run store locked for {self.locked_s:,.0f} s; training went "
            "on, and nothing is lost."
        )

    def settle(self) -> None:
        """Waits until all that was said is in the store."""
        while self._waiting:
            self._deliver()
            if self._waiting:
                time.sleep(RETRY_S)

    def file(self, run_id: str, name: str) -> bytes | None:
        """A file of a run, once all that was said is in the store."""
        self.settle()
        return self._store.file(run_id, name)

    # The verbs of the store -----------------------------------------------------------------

    def freeze(self, *given: Any) -> None:
        self._say(partial(self._store.freeze, *given))

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
        """Says how far the run is; what is wanted of it is what was last heard."""
        said = partial(self._store.record, run_id, new_steps, progress, state)
        self._say(partial(said, gradients=gradients, worker=worker))
        return self._wish

    def record_epoch(
        self, run_id: str, epoch: Epoch, files: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        said = partial(self._store.record_epoch, run_id, epoch, files, worker=self._worker)
        self._say(said, _size(files))

    def keep_file(self, run_id: str, name: str, content: bytes) -> None:
        self.keep_files(run_id, {name: content})

    def keep_files(
        self, run_id: str, files: Mapping[str, bytes], checkpoint: Checkpoint | None = None
    ) -> None:
        said = partial(self._store.keep_files, run_id, files, checkpoint, worker=self._worker)
        self._say(said, _size(files))

    def finish(
        self, run_id: str, state: State, message: str, result: Result | None, worker: str
    ) -> None:
        """Says the last word, and waits until all is said."""
        self.settle()
        told = f"{message} {self.note}".strip()
        self._say(partial(self._store.finish, run_id, state, told, result, worker=worker))
        self.settle()

    # Inside ---------------------------------------------------------------------------------

    def _say(self, what: Callable[[], object], size_bytes: int = 0) -> None:
        self._waiting.append((size_bytes, what))
        if time.monotonic() >= self._next_try:
            self._deliver()
        if sum(size for size, _ in self._waiting) > MOST_BYTES:
            self.settle()

    def _deliver(self) -> None:
        """Says what waits to be said, as far as the store takes it."""
        while self._waiting:
            try:
                heard = self._waiting[0][1]()
            except StoreBusy:
                now = time.monotonic()
                self._locked_since = self._locked_since or now
                self._next_try = now + RETRY_S
                patience = LAST_PATIENCE_S if self._is_gone() else PATIENCE_S
                if now - self._locked_since > patience:
                    raise
                return
            self._waiting.popleft()
            if isinstance(heard, Wish):
                self._wish = heard
        if self._locked_since is not None:
            self.locked_s += time.monotonic() - self._locked_since
            self._locked_since, self._next_try = None, 0.0


def _size(files: Mapping[str, bytes]) -> int:
    return sum(map(len, files.values()))
