"""`python -m cnn train`: the app's own training, in the foreground."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from cnn.commands import refusals
from cnn.commands.options import configuration_of
from cnn.commands.runs import epoch_dicts
from cnn.commands.terminal import printable, quiet
from cnn.data import DataError, Dataset, DatasetSpec, brought, load
from cnn.data.own.folder import brought_folder
from cnn.data.own.keeping import ENDINGS
from cnn.data.own.opened import check_whole_set
from cnn.data.portion import Portion
from cnn.data.sets import SETS
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.model import WeightsError
from cnn.network.keras.read import Imported
from cnn.network.keras.weights import read_keras_model
from cnn.network.source import chosen, input_shape
from cnn.settings import images_folder
from cnn.shipped.starts import shipped_parent
from cnn.training.forecast import augmentation_cost, calibration, limits
from cnn.training.forecast.estimate import estimate
from cnn.training.recipe import earlier
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.data_address import data_id, spec_of
from cnn.training.recipe.fitting import Fitted, fit_to
from cnn.training.recipe.run import Epoch, Progress, Run, State, WorkerState
from cnn.training.recipe.start import SHIPPED, StartError
from cnn.training.store.heartbeats import dismiss_silent, present
from cnn.training.store.identity import identified
from cnn.training.store.store import DELETED, Store
from cnn.training.workers import resuming, starting
from cnn.training.workers.starting import Beginning, Parent

STATUS = {State.FINISHED: 0, State.INTERRUPTED: 130}
MOST_NAMED = 5


def train(options: argparse.Namespace) -> int:
    """Trains, shows how it goes on standard error, and says at the end what came of it."""
    with refusals():
        fitted, configuration, files = _prepared(options)
        store = Store(options.store)
        return _told(
            store,
            options,
            lambda worker: store.add(
                fitted.architecture,
                configuration,
                worker=worker,
                changes=fitted.changes,
                files=files,
            ),
        )


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


def _prepared(options: argparse.Namespace) -> tuple[Fitted, Configuration, Mapping[str, bytes]]:
    """Network and settings, and the files that the run is to have from the first."""
    parent = _parent(options)
    opened = chosen(options.arch, options.input, options.pixels)
    say_notes(opened)
    architecture = opened.architecture
    limits.check_size(architecture)
    dataset = dataset_of(options.dataset, options.read, options.portion)
    configuration = configuration_of(options, dataset, Configuration)
    limits.check_epochs(configuration)
    configuration.check_channels(architecture.input[2])
    data = load(configuration.dataset, architecture.input)
    say_left_out(data)
    say_split(data)
    fitted = fit_to(architecture, data)
    for change in fitted.changes:
        print(change, file=sys.stderr)
    begun = None
    if parent:
        begun = _begun(parent, fitted.architecture, data.class_names, options)
        configuration = replace(configuration, start=begun.start)
    images = {name: len(split) for name, split in data.splits.items()}
    costs = augmentation_cost.load()
    expected = estimate(fitted.architecture, configuration, images, calibration.load(), costs=costs)
    batch = configuration.batch_size_for(images["train"])
    limits.check_memory(fitted.architecture, batch, expected)
    said = f"Expected on this machine: {expected.text}. {expected.caution}".rstrip()
    print(said, file=sys.stderr)
    return fitted, configuration, begun.files if begun else {}


def _parent(options: argparse.Namespace) -> Parent | None:
    """The run or the file whose weights it begins with; None where those are new."""
    if options.parent is None:
        for name in ("freeze", "head_first"):
            if getattr(options, name) is not None:
                option = f"--{name.replace('_', '-')}"
                raise StartError(
                    f"{option} {getattr(options, name)} is about layers that were trained before. "
                    "Name their run or file: --from RUN|FILE."
                )
        return None
    named = options.parent
    if named.startswith(SHIPPED):
        return shipped_parent(named)
    if not (named.endswith(".keras") or Path(named).is_file()):
        with closing(Store(options.store)) as store:
            return starting.of_run(store, named)
    try:
        size = None if options.input is None else input_shape(options.input)
        imported, weights = read_keras_model(named, size)
    except (ArchitectureError, WeightsError) as error:
        raise StartError(f"a training cannot begin with {named}: {error}") from error
    return starting.of_file(Path(named).name, imported, weights)


def _begun(
    parent: Parent, architecture: Architecture, classes: Sequence[str], options: argparse.Namespace
) -> Beginning:
    """What is taken of the parent, which is said on standard error, layer by layer."""
    found = starting.begin(
        *(parent, architecture, classes),
        freeze=options.freeze or 0,
        head_first=options.head_first or 0,
    )
    print(printable(f"Begins with weights of {found.start.origin}:"), file=sys.stderr)
    for one in found.matches:
        is_frozen = int(one.row.path[0]) < found.start.freeze
        stays = ", frozen" if is_frozen else ""
        print(f"  {one.row.title:<24} {one.fate}{stays}: {one.why}", file=sys.stderr)
    for note in found.notes:
        print(note, file=sys.stderr)
    return found


def dataset_of(name: str, reading: str = "", portion: str = "") -> DatasetSpec:
    """The data set that a name, a file or a folder stands for, its images read as it is said, and
    what of them is used.
    """
    spec = _dataset_of(name, reading)
    return replace(spec, portion=Portion.read(portion)) if portion else spec


def _dataset_of(name: str, reading: str) -> DatasetSpec:
    path = Path(name)
    if name not in SETS and path.is_dir():
        spec, packed = brought_folder(path, images_folder(), reading=reading)
        if packed.said:
            print(printable(packed.said), file=sys.stderr)
        return spec
    check_whole_set(name)
    if path.suffix in ENDINGS:
        return brought(path.resolve(), reading=reading)
    if reading:
        raise DataError(
            f"--read says how a file or a folder of images is read, and {name} is neither. Leave "
            "it out; own images that are kept say it themselves."
        )
    return spec_of(name)


def say_notes(opened: Imported, named: str = "") -> None:
    """Says on standard error what of a file is left out, and what is taken for its pixels."""
    before = f"{named}: " if named else ""
    for note in filter(None, (*opened.notes, opened.assumed)):
        print(f"{before}{note}", file=sys.stderr)


def say_left_out(data: Dataset) -> None:
    """Says on standard error which files of own images were not used, and why; nothing of none."""
    many = len(data.rejected)
    if not many:
        return
    said = [f"{printable(one.file)}: {printable(one.reason)}" for one in data.rejected[:MOST_NAMED]]
    if many > MOST_NAMED:
        said.append(f"and {many - MOST_NAMED:,} more")
    print(f"{many:,} file{'s' * (many > 1)} left out: {'; '.join(said)}", file=sys.stderr)


def say_split(data: Dataset) -> None:
    """Says on standard error which of own images are used as what; nothing of other data."""
    if data.how_split:
        print(printable(data.how_split), file=sys.stderr)


def carried_out(store: Store, claimed_by: Callable[[str], Run], bar: Bar) -> Run:
    """Trains in the foreground what is put into the hands of this process; Ctrl-C ends it."""
    from cnn.training.engine.fit import carry_out

    gone = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: gone.set())
    name = identified(f"shell-{uuid.uuid4().hex[:8]}")
    with present(store, name, WorkerState.FOREGROUND):
        run = claimed_by(name)
        bar.begin(store, run)
        run = carry_out(store, run, bar.watch, gone.is_set)
        bar.end()
    return run


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
