"""The process that trains: takes runs from the store one by one, and ends with its parent.

A worker started by the app holds the read end of a pipe whose other end only the app holds. When
the app ends, killed or not, the pipe closes and the worker knows: it keeps a checkpoint of the run,
which is interrupted, and ends.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from cnn import log
from cnn.people import leaving
from cnn.settings import whole_setting
from cnn.training.forecast import augmentation_cost, calibration
from cnn.training.recipe.run import Run, State, WorkerState
from cnn.training.store.heartbeats import dismiss, dismiss_silent, present
from cnn.training.store.on_disk.store_file import empty_log
from cnn.training.store.store import Store, StoreError
from cnn.training.upkeep import making_room
from cnn.training.workers.checks import carry_out_next

IDLE_POLL_S = 0.1
RETRY_S = 1.0
TIDY_S = 300.0
MOST_RUNS, MOST_BYTES = 50, 2_000_000_000
"""After so many runs, or with so much memory in use between two, a worker is replaced."""

NICENESS = 10
"""How far a worker of the app stands back, so that pages answer at once while it trains
(`CNN_NICENESS`).
"""

GRACE_S, IDLE_GRACE_S = 10.0, 0.5
"""How long a training may take to end, and how long one who only waits, before its process is."""

_log = logging.getLogger(__name__)


def work(store: Store, name: str, *, parent: int | None = None) -> None:
    """Carries out queued runs until asked to end, or until the pipe to the parent closes."""
    gone, busy = threading.Event(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: gone.set())
    if parent is not None:
        _stand_back()
        threading.Thread(target=follow, args=(parent, gone, busy, store, name), daemon=True).start()
    with present(store, name, WorkerState.STARTING) as is_now:
        with contextlib.suppress(StoreError):
            dismiss_silent(store)
        from cnn.training.engine.warming import warm_up

        warm_up(lambda: _is_waited_for(store))
        is_now(WorkerState.READY)
        _log.info("%s is ready", name, extra={"worker": name})
        _keep_to_limits(store)
        measuring = _in_turn(calibration.until_quiet(), augmentation_cost.until_quiet())
        trouble = log.Trouble(_log)
        done, tidied_at = 0, -math.inf
        while not gone.is_set() and not (parent is not None and _is_worn(done)):
            run = None
            try:
                run = store.claim_next(name)
                trouble.is_over()
            except StoreError as error:  # busy, perhaps, but not for ever
                trouble.is_met(error)
            if run is None:
                _use_the_time(store, measuring, gone)
            else:
                busy.set()
                carry_out_one(store, run, gone)
                busy.clear()
                done += 1
                _keep_to_limits(store)
            tidied_at = _tidied(store, tidied_at)


def _is_waited_for(store: Store) -> bool:
    with contextlib.suppress(StoreError):
        return store.count([State.QUEUED]) > 0
    return False


def _keep_to_limits(store: Store) -> None:
    with contextlib.suppress(StoreError):  # it is tried again after the next run
        making_room.keep_to_limits(store)


def _tidied(store: Store, tidied_at: float) -> float:
    """Forgets every few minutes whose time is over; says when that was done last."""
    if time.monotonic() - tidied_at < TIDY_S:
        return tidied_at
    with contextlib.suppress(StoreError):
        leaving.tidy(store)
    return time.monotonic()


def _stand_back() -> None:
    """Lets the pages go first, and whatever else somebody waits for on this machine."""
    how_far = whole_setting("CNN_NICENESS", NICENESS)
    with contextlib.suppress(AttributeError, OSError):  # Windows has no such thing
        os.nice(how_far)
    with contextlib.suppress(OSError):  # where Linux weighs sessions against each other
        Path("/proc/self/autogroup").write_text(str(min(how_far, 19)), encoding="ascii")


def _is_worn(done: int) -> bool:
    """Whether a new process should go on: TensorFlow 2.21 keeps 10 to 40 MB of each training."""
    if done >= MOST_RUNS:
        return True
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:  # not Linux: the count has to do
        return False
    return done > 0 and pages * os.sysconf("SC_PAGE_SIZE") > MOST_BYTES


def _use_the_time(store: Store, measuring: Iterator[None], gone: threading.Event) -> None:
    """Between two runs: checks a design that somebody looks at, or measures this machine a bit."""
    with contextlib.suppress(StoreError):
        if carry_out_next(store):
            return
    next(measuring, None)  # a second's work, of augmentations a few
    gone.wait(IDLE_POLL_S)


def _in_turn(*works: Iterator[None]) -> Iterator[None]:
    """A bit of each of these, again and again, as one may be waiting."""
    left = list(works)
    while left:
        for work in list(left):
            try:
                next(work)
            except StopIteration:
                left.remove(work)
            yield


def carry_out_one(store: Store, run: Run, gone: threading.Event) -> None:
    """Trains one run to its end; a store that fails is told of it as soon as that is possible."""
    from cnn.training.engine.fit import carry_out

    about = {"run": run.id, "worker": run.worker}
    _log.info("run %s is taken up", run.id, extra=about)
    try:
        done = carry_out(store, run, is_gone=gone.is_set)
        level = logging.WARNING if done.state is State.FAILED else logging.INFO
        said = f": {done.message}" if done.message else ""
        _log.log(level, "run %s is %s%s", run.id, done.state, said, extra=about)
    except StoreError as error:
        _log.warning("run %s cannot go on: %s", run.id, error, extra=about)
        while not gone.wait(RETRY_S):
            with contextlib.suppress(StoreError):
                store.finish(run.id, State.INTERRUPTED, f"Interrupted: {error}", worker=run.worker)
                return


def follow(
    pipe: int, gone: threading.Event, busy: threading.Event, store: Store, name: str
) -> None:
    """Waits for the end of the parent, and sees to it that this process does not outlive it."""
    # Not sys.stdin: a thread that waits there holds a lock which Python wants when it ends.
    while os.read(pipe, 1024):
        pass
    gone.set()
    time.sleep(GRACE_S if busy.is_set() else IDLE_GRACE_S)  # where this ends by itself
    with contextlib.suppress(StoreError):
        dismiss(store, name)
    empty_log(store.url)
    os._exit(1)
