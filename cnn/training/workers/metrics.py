"""What is counted for whoever runs the server: runs, people, workers and what the store takes, in
the text form that Prometheus reads. Numbers alone: nobody is named, by name or by id.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, literal_column, select

from cnn.people.person import Role
from cnn.training.recipe.run import CLAIMED, State, WorkerState
from cnn.training.store.heartbeats import worker_states
from cnn.training.store.on_disk.store_file import size_bytes, store_file
from cnn.training.store.store import Store
from cnn.training.store.tables import metadata, people, runs
from cnn.training.store.turns import IS_WAITING
from cnn.training.upkeep.room import ENDED

HOUR_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Metric:
    """A number, or one for each value of a label; what is not known is None, and left out."""

    name: str
    about: str
    value: float | Mapping[str, float] | None
    label: str = ""

    def lines(self) -> list[str]:
        """As Prometheus reads it."""
        if self.value is None:
            return []
        name = f"cnn_{self.name}"
        each = self.value.items() if isinstance(self.value, Mapping) else [("", self.value)]
        return [
            f"# HELP {name} {self.about}",
            f"# TYPE {name} gauge",
            *(f"{name}{self._labelled(word)} {_number(one)}" for word, one in each),
        ]

    def _labelled(self, word: str) -> str:
        return f'{{{self.label}="{word}"}}' if self.label else ""


def as_text(metrics: Iterable[Metric]) -> str:
    """All of them, a line each behind two that say what it is."""
    return "\n".join([*(line for one in metrics for line in one.lines()), ""])


def counted(store: Store) -> list[Metric]:
    """What the store says of all there are; raises `StoreError`."""
    now = time.time()
    states = Counter(worker_states(store))
    with store.begin() as connection:
        ended = runs.c.finished_at > now - HOUR_S
        return [
            Metric("runs", "Runs in the store.", _by(connection, runs.c.state, State), "state"),
            Metric(
                "runs_ended_last_hour",
                "Runs that ended within the last hour.",
                _by(connection, runs.c.state, ENDED, ended),
                "state",
            ),
            _people_with(connection, "waiting", "wait to be trained", IS_WAITING),
            _people_with(connection, "training", "are in training", runs.c.state.in_(CLAIMED)),
            Metric(
                "oldest_wait_seconds",
                "For how long the run has waited that waits longest; 0 where none does.",
                _oldest_wait_s(connection, now),
            ),
            Metric(
                "people",
                "Accounts that are let in.",
                _by(connection, people.c.role, Role, people.c.is_revoked == 0),
                "role",
            ),
            Metric(
                "workers",
                "Workers that were heard of lately.",
                {state: states[state] for state in WorkerState},
                "state",
            ),
            Metric("store_bytes", "What the run store takes.", _bytes(connection, store)),
            Metric("store_rows", "Rows in the run store.", _rows(connection), "table"),
        ]


def _people_with(connection: Connection, name: str, what: str, which: Any) -> Metric:
    owners = select(func.count(runs.c.owner.distinct())).where(which)
    about = f"People of whom runs {what}."
    return Metric(f"people_{name}", about, connection.execute(owners).scalar_one())


def _by(connection: Connection, column: Any, words: Iterable[str], *which: Any) -> dict[str, float]:
    """How many rows there are of each word; a word that this version does not know is left out."""
    query = select(column, func.count()).where(*which).group_by(column)
    found: dict[str, int] = dict(connection.execute(query).all())
    return {word: found.get(word, 0) for word in words}


def _oldest_wait_s(connection: Connection, now: float) -> float:
    since = connection.execute(select(func.min(runs.c.created_at)).where(IS_WAITING)).scalar()
    return max(0.0, now - since) if isinstance(since, int | float) else 0.0


def _bytes(connection: Connection, store: Store) -> float | None:
    if (file := store_file(store.url)) is not None:
        return size_bytes(file)
    if connection.dialect.name != "postgresql":
        return None
    size = func.pg_database_size(func.current_database())
    return float(connection.execute(select(size)).scalar_one())


def _rows(connection: Connection) -> dict[str, float]:
    count = func.count(literal_column("*"))
    return {
        table.name: connection.execute(select(count).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
        if table.name != "about"
    }


def _number(value: float) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")
