"""How much one person may have where people have accounts; who has none is not limited."""

import multiprocessing.dummy
import re
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.people.person import LOCAL, Person, Role
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.run import Progress, Run, State, Step
from cnn.training.store.store import Store, new_run
from cnn.training.store.tables import runs
from cnn.training.store.turns import Place
from cnn.training.workers import queue
from cnn.training.workers.person_limits import DAY_S, kept_bytes, trained_s
from cnn.training.workers.queue import Wanted
from cnn.training.workers.resuming import resume
from tests.needs import LINUX

DESIGN = Architecture("mine", (8, 8, 1), (Flatten(), Dense(2)))
ANNA, BEN = (Person(one, one, Role.LEARNER, "4b") for one in ("anna", "ben"))


def put(store: Store, person: Person, count: int = 1) -> list[Run]:
    return queue.put(store.seen_by(person), [Wanted(DESIGN, Configuration())] * count)


def test_without_a_setting_nobody_is_limited(store: Store):
    assert len(put(store, ANNA, 30)) == 30


def test_one_persons_queue_is_full_and_another_persons_is_not(store: Store, monkeypatch):
    monkeypatch.setenv("CNN_MAX_QUEUE_EACH", "3")
    put(store, ANNA, 2)
    with pytest.raises(
        ConfigurationError, match=r"^2 of your runs .* 2 more .* limit of 3 for each"
    ):
        put(store, ANNA, 2)
    cut_off = store.seen_by(ANNA).add(DESIGN, Configuration(), worker="w")
    store.finish(cut_off.id, State.STOPPED)
    put(store, ANNA)
    with pytest.raises(ConfigurationError, match=r"^3 of your runs"):
        resume(store.seen_by(ANNA), cut_off.id)
    put(store, BEN, 3)
    put(store, LOCAL, 10)
    assert store.count([State.QUEUED]) == 16


AT_ONCE = 10


def press(url: str, store: Store | None, together: Any, said: Any) -> None:
    """A window of Anna's: of a process of its own where it has no store yet."""
    mine = store or Store(url)
    together.wait(60)
    try:
        put(mine, ANNA)
    except ConfigurationError as error:
        said.put(str(error))
    else:
        said.put("")


@pytest.mark.parametrize("are_threads", [True, pytest.param(False, marks=LINUX.mark())])
def test_the_limit_holds_for_one_who_presses_in_ten_windows_at_the_same_moment(
    store: Store, are_threads: bool, monkeypatch
):
    monkeypatch.setenv("CNN_MAX_QUEUE_EACH", "4")
    world: Any = multiprocessing.dummy if are_threads else multiprocessing.get_context("fork")
    together, said = world.Barrier(AT_ONCE), world.Queue()
    shared = store if are_threads else None
    windows = [
        world.Process(target=press, args=(store.url, shared, together, said))
        for _ in range(AT_ONCE)
    ]
    for one in windows:
        one.start()
    answers = [said.get(timeout=60) for _ in windows]
    for one in windows:
        one.join()
    assert store.count([State.QUEUED]) == answers.count("") == 4
    assert all(re.search("4 of your runs .* limit of 4 for each", one) for one in answers if one)


def test_no_more_of_one_person_are_trained_at_once(store: Store, monkeypatch):
    monkeypatch.setenv("CNN_MAX_RUNNING_EACH", "2")
    annas = [run.id for run in put(store, ANNA, 4)]

    begun = [store.claim_next(f"w{number}") for number in range(2)]
    assert [run.id for run in begun if run] == annas[:2]
    assert store.claim_next("w2") is None
    assert store.claim(annas[3], "w2") is None
    assert store.waiting() == []
    (bens,) = put(store, BEN)
    assert store.waiting() == [bens.id]
    assert store.place(bens.id) == Place()
    store.finish(annas[0], State.FINISHED)
    assert store.claim(annas[3], "w2")
    locals_ = put(store, LOCAL, 4)
    taken = [store.claim_next(f"v{number}") for number in range(6)]
    assert {run.id for run in taken if run} == {bens.id, *(run.id for run in locals_)}


def test_workers_who_come_at_once_take_no_more_than_that(store: Store, monkeypatch):
    monkeypatch.setenv("CNN_MAX_RUNNING_EACH", "1")
    put(store, ANNA, 6)
    taken: list[Run | None] = []
    workers = [
        threading.Thread(target=lambda name=f"w{number}": taken.append(store.claim_next(name)))
        for number in range(6)
    ]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len([run for run in taken if run]) == store.count([State.RUNNING]) == 1


def trained(store: Store, person: Person, seconds: float) -> str:
    run = store.seen_by(person).add(DESIGN, Configuration(), worker="w")
    store.record(run.id, [], Progress(seconds=seconds))
    return run.id


def test_who_trained_for_as_long_as_a_day_allows_trains_no_more(store: Store, monkeypatch):
    monkeypatch.setenv("CNN_MAX_TRAINING_S_EACH", "0")
    with pytest.raises(ConfigurationError, match=r"^Your runs were trained for 0 s .* 0 s is the"):
        put(store, ANNA)
    monkeypatch.setenv("CNN_MAX_TRAINING_S_EACH", "3600")
    trained(store, BEN, 1e9)
    trained(store, ANNA, 1e9)  # of what it says no more counts than has passed since it was begun
    assert put(store, ANNA)
    assert put(store, LOCAL)
    with store.begin() as connection:
        annas = update(runs).where(runs.c.owner == ANNA.id, runs.c.started_at.is_not(None))
        connection.execute(annas.values(started_at=time.time() - 4_000))
    with pytest.raises(ConfigurationError, match=r"trained for 4,0\d\d s .* and 3,600 s is the"):
        put(store, ANNA)
    assert put(store, BEN)


def test_seconds_of_training_are_those_of_the_last_24_hours():
    now = time.time()
    run = replace(new_run(DESIGN, Configuration()), progress=Progress(seconds=600.0))
    ran = [
        (None, None),  # waits
        (now - 700, now - 50),  # 600 s
        (now - 100, None),  # 100 s so far, whatever a run says that it goes on with
        (now - DAY_S - 500, now - DAY_S + 60),  # 60 s of today
        (now - 3 * DAY_S, now - 2 * DAY_S),  # of another day
    ]
    ran_so = [replace(run, started_at=began, finished_at=ended) for began, ended in ran]
    for one, seconds in zip(ran_so, (0, 600, 100, 60, 0), strict=True):
        assert trained_s([one], now) == pytest.approx(seconds)
    assert trained_s(ran_so, now) == pytest.approx(760)


def test_who_keeps_as_much_as_they_may_trains_no_more_until_some_is_deleted(
    store: Store, monkeypatch
):
    monkeypatch.setenv("CNN_MAX_STORE_MB_EACH", "1")
    (run,) = put(store, ANNA)
    put(store, BEN)
    store.keep_files(run.id, {"weights": b"x" * 999_000})
    assert put(store, ANNA)
    store.record(run.id, [Step(n, 1.0, 0.5, 0.5, 0.1, 1.0) for n in range(20)], Progress())
    with store.begin() as connection:
        assert kept_bytes(connection, ANNA) == 999_000 + 20 * 95
        assert kept_bytes(connection, BEN) == 0
    with pytest.raises(ConfigurationError, match=r"^Your runs keep 1\.0 MB already, and 1 MB is"):
        put(store, ANNA)
    assert put(store, BEN)
    store.remove(run.id)
    assert put(store, ANNA)
