"""What runs keep removed to make room: what was shown before, or what is over a limit set here."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from sqlalchemy import delete, update

from cnn.training.recipe.run import MADE_ROOM
from cnn.training.store import row_checks, rows, tables
from cnn.training.store.store import Store
from cnn.training.store.tables import files, runs
from cnn.training.upkeep import announced, room
from cnn.training.upkeep.room import (
    GOING,
    IS_CHECKPOINT,
    IS_SNAPSHOT,
    MB,
    WORDS,
    Kind,
    Plan,
    may_lose,
)

_log = logging.getLogger(__name__)


def remove(store: Store, wanted: Plan) -> int:
    """Removes what a plan says of runs not taken up again; how many lost something."""
    touched: set[str] = set()
    for kind, ids in wanted.going.items():
        for run_id in ids:
            if _removed(store, kind, run_id):
                touched.add(run_id)
    return len(touched)


def _removed(store: Store, kind: Kind, run_id: str) -> bool:
    """Removes one kind from one run, and notes with it that it was there."""
    with store.begin() as connection:
        # Changed first, which locks it: a run that is taken up at this moment keeps what it has.
        changed: dict[str, Any] = {"message": runs.c.message}
        if kind is Kind.CHECKPOINTS:
            changed["checkpoint"] = None
        this_one = update(runs).where(runs.c.id == run_id, may_lose())
        if not connection.execute(this_one.values(changed)).rowcount:
            return False
        match kind:
            case Kind.SNAPSHOTS:
                connection.execute(delete(files).where(files.c.run_id == run_id, IS_SNAPSHOT))
            case Kind.CHECKPOINTS:
                connection.execute(delete(files).where(files.c.run_id == run_id, IS_CHECKPOINT))
            case Kind.CURVES:
                for table in (tables.steps, tables.gradients):
                    connection.execute(delete(table).where(table.c.run_id == run_id))
        before = _read(rows.content(connection, run_id, MADE_ROOM))
        content = json.dumps(before | {kind.value: time.time()}).encode()
        rows.put_files(connection, run_id, {MADE_ROOM: content})
    return True


def gone(store: Store, run_id: str) -> dict[Kind, float]:
    """What of a run was removed to make room, and when (seconds)."""
    return {Kind(kind): at for kind, at in _read(store.file(run_id, MADE_ROOM)).items()}


def _read(content: bytes | None) -> dict[str, float]:
    found = row_checks.meaning(MADE_ROOM, content) or {}
    return {kind.value: found[kind] for kind in GOING if kind in found}


def keep_to_limits(store: Store) -> None:
    """Removes what is over the limits of whoever runs the program; without one, nothing.

    By new or lower ones nothing goes before a page has shown what would, or a day has gone by.
    """
    wanted = room.limits()
    if not wanted:
        return
    over = room.plan(room.kept(store), wanted)
    if not over.going:
        return
    found, is_news = announced.met(store, wanted)
    what = ", ".join(WORDS[kind] for kind in over.going)
    if found.acts_from > time.time():
        if is_news:
            _log.info(
                "over the limits that are set are %.1f MB: %s; they go by themselves from %s on, "
                "or once a page has shown them (Disk space, on Train)",
                over.all_bytes / MB,
                what,
                time.strftime("%Y-%m-%d %H:%M", time.localtime(found.acts_from)),
            )
        return
    if count := remove(store, over):
        _log.info(
            "to keep to the limits that are set, %.1f MB were removed of %d runs: %s",
            over.all_bytes / MB,
            count,
            what,
        )
