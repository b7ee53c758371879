"""What a teacher does with the runs of a class that wait: none begins, all go, or they are first.

Only runs of its learners are meant. What is in training goes on.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from cnn.people.accounts import note
from cnn.people.person import Role
from cnn.training.recipe.run import State, Wish
from cnn.training.store.database import hold
from cnn.training.store.sight import of_all, teaches
from cnn.training.store.store import Store
from cnn.training.store.store_error import NotYours
from cnn.training.store.tables import classes, people, runs

HOUR_S = 3_600.0
CLEARED = "Taken out of the queue by the teacher."


@dataclass(frozen=True, slots=True)
class ClassQueue:
    """Whether a class is paused, and until when it goes first; 0 where it does not."""

    is_paused: bool = False
    first_until: float = 0.0


def look(store: Store, class_name: str) -> ClassQueue:
    """What is wanted of a class' runs now."""
    with store.begin() as connection:
        row = connection.execute(select(classes).where(classes.c.name == class_name)).first()
    if row is None:
        return ClassQueue()
    return ClassQueue(row.is_paused == 1, row.first_until if row.first_until > time.time() else 0.0)


def pause(store: Store, class_name: str) -> None:
    """From now on no run of the class is begun, whatever its owner wishes."""
    _put(store, class_name, "paused a class", is_paused=1)


def let_go(store: Store, class_name: str) -> None:
    """The runs of the class are begun again, each in its turn."""
    _put(store, class_name, "let a class go on", is_paused=0)


def put_first(store: Store, class_name: str) -> None:
    """For an hour from now the runs of the class are begun before those of others."""
    _put(store, class_name, "put a class first", first_until=time.time() + HOUR_S)


def end_hour(store: Store, class_name: str) -> None:
    """The class takes its turns as others do."""
    _put(store, class_name, "ended a class' hour", first_until=0.0)


def clear(store: Store, class_name: str) -> int:
    """Stops all runs of the class that wait; how many that were. They may be resumed."""
    _check(store, class_name)
    theirs = select(people.c.id).where(
        people.c.class_name == class_name, people.c.role == Role.LEARNER
    )
    stopped = (
        update(runs)
        .where(runs.c.state == State.QUEUED, runs.c.owner.in_(theirs))
        .values(state=State.STOPPED, wish=Wish.STOP, finished_at=time.time(), message=CLEARED)
    )
    with store.begin() as connection:
        count = connection.execute(of_all(stopped)).rowcount
        note(connection, store.person.id, "cleared a class", f"{class_name}: {count:,} runs")
    return count


def _put(store: Store, class_name: str, verb: str, **values: float) -> None:
    _check(store, class_name)
    with store.begin() as connection:
        hold(connection)  # or two who press at once would both add the row
        change = update(classes).where(classes.c.name == class_name).values(values)
        if not connection.execute(change).rowcount:
            connection.execute(insert(classes).values(name=class_name, **values))
        note(connection, store.person.id, verb, class_name)


def _check(store: Store, class_name: str) -> None:
    if not teaches(store.person, class_name):
        raise NotYours("the queue of a class is for its teachers, and stays as it is.")
