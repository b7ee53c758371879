"""A store with rows beside its runs that are damaged in every way: each value in each column; and
the files of a run, each damaged in several ways.
"""

import io
import itertools
import json
import pickle
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import numpy as np
from sqlalchemy import Column, Float, Integer, LargeBinary, Table

from cnn.data import Dataset
from cnn.network.zoo import entry
from cnn.training.engine import kept_splits
from cnn.training.engine.snapshots import (
    Snapshot,
    snapshot_name,
    watched,
    watched_to_bytes,
    weights_name,
)
from cnn.training.recipe.run import (
    CHECKPOINT,
    CLASS_NAMES,
    MADE_ROOM,
    MODEL,
    PREDICTIONS,
    SPLITS,
    TRACEBACK,
    WATCHED,
    WEIGHTS,
)
from cnn.training.store import class_names, tables
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.on_disk.store_file import store_file
from cnn.training.store.store import Store
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
    "architecture": set(),
    "standing": set(),
    "state": set(),
    "is_shared": set(),
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
    "state": "'ready'",
    "is_shared": "1",
    "profile": "'local'",
    "owner": "'local'",
    "lesson": "'shapes'",
    "architecture": f"'{entry('lenet-5').architecture.to_json()}'",
}


def fits(column: Column[Any], held: str) -> bool:
    """Whether a value is no damage there."""
    name = column.name
    if isinstance(column.type, Integer) and list(column.table.primary_key) == [column]:
        return True  # by which SQLite finds rows: it puts nothing else there
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


# What the files of a run hold ---------------------------------------------------------------------


def whole_files(weights: bytes, data: Dataset) -> dict[str, bytes]:
    """A file of every kind that a run of two convolutions keeps, each as it should be."""
    numbers = np.random.default_rng(0)
    classes = len(data.class_names)
    maps = numbers.normal(size=(8, 4, 4, 4)).astype(np.float32)
    snapshot = Snapshot(
        numbers.normal(size=(3, 3, 1, 4)),
        dict.fromkeys(("conv2d_1", "conv2d_2"), maps),
        np.full((8, classes), 1 / classes, np.float32),
    )
    places = watched(data.validation, 0)
    scores = np.eye(classes, dtype=np.float32)[data.test.labels]
    return {
        WEIGHTS: weights,
        weights_name(1): weights,
        snapshot_name(1): snapshot.to_bytes(),
        WATCHED: watched_to_bytes(data.validation, places),
        PREDICTIONS: arrays_to_bytes({"scores": scores, "labels": data.test.labels}),
        CHECKPOINT: arrays_to_bytes({"optimizer/0000": numbers.normal(size=(40, 40))}),
        MODEL: _archive({"config.json": b"{}" * 300, "model.weights.h5": numbers.bytes(9_000)}),
        CLASS_NAMES: class_names.to_bytes(data.class_names),
        SPLITS: kept_splits.to_bytes(data),
        MADE_ROOM: json.dumps({"checkpoints": 1e9}).encode(),
        TRACEBACK: b"Traceback: it failed here.",
    }


IN_WORDS = (CLASS_NAMES, SPLITS, MADE_ROOM)
"""The files that hold JSON."""


def _archive(members: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def _flipped(content: bytes, first: int, count: int, bits: int = 0xFF) -> bytes:
    changed = bytearray(content)
    for place in range(first, min(first + count, len(content))):
        changed[place] ^= bits
    return bytes(changed)


def _within(content: bytes) -> int:
    """A place in an array, or in the middle where there is none; an archive's own words are less
    than they take.
    """
    array = content.find(b"NUMPY")
    return array if array > 0 else len(content) // 2


def _with_objects(_: bytes) -> bytes:
    written = io.BytesIO()
    np.save(written, np.array([{}], object), allow_pickle=True)
    return _archive({"weights.npy": written.getvalue()})


WAYS: Mapping[str, Callable[[bytes], bytes]] = {
    "flipped in the middle": lambda content: _flipped(content, len(content) // 2, 200),
    "flipped at its beginning": lambda content: _flipped(content, 0, 60),
    "flipped at its end": lambda content: _flipped(content, len(content) - 20, 20),
    "a single bit": lambda content: _flipped(content, _within(content), 1, 0x80),
    "cut in two": lambda content: content[: len(content) // 2],
    "cut at its end": lambda content: content[:-9],
    "empty": lambda _: b"",
    "zeros": lambda content: bytes(len(content)),
    "other bytes": lambda content: np.random.default_rng(1).bytes(len(content)),
    "text": lambda _: b"no file of this kind",
    "nested": lambda _: b"[" * 100_000,
    "another file": lambda _: arrays_to_bytes({"kernel/0": np.zeros((2, 3), np.float32)}),
    "one array": lambda _: arrays_to_bytes({"a": np.zeros(3)})[60:],
    "Python objects": _with_objects,
    "a pickle": lambda _: pickle.dumps({"weights": [1.0]}),
}
"""How a file comes to be damaged; its content before, and after."""
