"""How much one person with an account may have of a server: looked at as their runs join the queue,
and refused with the numbers. Without an account there is no such limit.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from cnn.people.person import LOCAL_ID, Person
from cnn.settings import limit_setting
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.run import Run, State
from cnn.training.store import run_rows
from cnn.training.store.tables import files, runs, steps
from cnn.training.upkeep.room import MB, STEP_BYTES

DAY_S = 86_400.0


def check(connection: Connection, person: Person, new: int = 1) -> None:
    """Raises `ConfigurationError` where so many new runs are more than that person may have."""
    if person.id == LOCAL_ID:
        return
    _check_queue(connection, person, new)
    _check_training(connection, person)
    _check_store(connection, person)


def trained_s(found: Sequence[Run], now: float) -> float:
    """For how many seconds these runs were trained within the last 24 hours."""
    since = now - DAY_S
    return sum(
        max(0.0, min(one.progress.seconds, (one.finished_at or now) - max(one.started_at, since)))
        for one in found
        if one.started_at is not None
    )


def kept_bytes(connection: Connection, person: Person) -> int:
    """About how much the runs of somebody keep in the store."""
    mine = select(runs.c.id).where(runs.c.owner == person.id)
    sizes = select(func.sum(func.length(files.c.content))).where(files.c.run_id.in_(mine))
    counted = select(func.count()).select_from(steps).where(steps.c.run_id.in_(mine))
    size, count = (connection.execute(query).scalar() or 0 for query in (sizes, counted))
    return int(size) + int(count) * STEP_BYTES


def _check_queue(connection: Connection, person: Person, new: int) -> None:
    most = limit_setting("CNN_MAX_QUEUE_EACH")
    if most is None:
        return
    waiting = select(runs).where(runs.c.owner == person.id, runs.c.state == State.QUEUED)
    count = len(run_rows.readable(connection.execute(waiting).mappings()))
    if count + new > most:
        raise ConfigurationError(
            f"{count} of your runs are waiting already, {new} more would be over the limit of "
            f"{most} for each person. Wait until they are begun, or stop some of them."
        )


def _check_training(connection: Connection, person: Person) -> None:
    most = limit_setting("CNN_MAX_TRAINING_S_EACH")
    if most is None:
        return
    now = time.time()
    todays = select(runs).where(
        runs.c.owner == person.id,
        runs.c.started_at.is_not(None),
        func.coalesce(runs.c.finished_at, now) > now - DAY_S,
    )
    used = trained_s(run_rows.readable(connection.execute(todays).mappings()), now)
    if used >= most:
        raise ConfigurationError(
            f"Your runs were trained for {used:,.0f} s within the last 24 hours, and {most:,} s is "
            "the limit for each person. Train more tomorrow."
        )


def _check_store(connection: Connection, person: Person) -> None:
    most = limit_setting("CNN_MAX_STORE_MB_EACH")
    if most is None:
        return
    kept = kept_bytes(connection, person) / MB
    if kept >= most:
        raise ConfigurationError(
            f"Your runs keep {kept:,.1f} MB already, and {most:,} MB is the limit for each person. "
            "Delete some of them first."
        )
