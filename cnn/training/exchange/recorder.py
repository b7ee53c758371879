"""A training that another program does, put into the store while it goes on.

All writing is done by a thread of its own: the training never waits for the store, and never hears
of its errors but by `trouble`, once. The thread is also what says that the training is alive.
"""

from __future__ import annotations

import sys
import threading
import time
import uuid
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from cnn.names import visible
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.read import read_keras_config
from cnn.training.recipe.elsewhere import Elsewhere, Told
from cnn.training.recipe.run import Epoch, Progress, State, Step, Wish, WorkerState
from cnn.training.store.heartbeats import HEARTBEAT_S, beat, dismiss
from cnn.training.store.identity import identified
from cnn.training.store.labels import LONGEST_NAME
from cnn.training.store.store import Store
from cnn.training.store.store_error import StoreBusy, StoreError

EVERY_S = 0.25
LAST_PATIENCE_S = 8.0
"""How long the end of a training waits for what is not written yet."""

MOST_WAITING = 200_000
"""Steps that wait for a store which cannot be written to; beyond them single steps are let go."""

MOST_REASON = 300


@dataclass(frozen=True, slots=True)
class Begun:
    """A training as it begins; `design` is the JSON of its Keras model, or why there is none."""

    name: str
    told: Told
    design: str
    environment: dict[str, Any]
    is_design: bool = True


class Recorder:
    """One training; `begin` makes a run of it, `end` says how it ended."""

    def __init__(self, begun: Begun, url: str | None = None, frame: FrameType | None = None):
        """`frame` is the call that trains: when it is left without a word, the run ends."""
        self.run_id = uuid.uuid4().hex[:12]
        self._begun, self._url, self._frame = begun, url, frame
        self._caller = threading.get_ident()
        self._lock, self._wake = threading.Lock(), threading.Event()
        self._steps: list[Step] = []
        self._epochs: list[Epoch] = []
        self._progress, self._told, self._written = Progress(), begun.told, begun.told
        self._end: tuple[State, str] | None = None
        self._trouble: list[str] = []
        self._has_said, self._no_design = False, ""
        self._store: Store | None = None
        self._worker = identified(f"elsewhere-{self.run_id[:8]}")
        self._is_there = self._is_over = False
        self._beaten_at = 0.0
        self.is_stop_wanted = False
        self._thread = threading.Thread(target=self._go, name="cnn-workbench", daemon=True)
        self._thread.start()

    # For the training ---------------------------------------------------------------------------

    def step(self, step: Step, progress: Progress) -> None:
        with self._lock:
            self._progress = progress
            if len(self._steps) < MOST_WAITING:
                self._steps.append(step)

    def know(self, told: Told) -> None:
        """What is known by now of what it measures."""
        with self._lock:
            self._told = told

    def epoch(self, epoch: Epoch, told: Told) -> None:
        """An epoch that is done, and the measures as they are known by now."""
        with self._lock:
            self._epochs.append(epoch)
            self._told = told

    def end(self, state: State, message: str = "") -> None:
        """Ends the run, and waits a little until that is written."""
        with self._lock:
            self._end = self._end or (state, message)
        self._wake.set()
        self._thread.join(LAST_PATIENCE_S)
        if self._thread.is_alive():
            self._say("the store could not be written to in time")

    def trouble(self) -> str:
        """What goes wrong, the first time that it is asked for; then nothing."""
        return self._trouble.pop() if self._trouble else ""

    # The thread ---------------------------------------------------------------------------------

    def _go(self) -> None:
        until = None
        try:
            while not self._is_over:
                is_ended = self._wake.wait(EVERY_S)
                until = until or (time.monotonic() + LAST_PATIENCE_S if is_ended else None)
                self._try()
                if is_ended and not self._is_over:
                    if until is not None and time.monotonic() > until:
                        break
                    time.sleep(EVERY_S)
        finally:
            if self._store:
                self._store.close()

    def _try(self) -> None:
        try:
            self._look_for_caller()
            self._write(self._opened())
        except StoreBusy:
            pass  # all of it is written a little later
        except StoreError as error:
            self._say(str(error))
        except Exception as error:  # noqa: BLE001  whatever it is, the training goes on
            self._say(f"{type(error).__name__}: {error}")
            self._is_over = True

    def _say(self, what: str, *, is_last: bool = False) -> None:
        if is_last or not self._has_said:
            self._has_said = True
            self._trouble.append(
                f"CNN Workbench cannot record this training just now, which goes on: {what}"
            )

    def _opened(self) -> Store:
        if self._store is None:
            self._store = Store(self._url).hurried()
        if not self._is_there:
            self._store.add_elsewhere(self._as_run())
            self._is_there = True
        return self._store

    def _as_run(self) -> Elsewhere:
        begun, now = self._begun, time.time()
        architecture, self._no_design = _design(begun)
        name = " ".join(visible(begun.name).split())
        kept = "".join(one for one in name if one.isprintable())[:LONGEST_NAME]
        return Elsewhere(
            self.run_id,
            kept or (architecture.name if architecture else "unnamed"),
            replace(begun.told, no_design=self._no_design),
            State.RUNNING,
            now,
            architecture,
            started_at=now,
            environment=begun.environment,
            worker=self._worker,
        )

    def _write(self, store: Store) -> None:
        if time.monotonic() - self._beaten_at > HEARTBEAT_S:
            beat(store, self._worker, WorkerState.FOREGROUND)
            self._beaten_at = time.monotonic()
        with self._lock:
            steps, epochs = list(self._steps), list(self._epochs)
            progress, told, end = self._progress, self._told, self._end
        wish = store.record(self.run_id, steps, progress, worker=self._worker)
        with self._lock:
            del self._steps[: len(steps)]
        for epoch in epochs:
            store.record_epoch(self.run_id, epoch, worker=self._worker)
            with self._lock:
                self._epochs.pop(0)
        if told != self._written:
            store.tell(self.run_id, replace(told, no_design=self._no_design))
            self._written = told
        if wish is Wish.STOP:
            self._heed(store)
        if end and not self._is_over:
            store.finish(self.run_id, *end, worker=self._worker)
            dismiss(store, self._worker)
            self._is_over = True

    def _heed(self, store: Store) -> None:
        """A page asks for the end, or the run was deleted, which ends the record alone."""
        if store.look_up(self.run_id) is None:
            self._say("its run was deleted, so nothing more of it is kept", is_last=True)
            dismiss(store, self._worker)
            self._is_over = True
        else:
            self.is_stop_wanted = True

    def _look_for_caller(self) -> None:
        """Whether the call that trains was left by an error or by hand, which nobody tells."""
        if self._frame is None or self._end:
            self._frame = None
            return
        at = sys._current_frames().get(self._caller)
        while at is not None and at is not self._frame:
            at = at.f_back
        if at is None:
            self._frame = None
            with self._lock:
                self._end = self._end or (State.INTERRUPTED, LEFT)


LEFT = "The training was left before its end, by an error or by hand."


def _design(begun: Begun) -> tuple[Architecture | None, str]:
    """The network, or why it cannot be read."""
    if not begun.is_design:
        return None, begun.design[:MOST_REASON]
    try:
        return read_keras_config(begun.design).architecture, ""
    except ArchitectureError as error:
        return None, " ".join(str(error).split())[:MOST_REASON]


def call_of(name: str) -> FrameType | None:
    """The call of a function of that name that this one stands in."""
    at: Any = sys._getframe()
    while at is not None and at.f_code.co_name != name:
        at = at.f_back
    return at  # type: ignore[no-any-return]  # frames are walked up as anything
