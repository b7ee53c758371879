"""A comparison and a design shared in one click, and whose they are for who opens their link."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
import streamlit as st
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people import accounts
from cnn.people.person import Person, Role
from cnn.training.store import designs
from cnn.training.store.store import Store
from cnn.training.store.tables import runs
from tests.ui.views.test_compare import TWO, data, finished
from tests.ui.visiting import pressed, shown, visited, words
from ui.session import person
from ui.session.design import KEY, Design, traced
from ui.views.build.saved import MENU

__all__ = ["data"]


def test_all_runs_of_a_comparison_are_shared_at_once_and_say_whose_they_are(
    store: Store, data: Any, monkeypatch: pytest.MonkeyPatch
):
    ids = [finished(store, name, data, wrong=5).id for name in ("simple-cnn", "lenet-5")]
    monkeypatch.setenv("CNN_ACCOUNTS", "invite")
    st.cache_data.clear()
    anna, ben = (accounts.add(store, name, Role.LEARNER, "4b")[0] for name in ("Anna", "Ben"))
    emil = accounts.add(store, "Emil", Role.LEARNER, "5a")[0]
    with store.begin() as connection:
        connection.execute(update(runs).values(owner=anna.id))
    compared = TWO | {"with": ["simple-cnn", "lenet-5"]}

    monkeypatch.setattr(person, "who_id", lambda: ben.id)
    assert "Test accuracy" not in words(visited("compare", **compared))
    assert "With runs by" not in words(visited("compare", **compared))
    monkeypatch.setattr(person, "who_id", lambda: anna.id)
    app = pressed(visited("compare", **compared), "Share it")
    assert all(one and one.is_shared for one in map(store.get, ids))
    assert "with=simple-cnn" in app.code[0].value

    monkeypatch.setattr(person, "who_id", lambda: ben.id)
    his = visited("compare", **compared)
    assert "With runs by Anna." in words(his)
    assert not [one for one in his.button if one.label.startswith("Share")]
    monkeypatch.setattr(person, "who_id", lambda: emil.id)
    assert "Test accuracy" not in words(visited("compare", **compared))

    monkeypatch.setattr(person, "who_id", lambda: anna.id)
    pressed(visited("compare", **compared), "Share no longer")
    assert not any(one and one.is_shared for one in map(store.get, ids))


def test_a_design_is_opened_in_class_by_a_link_that_says_whose_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CNN_ACCOUNTS", "invite")
    st.cache_data.clear()
    anna, ben, emil, gus = (
        accounts.add(store, name, Role.LEARNER, group)[0]
        for name, group in (("Anna *", "4b"), ("Ben", "4b"), ("Emil", "5a"), ("Gus", ""))
    )
    own = Architecture("Anna's & mine?", (9, 9, 1), (Flatten(), Dense(2)))
    designs.save(store.seen_by(anna), own)
    designs.save(store.seen_by(gus), own)

    def visit(who: Person, **query: str) -> AppTest:
        monkeypatch.setattr(person, "who_id", lambda: who.id)
        return visited("build", **query)

    def saved_of(who: Person) -> AppTest:
        app = visit(who)
        app.session_state[MENU] = True
        return shown(app)

    link = {"by": anna.id, "design": own.name}
    assert "is not shared with you" in words(visit(ben, **link))
    app = saved_of(anna)
    app.button(key=f"share_{own.name}").click()
    app = shown(app)
    (told,) = (one.value for one in app.code if "design=" in one.value)
    assert dict(parse_qsl(told.partition("?")[2])) == link

    his = visit(ben, **link, net="1.8x8x1.f-d3.end")
    assert "A design by Anna *." in words(his)
    assert design_of(his) == own
    assert not {"by", "design"} & {*his.query_params}
    assert "A design by" in words(shown(his))  # as long as it is on the bench
    for who in (emil, gus):
        other = visit(who, **link)
        assert "is not shared with you" in words(other)
        assert design_of(other) != own
    assert f"share_{own.name}" not in {one.key for one in saved_of(gus).button}

    app = saved_of(anna)
    app.button(key=f"share_{own.name}").click()
    assert not [one for one in shown(app).code if "design=" in one.value]
    assert "is not shared with you" in words(visit(ben, **link))


def design_of(app: AppTest) -> Architecture:
    found: Design = app.session_state[KEY]
    return traced(found).architecture


def test_operators_find_the_images_of_before_there_were_accounts(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    before = person.own_folder()
    monkeypatch.setenv("CNN_ACCOUNTS", "invite")
    st.cache_data.clear()
    fay = accounts.add(store, "Fay", Role.OPERATOR)[0]
    anna = accounts.add(store, "Anna")[0]
    monkeypatch.setattr(person, "who_id", lambda: fay.id)
    assert person.own_folder() == before
    monkeypatch.setattr(person, "who_id", lambda: anna.id)
    assert person.own_folder() == before / "people" / anna.id
