"""The line between a training and those who watch it: says how far it is, hears what is wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from cnn.training.engine.outbox import Outbox
from cnn.training.recipe.run import GradientNorms, Progress, Run, State, Step, Wish

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
        outbox: Outbox,
        run: Run,
        watch: Callable[[Progress], None],
        is_gone: Callable[[], bool],
    ) -> None:
        self._outbox, self._run = outbox, run
        self._watch, self._is_gone = watch, is_gone
        self._last = Progress()
        self._told_at = 0.0

    def tell(
        self,
        progress: Progress,
        new_steps: Sequence[Step] = (),
        gradients: Sequence[GradientNorms] = (),
    ) -> None:
        """Puts progress and what is new into the store, and does what it says is wanted."""
        self._last = progress
        self._watch(progress)
        wish = self._exchange(State.RUNNING, new_steps, gradients)
        while wish is Wish.PAUSE:
            time.sleep(PAUSE_POLL_S)
            wish = self._exchange(State.PAUSED)
        if wish is Wish.STOP:
            raise Stopped
        self._told_at = time.monotonic()

    def pulse(self) -> None:
        """To be called often while there is nothing new to tell: listens four times a second."""
        if time.monotonic() - self._told_at > PULSE_S:
            self.tell(self._last)

    def _exchange(
        self,
        state: State,
        new_steps: Sequence[Step] = (),
        gradients: Sequence[GradientNorms] = (),
    ) -> Wish:
        wish = self._outbox.record(
            self._run.id, new_steps, self._last, state, gradients=gradients, worker=self._run.worker
        )
        if self._is_gone():  # not before what is done was said: a checkpoint goes on from it
            raise Interrupted
        return wish
