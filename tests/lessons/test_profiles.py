"""Whose progress is whose: each profile has its own, and what all shared goes to the first one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from cnn.lessons import progress
from cnn.lessons.catalogue import lessons
from cnn.lessons.progress import SHARED, Event
from cnn.training.store.store import Store, StoreError
from cnn.training.upkeep import backups, restoring
from tests.some import some

ME, OTHER = "a" * 64, "b" * 64
OPTIONS = sum(len(check.options) for lesson in lessons() for check in lesson.checks)


def events(count: int, lesson: str = "why") -> list[Event]:
    return [Event(lesson, f"q{n}", n % 3, 1_700_000_000.0 + n) for n in range(count)]


def kept(store: Store, profile: str) -> list[Event]:
    return list(progress.standing(store, profile).events)


def test_each_has_what_was_answered_there(store: Store):
    progress.keep(store, ME, events(3))
    progress.keep(store, OTHER, events(2, "kernels"))

    assert kept(store, ME) == events(3)
    assert kept(store, OTHER) == events(2, "kernels")

    progress.erase(store, ME)
    assert kept(store, ME) == []
    assert kept(store, OTHER) == events(2, "kernels")


def test_what_is_there_already_is_kept_once_and_the_rest_in_the_order_it_was_answered(store: Store):
    progress.keep(store, ME, events(9)[5:7])
    progress.keep(store, ME, [*events(9), *events(2)])

    assert kept(store, ME) == events(9)


def test_what_all_shared_is_the_first_ones_that_asks_and_nobodys_after_it(store: Store):
    progress.keep(store, ME, events(2, "kernels"))
    progress.keep(store, SHARED, events(5))

    progress.take_over(store, ME)
    progress.take_over(store, OTHER)
    progress.take_over(store, ME)

    assert sorted(map(repr, kept(store, ME))) == sorted(
        map(repr, [*events(5), *events(2, "kernels")])
    )
    assert kept(store, OTHER) == kept(store, SHARED) == []


@pytest.mark.parametrize("_again", some(range(5), 0, 1))
def test_of_several_who_ask_at_once_one_gets_all_of_it(store: Store, _again: int):
    progress.keep(store, SHARED, events(200))
    asking = [f"{n}" * 64 for n in range(4)]
    at_once = threading.Barrier(len(asking))

    def ask(profile: str) -> None:
        with closing(Store(store.url)) as own:
            at_once.wait()
            progress.take_over(own, profile)

    with ThreadPoolExecutor(len(asking)) as pool:
        list(pool.map(ask, asking))

    assert sorted(len(kept(store, one)) for one in asking) == [0, 0, 0, 200]
    assert kept(store, SHARED) == []


def test_a_backup_takes_it_along(file: Path, tmp_path: Path):
    url, backup = f"sqlite:///{file}", tmp_path / "backup.sqlite"
    with closing(Store(url)) as store:
        progress.keep(store, ME, events(5))
        backups.backup(url, backup)
        progress.erase(store, ME)
        progress.keep(store, OTHER, events(2))
    restoring.restore(url, backup)
    with closing(Store(url)) as store:
        assert kept(store, ME) == events(5)
        assert kept(store, OTHER) == []


def test_two_windows_never_undo_each_other(store: Store):
    at_once = threading.Barrier(2)

    def answer(some: list[Event]) -> None:
        with closing(Store(store.url)) as own:
            at_once.wait()
            for one in some:
                progress.keep(own, ME, [one])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(answer, (events(30)[:15], events(30)[15:])))

    assert kept(store, ME) == events(30)


def test_too_much_of_one_is_refused_whole_and_says_what_to_do(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    assert progress.MOST_OF_ONE > 10 * OPTIONS, "whoever answers everything ten times is no attack"
    monkeypatch.setattr(progress, "MOST_OF_ONE", 20)
    progress.keep(store, ME, events(19))

    with pytest.raises(StoreError, match=r"at most 20 answers .* would be 21\. Export"):
        progress.keep(store, ME, events(21)[19:])
    assert kept(store, ME) == events(19)
    progress.keep(store, ME, events(20))
    progress.keep(store, OTHER, events(20))


def test_too_much_of_all_is_refused_and_nobody_loses_anything(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(progress, "MOST_OF_ALL", 25)
    progress.keep(store, ME, events(20))

    with pytest.raises(StoreError, match="at most 25 answers of all people are kept together"):
        progress.keep(store, OTHER, events(6))
    assert kept(store, ME) == events(20)
    progress.erase(store, ME)
    progress.keep(store, OTHER, events(6))
