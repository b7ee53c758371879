"""`python -m cnn export`: a network, or a run with its weights, in any form that leaves."""

from __future__ import annotations

import argparse
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

from cnn.commands import CommandError, refusals
from cnn.commands.prepare import say_notes
from cnn.commands.terminal import quiet, say
from cnn.exports import PAGE, Form, Subject, Takes, form_for, write_whole
from cnn.network.errors import shown
from cnn.network.keras.model import WeightsError
from cnn.network.source import chosen, has_weights, input_shape, is_source, read_trained
from cnn.network.trace import trace
from cnn.pictures.page.run import run_page
from cnn.training.engine.weights import trained_weights
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import WEIGHTS
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store.store import Store
from cnn.training.workers.starting import known_classes


def export(options: argparse.Namespace) -> int:
    """Writes the file, and says what is in it."""
    form = form_for(options.format, options.to)
    if options.class_names and not form.can_name_classes:
        raise CommandError(f"--class-names is of .onnx files; this is to be a {form.ending} file.")
    with refusals():
        try:
            subject = _subject(options, form)
            fault = trace(subject.architecture).fault
            if fault is not None:
                raise fault
            _check_weights(options, form, subject)
            with quiet() if form.needs_keras else nullcontext():
                size = write_whole(form, subject, Path(options.to))
        except WeightsError as error:
            raise CommandError(str(error)) from error
    _say(options, form, subject, size)
    return 0


def _subject(options: argparse.Namespace, form: Form) -> Subject:
    """A design of the zoo or of a file, with its weights where they are wanted; or a run."""
    if not is_source(options.source):
        if options.input or options.pixels:
            raise CommandError("--input and --pixels are of designs; a run has both as it is.")
        return _run(options, form)
    if options.class_names:
        raise CommandError("--class-names is of runs: a design does not know its classes.")
    opened = chosen(options.source, options.input, options.pixels)
    weights = None
    if form.takes is not Takes.NONE and has_weights(options.source):
        size = input_shape(options.input) if options.input else None
        imported, weights = read_trained(options.source, size)
        if imported.architecture.input != opened.architecture.input:
            raise CommandError("its weights are for another input. Leave --input out.")
        opened = replace(opened, notes=imported.notes)
    say_notes(opened)
    return Subject(opened.architecture, weights)


def _check_weights(options: argparse.Namespace, form: Form, subject: Subject) -> None:
    """Refuses where weights are missed: of a run, new ones would be taken for its own."""
    if subject.weights is not None or form.takes in (Takes.NONE, Takes.GIVEN):
        return
    is_run = not is_source(options.source)
    if form.takes is Takes.TRAINED or is_run:
        way_out = " Its design alone leaves as .json or .svg." if is_run else ""
        raise CommandError(
            f"{options.source} has no trained weights for a {form.ending} file. Name a finished "
            f"run, or a file that holds weights.{way_out}"
        )


def _run(options: argparse.Namespace, form: Form) -> Subject:
    with closing(Store(options.store)) as store:
        run = store.look_up(options.source)
        if run is None:
            raise CommandError(
                f"{shown(options.source)} is no network of the zoo, no file and no run. "
                "`python -m cnn zoo` and `python -m cnn runs list` name them."
            )
        if isinstance(run, Unreadable):
            raise CommandError(run.words)
        if isinstance(run, Elsewhere):
            if run.architecture is None:
                raise CommandError(
                    f"{run.words} Its design could not be read: {run.told.no_design}"
                )
            return Subject(run.architecture, None)
        kept = WEIGHTS in store.file_sizes(run.id)
        weights = trained_weights(store, run) if kept else None
        page = run_page(store, run) if form.word == PAGE else b""
        names = known_classes(store, run) if options.class_names else ()
        return Subject(run.architecture, weights, names, page)


def _say(options: argparse.Namespace, form: Form, subject: Subject, size: int) -> None:
    trained = form.takes is not Takes.NONE and subject.weights is not None
    what = "with its weights" if trained else "the design"
    if form.takes is Takes.ANY and not trained:
        what = "with weights that nobody has trained yet"
    found = {"file": options.to, "format": form.word, "bytes": size, "trained": trained}
    name = subject.architecture.name
    say(options, found, f"{options.to}: {form.label} of {name}, {what}, {size:,} bytes.")
