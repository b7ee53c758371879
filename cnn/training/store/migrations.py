"""What makes a store of each older version one of the version after it.

Written for the tables as they were then, so nothing here knows those of today. Tables that are new
in a version are made by `tables`; what is here changes or fills those that were there before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import PurePath
from types import MappingProxyType

from sqlalchemy import Connection, inspect, text

Step = str | Callable[[Connection], None]


def _name_network_and_data(connection: Connection) -> None:
    """Notes of every run what it is filtered by; until then a run was called like its network."""
    connection.execute(text("UPDATE runs SET network = name"))
    change = text("UPDATE runs SET dataset = :dataset WHERE configuration = :configuration")
    for (configuration,) in connection.execute(
        text("SELECT DISTINCT configuration FROM runs")
    ).all():
        data = json.loads(configuration).get("dataset", {})
        own = data.get("file")
        named = f"own:{PurePath(own).stem}" if own else data.get("name", "shapes")
        connection.execute(change, {"dataset": named, "configuration": configuration})


def _give_designs_owners(connection: Connection) -> None:
    """A name that one person took is free for another. SQLite changes no primary key."""
    if not inspect(connection).has_table("designs"):  # it came after runs did
        return
    for step in (
        "CREATE TABLE owned_designs (owner VARCHAR(32) NOT NULL DEFAULT 'local', "
        "name VARCHAR(200) NOT NULL, architecture TEXT NOT NULL, saved_at FLOAT NOT NULL, "
        "PRIMARY KEY (owner, name))",
        "INSERT INTO owned_designs (name, architecture, saved_at) "
        "SELECT name, architecture, saved_at FROM designs",
        "DROP TABLE designs",
        "ALTER TABLE owned_designs RENAME TO designs",
    ):
        connection.execute(text(step))


def _let_designs_be_shared(connection: Connection) -> None:
    if inspect(connection).has_table("designs"):
        column = "is_shared INTEGER NOT NULL DEFAULT 0"
        connection.execute(text(f"ALTER TABLE designs ADD COLUMN {column}"))


MIGRATIONS: Mapping[int, tuple[Step, ...]] = MappingProxyType(
    {
        2: (
            "ALTER TABLE runs ADD COLUMN checkpoint TEXT",
            "ALTER TABLE runs ADD COLUMN continues VARCHAR(32) NOT NULL DEFAULT ''",
            "ALTER TABLE runs ADD COLUMN first_step INTEGER NOT NULL DEFAULT 0",
        ),
        3: ("ALTER TABLE runs ADD COLUMN changes TEXT NOT NULL DEFAULT '[]'",),
        4: (
            "ALTER TABLE runs ADD COLUMN network TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE runs ADD COLUMN dataset VARCHAR(200) NOT NULL DEFAULT ''",
            "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE runs ADD COLUMN is_archived INTEGER NOT NULL DEFAULT 0",
            "CREATE INDEX runs_by_shelf ON runs (is_archived, created_at)",
            _name_network_and_data,
        ),
        5: ("ALTER TABLE runs ADD COLUMN elsewhere TEXT",),
        6: (
            "ALTER TABLE runs ADD COLUMN owner VARCHAR(32) NOT NULL DEFAULT 'local'",
            "ALTER TABLE runs ADD COLUMN is_shared INTEGER NOT NULL DEFAULT 0",
            "CREATE INDEX runs_by_owner ON runs (owner, state, started_at)",
            _give_designs_owners,
        ),
        7: (),  # `classes` came
        8: (_let_designs_be_shared,),
    }
)


def migrate(connection: Connection, steps: tuple[Step, ...]) -> None:
    """Takes the steps from one version to the next."""
    for step in steps:
        if isinstance(step, str):
            connection.execute(text(step))
        else:
            step(connection)
