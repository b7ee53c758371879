"""A store with rows beside its runs that are damaged in every way: each value in each column."""

import itertools
import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import Column, Float, Integer, LargeBinary, Table

from cnn.network.zoo import entry
from cnn.training.store import tables
from cnn.training.store.store import Store
from cnn.training.store.store_file import store_file
from tests.training.unreadable import FOREIGN

OTHERS = tuple(
    table
    for table in (*tables.metadata.sorted_tables, tables.limits)
    if table not in (tables.about, tables.runs)
)
"""All tables but that of runs, whose columns are damaged elsewhere, and the version's number."""

HELD = FOREIGN | {"below 0": "-5"}
A_TEXT = {
    *("text", "text with control signs", "text in another encoding", "half a sign"),
    *("list", "object"),
    *("number", "fraction", "below 0", "beyond all numbers", "far below 0", "large"),
}
"""What is text in a column for text: SQLite writes numbers down there."""

FITS: dict[str, set[str]] = {
    "norms": {"object"},
    "words": {"list"},
    "wanted": set(),
    "architecture of a design": set(),
    "accuracy": {"fraction"},
    "val_accuracy": {"fraction"},
    "seconds": {"number", "fraction"},
    "heartbeat_at": {"number", "fraction"},
    "saved_at": {"number", "fraction"},
    "wanted_at": {"number", "fraction"},
    "met_at": {"number", "fraction"},
    "shown_at": {"number", "fraction", "nothing"},
    "at": {"number", "fraction"},
}
"""What is no damage, by the column; else by its type."""

GOOD = {
    "norms": """'{"conv2d_1": 0.5}'""",
    "words": "'[]'",
    "wanted": "'[null, 5]'",
    "standing": "'agrees'",
    "profile": "'local'",
    "lesson": "'shapes'",
    "architecture": f"'{entry('lenet-5').architecture.to_json()}'",
}


def fits(column: Column[Any], held: str) -> bool:
    """Whether a value is no damage there."""
    name = column.name
    if isinstance(column.type, Integer) and list(column.table.primary_key) == [column]:
        return True  # by which SQLite finds rows: it puts nothing else there
    if column is tables.designs.c.architecture:
        name = "architecture of a design"
    if name in FITS:
        return held in FITS[name]
    if isinstance(column.type, Float):
        return held in {"number", "fraction", "below 0", "large"}
    if isinstance(column.type, Integer):
        return held == "number"
    if isinstance(column.type, LargeBinary):
        return held in {"bytes", "bytes that are text"}
    return held in A_TEXT


def damage_all(store: Store, run_id: str) -> int:
    """Puts damaged rows into every table, those of runs into that of one run; says how many."""
    file = store_file(store.url)
    assert file
    with store.begin() as connection:
        tables.limits.create(connection, checkfirst=True)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA writable_schema=ON")  # a file like that has no rules
        database.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '')")
    with closing(sqlite3.connect(file)) as database, database:
        number = itertools.count(1_000)
        return sum(_damage(database, table, run_id, number) for table in OTHERS)


def _damage(
    database: sqlite3.Connection, table: Table, run_id: str, number: "itertools.count[int]"
) -> int:
    damaged = 0
    columns = [one for one in table.c if one.name != "run_id"]
    for column, (name, held) in itertools.product(columns, HELD.items()):
        row = {one.name: _good(one, next(number)) for one in table.c} | {column.name: held}
        if "run_id" in row:
            row["run_id"] = f"'{run_id}'"
        try:
            database.execute(
                f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({', '.join(row.values())})"
            )
        except sqlite3.IntegrityError:  # a number by which SQLite itself finds rows is always one
            assert column.primary_key
            assert isinstance(column.type, Integer)
        else:
            damaged += not fits(column, name)
    return damaged


def _good(column: Column[Any], number: int) -> str:
    if column.name in GOOD:
        return GOOD[column.name]
    if isinstance(column.type, Integer):
        return str(number)
    if isinstance(column.type, Float):
        return "0.5"
    return f"x'{number}'" if isinstance(column.type, LargeBinary) else f"'x{number}'"
