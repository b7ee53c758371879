"""Accounts in a store: links that open once, classes from a list, what is kept of whom."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select, update

from cnn.lessons import progress
from cnn.lessons.progress import noted
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people import accounts, class_list, leaving
from cnn.people.accounts import AccountError
from cnn.people.person import Person, Role
from cnn.people.ways import Way
from cnn.people.ways import accounts as how
from cnn.settings import SettingError
from cnn.training.recipe.configuration import Configuration
from cnn.training.store import designs, tables
from cnn.training.store.store import Store

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(2)))


def test_a_link_opens_once_and_a_newer_one_takes_its_place(store: Store):
    person, first = accounts.add(store, "Anna", class_name="4b")
    second = accounts.invite(store, person.id)

    assert accounts.whose(store, first) is None
    assert accounts.enter(store, first) is None
    assert accounts.whose(store, second) == person
    visit = accounts.enter(store, second)
    assert visit
    assert accounts.who(store, visit) == person
    assert accounts.enter(store, second) is None
    assert accounts.who(store, second) is accounts.who(store, "") is None


def test_a_visit_ends_with_its_time_by_leaving_or_when_its_person_is_turned_out(store: Store):
    person, key = accounts.add(store, "Anna")
    old = accounts.enter(store, key) or ""
    left = accounts.enter(store, accounts.invite(store, person.id)) or ""
    stays = accounts.enter(store, accounts.invite(store, person.id)) or ""
    with store.begin() as connection:
        of_old = update(tables.visits).where(tables.visits.c.digest == accounts.digest(old))
        connection.execute(of_old.values(until=time.time() - 1))
    accounts.leave(store, left)

    assert [accounts.who(store, one) for one in (old, left, stays)] == [None, None, person]
    accounts.revoke(store, person.id)
    assert accounts.who(store, stays) is accounts.find(store, person.id) is None
    again = accounts.enter(store, accounts.invite(store, person.id)) or ""
    assert accounts.who(store, again) == person
    assert accounts.who(store, stays) is None


def test_whom_a_proxy_names_is_a_learner_from_the_first_time_on_and_has_no_link(store: Store):
    first, again = accounts.known(store, "anna@school"), accounts.known(store, "anna@school")
    assert first == again
    assert first.role is Role.LEARNER
    assert accounts.whose(store, "") is None


def test_a_class_is_read_from_a_list_whole_or_not_at_all():
    read = class_list.read("name,class,role\nAnna, 4b\n\n Cleo ,4b,Teacher\nBen\n")
    assert read == [
        ("Anna", Role.LEARNER, "4b"),
        ("Cleo", Role.TEACHER, "4b"),
        ("Ben", Role.LEARNER, ""),
    ]
    for text, words in (
        ("Anna\nBen,4b,king", "line 2 .*'king' is no role: learner"),
        ("Anna\n,4b", "line 2 .* 1 to 80 letters, got ''"),
        ("x" * 81, "line 1 .* 1 to 80"),
        ("name,class\n\n", "nobody in it"),
    ):
        with pytest.raises(AccountError, match=words):
            class_list.read(text)


@given(some.text(max_size=300))
def test_any_text_is_a_class_or_refused_in_a_sentence(text: str):
    with suppress(AccountError):  # anything else is a traceback
        found = class_list.read(text)
        assert all(1 <= len(name) <= 80 and name.isprintable() for name, _, _ in found)


def test_of_two_with_one_name_it_is_asked_which(store: Store):
    first, _ = accounts.add(store, "Anna", class_name="4b")
    second, _ = accounts.add(store, "Anna", class_name="5a")
    with pytest.raises(AccountError, match=f"2 people .* {first.id}, {second.id}"):
        accounts.named(store, "Anna")
    assert accounts.named(store, second.id).person == second
    assert [one.person for one in accounts.everybody(store, "5a")] == [second]


def full(store: Store, name: str) -> tuple[Person, str]:
    person, key = accounts.add(store, name)
    accounts.enter(store, key)
    theirs = store.seen_by(person)
    run = theirs.add(DESIGN, Configuration(), files={"weights": name.encode()})
    designs.save(theirs, DESIGN)
    progress.keep(theirs, person.id, [noted("shapes", "q1", 1)])
    return person, run.id


def test_who_is_forgotten_leaves_nothing_but_what_was_done_by_nobody(store: Store):
    gone, run = full(store, "Anna")
    stays, other = full(store, "Ben")
    told = json.dumps(leaving.export(store, gone.id), default=str)
    assert run in told
    assert other not in told

    assert leaving.remove(store, gone.id) == 1

    with store.begin() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)).all():
                assert gone.id not in map(str, row), table.name
                assert "Anna" not in map(str, row), table.name
        done = connection.execute(select(tables.audit.c.verb)).scalars().all()
    assert done.count("signed in") == 2
    assert store.get(run) is None
    assert store.file(other, "weights") == b"Ben"
    assert accounts.find(store, stays.id) == stays


def test_by_setting_people_are_told_apart_by_links_or_by_a_proxy_that_is_named(monkeypatch):
    for name in ("CNN_ACCOUNTS", "CNN_PROXY_FROM", "CNN_PROXY_HEADER"):
        monkeypatch.delenv(name, raising=False)
    assert not how().are_on
    monkeypatch.setenv("CNN_ACCOUNTS", "Invite")
    assert how().way is Way.INVITE
    monkeypatch.setenv("CNN_ACCOUNTS", "proxy")
    with pytest.raises(SettingError, match="CNN_PROXY_FROM"):
        how()
    monkeypatch.setenv("CNN_PROXY_FROM", "127.0.0.1, 10.0.0.0/8")
    found = how()
    assert [found.is_proxy(one) for one in ("127.0.0.1", "::ffff:10.1.2.3")] == [True, True]
    assert not any(found.is_proxy(one) for one in ("11.0.0.1", "", None, "localhost", "::1"))
    for name, value in (("CNN_PROXY_FROM", "here"), ("CNN_PROXY_HEADER", "a b")):
        with monkeypatch.context() as wrong:
            wrong.setenv(name, value)
            with pytest.raises(SettingError, match=name):
                how()
    monkeypatch.setenv("CNN_ACCOUNTS", "yes")
    with pytest.raises(SettingError, match="'yes', which is none"):
        how()
