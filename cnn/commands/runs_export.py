"""`python -m cnn runs export`: runs as folders, tables and curves that other programs read."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

from cnn.commands import CommandError
from cnn.commands.terminal import say
from cnn.network.errors import shown
from cnn.training.engine.reproduce import ReproductionError, check_start, start_file
from cnn.training.exchange.event_files import write_run
from cnn.training.exchange.folder import ExportError, export
from cnn.training.exchange.notebook import notebook
from cnn.training.exchange.standalone import standalone
from cnn.training.exchange.tables import (
    Seen,
    TableError,
    beside,
    epoch_rows,
    every_run,
    run_rows,
    write_csv,
    write_parquet,
)
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import START, Run
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store.store import Store

NOTHING = (
    "say where to: --to FOLDER or --script FILE for one run; --tensorboard FOLDER, --parquet FILE "
    "or --csv FILE for some or all."
)


def run(store: Store, options: argparse.Namespace) -> None:
    """Writes what is asked for, of the runs that are named or of all."""
    if not any((options.to, options.script, options.tensorboard, options.parquet, options.csv)):
        raise CommandError(NOTHING)
    found = [_found(store, id) for id in dict.fromkeys(options.ids)]
    one = _one(found, options)
    wants_several = options.csv or options.parquet or options.tensorboard
    several = found or (list(every_run(store)) if wants_several else [])
    if not options.force:
        _check_new(options, several)
    made: list[str] = []
    try:
        if one and options.to:
            names = export(store, one, Path(options.to), with_class_names=options.class_names)
            made += [str(Path(options.to) / name) for name in names]
        if one and options.script:
            made += _script(store, one, Path(options.script))
        for rows, write in ((options.csv, write_csv), (options.parquet, write_parquet)):
            if rows:
                file, curves = Path(rows), beside(Path(rows))
                write(run_rows(store, several), file)
                write(epoch_rows(store, several), curves)
                made += [str(file), str(curves)]
        if options.tensorboard:
            made += [_events(store, each, _place(options, each)) for each in several]
    except (ExportError, TableError, ReproductionError) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        where = error.filename or "what is asked for"
        raise CommandError(f"{where} cannot be written: {error.strerror or error}.") from error
    say(
        options, {"written": made}, f"Written: {', '.join(made) or 'nothing, as there are no runs'}"
    )


def _check_new(options: argparse.Namespace, several: Sequence[Seen]) -> None:
    """Refuses tables and curves whose place is taken, before any of them is written."""
    tables = [Path(rows) for rows in (options.csv, options.parquet) if rows]
    places = [name for file in tables for name in (file, beside(file))]
    places += [_place(options, each) for each in several if options.tensorboard]
    for place in places:
        if os.path.lexists(place):
            raise CommandError(
                f"{shown(str(place), 300)} is there already. Choose another name, or write over it "
                "with --force."
            )


def _found(store: Store, id: str) -> Seen:
    found = store.look_up(id)
    if found is None:
        raise CommandError(f"there is no run {shown(id)}. `python -m cnn runs list` names them.")
    if isinstance(found, Unreadable):
        raise CommandError(found.words)
    return found


def _one(found: Sequence[Seen], options: argparse.Namespace) -> Run | None:
    """The one run that a folder or a script is of, where one is asked for."""
    if not (options.to or options.script):
        return None
    if len(found) != 1:
        raise CommandError(f"--to and --script are of one run; {len(found)} are named.")
    if isinstance(found[0], Elsewhere):
        raise CommandError(found[0].words)
    return found[0]


def _script(store: Store, one: Run, file: Path) -> list[str]:
    """The script, and beside it the weights that it begins with."""
    check_start(one, store.file_sizes(one.id))
    text = standalone(one, store.epochs([one.id])[one.id])
    if os.path.lexists(file):
        raise CommandError(f"{file} is there already. Name another file, or move that one.")
    file.write_text(notebook(text) if file.suffix == ".ipynb" else text, encoding="utf-8")
    start = file.with_name(start_file(one))
    if one.configuration.start and not os.path.lexists(start):  # by a script of the same run
        with start.open("xb") as into:
            store.copy_file(one.id, START, into)
    return [str(file), *[str(start)] * bool(one.configuration.start)]


def _place(options: argparse.Namespace, one: Seen) -> Path:
    """A folder of its own for the curves of a run, named so that runs are told apart."""
    name = "".join(letter if letter.isalnum() else "-" for letter in one.name.lower()).strip("-")
    return Path(options.tensorboard) / f"{name or 'run'}-{one.id}"


def _events(store: Store, one: Seen, place: Path) -> str:
    """The curves of a run, as event files."""
    result = one.result if isinstance(one, Run) else None
    write_run(
        place,
        one.started_at or one.created_at or time.time(),
        store.epochs([one.id])[one.id],
        store.every_step(one.id),
        one.told.unmeasured if isinstance(one, Elsewhere) else (),
        {"test_loss": result.test_loss, "test_accuracy": result.test_accuracy} if result else None,
    )
    return str(place)
