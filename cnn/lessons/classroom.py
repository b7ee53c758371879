"""What a teacher sees of a class: how far each is, which question is hard, what is in training.

Whose class it is says the store, which a teacher's own has nothing of others in.
"""

from __future__ import annotations

import csv
import io
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select

from cnn.lessons import catalogue
from cnn.lessons.assignments import handed_in
from cnn.lessons.assignments.handed_in import Assigned
from cnn.lessons.lesson import Check, Lesson
from cnn.lessons.progress import Event, Standing
from cnn.names import in_spreadsheet
from cnn.people.accounts import everybody
from cnn.people.person import Person, Role
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import LIVE, Run, State
from cnn.training.store import run_rows
from cnn.training.store.row_checks import are_whole
from cnn.training.store.store import Store
from cnn.training.store.tables import progress, runs

WATCHED = (*LIVE, State.INTERRUPTED, State.FAILED)
"""What becomes of runs that a teacher may have to see to."""

OLD_S = 86_400.0
"""What went wrong longer ago is not shown any more."""

MOST_RUNS = 100
COLUMNS = (
    *("name", "class", "lessons done", "last lesson", "last answer (UTC)", "questions right"),
    *("questions wrong at first", *map(str, WATCHED)),
)


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody of a class, what they have answered, and how many runs they have in each state."""

    person: Person
    standing: Standing
    runs: Mapping[State, int]

    @property
    def done(self) -> int:
        return sum(map(self.standing.is_done, catalogue.whole_way()))

    @property
    def last(self) -> Event | None:
        """What they did last in any lesson that there is."""
        known = {lesson.key for lesson in catalogue.lessons()}
        return next((one for one in reversed(self.standing.events) if one.lesson in known), None)

    @property
    def right(self) -> int:
        """How many questions they have found the answer of."""
        return sum(self.standing.is_answered(lesson, check) for lesson, check in _questions())

    @property
    def wrong_at_first(self) -> int:
        """Of how many questions their first answer was wrong."""
        return sum(
            tried[0] != check.right
            for lesson, check in _questions()
            if (tried := _tried(self.standing, lesson, check))
        )


@dataclass(frozen=True, slots=True)
class Hard:
    """A question that some answered wrongly at first, and which answer most of them gave."""

    lesson: Lesson
    check: Check
    tried: int
    wrong: int
    said: str


@dataclass(frozen=True, slots=True)
class Classroom:
    """A class as it is now; of `runs` those that are not over, or went wrong within a day, and of
    assignments those that somebody trained for.
    """

    learners: tuple[Learner, ...]
    hard: tuple[Hard, ...]
    runs: tuple[Run | Elsewhere, ...]
    assigned: tuple[Assigned, ...] = ()

    def name_of(self, owner: str) -> str:
        return next(one.person.name for one in self.learners if one.person.id == owner)


def class_names(store: Store) -> list[str]:
    """The classes in which there are learners, as far as the store shows them."""
    found = (one.person for one in everybody(store))
    return sorted({one.class_name for one in found if one.role is Role.LEARNER})


def look(store: Store, class_name: str) -> Classroom:
    """A class as it is now."""
    there = [one for one in everybody(store, class_name) if not one.is_revoked]
    people = [one.person for one in there if one.person.role is Role.LEARNER]
    ids = [one.id for one in people]
    with store.begin() as connection:
        answers, counted = _answers(connection, ids), _counted(connection, ids)
        watched, assigned = _watched(connection, ids), handed_in.of_class(connection, ids)
    learners = tuple(
        Learner(one, Standing(tuple(answers[one.id])), counted[one.id]) for one in people
    )
    hard = tuple(_hard([one.standing for one in learners]))
    return Classroom(learners, hard, watched, assigned)


def class_csv(found: Classroom) -> str:
    """A line for each learner, to be opened by a spreadsheet, in which no name acts."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    titles = [f"handed in (UTC): {one.assignment.title}" for one in found.assigned]
    rows.writerow([in_spreadsheet(cell) for cell in (*COLUMNS, *titles)])
    for one in found.learners:
        times = [_time(assigned.of(one.person.id).at) for assigned in found.assigned]
        rows.writerow([in_spreadsheet(cell) for cell in (*_row(one), *times)])
    return written.getvalue()


def _row(one: Learner) -> list[str]:
    last = one.last
    return [
        one.person.name,
        one.person.class_name,
        str(one.done),
        catalogue.find(last.lesson).title if last else "",
        _time(last.at if last else 0.0),
        str(one.right),
        str(one.wrong_at_first),
        *(str(one.runs.get(state, 0)) for state in WATCHED),
    ]


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M") if at else ""


def _questions() -> list[tuple[Lesson, Check]]:
    return [(lesson, check) for lesson in catalogue.lessons() for check in lesson.checks]


def _tried(standing: Standing, lesson: Lesson, check: Check) -> list[int]:
    """The answers to a question that it still has, the first one first."""
    tried = standing.tried.get((lesson.key, check.key), ())
    return [place for place in tried if 0 <= place < len(check.options)]


def _hard(standings: Sequence[Standing]) -> list[Hard]:
    """The questions that most were wrong about first."""
    found = []
    for lesson, check in _questions():
        first = [tried[0] for one in standings if (tried := _tried(one, lesson, check))]
        wrong = Counter(place for place in first if place != check.right)
        if wrong:
            (most, _), *_ = wrong.most_common(1)
            said = check.options[most].text
            found.append(Hard(lesson, check, len(first), wrong.total(), said))
    return sorted(found, key=lambda one: (-one.wrong, -one.wrong / one.tried))


def _answers(connection: Connection, ids: Sequence[str]) -> Mapping[str, list[Event]]:
    of = progress.c
    query = (
        select(of.profile, of.lesson, of.item, of.choice, of.at)
        .where(of.profile.in_(ids), are_whole(connection, progress))
        .order_by(of.at, of.id)
    )
    found: dict[str, list[Event]] = defaultdict(list)
    for profile, *event in connection.execute(query):
        found[profile].append(Event(*event))
    return found


def _counted(connection: Connection, ids: Sequence[str]) -> Mapping[str, dict[State, int]]:
    of = runs.c
    query = select(of.owner, of.state, func.count()).where(_is_watched(ids))
    found: dict[str, dict[State, int]] = defaultdict(dict)
    for owner, state, count in connection.execute(query.group_by(of.owner, of.state)):
        found[owner][State(state)] = count
    return found


def _watched(connection: Connection, ids: Sequence[str]) -> tuple[Run | Elsewhere, ...]:
    query = select(runs).where(_is_watched(ids)).order_by(runs.c.created_at.desc(), runs.c.id)
    rows = connection.execute(query.limit(MOST_RUNS)).mappings()
    return tuple(one for one in map(run_rows.run, rows) if isinstance(one, Run | Elsewhere))


def _is_watched(ids: Sequence[str]) -> ColumnElement[bool]:
    ended = func.coalesce(runs.c.finished_at, runs.c.created_at)
    is_new = or_(runs.c.state.in_(LIVE), ended > time.time() - OLD_S)
    return runs.c.owner.in_(ids) & runs.c.state.in_(WATCHED) & is_new
