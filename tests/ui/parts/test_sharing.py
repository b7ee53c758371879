"""A comparison that is shared in one click, and whose it is for whoever opens its link."""

from typing import Any

import pytest
import streamlit as st
from sqlalchemy import update

from cnn.people import accounts
from cnn.people.person import Role
from cnn.training.store.store import Store
from cnn.training.store.tables import runs
from tests.ui.views.test_compare import TWO, data, finished
from tests.ui.visiting import pressed, visited, words
from ui.session import person

__all__ = ["data"]


def test_all_runs_of_a_comparison_are_shared_at_once_and_say_whose_they_are(
    store: Store, data: Any, monkeypatch: pytest.MonkeyPatch
):
    ids = [finished(store, name, data, wrong=5).id for name in ("simple-cnn", "lenet-5")]
    monkeypatch.setenv("CNN_ACCOUNTS", "invite")
    st.cache_data.clear()
    anna, ben = (accounts.add(store, name, Role.LEARNER, "4b")[0] for name in ("Anna", "Ben"))
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

    monkeypatch.setattr(person, "who_id", lambda: anna.id)
    pressed(visited("compare", **compared), "Share no longer")
    assert not any(one and one.is_shared for one in map(store.get, ids))


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
