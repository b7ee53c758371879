"""A queue of writes to a store, made in their order: at once, or once the store can be written to.

Another program may lock the store for a while. Training goes on meanwhile, and its writes are kept
and made later. The order is never changed: a checkpoint must not come before the curve that leads
to it. Only after minutes is the run given up, to be resumed from its last checkpoint.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from cnn.training.store.store_error import StoreBusy

PATIENCE_S, LAST_PATIENCE_S = 300.0, 8.0
"""How long a locked store is waited for, and how long by a process that has to end."""

RETRY_S = 0.5
MOST_BYTES = 500_000_000
"""With more than that waiting to be written, training waits too."""


class WriteBehind:
    """The queue; `is_gone` says that this process has to end."""

    def __init__(self, is_gone: Callable[[], bool]) -> None:
        self._is_gone = is_gone
        self._waiting: deque[tuple[int, Callable[[], object]]] = deque()
        self._locked_since: float | None = None
        self._next_try = 0.0
        self.locked_s = 0.0

    def put(self, write: Callable[[], object], size_bytes: int = 0) -> None:
        self._waiting.append((size_bytes, write))
        if time.monotonic() >= self._next_try:
            self._try()
        if sum(size for size, _ in self._waiting) > MOST_BYTES:
            self.settle()

    def settle(self) -> None:
        """Waits until all is written."""
        while self._waiting:
            self._try()
            if self._waiting:
                time.sleep(RETRY_S)

    def _try(self) -> None:
        """Makes the writes that wait, as far as the store takes them."""
        while self._waiting:
            try:
                self._waiting[0][1]()
            except StoreBusy:
                now = time.monotonic()
                self._locked_since = self._locked_since or now
                self._next_try = now + RETRY_S
                patience = LAST_PATIENCE_S if self._is_gone() else PATIENCE_S
                if now - self._locked_since > patience:
                    raise
                return
            self._waiting.popleft()
        if self._locked_since is not None:
            self.locked_s += time.monotonic() - self._locked_since
            self._locked_since, self._next_try = None, 0.0
