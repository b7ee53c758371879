"""The list of runs: those that fit a filter, the newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, func, select

from cnn.data import DatasetName
from cnn.data.own.library import PREFIX
from cnn.names import visible
from cnn.network.architecture import Architecture
from cnn.people.person import Person
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.data_address import data_id
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import LIVE, Run, State, recipe
from cnn.training.recipe.setting import settings_of, usual_for
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import run_rows
from cnn.training.store.labels import spellings
from cnn.training.store.store import Store
from cnn.training.store.tables import SEEN_BY, runs, tags


@dataclass(frozen=True, slots=True)
class Filter:
    """Which runs are wanted; what is empty asks for nothing.

    `words` are looked for in what a run and its network are called, and in its note; `dataset` is
    the id of a data set, or `own-images` for every file of own images.
    Archived runs are a list of their own.
    """

    words: str = ""
    tag: str = ""
    network: str = ""
    dataset: str = ""
    states: tuple[State, ...] = ()
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by, of all runs in the store."""

    tags: tuple[str, ...]
    networks: tuple[str, ...]
    datasets: tuple[str, ...]
    archived: int


EVERYTHING = Filter()


def page(
    store: Store, wanted: Filter = EVERYTHING, limit: int = 50, offset: int = 0
) -> list[Run | Elsewhere | Unreadable]:
    """The runs that fit, the newest first; those that cannot be read, or were trained
    elsewhere, among them.
    """
    with store.begin() as connection:
        query = _fitting(connection, select(runs), wanted)
        query = query.order_by(runs.c.created_at.desc(), runs.c.id)
        found = connection.execute(query.limit(limit).offset(offset)).all()
    return [run_rows.run(row._mapping) for row in found]


def live(store: Store) -> list[Run | Elsewhere | Unreadable]:
    """All runs to which something may still happen by itself."""
    ended = [state for state in State if state not in LIVE]
    with store.begin() as connection:
        found = connection.execute(select(runs).where(runs.c.state.not_in(ended))).all()
    return [one for row in found if (one := run_rows.run(row._mapping)).is_live]


def count(store: Store, wanted: Filter = EVERYTHING) -> int:
    """How many runs fit."""
    with store.begin() as connection:
        query = _fitting(connection, select(func.count()).select_from(runs), wanted)
        return int(connection.execute(query).scalar_one())


def with_any_seed(
    store: Store, architecture: Architecture, configuration: Configuration
) -> list[Run]:
    """The readable runs of this network with these settings, of any seed, the oldest first."""
    query = select(runs).where(runs.c.dataset == data_id(configuration.dataset))
    with store.begin() as connection:
        rows = connection.execute(query.order_by(runs.c.created_at)).mappings().all()
    of_length = f'"epochs": {configuration.epochs},'  # so that few rows are read whole
    found = run_rows.readable(row for row in rows if of_length in str(row["configuration"]))
    return [one for one in found if _is_alike(one, architecture, configuration)]


def _is_alike(run: Run, architecture: Architecture, configuration: Configuration) -> bool:
    images = run.images.get("train")
    own, other = (_in_effect(one, images) for one in (run.configuration, configuration))
    return recipe(run.architecture, own) == recipe(architecture, other)


def _in_effect(own: Configuration, train_images: int | None) -> Configuration:
    """With what `auto` comes to, and without the seed and what has no effect."""
    usual, kept = usual_for(own), own.in_use(train_images)
    for name, one in settings_of(type(own)).items():
        if not one.has_effect(own):
            kept[name] = usual[name]
    return replace(own, **kept | {"seed": 0})


def choices(store: Store) -> Choices:
    """What runs can be found by."""

    def each(column: Any) -> tuple[str, ...]:
        query = select(column).distinct().order_by(column)
        found = connection.execute(query).scalars().all()
        seen = [visible(one) for one in found if isinstance(one, str)]
        return tuple(dict.fromkeys(filter(None, seen)))

    put_away = select(func.count()).select_from(runs).where(runs.c.is_archived == 1)
    with store.begin() as connection:
        return Choices(
            tags=each(tags.c.tag),
            networks=each(runs.c.network),
            datasets=each(runs.c.dataset),
            archived=int(connection.execute(put_away).scalar_one()),
        )


def _fitting(connection: Connection, query: Select[Any], wanted: Filter) -> Select[Any]:
    # What says neither of itself, as a damaged row may, is in the list and not behind a filter.
    is_archived = runs.c.is_archived == 1
    person: Person | None = connection.get_execution_options().get(SEEN_BY)
    if person and not person.is_teacher:  # what others shared is opened by its link
        query = query.where(runs.c.owner == person.id)
    query = query.where(
        is_archived if wanted.is_archived else runs.c.is_archived.is_distinct_from(1)
    )
    for word in _words(wanted.words):
        query = query.where(
            runs.c.name.icontains(word, autoescape=True)
            | runs.c.network.icontains(word, autoescape=True)
            | runs.c.note.icontains(word, autoescape=True)
        )
    if wanted.tag:
        tagged = tags.c.tag.in_(spellings(connection, tags.c.tag, [wanted.tag]))
        query = query.where(runs.c.id.in_(select(tags.c.run_id).where(tagged)))
    if wanted.network:
        these = spellings(connection, runs.c.network, [wanted.network])
        query = query.where(runs.c.network.in_(these))
    if wanted.dataset == DatasetName.OWN_IMAGES:
        query = query.where(runs.c.dataset.startswith(PREFIX, autoescape=True))
    elif wanted.dataset:
        these = spellings(connection, runs.c.dataset, [wanted.dataset])
        query = query.where(runs.c.dataset.in_(these))
    if wanted.states:
        query = query.where(runs.c.state.in_(wanted.states))
    return query


def _words(text: str) -> Sequence[str]:
    return text.split()[:8]
