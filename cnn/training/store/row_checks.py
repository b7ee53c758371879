"""What the rows beside runs hold, held against the columns that they are in.

SQLite keeps anything in any column, and a damaged file whatever. The database itself is asked, so
that one row of that sort is passed by and all others are read, also where it adds them up.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    RowMapping,
    Table,
    and_,
    cast,
    func,
    select,
    true,
)

from cnn.network.architecture import Architecture
from cnn.network.errors import shown
from cnn.training.recipe.json_columns import (
    UnknownError,
    bounds,
    norms,
    sentences,
    splits,
    times,
    two_limits,
)
from cnn.training.recipe.run import (
    CLASS_NAMES,
    MADE_ROOM,
    SNAPSHOT,
    SPLITS,
    STATE_AFTER,
    WEIGHTS_AFTER,
    Standing,
    WorkerState,
)
from cnn.training.store.tables import checks, files, gradients, limits, workers

MOST = 2**31 - 1
"""What PostgreSQL takes for a whole number."""


def epoch_of(name: str, kind: str) -> int:
    """The epoch of which a file is, by its name."""
    number = name.removeprefix(kind)
    if not (number.isascii() and number.isdecimal()):
        raise UnknownError(f"{shown(name)} names no epoch")
    return int(number)


def _file_name(name: str) -> str:
    for kind in (SNAPSHOT, WEIGHTS_AFTER, STATE_AFTER):
        if name.startswith(kind):
            epoch_of(name, kind)
    return name


READERS: Mapping[Column[Any], Callable[[str], object]] = MappingProxyType(
    {
        gradients.c.norms: norms,
        checks.c.architecture: Architecture.from_json,
        checks.c.standing: Standing,
        checks.c.words: sentences,
        files.c.name: _file_name,
        limits.c.wanted: two_limits,
        workers.c.state: WorkerState,
    }
)
"""How text is read that has to be more than text, of tables beside that of runs."""

CONTENTS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {CLASS_NAMES: sentences, SPLITS: splits, MADE_ROOM: times}
)
"""How the small files of a run are read, by their names; what reads arrays looks at the others."""


def are_whole(connection: Connection, table: Table, *but: str) -> ColumnElement[bool]:
    """Of a query: whether each column of a row holds what it is for, those named left out."""
    return _are_whole(table, but, has_kinds=connection.dialect.name != "sqlite")


@functools.cache
def _are_whole(table: Table, but: tuple[str, ...], *, has_kinds: bool) -> ColumnElement[bool]:
    others = [one for one in _looked_at(table) if one.name not in but]
    return and_(*(_is_whole(one, has_kinds=has_kinds) for one in others))


def _looked_at(table: Table) -> list[Column[Any]]:
    """All columns but a number of the row, which a database makes by itself."""
    keys = list(table.primary_key)
    numbers = keys if len(keys) == 1 and isinstance(keys[0].type, Integer) else []
    return [one for one in table.c if one not in numbers]


def damaged(connection: Connection, table: Table, *where: ColumnElement[bool]) -> Iterator[str]:
    """Each row that is not whole: which it is, and what in it is wrong."""
    has_kinds = connection.dialect.name != "sqlite"
    wrong = [
        _is_whole(one, has_kinds=has_kinds).is_not(true()).label(f"not {one.name}")
        for one in _looked_at(table)
    ]
    there = [one for one in table.c if not isinstance(one.type, LargeBinary)]
    are_wrong = are_whole(connection, table).is_not(true())
    for row in connection.execute(select(*there, *wrong).where(are_wrong, *where)).mappings():
        name = next(one.name for one in _looked_at(table) if row[f"not {one.name}"])
        said = shown(row[name]) if name in row else "no bytes"
        yield f"{_place(table, row)}: its {name} is {said}"
    for column in (one for one in table.c if one in READERS):
        query = select(*there).where(are_whole(connection, table), *where)
        for row in connection.execute(query).mappings():
            if read(column, row[column]) is None:
                yield f"{_place(table, row)}: its {column.name} is {shown(row[column])}"
    if table is files:
        query = select(files).where(are_whole(connection, table), files.c.name.in_(list(CONTENTS)))
        for row in connection.execute(query.where(*where)).mappings():
            if meaning(row["name"], row["content"]) is None:
                yield f"{_place(table, row)}: its content is {shown(row['content'])}"


def meaning(name: str, content: bytes | None) -> Any:
    """What a small file of a run says; None where it means nothing, or there is none."""
    try:
        return None if content is None else CONTENTS[name](content.decode())
    except (ValueError, RecursionError):
        return None


def read(column: Column[Any], text: str) -> Any:
    """What the text in a column means; None where it means nothing."""
    try:
        return READERS[column](text)
    except (ValueError, RecursionError):
        return None


def _place(table: Table, row: RowMapping) -> str:
    """A row by its keys: `epochs, run 0123456789ab, epoch 3`."""
    keys = [(one.name.removesuffix("_id"), shown(row[one])) for one in table.primary_key]
    return ", ".join([table.name, *(f"{name} {value.strip(chr(39))}" for name, value in keys)])


def _is_whole(column: Column[Any], *, has_kinds: bool) -> ColumnElement[bool]:
    found = _is_kind(column, has_kinds=has_kinds)
    return found | column.is_(None) if column.nullable else found


def _is_kind(column: Column[Any], *, has_kinds: bool) -> ColumnElement[bool]:
    """Text and bytes are known by their kind, numbers by their bounds, beyond which is all else."""
    if isinstance(column.type, Float):
        return column.between(*bounds(column.name))
    if isinstance(column.type, Integer):
        # Not the column itself, whose index SQLite would go through from 0 on for it.
        found = func.coalesce(column, -1)
        return found.between(0, MOST) & (cast(column, Integer) == column)
    if has_kinds:
        return column.is_not(None)
    kind = "blob" if isinstance(column.type, LargeBinary) else "text"
    return func.typeof(column) == kind
