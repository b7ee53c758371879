"""Whose turn it is: next is a run of whoever has the fewest in a worker's hands, then of whoever
waits longest for a turn, then the oldest. So one who queues hundreds keeps nobody waiting for them.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select, true

from cnn.people.person import LOCAL_ID
from cnn.settings import limit_setting
from cnn.training.recipe.run import CLAIMED, State, Wish
from cnn.training.store.sight import of_all
from cnn.training.store.tables import runs

IS_WAITING = (runs.c.state == State.QUEUED) & (runs.c.wish == Wish.RUN)


@dataclass(frozen=True, slots=True)
class Turn:
    """How many runs of somebody workers have, and when the last of them was begun."""

    running: int = 0
    last: float = 0.0


def in_turn(connection: Connection) -> Select[Any]:
    """The runs that wait and may begin, whose turn it is first. Where all are one person's, the
    oldest first.
    """
    waiting = select(runs).where(IS_WAITING, may_begin())
    owners = select(runs.c.owner).where(IS_WAITING).distinct().limit(2)
    if len(connection.execute(of_all(owners)).all()) < 2:
        return waiting.order_by(runs.c.created_at)
    turns = _turns().subquery()
    return waiting.join(turns, turns.c.owner == runs.c.owner).order_by(
        turns.c.running, turns.c.last, runs.c.created_at
    )


def most_running() -> int | None:
    """How many runs of one person with an account workers have at once; None without a limit."""
    return limit_setting("CNN_MAX_RUNNING_EACH")


def may_begin() -> ColumnElement[bool]:
    """Whether its person has fewer runs in workers' hands than anybody may have."""
    most = most_running()
    if most is None:
        return true()
    held = runs.alias()
    theirs = select(func.count()).where(held.c.owner == runs.c.owner, held.c.state.in_(CLAIMED))
    return or_(runs.c.owner == LOCAL_ID, theirs.correlate(runs).scalar_subquery() < most)


def before(connection: Connection, run_id: str) -> int | None:
    """How many runs are begun before this one, as it looks now; None where it does not wait."""
    query = select(runs.c.id, runs.c.owner).where(IS_WAITING).order_by(runs.c.created_at)
    waiting = [(row.id, row.owner) for row in connection.execute(of_all(query))]
    known = {row.owner: Turn(row.running, row.last) for row in connection.execute(of_all(_turns()))}
    order = foretold(waiting, known)
    return order.index(run_id) if run_id in order else None


def foretold(waiting: Sequence[tuple[str, str]], known: Mapping[str, Turn]) -> list[str]:
    """The ids of runs that wait, given with their owners, the oldest first, as one worker takes
    them.
    """
    queues: dict[str, deque[tuple[int, str]]] = defaultdict(deque)
    for age, (run_id, owner) in enumerate(waiting):
        queues[owner].append((age, run_id))
    turns = {owner: known.get(owner, Turn()) for owner in queues}
    latest, order = max((one.last for one in turns.values()), default=0.0), list[str]()

    def key(owner: str) -> tuple[int, float, int]:
        return turns[owner].running, turns[owner].last, queues[owner][0][0]

    while queues:
        owner = min(queues, key=key)
        order.append(queues[owner].popleft()[1])
        latest += 1
        turns[owner] = Turn(turns[owner].running, latest)
        if not queues[owner]:
            del queues[owner]
    return order


def _turns() -> Select[Any]:
    held = runs.alias()
    is_held = case((held.c.state.in_(CLAIMED), 1), else_=0)
    return select(
        held.c.owner,
        func.sum(is_held).label("running"),
        func.coalesce(func.max(held.c.started_at), 0.0).label("last"),
    ).group_by(held.c.owner)
