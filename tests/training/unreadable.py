"""Runs of a store as another version of the program may leave them, which this one cannot read."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import insert, select, update

from cnn.training.recipe.run import Run
from cnn.training.store import run_rows
from cnn.training.store.on_disk.store_file import store_file
from cnn.training.store.store import Store
from cnn.training.store.tables import runs

Record = dict[str, Any]


def _network(change: Callable[[Record], object]) -> Callable[[Record], Record]:
    return _json("architecture", change)


def _json(column: str, change: Callable[[Any], object]) -> Callable[[Record], Record]:
    """Changes what a column holds as JSON, in place; what is empty counts as `{}`."""

    def changed(row: Record) -> Record:
        value = json.loads(row[column] or "{}")
        change(value)
        return {column: json.dumps(value)}

    return changed


KINDS: Mapping[str, tuple[Callable[[Record], Record], str]] = {
    "layer": (
        _network(lambda network: network["layers"].insert(0, {"kind": "Attention"})),
        "its network: layers[0]: unknown kind 'Attention'",
    ),
    "field of a layer": (
        _network(lambda network: network["layers"][0].update(regularizer="l1")),
        "its network: Conv2D #1: unknown field 'regularizer'",
    ),
    "value of a layer": (
        _network(lambda network: network["layers"][0].update(activation="mish")),
        "its network: Conv2D #1: activation must be",
    ),
    "field of a network": (
        _network(lambda network: network.update(outputs=[1, 2])),
        "its network: unknown field 'outputs'",
    ),
    "network that is whole only there": (
        _network(lambda network: network["layers"].insert(0, {"kind": "Dense", "units": 2})),
        "its network: Dense #1: ",
    ),
    "setting": (
        _json("configuration", lambda settings: settings.update(ema=0.99)),
        "its settings: there is no setting 'ema'",
    ),
    "optimizer": (
        _json("configuration", lambda settings: settings.update(optimizer="lion")),
        "its settings: optimizer must be one of sgd, rmsprop, adam, adamw, got 'lion'",
    ),
    "data set": (
        _json("configuration", lambda settings: settings["dataset"].update(name="cifar")),
        "its settings: There is no data set 'cifar'",
    ),
    "state": (lambda _: {"state": "sharded"}, "its state: 'sharded' is unknown"),
    "wish": (lambda _: {"wish": "hurry"}, "its wish: 'hurry' is unknown"),
    "field of its progress": (
        _json("progress", lambda progress: progress.update(energy_kwh=1.5)),
        "its progress: unknown field 'energy_kwh'",
    ),
    "value of its progress": (
        _json("progress", lambda progress: progress.update(step={"of": 3})),
        "its progress: step is {'of': 3}",
    ),
    "field of its result": (
        _json("result", lambda result: result.update(top_5=0.99)),
        "its result: unknown field 'top_5'",
    ),
    "less in its result": (
        lambda _: {"result": json.dumps({"test_loss": 0.1})},
        "its result: images_per_s is missing",
    ),
    "field of its checkpoint": (
        _json("checkpoint", lambda checkpoint: checkpoint.update(shard=1)),
        "its checkpoint: unknown field 'shard'",
    ),
    "images": (lambda _: {"images": "[150, 30]"}, "its images: [150, 30] is no object"),
    "images of no training": (lambda _: {"images": '{"test": 30}'}, "its images: train is missing"),
    "images below 0": (lambda _: {"images": '{"train": -5}'}, "its images: 'train' is -5"),
    "a result that is no number": (
        _json("result", lambda result: result.update(seconds=float("nan"))),
        "its result: NaN is no number",
    ),
    "environment": (lambda _: {"environment": "7"}, "its environment: 7 is no object"),
    "changes": (lambda _: {"changes": '{"a": 1}'}, "its changes: {'a': 1} is no list of sentences"),
    "no JSON": (lambda _: {"configuration": "{"}, "its settings: it is no JSON"),
    "too deep": (lambda _: {"architecture": "[" * 100_000}, "its network: "),
}
"""What may be unknown in a run's row: how it comes there, and how the reason begins."""


def spoil(store: Store, run: Run | str, kind: str) -> None:
    """Makes a run one that this version cannot read."""
    this = runs.c.id == (run if isinstance(run, str) else run.id)
    with store.begin() as connection:
        row = dict(connection.execute(select(runs).where(this)).one()._mapping)
        connection.execute(update(runs).where(this).values(KINDS[kind][0](row)))


def add_unreadable(store: Store, run: Run, kind: str) -> str:
    """Puts a run into the store that nobody could ever read; returns its id."""
    row = run_rows.columns(run)
    with store.begin() as connection:
        connection.execute(insert(runs).values(row | KINDS[kind][0](row)))
    return run.id


def row_of(store: Store, run_id: str) -> Record:
    """A run's row as it stands."""
    with store.begin() as connection:
        return dict(connection.execute(select(runs).where(runs.c.id == run_id)).one()._mapping)


FOREIGN = {
    "bytes": "x'fffe00'",
    "bytes that are text": "x'616263'",
    "text": "'abc'",
    "text with control signs": "'a' || char(0) || char(27) || '[2J'",
    "text in another encoding": "cast(x'63616ee9' as text)",
    "half a sign": r"""'{"name": "\ud800", "program": "\ud800"}'""",
    "number": "7",
    "fraction": "0.5",
    "beyond all numbers": "1e400",
    "far below 0": "-5e300",
    "large": "1000000000000000000",
    "nothing": "null",
    "list": "'[]'",
    "object": "'{}'",
}
"""What SQLite keeps in any column, whatever that is for; as SQL."""


def damage(store: Store, run: Run, held: str, *columns: str) -> None:
    """Puts a value into columns of a run's row as nothing but a damaged file or a foreign program
    would.
    """
    file = store_file(store.url)
    assert file
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA writable_schema=ON")  # a file like that has no rules
        database.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'runs'"
        )
        database.commit()
    with closing(sqlite3.connect(file)) as database:
        values = ", ".join(f"{column} = {held}" for column in columns)
        database.execute(f"UPDATE runs SET {values} WHERE id = ?", (run.id,))
        database.commit()
