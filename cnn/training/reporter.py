"""The line between a training and those who watch it: says how far it is, hears what is wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from cnn.training.run import Progress, State, Step, Wish
from cnn.training.store import Store

PULSE_S = 0.25
PAUSE_POLL_S = 0.2


class Stopped(Exception):
    """The run is not wanted any more."""


class Interrupted(Exception):
    """The process that trains is about to end."""


class Reporter:
    """Reports of one run. Every call may raise `Stopped` or `Interrupted`, or wait for a pause."""

    def __init__(
        self,
        store: Store,
        run_id: str,
        watch: Callable[[Progress], None],
        is_gone: Callable[[], bool],
    ) -> None:
        self._store, self._run_id = store, run_id
        self._watch, self._is_gone = watch, is_gone
        self._last = Progress()
        self._told_at = 0.0

    def tell(self, progress: Progress, new_steps: Sequence[Step] = ()) -> None:
        """Puts progress and new steps into the store, and does what it says is wanted."""
        self._last = progress
        self._watch(progress)
        wish = self._exchange(new_steps, State.RUNNING)
        while wish is Wish.PAUSE:
            time.sleep(PAUSE_POLL_S)
            wish = self._exchange((), State.PAUSED)
        if wish is Wish.STOP:
            raise Stopped
        self._told_at = time.monotonic()

    def pulse(self) -> None:
        """To be called often while there is nothing new to tell: listens four times a second."""
        if time.monotonic() - self._told_at > PULSE_S:
            self.tell(self._last)

    def _exchange(self, new_steps: Sequence[Step], state: State) -> Wish:
        if self._is_gone():
            raise Interrupted
        return self._store.record(self._run_id, new_steps, self._last, state)
