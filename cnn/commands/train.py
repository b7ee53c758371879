"""`python -m cnn train`: the app's own training, in the foreground."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from cnn.commands import refusals
from cnn.commands.options import configuration_of
from cnn.commands.prepare import Prepared, begins_with, dataset_of, prepared, say_notes
from cnn.commands.runs import epoch_dicts
from cnn.commands.terminal import printable, quiet
from cnn.data import DataError, DatasetSpec
from cnn.lessons.assignments import assignment
from cnn.lessons.assignments.assignment import Assignment
from cnn.network.source import chosen, input_shape
from cnn.training.forecast import limits
from cnn.training.recipe import earlier
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.run import Epoch, Progress, Run, State, WorkerState
from cnn.training.store.heartbeats import dismiss_silent, present
from cnn.training.store.identity import identified
from cnn.training.store.store import DELETED, Store
from cnn.training.workers import resuming

STATUS = {State.FINISHED: 0, State.INTERRUPTED: 130}


def train(options: argparse.Namespace) -> int:
    """Trains, shows how it goes on standard error, and says at the end what came of it."""
    with refusals():
        ready = _asked_for(options)
        store = Store(options.store)
        return _told(store, options, lambda worker: ready.add(store, worker))


def resume(options: argparse.Namespace) -> int:
    """Does so with a run that was cut off, or with a new one that continues a finished one."""
    with refusals():
        store = Store(options.store)
        dismiss_silent(store)
        if run := store.get(options.id):
            is_extended = options.more_epochs is not None
            on_end = earlier.changes_if_continued(run) if is_extended else (earlier.caution(run),)
            for said in filter(None, on_end):
                print(said, file=sys.stderr)
        if options.more_epochs is None:
            return _told(
                store, options, lambda worker: resuming.resume(store, options.id, worker=worker)
            )
        return _told(
            store,
            options,
            lambda worker: resuming.extend(store, options.id, options.more_epochs, worker=worker),
        )


def _asked_for(options: argparse.Namespace) -> Prepared:
    """What the options ask for; raises the named errors before anything is trained."""
    size = None if options.input is None else input_shape(options.input)
    wanted = None if options.assignment is None else assignment.read(options.assignment)
    opened = chosen(options.arch, options.input, options.pixels)
    begins = begins_with(
        *(options.parent, opened.architecture, options.freeze, options.head_first),
        size=size,
        url=options.store,
    )
    say_notes(opened)
    limits.check_size(opened.architecture)
    configuration = configuration_of(options, _data(options, wanted), Configuration)
    return prepared(opened.architecture, configuration, begins, wanted)


def _data(options: argparse.Namespace, wanted: Assignment | None) -> DatasetSpec:
    """The data that are named, or those of the assignment."""
    if options.dataset is not None:
        return dataset_of(options.dataset, options.read, options.portion)
    if wanted is None:
        raise DataError("no data are named. Add --dataset NAME, or --assignment LINK.")
    return wanted.data


def carried_out(store: Store, claimed_by: Callable[[str], Run], bar: Bar) -> Run:
    """Trains in the foreground what is put into the hands of this process; Ctrl-C ends it."""
    from cnn.training.engine.fit import carry_out
    from cnn.training.engine.tensorflow import is_ours, stand_side_by_side

    if is_ours():
        stand_side_by_side()
    name = identified(f"shell-{uuid.uuid4().hex[:8]}")
    with told_to_end() as gone, present(store, name, WorkerState.FOREGROUND):
        run = claimed_by(name)
        bar.begin(store, run)
        run = carry_out(store, run, bar.watch, gone.is_set)
        bar.end()
    return run


@contextmanager
def told_to_end() -> Iterator[threading.Event]:
    """Set when this process is told to end, which only its main thread can hear."""
    gone = threading.Event()
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, lambda *_: gone.set())
    try:
        yield gone
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def _told(store: Store, options: argparse.Namespace, claimed_by: Callable[[str], Run]) -> int:
    """Carries a run out and says how it went."""
    with quiet() as terminal:
        run = carried_out(store, claimed_by, Bar(terminal))
    epochs = store.epochs([run.id])[run.id]
    print(json.dumps(_outcome(run, epochs)) if options.json else printable(_sentence(run)))
    if options.json and run.message == DELETED:
        print(run.message, file=sys.stderr)
    return STATUS.get(run.state, 1)


class Bar:
    """The progress on a terminal: one moving line, and a lasting one for each epoch."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._moves = out.isatty()
        self._epochs_shown = 0

    def begin(self, store: Store, run: Run) -> None:
        self._store, self._run = store, run
        self._epochs_shown = run.checkpoint.epoch - 1 if run.checkpoint else 0
        self._say(printable(f"{run.name} on {data_id(run.configuration.dataset)}, run {run.id}"))

    def watch(self, progress: Progress) -> None:
        done = progress.epoch - (progress.phase != "testing")
        if done > self._epochs_shown:
            self._show_epochs()
        if self._moves:
            width = shutil.get_terminal_size().columns - 1
            self._out.write(f"\r\x1b[K{self._line(progress)[:width]}")
            self._out.flush()

    def end(self) -> None:
        self._show_epochs()

    def _show_epochs(self) -> None:
        for one in self._store.epochs([self._run.id])[self._run.id][self._epochs_shown :]:
            self._epochs_shown += 1
            self._say(
                f"epoch {one.epoch}{self._of}  loss {one.loss:.4f}  "
                f"accuracy {one.accuracy:.1%}  validation {one.val_loss:.4f}  "
                f"{one.val_accuracy:.1%}  {one.seconds:.1f} s"
            )

    @property
    def _of(self) -> str:
        settings = self._run.configuration
        return "" if settings.seconds else f"/{settings.epochs}"

    def _line(self, progress: Progress) -> str:
        filled = round(24 * progress.share)
        speed = f"  {progress.images_per_s:,.0f} images/s" if progress.images_per_s else ""
        left = "" if progress.seconds_left is None else f"  {progress.seconds_left:.0f} s left"
        return (
            f"[{'#' * filled}{'.' * (24 - filled)}] {progress.phase}  "
            f"{progress.step:,}/{progress.steps:,} steps{speed}{left}"
        )

    def _say(self, line: str) -> None:
        self._out.write(f"{chr(13)}\x1b[K{line}\n" if self._moves else f"{line}\n")
        self._out.flush()


def _outcome(run: Run, epochs: list[Epoch]) -> dict[str, object]:
    result = run.result
    return {
        "run_id": run.id,
        "state": run.state.value,
        "images": run.images or None,  # of each split; none where it ended before they were known
        "epochs": epoch_dicts(epochs),
        "test_accuracy": result.test_accuracy if result else None,
        "test_images": result.test_images if result else None,
        "seconds": result.seconds if result else run.progress.seconds,
        "images_per_s": (result or run.progress).images_per_s or None,  # 0: it was not measured
    }


def _sentence(run: Run) -> str:
    if run.result is None:
        return f"{run.state.value}: {run.message}"
    result = run.result
    speed = f" at {result.images_per_s:,.0f} images/s" if result.images_per_s else ""
    return (
        f"{result.test_accuracy:.1%} of {result.test_images:,} test images right, after "
        f"{result.seconds:.1f} s of training{speed}. "
        + " ".join(filter(None, (result.seen_in_words, run.message)))
    ).rstrip()
