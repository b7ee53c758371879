"""What belongs to runs as rows of the store: steps thinned by the database, gradients, files.

A row that is damaged is passed by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from cnn.training.recipe.run import GradientNorms, Step
from cnn.training.store.row_checks import are_whole
from cnn.training.store.tables import files, steps

SLICE_BYTES = 1_000_000
"""How much of a file is in memory where it is read in slices."""


def steps_from(
    connection: Connection, run_id: str, first: int, at_most: int | None = None
) -> list[Step]:
    """The steps of a run from one on, or so many of them."""
    query = select(steps).where(steps.c.run_id == run_id, steps.c.step >= first)
    query = query.where(are_whole(connection, steps, "run_id"))
    found = connection.execute(query.order_by(steps.c.step).limit(at_most)).all()
    return [Step(*row[1:]) for row in found]


def extreme_steps(connection: Connection, run_id: str, length: int) -> list[Step]:
    """The steps with the lowest and highest loss of every so many, and the last of all."""
    this = (steps.c.run_id == run_id) & are_whole(connection, steps, "run_id")
    stretch = steps.c.step // length
    extremes = (
        select(
            stretch.label("number"),
            func.min(steps.c.loss).label("lowest"),
            func.max(steps.c.loss).label("highest"),
        )
        .where(this)
        .group_by(stretch)
        .subquery()
    )
    last = select(func.max(steps.c.step)).where(this).scalar_subquery()
    query = select(steps).join(extremes, extremes.c.number == stretch).where(this)
    is_kept = or_(steps.c.loss.in_((extremes.c.lowest, extremes.c.highest)), steps.c.step == last)
    found = connection.execute(query.where(is_kept).order_by(steps.c.step)).all()
    return [Step(*row[1:]) for row in found]


def gradients(run_id: str, measured: Sequence[GradientNorms]) -> list[dict[str, Any]]:
    """The rows of the table of gradients for some steps of a run."""
    return [
        {"run_id": run_id, "step": one.step, "norms": json.dumps(one.norms)} for one in measured
    ]


def content(connection: Connection, run_id: str, name: str) -> bytes | None:
    """What a file of a run holds; None where there is none, or something else in its place."""
    as_it_is = type_coerce(files.c.content, NullType())
    found = connection.execute(select(as_it_is).where(_of_run(run_id, name))).scalar()
    return found if isinstance(found, bytes) else None


def slices(connection: Connection, run_id: str, name: str) -> Iterator[bytes]:
    """What a file of a run holds, slice by slice, all of one moment; none where there is no such
    file, and an empty one of one that is empty.
    """
    if connection.dialect.name == "sqlite":
        return _slices_of_sqlite(connection, run_id, name)
    return _slices_of_others(connection, run_id, name)


def _slices_of_sqlite(connection: Connection, run_id: str, name: str) -> Iterator[bytes]:
    # Its substr() would read the whole file into memory for each slice.
    connection.exec_driver_sql("BEGIN")
    where = _of_run(run_id, name) & are_whole(connection, files, "run_id")
    query = select(literal_column("rowid", Integer)).select_from(files).where(where)
    number = connection.execute(query).scalar()
    if number is None:
        return
    raw: Any = connection.connection.driver_connection
    with raw.blobopen("files", "content", number, readonly=True) as blob:
        yield blob.read(SLICE_BYTES)
        while part := blob.read(SLICE_BYTES):
            yield part


def _slices_of_others(connection: Connection, run_id: str, name: str) -> Iterator[bytes]:
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    at = 1
    while True:
        part = func.substr(files.c.content, at, SLICE_BYTES, type_=LargeBinary)
        found = connection.execute(select(part).where(_of_run(run_id, name))).scalar()
        if found is None:
            return
        yield bytes(found)
        if len(found) < SLICE_BYTES:
            return
        at += len(found)


def _of_run(run_id: str, name: str) -> ColumnElement[bool]:
    return (files.c.run_id == run_id) & (files.c.name == name)


def put_files(connection: Connection, run_id: str, content: Mapping[str, bytes]) -> None:
    """Keeps files with a run, each in place of one of the same name."""
    if content:
        same = (files.c.run_id == run_id) & files.c.name.in_(list(content))
        connection.execute(delete(files).where(same))
        new = [{"run_id": run_id, "name": name, "content": one} for name, one in content.items()]
        connection.execute(insert(files), new)
