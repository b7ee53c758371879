"""Guests who are gone after a day, and people who were not seen for long."""

import time

import pytest
from sqlalchemy import select, update

from cnn.__main__ import main
from cnn.lessons import progress
from cnn.lessons.progress import noted
from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people import accounts, images, leaving
from cnn.people.accounts import GUEST_S, SEEN_AGAIN_S, AccountError
from cnn.people.person import Person, Role
from cnn.settings import images_folder
from cnn.training.recipe.configuration import Configuration
from cnn.training.store import designs, tables
from cnn.training.store.store import Store
from cnn.training.workers import worker

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(2)))


def guest(store: Store) -> Person:
    found = accounts.who(store, accounts.let_guest_in(store))
    assert found is not None
    return found


def make_something(store: Store, who: Person) -> str:
    theirs = store.seen_by(who)
    run = theirs.add(DESIGN, Configuration(), files={"weights": b"some"})
    designs.save(theirs, DESIGN)
    progress.keep(theirs, who.id, [noted("shapes", "q1", 1)])
    folder = images_folder(who.id)
    folder.mkdir(parents=True)
    (folder / "cats.zip").write_bytes(b"some")
    return run.id


def long_ago(store: Store, who: Person, seconds: float) -> None:
    then = time.time() - seconds
    with store.begin() as connection:
        this = update(tables.people).where(tables.people.c.id == who.id)
        connection.execute(this.values(made_at=then, seen_at=then))


def test_a_guest_has_things_of_their_own_and_all_of_it_is_gone_after_a_day(
    store: Store, monkeypatch, tmp_path
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    first, second = guest(store), guest(store)
    assert first.role is Role.GUEST
    gone, stays = make_something(store, first), make_something(store, second)
    assert store.seen_by(first).get(stays) is None
    long_ago(store, first, GUEST_S + 1)
    long_ago(store, second, GUEST_S - 60)

    assert worker._tidied(store, 0.0) > 0.0

    assert store.get(gone) is None
    assert store.file(stays, "weights") == b"some"
    assert not images_folder(first.id).exists()
    assert images.listed(second.id)
    with store.begin() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)).all():
                assert first.id not in map(str, row), table.name


def test_a_guests_visit_ends_with_their_day(store: Store, monkeypatch):
    key, now = accounts.let_guest_in(store), time.time()
    monkeypatch.setattr(time, "time", lambda: now + GUEST_S + 60)
    assert accounts.who(store, key) is None


def test_so_many_guests_and_no_more(store: Store, monkeypatch):
    monkeypatch.setattr(accounts, "MOST_GUESTS", 2)
    accounts.add(store, "Anna")
    guest(store)
    guest(store)
    with pytest.raises(AccountError, match="too many guests today"):
        accounts.let_guest_in(store)


def test_who_comes_again_was_seen_without_a_write_each_time(store: Store):
    _, key = accounts.add(store, "Anna")
    visit = accounts.enter(store, key) or ""
    (anna,) = accounts.everybody(store)
    long_ago(store, anna.person, SEEN_AGAIN_S - 60)
    for old, is_noted in ((SEEN_AGAIN_S - 60, False), (SEEN_AGAIN_S + 60, True)):
        long_ago(store, anna.person, old)
        before = accounts.everybody(store)[0].seen_at
        assert accounts.who(store, visit)
        after = accounts.everybody(store)[0].seen_at
        assert (after != before) == is_noted


def test_who_was_not_seen_for_long_is_listed_and_then_forgotten_but_not_operators(
    store: Store, url: str, capsys
):
    everybody = [
        accounts.add(store, name, role)[0]
        for name, role in (
            ("Anna", Role.LEARNER),
            ("Ben", Role.LEARNER),
            ("Cleo", Role.TEACHER),
            ("Fay", Role.OPERATOR),
        )
    ]
    run = store.seen_by(everybody[0]).add(DESIGN, Configuration())
    for one, days in zip(everybody, (400, 300, 400, 400), strict=True):
        long_ago(store, one, days * leaving.DAY_S)
    asked = ["people", "unseen", "--days", "365", "--store", url]

    assert main(asked) == 0
    said = capsys.readouterr()
    assert [line.split("\t")[1] for line in said.out.splitlines()] == ["Anna", "Cleo"]
    assert "2 people not seen for 365 days. Nothing is removed yet: keep a backup" in said.err
    assert store.get(run.id)

    assert main([*asked, "--remove"]) == 0
    assert "2 forgotten, with 1 runs" in capsys.readouterr().err
    assert [one.person.name for one in accounts.everybody(store)] == ["Ben", "Fay"]
    assert store.get(run.id) is None


