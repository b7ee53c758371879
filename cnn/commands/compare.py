"""`python -m cnn compare`: a comparison in the foreground; what was trained before is used."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from cnn.commands import CommandError, refusals
from cnn.commands.again import again_of, asked
from cnn.commands.prepare import say_left_out, say_notes, say_split
from cnn.commands.terminal import printable, quiet
from cnn.commands.train import Bar, carried_out
from cnn.comparing import budget
from cnn.comparing.answers import Answers, answers
from cnn.comparing.budget import Equal
from cnn.comparing.columns import TEST, Column, Place, shown
from cnn.comparing.comparison import Entrant, Group, Plan, groups, missing
from cnn.comparing.export import brief, tests
from cnn.comparing.findings import Findings, findings, over_seeds_in_short, the_rule, told_apart
from cnn.comparing.unshown import beside
from cnn.data import load
from cnn.network.architecture import Architecture
from cnn.network.source import chosen
from cnn.training.forecast import limits
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import fit_to
from cnn.training.recipe.run import Run, State, recipe
from cnn.training.store.heartbeats import dismiss_silent
from cnn.training.store.store import Store


def compare(options: argparse.Namespace) -> int:
    """Trains what is missing, then says what came of all, and writes the report."""
    with refusals():
        if options.report:
            _check_writable(Path(options.report))
        if options.paper:
            _check_folder(Path(options.paper))
        plan = _plan(options)
        store = Store(options.store)
        dismiss_silent(store)
        for one in store.unreadable(plan.recipes()):
            print(f"Left out: {printable(one.words)}", file=sys.stderr)
        with quiet() as terminal:
            ended = train_missing(store, plan, terminal)
        found = findings_of(store, plan)
    if options.json:
        said = json.dumps({"results": [brief(row) for row in found.rows]} | tests(found))
    else:
        said = "\n".join(_lines(found))
    try:
        print(said, flush=True)  # first: hours of training are in it, and the report may fail
    finally:
        if options.report:
            _write(Path(options.report), found)
        if options.paper:
            _write_paper(Path(options.paper), found)
    if ended is State.INTERRUPTED:
        return 130
    return 0 if all(row.group.finished for row in found.rows) else 1


def _plan(options: argparse.Namespace) -> Plan:
    """The networks that are named, under the conditions that are asked for."""
    wanted = asked(options)

    def opened(source: str) -> Architecture:
        pixels = options.pixels if source.endswith(".keras") else None
        size = options.input if source.endswith((".keras", ".json")) else None
        found = chosen(source, size, pixels)
        say_notes(found, found.architecture.name)
        return found.architecture

    networks = ((source, opened(source)) for source in wanted.archs)
    return planned(networks, wanted.configuration, wanted.seeds, wanted.equal, wanted.seconds)


def planned(
    networks: Iterable[tuple[str, Architecture]],
    configuration: Configuration,
    seeds: int = 1,
    equal: Equal = Equal.EPOCHS,
    seconds: float = 0.0,
) -> Plan:
    """The networks, each by its id, fitted to the data, and checked before the first is trained."""
    plan = Plan((), configuration, seeds)
    by_recipe: dict[str, Entrant] = {}
    for source, architecture in networks:
        limits.check_size(architecture)
        data = load(configuration.dataset, architecture.input)
        if not by_recipe:
            say_left_out(data)
            say_split(data)
        fitted = fit_to(architecture, data)
        for change in fitted.changes:
            print(f"{architecture.name}: {change}", file=sys.stderr)
        images = {name: len(split) for name, split in data.splits.items()}
        train_images = images["train"]
        if not by_recipe:
            given = budget.made(equal, seconds, fitted.architecture, configuration, train_images)
            plan = replace(plan, budget=given)
        own = budget.given(plan.budget, fitted.architecture, configuration, train_images)
        limits.check(fitted.architecture, own, images)
        entrant = Entrant(source, fitted.architecture, fitted.changes, own)
        if equal is not Equal.EPOCHS:
            print(f"{fitted.architecture.name}: {own.length}", file=sys.stderr)
        first = by_recipe.setdefault(recipe(fitted.architecture, configuration), entrant)
        if first is not entrant:
            print(f"{source} is the same network as {first.id}.", file=sys.stderr)
    return replace(plan, entrants=tuple(by_recipe.values()))


def train_missing(store: Store, plan: Plan, terminal: TextIO) -> State | None:
    """Trains seed by seed, and shows how it goes; returns how the last training ended, None where
    there was none.
    """
    found = _groups(store, plan)
    to_train, state = missing(plan, found), None
    there = sum(len(group.finished) for group in found)
    if there:
        runs = "run is" if there == 1 else "runs are"
        terminal.write(f"{there} finished {runs} in the store already.\n")
    for entrant, configuration in to_train:
        terminal.write(f"seed {configuration.seed}: ")
        run = carried_out(store, _adding(store, entrant, configuration), Bar(terminal))
        state = run.state
        if state is not State.FINISHED:
            said = f"{run.name}, seed {configuration.seed}: {state}. {run.message}"
            terminal.write(f"{printable(said)}\n")
        if state is State.INTERRUPTED:
            break
    return state


def _adding(store: Store, entrant: Entrant, configuration: Configuration) -> Callable[[str], Run]:
    network, changes = entrant.architecture, entrant.changes
    return lambda worker: store.add(network, configuration, worker=worker, changes=changes)


def _groups(store: Store, plan: Plan) -> list[Group]:
    """What has ended, whichever way; what is queued or trained elsewhere may never end."""
    return groups(plan, [run for run in store.find(plan.recipes()) if not run.is_live])


def findings_of(store: Store, plan: Plan) -> Findings:
    """What came of the trainings of a plan, those of earlier among them."""
    found = _groups(store, plan)
    epochs = store.epochs([run.id for group in found for run in group.finished])
    kept: dict[str, Answers] = {}

    def read(run: Run) -> Answers:
        if run.id not in kept:
            kept[run.id] = answers(store, run)
        return kept[run.id]

    return findings(plan, found, epochs, read, others=beside(store, plan, found))


def _check_writable(path: Path, what: str = "the report") -> None:
    """A file that cannot be written is said before hours of training, not after."""
    try:
        why = _hindrance(path)
    except (OSError, RuntimeError) as error:  # the latter of links that lead to each other
        why = getattr(error, "strerror", None) or str(error)
    if why:
        raise CommandError(f"{what} {path} cannot be written: {why}. Choose another file.")


def _check_folder(path: Path) -> None:
    """The same of the folder for a paper, which is made where there is none; files that are not of
    a paper are not written over.
    """
    from cnn.pictures.paper.files import is_paper

    if path.exists() and not path.is_dir():
        raise CommandError(f"{path} is a file, and --paper takes a folder. Choose another name.")
    try:
        is_taken = path.is_dir() and any(path.iterdir()) and not is_paper(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    if is_taken:
        raise CommandError(
            f"{path} holds other files. --paper takes a folder that is new, empty, or of a paper "
            "written before."
        )
    _check_writable(path / "README.md" if path.is_dir() else path, "the folder")


def _hindrance(path: Path) -> str:
    """What stands in the way of a file; raises what writing to it would, and changes nothing."""
    if path.is_dir():
        return "it is a folder"
    if not path.parent.is_dir():
        return "its folder is not there"
    target = path.resolve()  # a link may lead to what is not there yet
    is_there = target.exists()
    if not is_there or target.is_file():  # to open a pipe would wait for its reader
        target.open("ab").close()
    if not is_there:
        target.unlink()
    return ""


def _write(path: Path, found: Findings) -> None:
    from cnn.pictures.comparison.report import report

    try:
        path.write_text(report(found, time.time(), again_of(found)), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"the report {path} cannot be written: {error.strerror}.") from error
    print(f"The report is in {path}.", file=sys.stderr)


def _write_paper(path: Path, found: Findings) -> None:
    from cnn.pictures.paper.files import write_paper

    try:
        write_paper(found, path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    print(f"Figures, tables and methods are in {path}.", file=sys.stderr)


def _lines(found: Findings) -> list[str]:
    """The table, what the stars mean, and whether the differences are real."""
    best = found.claims.best
    names = [row.name for row in found.rows]
    columns = [["", *names], *(_column(one, found) for one in shown(Place.TERMINAL))]
    widths = [max(map(len, column)) for column in columns]
    left = ["", *("".join(f"  {said}" for said in row.group.not_counted) for row in found.rows)]
    lines = [
        f"{name:{widths[0]}}"
        + "".join(f"  {text:>{width}}" for text, width in zip(cells, widths[1:], strict=True))
        + more
        for (name, *cells), more in zip(zip(*columns, strict=True), left, strict=True)
    ]
    if fewer := [row for row in found.rows if row.trace.non_trainable_params]:
        trainable = (f"{row.name} {row.trace.trainable_params:,}" for row in fewer)
        lines.append(f"of these parameters, trainable: {', '.join(trainable)}")
    if any(row.seconds for row in found.rows):
        lines.append("training is the time of steps and validation, without compiling the network")
    if best:
        lines.append("* shown to be better than every network without a star")
    said: Sequence[str] = (*found.differences.forbid, *found.differences.notes)
    lines += [f"note: {one}" for one in said]
    short = over_seeds_in_short(found.judgements)
    for judgement in found.judgements:
        own = judgement.sentences[: 1 if short else 2]
        lines += ["", f"{judgement.first} and {judgement.second}:", *own]
    for more in (short, told_apart(found.claims), *the_rule(found.claims)):
        lines += ["", more] if more else []
    return lines


def _column(column: Column, found: Findings) -> list[str]:
    """Its head and its cells, the best test accuracies with their star."""
    best = found.claims.best if column is TEST else ()
    signs = [" *" if row.id in best else "  " * (column is TEST) for row in found.rows]
    cells = column.written(found.rows)
    return [column.head, *map("".join, zip(cells, signs, strict=True))]
