"""What a teacher sees of a class: counted by hand, on both databases, and nothing of another's."""

import csv
import io

import pytest
from sqlalchemy import update

from cnn.lessons import catalogue, classroom, progress
from cnn.lessons.lesson import Check, Lesson
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people import accounts
from cnn.people.person import Person, Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store import tables
from cnn.training.store.store import Store

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(2)))
FIRST, SECOND = catalogue.whole_way()[:2]


def person(store: Store, name: str, role: Role = Role.LEARNER, class_name: str = "4b") -> Person:
    return accounts.add(store, name, role, class_name)[0]


def answer(store: Store, who: Person, lesson: Lesson, check: Check, *choices: int) -> None:
    for choice in choices:
        told = [progress.answered(lesson, check, choice)]
        progress.keep(store.seen_by(who), who.id, told)


def wrong(check: Check) -> int:
    return (check.right + 1) % len(check.options)


def run(store: Store, who: Person, state: State = State.QUEUED) -> str:
    worker = "" if state is State.QUEUED else "w"
    made = store.seen_by(who).add(DESIGN, Configuration(), worker=worker)
    if state not in (State.QUEUED, State.RUNNING):
        store.finish(made.id, state, message="No room.")
    return made.id


def test_how_far_each_is_and_what_is_hard_is_counted_of_the_class_alone(store: Store):
    anna, ben, cleo = (person(store, name) for name in ("Anna", "Ben", "Cleo"))
    teacher = person(store, "Dora", Role.TEACHER)
    other = person(store, "Emil", class_name="5a")
    hard, easy = FIRST.checks[0], SECOND.checks[0]
    for who in (anna, ben, other, teacher):
        answer(store, who, FIRST, hard, wrong(hard), hard.right)
    answer(store, cleo, FIRST, hard, hard.right)
    answer(store, ben, SECOND, easy, wrong(easy))
    for check in FIRST.needed:
        answer(store, anna, FIRST, check, check.right)

    found = classroom.look(store.seen_by(teacher), "4b")

    assert [one.person.name for one in found.learners] == ["Anna", "Ben", "Cleo"]
    alone = int(FIRST.needed == (hard,))
    assert [one.done for one in found.learners] == [1, alone, alone]
    assert [one.wrong_at_first for one in found.learners] == [1, 2, 0]
    assert found.learners[1].right == 1
    assert [one.last and one.last.lesson for one in found.learners] == [
        FIRST.key,
        SECOND.key,
        FIRST.key,
    ]
    assert [(one.check, one.wrong, one.tried) for one in found.hard] == [
        (hard, 2, 3), (easy, 1, 1)
    ]  # fmt: skip
    assert found.hard[0].said == hard.options[wrong(hard)].text


def test_runs_that_wait_are_in_training_or_went_wrong_today_are_there(store: Store):
    anna, ben = person(store, "Anna"), person(store, "Ben")
    teacher = person(store, "Dora", Role.TEACHER)
    other = person(store, "Emil", class_name="5a")
    shown = [run(store, anna, state) for state in classroom.WATCHED if state is not State.PAUSED]
    run(store, anna, State.FINISHED)
    long_ago = run(store, ben, State.FAILED)
    shared = run(store, other)
    with store.begin() as connection:
        of = tables.runs.c
        connection.execute(update(tables.runs).where(of.id == long_ago).values(finished_at=1.0))
        connection.execute(update(tables.runs).where(of.id == shared).values(is_shared=1))

    found = classroom.look(store.seen_by(teacher), "4b")

    assert {one.id for one in found.runs} == set(shown)
    assert {found.name_of(one.owner) for one in found.runs} == {"Anna"}
    assert found.learners[0].runs == dict.fromkeys(
        (State.QUEUED, State.RUNNING, State.INTERRUPTED, State.FAILED), 1
    )
    assert found.learners[1].runs == {}


@pytest.mark.parametrize("role", Role)
def test_a_class_is_there_for_whoever_may_see_it(store: Store, role: Role):
    person(store, "Anna")
    person(store, "Emil", class_name="5a")
    who = Person("x", "Xenia", role, "4b")
    seen: dict[Role, tuple[list[str], int]] = {
        Role.LEARNER: ([], 0),
        Role.GUEST: ([], 0),
        Role.TEACHER: (["4b"], 0),
        Role.OPERATOR: (["4b", "5a"], 1),
    }
    theirs = store.seen_by(who)
    names, others = seen[role]
    assert classroom.class_names(theirs) == names
    assert len(classroom.look(theirs, "5a").learners) == others


def test_in_a_spreadsheet_a_line_is_a_learner_and_no_name_acts(store: Store):
    anna, _ = person(store, "=1+1"), person(store, 'Ben, "B"')
    check = FIRST.checks[0]
    answer(store, anna, FIRST, check, check.right)
    run(store, anna)

    rows = list(csv.DictReader(io.StringIO(classroom.class_csv(classroom.look(store, "4b")))))

    assert [row["name"] for row in rows] == ["'=1+1", 'Ben, "B"']
    assert rows[0]["last lesson"] == FIRST.title
    assert (rows[0]["questions right"], rows[0]["queued"], rows[0]["failed"]) == ("1", "1", "0")
    assert (rows[1]["last lesson"], rows[1]["questions right"]) == ("", "0")
