"""What is handed in by a click: noted with the run, seen and saved by the teacher of the class."""

import io
import json
import zipfile

import pytest
from sqlalchemy import delete

from cnn.lessons import classroom
from cnn.lessons.assignments import handed_in
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.assignments.hand_in import HandInError
from cnn.lessons.progress import Event, Standing
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people import accounts, leaving
from cnn.people.person import Person, Role
from cnn.training.engine.snapshots import state_name
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import ASSIGNMENT, HANDED_IN, WEIGHTS, Result, State
from cnn.training.store import tables
from cnn.training.store.store import Store
from cnn.training.store.store_error import NotYours
from tests.lessons.assignments.handed import DATA, TASK

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(3)))
OTHER = Assignment("Another", TASK.goals, DATA)
ANSWERED = Standing((Event("convolution", "size", 1, 5.0), Event("pooling", "size", 1, 6.0)))


def person(store: Store, name: str, role: Role = Role.LEARNER, class_name: str = "4b") -> Person:
    return accounts.add(store, name, role, class_name)[0]


def finished(store: Store, who: Person, task: Assignment = TASK) -> str:
    """A run that is over, with small files in the place of weights and checkpoints."""
    theirs = store.seen_by(who)
    files = {
        ASSIGNMENT: task.text.encode(),
        WEIGHTS: b"w",
        state_name(0): b"s",
        state_name(1): b"s",
    }
    run = theirs.add(DESIGN, Configuration(DATA, epochs=1), worker="me", files=files)
    result = Result(0.5, 0.5, 300, 150, 30, 2.0, 100.0, epochs=1, steps=20)
    store.finish(run.id, State.FINISHED, result=result)
    return run.id


def put(store: Store, who: Person, run_id: str, answer: str = "Because") -> None:
    theirs = store.seen_by(who)
    run = theirs.get(run_id)
    assert run
    handed_in.put(theirs, run, answer, ANSWERED)


def test_a_teacher_sees_who_of_the_class_trained_and_who_handed_in_what(store: Store, monkeypatch):
    anna, ben, cleo = (person(store, name) for name in ("Anna", "Ben", "Cleo"))
    teacher, other = person(store, "Dora", Role.TEACHER), person(store, "Emil", class_name="5a")
    first, second = finished(store, anna), finished(store, anna)
    bens, emils = finished(store, ben), finished(store, other)
    finished(store, ben, OTHER)
    for who, run_id, at in ((anna, first, 200.0), (anna, second, 100.0), (other, emils, 100.0)):
        monkeypatch.setattr("time.time", lambda at=at: at)
        put(store, who, run_id)
    monkeypatch.undo()

    found = classroom.look(store.seen_by(teacher), "4b").assigned

    assert [one.assignment for one in found] == [OTHER, TASK]
    theirs = found[1]
    assert theirs.of(anna.id) == handed_in.Work(anna.id, (second, first), first, 200.0)
    assert theirs.of(ben.id) == handed_in.Work(ben.id, (bens,))
    assert theirs.of(cleo.id) == handed_in.Work(cleo.id)
    assert theirs.handed_in == (theirs.of(anna.id),)
    assert not theirs.is_late(theirs.of(anna.id))
    assert found[0].handed_in == ()
    table = classroom.class_csv(classroom.look(store.seen_by(teacher), "4b")).splitlines()
    assert table[0].endswith("handed in (UTC): Another,handed in (UTC): Small & good")
    assert table[1].endswith(",,1970-01-01 00:03")


def test_what_is_handed_in_after_it_was_due_is_late(store: Store):
    anna = person(store, "Anna")
    task = Assignment("Past", TASK.goals, DATA, due="2020-01-01T12:00Z")
    put(store, anna, finished(store, anna, task))
    (found,) = classroom.look(store, "4b").assigned
    assert found.is_late(found.of(anna.id))


def test_nobody_hands_in_for_another_nor_what_is_not_over(store: Store):
    anna, ben = person(store, "Anna"), person(store, "Ben")
    teacher = person(store, "Dora", Role.TEACHER)
    run_id = finished(store, anna)
    assert store.seen_by(ben).get(run_id) is None
    run = store.seen_by(teacher).get(run_id)
    assert run
    with pytest.raises(NotYours):
        handed_in.put(store.seen_by(teacher), run, "", Standing())
    waits = store.seen_by(anna).add(
        DESIGN, Configuration(DATA), files={ASSIGNMENT: TASK.text.encode()}
    )
    with pytest.raises(HandInError, match=r"cannot be handed in: it is queued\. Wait for its end"):
        handed_in.put(store.seen_by(anna), waits, "", Standing())
    assert handed_in.note_of(store, run_id) is handed_in.note_of(store, waits.id) is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"kept":[],"at":"x"}'])
def test_a_damaged_note_is_no_hand_in_and_the_class_is_shown(store: Store, content: bytes):
    anna = person(store, "Anna")
    run_id = finished(store, anna)
    store.keep_file(run_id, HANDED_IN, content)
    finished(store, anna, OTHER)
    store.keep_file(finished(store, anna), ASSIGNMENT, b"\xff")
    found = classroom.look(store, "4b").assigned
    assert [one.handed_in for one in found] == [(), ()]


def test_all_hand_ins_of_a_class_are_one_file_and_who_is_not_in_it_is_named(store: Store):
    anna, ben, cleo = (person(store, name) for name in ("Anna", "Ben/../x", "Cleo"))
    teacher = person(store, "Dora", Role.TEACHER)
    runs = [finished(store, one) for one in (anna, ben, cleo)]
    for who, run_id in zip((anna, ben, cleo), runs, strict=True):
        put(store, who, run_id, f"{who.name} did")
    with store.begin() as connection:
        of = tables.files.c
        its = delete(tables.files).where(of.run_id == runs[2], of.name == WEIGHTS)
        connection.execute(its)
    theirs = store.seen_by(teacher)
    found = classroom.look(theirs, "4b")
    names = {one.person.id: one.person.name for one in found.learners}

    with io.BytesIO() as into:
        handed_in.save_all(theirs, found.assigned[0], names, into)
        with zipfile.ZipFile(into) as archive:
            there = {name: archive.read(name) for name in archive.namelist()}

    assert set(there) == {
        f"anna-{runs[0][:6]}.zip", f"ben----x-{runs[1][:6]}.zip", handed_in.LEFT_OUT
    }  # fmt: skip
    assert b"Cleo: " in there[handed_in.LEFT_OUT]
    with zipfile.ZipFile(io.BytesIO(there[f"anna-{runs[0][:6]}.zip"])) as archive:
        about = json.loads(archive.read("hand-in.json"))
    assert (about["name"], about["answer"]) == ("Anna", "Anna did")
    assert [one["lesson"] for one in about["answers"]] == ["convolution"]


def test_what_was_written_is_exported_and_goes_with_its_person(store: Store):
    anna, ben = person(store, "Anna"), person(store, "Ben")
    run_id = finished(store, anna)
    put(store, anna, run_id, "Mine alone")
    (told,) = leaving.export(store, anna.id)["handed_in"].items()
    assert told[0] == run_id
    assert json.loads(told[1])["answer"] == "Mine alone"
    assert leaving.export(store, ben.id)["handed_in"] == {}
    leaving.remove(store, anna.id)
    assert handed_in.note_of(store, run_id) is None
