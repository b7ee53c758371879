"""How far a person has come: every answer given and every lesson marked, kept in the store.

Rows are only added, so that two windows never undo each other; what they mean is computed. Whose
they are is a profile's name, which comes from elsewhere (`ui/session/person.py`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import delete, func, insert, select, update

from cnn.lessons.lesson import Check, Lesson
from cnn.training.store.database import hold
from cnn.training.store.row_checks import are_whole
from cnn.training.store.store import Store, StoreError
from cnn.training.store.tables import progress

SHARED = "local"
"""The one profile of earlier versions, which was that of all who came."""

MARKED = ""
"""The item of a row that marks a whole lesson; else it is a question's key."""

MOST_OF_ONE, MOST_OF_ALL = 5_000, 1_000_000
"""How many events are kept of a profile, and of all together; the lessons have little more than a
hundred answers to choose from.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """A question answered with an option, a lesson marked as complete, or a try at a challenge."""

    lesson: str
    item: str
    choice: int
    at: float


@dataclass(frozen=True, slots=True)
class Standing:
    """All that was answered and marked, the oldest first."""

    events: tuple[Event, ...] = ()
    tried: Mapping[tuple[str, str], tuple[int, ...]] = field(init=False)

    def __post_init__(self) -> None:
        tried: dict[tuple[str, str], tuple[int, ...]] = {}
        for event in self.events:
            place = event.lesson, event.item
            tried[place] = (*tried.get(place, ()), event.choice)
        object.__setattr__(self, "tried", tried)

    def chosen(self, lesson: Lesson, check: Check) -> int | None:
        """The option chosen last, where the question still has it."""
        tried = self.tried.get((lesson.key, check.key), ())
        return tried[-1] if tried and 0 <= tried[-1] < len(check.options) else None

    def is_answered(self, lesson: Lesson, check: Check) -> bool:
        """Whether the right option was found, however many were tried before it."""
        return check.right in self.tried.get((lesson.key, check.key), ())

    def is_done(self, lesson: Lesson) -> bool:
        """Whether the lesson was marked, or all questions that it needs are answered."""
        if (lesson.key, MARKED) in self.tried:
            return True
        return all(self.is_answered(lesson, check) for check in lesson.needed)

    def left(self, lessons: Sequence[Lesson]) -> tuple[Lesson, ...]:
        """What of these is still to do: an introduction until another lesson is done, and nothing
        that is extra.
        """
        has_begun = any(self.is_done(lesson) for lesson in lessons if not lesson.is_introduction)
        return tuple(
            lesson
            for lesson in lessons
            if not self.is_done(lesson)
            and not lesson.is_extra
            and not (lesson.is_introduction and has_begun)
        )


def answered(lesson: Lesson, check: Check, option: int) -> Event:
    """That a question is answered with this option now."""
    return Event(lesson.key, check.key, option, time.time())


def marked(lesson: Lesson) -> Event:
    """That a lesson is complete for this person now, whatever was answered."""
    return Event(lesson.key, MARKED, 1, time.time())


def noted(key: str, item: str, choice: int) -> Event:
    """Something of now that belongs to no lesson, under a key of its own."""
    return Event(key, item, choice, time.time())


def standing(store: Store, profile: str) -> Standing:
    """What this profile has answered and marked."""
    query = (
        select(progress.c.lesson, progress.c.item, progress.c.choice, progress.c.at)
        .where(progress.c.profile == profile)
        .order_by(progress.c.at, progress.c.id)
    )
    with store.begin() as connection:
        found = connection.execute(query.where(are_whole(connection, progress))).all()
    return Standing(tuple(Event(*row) for row in found))


def keep(store: Store, profile: str, events: Sequence[Event]) -> None:
    """Keeps what is not kept yet; refused, all of it, where that would be too much."""
    new = missing(standing(store, profile), events)
    mine, count = progress.c.profile == profile, select(func.count()).select_from(progress)
    with store.begin() as connection:
        check_room(connection.execute(count.where(mine)).scalar_one() + len(new))
        if connection.execute(count).scalar_one() + len(new) > MOST_OF_ALL:
            raise StoreError(
                f"at most {MOST_OF_ALL:,} answers of all people are kept together, and so many are "
                "there. Whoever runs this server finds them in its store, in the table progress."
            )
        if new:
            rows = [{"profile": profile, **asdict(event)} for event in new]
            connection.execute(insert(progress), rows)


def missing(standing: Standing, events: Sequence[Event]) -> tuple[Event, ...]:
    """Those of the events that are not there yet, each once."""
    there = set(standing.events)
    return tuple(event for event in dict.fromkeys(events) if event not in there)


def check_room(count: int) -> None:
    """Raises `StoreError` where a profile would have too many events."""
    if count > MOST_OF_ONE:
        raise StoreError(
            f"at most {MOST_OF_ONE:,} answers and tries are kept of one person, and these would be "
            f"{count:,}. Export your progress on Learn, then erase it there."
        )


def erase(store: Store, profile: str) -> None:
    """Forgets all that is kept of this profile."""
    with store.begin() as connection:
        connection.execute(delete(progress).where(progress.c.profile == profile))


def take_over(store: Store, profile: str) -> None:
    """Makes what an earlier version kept of all people together this profile's: the first one's
    that asks, all of it, and nobody's after it.
    """
    shared = progress.c.profile == SHARED
    with store.begin() as connection:
        if connection.execute(select(progress.c.id).where(shared).limit(1)).first() is None:
            return
        hold(connection)  # or two who ask could each wait for rows of the other
        connection.execute(update(progress).where(shared).values(profile=profile))
