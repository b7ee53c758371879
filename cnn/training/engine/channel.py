"""The channel between one training and its store: what comes of it goes there, in its order, and
what people want of it comes back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from cnn.training.engine.write_behind import WriteBehind
from cnn.training.recipe.run import (
    Checkpoint,
    Epoch,
    GradientNorms,
    Progress,
    Result,
    Run,
    State,
    Step,
    Wish,
)
from cnn.training.store.store import Store

PULSE_S = 0.25
PAUSE_POLL_S = 0.2
WORTH_SAYING_S = 2.0


class Stopped(Exception):
    """The run is not wanted any more."""


class Interrupted(Exception):
    """The process that trains is about to end."""


class Channel:
    """The line of one run. What its worker says is not heard any more once it is another one's.

    `watch` hears of the progress; `is_gone` says that this process has to end.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        watch: Callable[[Progress], None] = lambda _: None,
        is_gone: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store, self._id, self._worker = store.hurried(), run.id, run.worker
        self._watch, self._is_gone = watch, is_gone
        self._writes = WriteBehind(is_gone)
        self._wish = Wish.RUN
        self._last, self._exchanged_at = Progress(), 0.0

    # What comes of the training ---------------------------------------------------------------

    def freeze(
        self, data_fingerprint: str, images: dict[str, int], environment: dict[str, Any]
    ) -> None:
        self._writes.put(
            partial(self._store.freeze, self._id, data_fingerprint, images, environment)
        )

    def record_epoch(self, epoch: Epoch, files: Mapping[str, bytes] = MappingProxyType({})) -> None:
        write = partial(self._store.record_epoch, self._id, epoch, files, worker=self._worker)
        self._writes.put(write, _size(files))

    def keep_files(self, files: Mapping[str, bytes], checkpoint: Checkpoint | None = None) -> None:
        write = partial(self._store.keep_files, self._id, files, checkpoint, worker=self._worker)
        self._writes.put(write, _size(files))

    def file(self, name: str) -> bytes | None:
        """A file of the run, once all is written."""
        self._writes.settle()
        return self._store.file(self._id, name)

    def finish(self, state: State, message: str, result: Result | None = None) -> None:
        """Ends the run, and waits until that is written."""
        self._writes.settle()
        said = f"{message} {self._note}".strip()
        self._writes.put(
            partial(self._store.finish, self._id, state, said, result, worker=self._worker)
        )
        self._writes.settle()

    # What is wanted of it ---------------------------------------------------------------------

    def report_and_obey(
        self,
        progress: Progress,
        new_steps: Sequence[Step] = (),
        gradients: Sequence[GradientNorms] = (),
    ) -> None:
        """Reports how far the run is, and does what is wanted: waits for the end of a pause, or
        raises `Stopped` or `Interrupted`.
        """
        self._last = progress
        self._watch(progress)
        self._exchange(State.RUNNING, new_steps, gradients)
        while self._wish is Wish.PAUSE:
            time.sleep(PAUSE_POLL_S)
            self._exchange(State.PAUSED)
        if self._wish is Wish.STOP:
            raise Stopped
        self._exchanged_at = time.monotonic()

    def obey(self) -> None:
        """The same where there is nothing new; to be called often, it asks four times a second."""
        if time.monotonic() - self._exchanged_at > PULSE_S:
            self.report_and_obey(self._last)

    def _exchange(
        self, state: State, new_steps: Sequence[Step] = (), gradients: Sequence[GradientNorms] = ()
    ) -> None:
        self._writes.put(partial(self._record, new_steps, self._last, state, gradients))
        if self._is_gone():  # not before what is done was written: a checkpoint goes on from it
            raise Interrupted

    def _record(
        self,
        new_steps: Sequence[Step],
        progress: Progress,
        state: State,
        gradients: Sequence[GradientNorms],
    ) -> None:
        self._wish = self._store.record(
            self._id, new_steps, progress, state, gradients=gradients, worker=self._worker
        )

    @property
    def _note(self) -> str:
        """What a reader has to know of a store that could not be written to; empty if nothing."""
        if self._writes.locked_s < WORTH_SAYING_S:
            return ""
        return (
            f"Another program kept the run store locked for {self._writes.locked_s:,.0f} s; "
            "training went on, and nothing is lost."
        )


def _size(files: Mapping[str, bytes]) -> int:
    return sum(map(len, files.values()))
