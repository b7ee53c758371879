"""The class page: what a teacher presses is in the store, and shown to whom it meets."""

import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnn.data import DatasetName, DatasetSpec
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.challenges import goals
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people import accounts, class_queue
from cnn.people.person import Person, Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import ASSIGNMENT, State
from cnn.training.store.store import Store
from tests.ui.visiting import pressed, shown, visited, words
from ui.components.table import Picked
from ui.session import person

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(2)))


@pytest.fixture
def school(store: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, Person]:
    """People of one class, of whom the teacher is here."""
    monkeypatch.setenv("CNN_ACCOUNTS", "invite")
    st.cache_data.clear()
    people = {
        name: accounts.add(store, name, role, "4b")[0]
        for name, role in (("Anna", Role.LEARNER), ("Cleo", Role.TEACHER))
    }
    come(people["Cleo"], monkeypatch)
    return people


def come(who: Person, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(person, "who_id", lambda: who.id)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_teacher_pauses_the_queue_and_whose_run_waits_is_told(
    store: Store, school: dict[str, Person], monkeypatch
):
    run = store.seen_by(school["Anna"]).add(DESIGN, Configuration())
    app = pressed(visited("classroom"), "Pause the queue")
    assert class_queue.look(store, "4b").is_paused
    assert "Let the queue go on" in labels(app)
    assert "Pause the queue" not in labels(app)

    come(school["Anna"], monkeypatch)
    hers = visited("train", run=run.id)
    assert "Paused by the teacher" in words(hers)

    come(school["Cleo"], monkeypatch)
    app = pressed(pressed(app, "Let the queue go on"), "First for an hour")
    assert class_queue.look(store, "4b").first_until
    assert "Clear 1 run" in labels(app)
    app = pressed(app, "Clear 1 run")
    found = store.get(run.id)
    assert found is not None
    assert found.state is State.STOPPED
    come(school["Anna"], monkeypatch)
    assert "Taken out of the queue by the teacher." in words(visited("train", run=run.id))


def test_who_did_nothing_yet_is_named_and_a_name_leads_to_the_run(
    store: Store, school: dict[str, Person], monkeypatch
):
    app = visited("classroom")
    app.session_state["class_tab"] = "Hand-ins"
    assert "Nobody trained for an assignment yet." in words(shown(app))

    ben = accounts.add(store, "Ben", Role.LEARNER, "4b")[0]
    task = Assignment("Few", goals.read("params<9"), DatasetSpec(DatasetName.SHAPES))
    files = {ASSIGNMENT: task.text.encode()}
    store.seen_by(ben).add(DESIGN, Configuration(), files=files)
    said = words(shown(app))
    assert "Few · 0 of 2 handed in" in said.replace("*", "")
    assert "Nothing yet: Anna." in said
    picked = Picked((), ben.id)
    monkeypatch.setattr("ui.views.classroom.hand_ins.table", lambda *_, **__: picked)
    assert shown(app).title[0].value == "mine on Shapes"


def test_a_link_for_somebody_new_is_shown_once(store: Store, school: dict[str, Person]):
    app = visited("classroom")
    app.session_state["class_tab"] = "People"
    app = shown(app)
    assert [one.label for one in app.selectbox] == []  # a teacher adds learners alone
    app.text_input(key="class_add_name").set_value("Emil <b>")
    app = pressed(app, "Add")

    (link,) = re.findall(r"Emil <b>: (\S*)/enter/(\S{43})", app.code[0].value)
    found = accounts.whose(store, link[1])
    assert found is not None
    assert (found.role, found.class_name) == (Role.LEARNER, "4b")
    app = pressed(app, "Done")
    assert not app.code

    app.text_input(key="class_add_name").set_value("   ")
    assert "A name has 1 to 80 letters" in words(pressed(app, "Add"))


def test_an_operator_gives_who_came_by_a_provider_a_class_and_a_role(
    store: Store, school: dict[str, Person], monkeypatch
):
    new = accounts.known(store, "oidc:1", "Emil")
    fay = accounts.add(store, "Fay", Role.OPERATOR)[0]
    come(fay, monkeypatch)
    monkeypatch.setattr(
        "ui.views.classroom.people.table", lambda *_, **__: Picked((new.id, fay.id), None)
    )
    app = visited("classroom")
    app.session_state["class_tab"] = "People"
    app = shown(app)
    app.selectbox[0].set_value("")  # no class
    app = shown(app)
    app.text_input(key="class_change_class").set_value("4b")
    app.selectbox(key="class_change_role").set_value(Role.TEACHER)
    pressed(app, "Change")
    found = accounts.named(store, "Emil").person
    assert (found.role, found.class_name) == (Role.TEACHER, "4b")
    assert accounts.named(store, "Fay").person == fay  # nobody changes what they are themselves


def test_who_has_no_class_is_told_who_gives_one(
    store: Store, school: dict[str, Person], monkeypatch
):
    come(accounts.add(store, "Gus", Role.TEACHER)[0], monkeypatch)
    assert "python -m cnn people change NAME --class CLASS" in words(visited("classroom"))
