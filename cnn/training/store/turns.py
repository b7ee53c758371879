"""Whose turn it is: next is a run of whoever has the fewest in a worker's hands, then of whoever
waits longest for a turn, then the oldest. So one who queues hundreds keeps nobody waiting for them.

Before all that comes what a teacher wants of a class: none of its learners' runs is begun while it
is paused, and those of a class that goes first are begun before all others.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, not_, or_, select

from cnn.people.person import LOCAL_ID, Role
from cnn.settings import limit_setting
from cnn.training.recipe.run import CLAIMED, State, Wish
from cnn.training.store.sight import of_all
from cnn.training.store.tables import classes, people, runs

IS_WAITING = (runs.c.state == State.QUEUED) & (runs.c.wish == Wish.RUN)


@dataclass(frozen=True, slots=True)
class Turn:
    """How many runs of somebody workers have, and when the last of them was begun."""

    running: int = 0
    last: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run stands in the queue, as it looks now: the runs that are begun before it, whether
    a teacher has paused it, and until when its class goes first (0 where it does not).
    """

    ahead: tuple[str, ...] = ()
    is_paused: bool = False
    first_until: float = 0.0


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
        case((_is_first(), 0), else_=1), turns.c.running, turns.c.last, runs.c.created_at
    )


def most_running() -> int | None:
    """How many runs of one person with an account workers have at once; None without a limit."""
    return limit_setting("CNN_MAX_RUNNING_EACH")


def may_begin() -> ColumnElement[bool]:
    """Whether its class is not paused, and its person has fewer runs in workers' hands than anybody
    may have.
    """
    is_let_go = not_(_is_of(classes.c.is_paused == 1))
    most = most_running()
    if most is None:
        return is_let_go
    held = runs.alias()
    theirs = select(func.count()).where(held.c.owner == runs.c.owner, held.c.state.in_(CLAIMED))
    are_few = or_(runs.c.owner == LOCAL_ID, theirs.correlate(runs).scalar_subquery() < most)
    return and_(is_let_go, are_few)


def place(connection: Connection, run_id: str) -> Place | None:
    """Where a run stands in the queue; None where it does not wait."""
    paused, first = _is_of(classes.c.is_paused == 1), _is_first()
    told = case((paused, 1), else_=0), case((first, 1), else_=0)
    query = select(runs.c.id, runs.c.owner, *told).where(IS_WAITING).order_by(runs.c.created_at)
    found = {row[0]: row for row in connection.execute(of_all(query))}
    if run_id not in found:
        return None
    _, owner, is_paused, is_first = found[run_id]
    until = _first_until(connection, owner) if is_first else 0.0
    if is_paused:
        return Place(is_paused=True, first_until=until)
    waiting = [(row[0], row[1]) for row in found.values() if not row[2]]
    known = {row.owner: Turn(row.running, row.last) for row in connection.execute(of_all(_turns()))}
    order = foretold(waiting, known, {row[1] for row in found.values() if row[3]})
    return Place(tuple(order[: order.index(run_id)]), first_until=until)


def foretold(
    waiting: Sequence[tuple[str, str]], known: Mapping[str, Turn], first: Set[str] = frozenset()
) -> list[str]:
    """The ids of runs that wait, given with their owners, the oldest first, as one worker takes
    them; `first` are owners whose class goes first.
    """
    queues: dict[str, deque[tuple[int, str]]] = defaultdict(deque)
    for age, (run_id, owner) in enumerate(waiting):
        queues[owner].append((age, run_id))
    turns = {owner: known.get(owner, Turn()) for owner in queues}
    latest, order = max((one.last for one in turns.values()), default=0.0), list[str]()

    def key(owner: str) -> tuple[bool, int, float, int]:
        turn = turns[owner]
        return owner not in first, turn.running, turn.last, queues[owner][0][0]

    while queues:
        owner = min(queues, key=key)
        order.append(queues[owner].popleft()[1])
        latest += 1
        turns[owner] = Turn(turns[owner].running, latest)
        if not queues[owner]:
            del queues[owner]
    return order


def _is_first() -> ColumnElement[bool]:
    return _is_of(classes.c.first_until > time.time())


def _is_of(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a run is of a learner in a class of that kind."""
    theirs = select(people.c.id).join(classes, classes.c.name == people.c.class_name)
    return runs.c.owner.in_(theirs.where(people.c.role == Role.LEARNER, which))


def _first_until(connection: Connection, owner: str) -> float:
    query = select(classes.c.first_until).join(people, people.c.class_name == classes.c.name)
    return connection.execute(of_all(query.where(people.c.id == owner))).scalar() or 0.0


def _turns() -> Select[Any]:
    held = runs.alias()
    is_held = case((held.c.state.in_(CLAIMED), 1), else_=0)
    return select(
        held.c.owner,
        func.sum(is_held).label("running"),
        func.coalesce(func.max(held.c.started_at), 0.0).label("last"),
    ).group_by(held.c.owner)
