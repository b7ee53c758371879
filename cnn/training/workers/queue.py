"""The queue of runs that wait: what would make it too long is refused as it is put in.

The limit is looked at within the transaction that adds to the queue, and those who add wait for
each other: it holds for all who press a button at the same moment, on any database. What cannot be
read, and so is not trained, takes nobody's place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import Connection, insert, select

from cnn.data.errors import DataError
from cnn.network.architecture import Architecture
from cnn.people import images
from cnn.training.forecast import limits
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.run import START, Run, State
from cnn.training.store import database, rows, run_rows
from cnn.training.store.sight import of_all
from cnn.training.store.store import Store, new_run
from cnn.training.store.tables import runs
from cnn.training.workers import person_limits, starting


@dataclass(frozen=True, slots=True)
class Wanted:
    """A training that is to be queued; `changes` are what was changed to fit network and data,
    `files` what it is to have from the first, such as the weights that it begins with.
    """

    architecture: Architecture
    configuration: Configuration
    changes: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


def put(store: Store, wanted: Sequence[Wanted]) -> list[Run]:
    """Queues all trainings, or none where it gets too long or one of them cannot be: then a
    `ConfigurationError`.
    """
    if not wanted:
        return []
    for one in wanted:
        one.configuration.check_channels(one.architecture.input[2])
        _check_images(store, one.configuration)
    ready = [_with_weights(store, one) for one in wanted]
    new = [new_run(one.architecture, one.configuration, changes=one.changes) for one in ready]
    with room_for(store, len(new)) as connection:
        connection.execute(insert(runs), [run_rows.columns(run) for run in new])
        for run, one in zip(new, ready, strict=True):
            rows.put_files(connection, run.id, one.files)
    return new


def _check_images(store: Store, configuration: Configuration) -> None:
    try:
        images.check_theirs(store, configuration.dataset)
    except DataError as error:
        raise ConfigurationError(str(error)) from None


def _with_weights(store: Store, one: Wanted) -> Wanted:
    """With the weights that its settings name: where they were not given, those of a run before."""
    if one.configuration.start is None or START in one.files:
        return one
    configuration, files, said = starting.again(store, one.architecture, one.configuration)
    return Wanted(one.architecture, configuration, (*one.changes, *said), {**one.files, **files})


@contextmanager
def room_for(store: Store, new: int = 1) -> Iterator[Connection]:
    """A transaction in which so many runs may join the queue, and nobody else adds to it."""
    with store.begin() as connection:
        database.hold(connection)
        all_queued = of_all(select(runs).where(runs.c.state == State.QUEUED))
        queued = connection.execute(all_queued).mappings()
        limits.check_queue(len(run_rows.readable(queued)), new)
        person_limits.check(connection, store.person, new)
        yield connection
