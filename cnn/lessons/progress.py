"""How far a person has come: every answer given and every lesson marked, kept in the store.

Rows are only added, so that two windows never undo each other; what they mean is computed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import delete, insert, select

from cnn.lessons.lesson import Check, Lesson
from cnn.training.store.row_checks import are_whole
from cnn.training.store.store import Store
from cnn.training.store.tables import progress

LOCAL = "local"
"""The profile of whoever uses this machine; there is one so far."""

MARKED = ""
"""The item of a row that marks a whole lesson; else it is a question's key."""


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
        """Whether the lesson was marked, or all its questions are answered."""
        if (lesson.key, MARKED) in self.tried:
            return True
        return all(self.is_answered(lesson, check) for check in lesson.checks)

    def left(self, lessons: Sequence[Lesson]) -> tuple[Lesson, ...]:
        """What of these is still to do; an introduction only until another lesson is done."""
        has_begun = any(self.is_done(lesson) for lesson in lessons if not lesson.is_introduction)
        return tuple(
            lesson
            for lesson in lessons
            if not self.is_done(lesson) and not (lesson.is_introduction and has_begun)
        )


def standing(store: Store, profile: str = LOCAL) -> Standing:
    """What this profile has answered and marked."""
    query = (
        select(progress.c.lesson, progress.c.item, progress.c.choice, progress.c.at)
        .where(progress.c.profile == profile)
        .order_by(progress.c.id)
    )
    with store.begin() as connection:
        found = connection.execute(query.where(are_whole(connection, progress))).all()
    return Standing(tuple(Event(*row) for row in found))


def answer(store: Store, lesson: Lesson, check: Check, option: int, profile: str = LOCAL) -> None:
    """Keeps that a question was answered with this option."""
    _add(store, profile, Event(lesson.key, check.key, option, time.time()))


def mark(store: Store, lesson: Lesson, profile: str = LOCAL) -> None:
    """Keeps that a lesson is complete for this person, whatever was answered."""
    _add(store, profile, Event(lesson.key, MARKED, 1, time.time()))


def note(store: Store, key: str, item: str, profile: str = LOCAL, *, choice: int = 1) -> None:
    """Keeps something that belongs to no lesson under a key of its own."""
    _add(store, profile, Event(key, item, choice, time.time()))


def reset(store: Store, profile: str = LOCAL) -> None:
    """Forgets all of it."""
    with store.begin() as connection:
        connection.execute(delete(progress).where(progress.c.profile == profile))


def to_json(standing: Standing, lessons: Sequence[Lesson]) -> str:
    """The progress as a file to keep: per lesson whether it is done, and what was tried."""
    written = [
        {
            "lesson": lesson.key,
            "title": lesson.title,
            "done": standing.is_done(lesson),
            "questions": [
                {
                    "question": check.question,
                    "tried": [
                        check.options[place].text
                        for place in standing.tried.get((lesson.key, check.key), ())
                        if 0 <= place < len(check.options)
                    ],
                    "right": standing.is_answered(lesson, check),
                }
                for check in lesson.checks
            ],
        }
        for lesson in lessons
    ]
    return json.dumps({"progress": written}, ensure_ascii=False, indent=2)


def _add(store: Store, profile: str, event: Event) -> None:
    with store.begin() as connection:
        connection.execute(insert(progress).values(profile=profile, **asdict(event)))
