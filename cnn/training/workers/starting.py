"""Beginning a training with weights that were trained before: a run's, or those of a `.keras` file.

What is taken goes into the new run's own files as it is put into the store, so that the run it came
from may be deleted, and the new one is still trained, resumed and done again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sqlalchemy import select

from cnn.names import visible
from cnn.network.architecture import Architecture
from cnn.network.errors import shown
from cnn.network.keras.model import Weights, WeightsError, by_place
from cnn.network.keras.read import Imported
from cnn.training.engine.weights import digest, trained_weights
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.matching import (
    Match,
    anew,
    check_any,
    matched,
    other_input,
    taken_weights,
)
from cnn.training.recipe.run import START, WEIGHTS, Run, State
from cnn.training.recipe.start import SHIPPED, Start, StartError
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import class_names
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.store import Store
from cnn.training.store.tables import files, runs

MOST_BYTES = 900_000_000
"""More than that of weights is not kept with a run: SQLite takes a file of a billion bytes."""

UNREAD = "0" * 64
"""What stands for weights that were not read yet."""

LOST = (
    "Begins with new weights: those of {origin}, which the settings name, are not in this store "
    "any more."
)
OTHER = (
    "Begins with new weights: those of {origin}, which the settings name, were taken for another "
    "network."
)


@dataclass(frozen=True, slots=True, eq=False)
class Parent:
    """A trained network that others begin with; classes that are not known are none.

    Without its weights it is there to be looked at: they are read when a training begins.
    """

    architecture: Architecture
    weights: Weights | None
    run: str = ""
    file: str = ""
    class_names: tuple[str, ...] = ()
    says_pixels: bool = True

    @property
    def called(self) -> str:
        return f"run {self.run} ({self.architecture.name})" if self.run else f"the file {self.file}"


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """What is settled before a training begins: for its settings, for its files, to be said."""

    start: Start
    matches: tuple[Match, ...]
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()


def of_run(store: Store, run_id: str) -> Parent:
    """A finished run as a parent; raises `StartError` where it is none."""
    run = store.look_up(run_id)
    if isinstance(run, Elsewhere | Unreadable):
        raise StartError(run.words)
    if run is None:
        raise StartError(
            f"there is no run {shown(run_id)} to begin with. `python -m cnn runs list` names them."
        )
    check_parent(store, run)
    try:
        weights = trained_weights(store, run)
    except WeightsError as error:
        raise StartError(f"a training cannot begin with {run.name}: {error}") from error
    return Parent(run.architecture, weights, run=run.id, class_names=known_classes(store, run))


def known_classes(store: Store, run: Run) -> tuple[str, ...]:
    """The names of its classes; none of a run of before names were kept, which has numbers."""
    names = class_names.class_names(store, run)
    numbers = tuple(f"class {label}" for label in range(len(names)))
    return () if names == numbers else names


def check_parent(store: Store, run: Run) -> None:
    """Refuses a run that has not come to its end, or keeps no weights: those that ship are such."""
    if run.state is not State.FINISHED:
        way_out = "Wait for its end" if run.is_live else "Resume it first, or choose a finished run"
        raise StartError(
            f"a training cannot begin with {run.name}, run {run.id}: it is {run.state}. {way_out}."
        )
    if WEIGHTS not in store.file_sizes(run.id):
        raise StartError(
            f"a training cannot begin with {run.name}: run {run.id} keeps no weights. Train it "
            "again, or choose another run."
        )


def of_file(name: str, imported: Imported, weights: Weights) -> Parent:
    """The network of a `.keras` file as a parent; of its classes it says nothing."""
    return Parent(
        imported.architecture,
        weights,
        file=visible(name)[-80:] or "unnamed",
        says_pixels=imported.says_pixels,
    )


def of_shipped(
    name: str, architecture: Architecture, weights: Weights, classes: Sequence[str]
) -> Parent:
    """A body that ships as a parent."""
    return Parent(architecture, weights, file=f"{SHIPPED}{name}", class_names=tuple(classes))


def matches_of(
    parent: Parent, architecture: Architecture, classes: Sequence[str]
) -> tuple[Match, ...]:
    """What becomes of each layer of a network that is fitted to data with these classes."""
    are_others = bool(parent.class_names) and tuple(map(visible, classes)) != parent.class_names
    return matched(architecture, parent.architecture, other_classes=are_others)


def begin(
    parent: Parent,
    architecture: Architecture,
    classes: Sequence[str],
    *,
    freeze: int = 0,
    head_first: int = 0,
) -> Beginning:
    """All that a training needs to begin with a parent; raises `StartError` where it cannot."""
    matches = matches_of(parent, architecture, classes)
    check_any(matches, architecture, parent.called)
    notes = other_input(architecture, parent.architecture, says_pixels=parent.says_pixels)
    named = parent.run, parent.file, freeze, head_first, anew(matches)
    if parent.weights is None:
        start = Start(UNREAD, *named)
        start.check(architecture)
        return Beginning(start, matches, notes=notes)
    taken = taken_weights(matches, parent.weights)
    size = sum(array.nbytes for arrays in taken.values() for array in arrays)
    if size > MOST_BYTES:
        raise StartError(
            f"the weights of {parent.called} that would be taken have {size / 1e6:,.0f} MB, and at "
            f"most {MOST_BYTES / 1e6:,.0f} MB are kept with a run. Choose a smaller network."
        )
    start = Start(digest(taken), *named)
    start.check(architecture)
    content = arrays_to_bytes(by_place(taken))
    return Beginning(start, matches, {START: content}, notes)


def again(
    store: Store, architecture: Architecture, configuration: Configuration
) -> tuple[Configuration, Mapping[str, bytes], tuple[str, ...]]:
    """The settings of a run for a training like it: with the weights that it began with, where they
    are in the store and were taken for this network; else with new ones, and a sentence that says
    so.
    """
    start = configuration.start
    if start is None:
        return configuration, {}, ()
    there = _with_start(store, start)
    for run_id, network in there:
        if network == architecture and (content := store.file(run_id, START)):
            return configuration, {START: content}, ()
    said = (OTHER if there else LOST).format(origin=start.origin)
    return replace(configuration, start=None), {}, (said,)


def _with_start(store: Store, start: Start) -> list[tuple[str, Architecture]]:
    """The runs that keep the weights of a start, each with its network."""
    query = (
        select(runs.c.id)
        .join(files, (files.c.run_id == runs.c.id) & (files.c.name == START))
        .where(runs.c.configuration.contains(start.weights, autoescape=True))
    )
    with store.begin() as connection:
        ids = connection.execute(query.order_by(runs.c.created_at.desc())).scalars().all()
    return [(run.id, run.architecture) for id in ids if (run := store.get(id))]
