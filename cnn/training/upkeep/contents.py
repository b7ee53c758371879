"""What the files of runs hold, read through as a whole: each is what it is kept for, or why not.

A stray write into the store's file that SQLite does not see is seen by their checksums. At most one
file is in memory at a time. Rows, and what is small and no archive, are looked at in `row_checks`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

import numpy as np
from sqlalchemy import func, select

from cnn.data.errors import DataError
from cnn.data.files import BROKEN_ZIP, open_zip
from cnn.network.keras.model import WeightsError, check_weights
from cnn.network.trace import trace
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import (
    CHECKPOINT,
    MODEL,
    PREDICTIONS,
    SNAPSHOT,
    START,
    STATE_AFTER,
    WATCHED,
    WEIGHTS,
    WEIGHTS_AFTER,
    Run,
)
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store.arrays import ArraysError, as_clause, shapes_in
from cnn.training.store.row_checks import are_whole
from cnn.training.store.store import Store
from cnn.training.store.tables import files

MOST_MEMBERS = 1_000
CONFIG = "config.json"
NEEDED = {
    PREDICTIONS: ("scores", "labels"),
    WATCHED: ("pixels", "labels"),
    CHECKPOINT: ("optimizer/0000",),
    SNAPSHOT: ("probabilities",),
}
"""The arrays without which such a file is of no use; weights are held against their network."""


def amount(store: Store) -> tuple[int, int]:
    """How many files the runs of a store keep, and their bytes."""
    count, size = func.count(), func.coalesce(func.sum(func.length(files.c.content)), 0)
    with store.begin() as connection:
        query = select(count, size).where(are_whole(connection, files))
        found, size_bytes = connection.execute(query).one()
    return int(found), int(size_bytes)


def damaged(store: Store) -> Iterator[str]:
    """Each file that is not whole: of which run it is, and what is wrong."""
    with store.begin() as connection:
        whole = are_whole(connection, files)
        run_ids = connection.execute(select(files.c.run_id).where(whole).distinct()).scalars().all()
    for run_id in sorted(run_ids):
        run = store.look_up(run_id)
        for name in sorted(store.file_sizes(run_id)):
            content = store.file(run_id, name)
            if content is not None and (said := what_is_wrong(name, content, run)):
                yield f"run {run_id}, {name}: {said}"


def what_is_wrong(
    name: str, content: bytes, run: Run | Elsewhere | Unreadable | None = None
) -> str:
    """What keeps a file of a run from being used; nothing where it is whole, or of a name that
    says nothing here.
    """
    kind = SNAPSHOT if name.startswith(SNAPSHOT) else name
    kind = CHECKPOINT if name.startswith(STATE_AFTER) else kind
    try:
        if kind == WEIGHTS or kind.startswith(WEIGHTS_AFTER):
            _check_weights(shapes_in(content), run)
        elif kind == START:
            _check_weights(shapes_in(content), run, are_all=False)
        elif kind in NEEDED:
            _check_there(shapes_in(content), NEEDED[kind])
        elif kind == MODEL:
            _check_archive(content)
    except (ArraysError, DataError, WeightsError) as error:
        return as_clause(error)
    return ""


def _check_there(found: dict[str, tuple[int, ...]], needed: tuple[str, ...]) -> None:
    if missing := [name for name in needed if name not in found]:
        raise ArraysError(f"it has no {' and no '.join(missing)}")


def _check_weights(
    found: dict[str, tuple[int, ...]],
    run: Run | Elsewhere | Unreadable | None,
    *,
    are_all: bool = True,
) -> None:
    """By their shapes alone: of an array that repeats one number only that one takes room.

    Unless they `are_all`, they are those of some of the network's layers.
    """
    places: dict[str, dict[int, tuple[int, ...]]] = {}
    for key, shape in found.items():
        name, _, place = key.rpartition("/")
        if not (name and place.isascii() and place.isdecimal() and len(place) < 10):
            raise ArraysError("it holds other arrays than weights")
        places.setdefault(name, {})[int(place)] = shape
    if isinstance(run, Run):
        number = np.float32(0)
        weights = {
            name: tuple(np.broadcast_to(number, shape) for _, shape in sorted(shapes.items()))
            for name, shapes in places.items()
        }
        wanted = trace(run.architecture)
        if not are_all:
            rows = tuple(row for row in wanted.rows if row.name in weights or not row.weights)
            wanted = replace(wanted, rows=rows)
        check_weights(weights, wanted)


def _check_archive(content: bytes) -> None:
    with open_zip(content, MOST_MEMBERS) as archive:
        if CONFIG not in archive.namelist():
            raise DataError(f"it has no {CONFIG}")
    if said := broken(io.BytesIO(content)):
        raise DataError(said)


def broken(file: IO[bytes]) -> str:
    """Why an archive, read a piece at a time, is not whole by its checksums; nothing if it is."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            changed = archive.testzip()
    except BROKEN_ZIP as error:
        return f"it cannot be unpacked: {error}"
    finally:
        file.seek(0)
    return f"its member {changed} is not what it was: its checksum is another" if changed else ""