def notes(store: Store, who: Person) -> list[str]:
    with store.begin() as connection:
        query = select(tables.audit.c.verb).where(tables.audit.c.who == who.id)
        return list(connection.execute(query).scalars())


def a_day_later(store: Store, who: Person) -> None:
    of = tables.audit.c
    its = update(tables.audit).where(of.who == who.id, of.verb == leaving.GOES)
    with store.begin() as connection:
        connection.execute(its.values(at=of.at - leaving.DAY_S - 1))


def test_by_setting_alone_who_was_not_seen_is_forgotten_a_day_after_that_is_noted(
    store: Store, monkeypatch, tmp_path
):
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    anna, ben, fay = (
        accounts.add(store, name, role)[0]
        for name, role in (
            ("Anna", Role.LEARNER), ("Ben", Role.LEARNER), ("Fay", Role.OPERATOR)
        )
    )  # fmt: skip
    run = make_something(store, anna)
    for one, days in ((anna, 9), (ben, 6), (fay, 9)):
        long_ago(store, one, days * leaving.DAY_S)

    def tidied() -> list[str]:
        worker._tidied(store, 0.0)
        return [one.person.name for one in accounts.everybody(store)]

    assert tidied() == ["Anna", "Ben", "Fay"]
    assert leaving.GOES not in notes(store, anna)
    monkeypatch.setenv("CNN_KEEP_PEOPLE_DAYS", "7")
    for _ in range(2):
        assert tidied() == ["Anna", "Ben", "Fay"]
        assert notes(store, anna).count(leaving.GOES) == 1
    assert not {leaving.GOES} & {*notes(store, ben), *notes(store, fay)}
    a_day_later(store, anna)
    assert tidied() == ["Ben", "Fay"]
    assert store.get(run) is None
    assert not images_folder(anna.id).exists()


def test_who_comes_after_it_was_noted_stays_and_is_noted_anew(store: Store):
    anna, key = accounts.add(store, "Anna")
    long_ago(store, anna, 9 * leaving.DAY_S)
    leaving.keep_for(store, 7)
    a_day_later(store, anna)
    visit = accounts.enter(store, key) or ""
    leaving.keep_for(store, 7)
    assert accounts.who(store, visit) == anna

    long_ago(store, anna, 9 * leaving.DAY_S)
    with store.begin() as connection:  # a note from before they came
        of = tables.audit.c
        old = update(tables.audit).where(of.verb == leaving.GOES)
        connection.execute(old.values(at=time.time() - 20 * leaving.DAY_S))
    leaving.keep_for(store, 7)
    assert notes(store, anna).count(leaving.GOES) == 2
    assert accounts.who(store, visit) == anna


def test_so_many_are_forgotten_at_once_and_no_more(store: Store, monkeypatch):
    monkeypatch.setattr(leaving, "MOST_AT_ONCE", 2)
    for name in ("Anna", "Ben", "Cleo"):
        long_ago(store, accounts.add(store, name)[0], 9 * leaving.DAY_S)
    leaving.keep_for(store, 7)
    for one in accounts.everybody(store):
        a_day_later(store, one.person)
    for left in (1, 0):
        leaving.keep_for(store, 7)
        assert len(accounts.everybody(store)) == left


def test_for_how_long_is_said_or_set_and_never_guessed(store: Store, url: str, capsys, monkeypatch):
    asked = ["people", "unseen", "--store", url]
    assert main(asked) == 2
    assert "Add --days, or set CNN_KEEP_PEOPLE_DAYS" in capsys.readouterr().err
    assert main([*asked, "--days", "0"]) == 2
    monkeypatch.setenv("CNN_KEEP_PEOPLE_DAYS", "7")
    assert main(asked) == 0
    assert "not seen for 7 days" in capsys.readouterr().err


def test_somebody_is_given_a_role_and_a_class_by_command(store: Store, url: str, capsys):
    accounts.known(store, "anna@school")
    said = ["people", "change", "anna@school", "--role", "teacher", "--class", "4b"]
    assert main([*said, "--store", url]) == 0
    assert accounts.known(store, "anna@school").role is Role.TEACHER
    assert accounts.known(store, "anna@school").class_name == "4b"
