"""Limits are announced: nothing goes by new or lower ones before a page showed it, or a day."""

import io
import threading

import pytest
from sqlalchemy import select, update

from cnn import log
from cnn.training.recipe.run import SNAPSHOT
from cnn.training.store.store import Store
from cnn.training.store.tables import limits
from cnn.training.upkeep import making_room
from cnn.training.upkeep.announced import WAITS_S, Announced, met, waiting
from cnn.training.upkeep.making_room import gone, keep_to_limits
from cnn.training.upkeep.room import MB, Limits
from cnn.training.workers import worker
from tests.training.stores import trained

FOUR = Limits(4 * MB)


@pytest.fixture
def run_id(store: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run that keeps 5 MB where 4 are the limit."""
    run = trained(store, days_ago=9)
    store.keep_file(run.id, f"{SNAPSHOT}0003", bytes(5 * MB))
    monkeypatch.setenv("CNN_MAX_STORE_MB", "4")
    return run.id


def pass_by(store: Store, seconds: float) -> None:
    """Makes what was announced so many seconds older."""
    with store.begin() as connection:
        connection.execute(update(limits).values(met_at=limits.c.met_at - seconds))


def test_a_worker_that_starts_removes_nothing_that_no_page_has_shown(store: Store, run_id: str):
    worker._keep_to_limits(store)
    worker._keep_to_limits(store)

    assert gone(store, run_id) == {}
    found = waiting(store, FOUR)
    assert found
    assert found.acts_from == found.met_at + WAITS_S


def test_once_a_page_has_shown_it_it_goes(store: Store, run_id: str):
    keep_to_limits(store)
    met(store, FOUR, is_shown=True)

    assert waiting(store, FOUR) is None
    keep_to_limits(store)

    assert gone(store, run_id)


def test_where_nobody_visits_it_goes_after_a_day_however_often_all_was_started_anew(
    store: Store, run_id: str
):
    for _ in range(3):
        again = Store(store.url)
        keep_to_limits(again)
        again.close()
        pass_by(store, WAITS_S / 3 - 10)
    assert gone(store, run_id) == {}
    pass_by(store, 40)

    assert waiting(store, FOUR) is None
    keep_to_limits(store)

    assert gone(store, run_id)


def test_the_day_begins_when_something_first_is_over_the_limit(store: Store, run_id: str):
    small = store.file(run_id, f"{SNAPSHOT}0001")
    assert small
    store.keep_file(run_id, f"{SNAPSHOT}0003", small)
    keep_to_limits(store)
    assert waiting(store, FOUR) is None

    store.keep_file(run_id, f"{SNAPSHOT}0003", bytes(5 * MB))
    keep_to_limits(store)

    assert waiting(store, FOUR)
    assert gone(store, run_id) == {}


@pytest.mark.parametrize(
    ("before", "after", "acts"),
    [
        (Limits(4), Limits(4), True),
        (Limits(4), Limits(5), True),
        (Limits(4), Limits(3), False),
        (Limits(4), Limits(None, 9), False),
        (Limits(4), Limits(4, 9), False),
        (Limits(4, 9), Limits(4), True),
        (Limits(4, 9), Limits(4, 9), True),
        (Limits(4, 9), Limits(None, 10), True),
        (Limits(4, 9), Limits(5, 8), False),
        (Limits(4, 9), Limits(3, 10), False),
        (Limits(0, 0), Limits(0, 0), True),
    ],
)
def test_lower_limits_wait_again_and_wider_ones_do_not(
    store: Store, before: Limits, after: Limits, acts: bool
):
    met(store, before, is_shown=True)

    found, is_news = met(store, after)

    assert (found.shown_at is not None, is_news) == (acts, not acts)
    assert found.limits == after


def test_limits_that_were_raised_and_lowered_again_wait_again(store: Store):
    for most, is_shown in ((50, True), (100, False), (50, False)):
        found, _ = met(store, Limits(most), is_shown=is_shown)

    assert found.shown_at is None


def test_wider_limits_that_still_wait_wait_no_longer_for_it(store: Store):
    first, _ = met(store, Limits(4))
    pass_by(store, 1_000)

    found, is_news = met(store, Limits(5))

    assert found == Announced(Limits(5), first.met_at - 1_000)
    assert not is_news


def test_it_is_said_once_what_will_go_and_when(store: Store, run_id: str):
    stream = io.StringIO()
    with log.heard(stream):
        keep_to_limits(store)
        keep_to_limits(store)

    (said,) = [line for line in stream.getvalue().splitlines() if making_room.__name__ in line]
    assert "over the limits that are set are 5.0 MB: snapshots and weights of every epoch" in said
    assert "or once a page has shown them" in said


def test_workers_that_meet_a_limit_at_the_same_moment_agree_on_it(store: Store, run_id: str):
    failed: list[Exception] = []

    def keep() -> None:
        own = Store(store.url)
        try:
            keep_to_limits(own)
        except Exception as error:  # noqa: BLE001 - to be looked at below
            failed.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=keep) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    with store.begin() as connection:
        assert len(connection.execute(select(limits)).all()) == 1
    assert gone(store, run_id) == {}


def test_a_store_in_which_nothing_was_announced_has_no_table_for_it_and_is_not_changed(
    store: Store,
):
    assert waiting(store, FOUR) is None
    with store.begin() as connection:
        assert not connection.dialect.has_table(connection, limits.name)


@pytest.mark.parametrize("held", ["[1]", "no JSON", "7", '{"a": 1, "b": 2}', "[1, 2, 3]"])
def test_what_cannot_be_read_is_announced_anew(store: Store, held: str):
    met(store, FOUR, is_shown=True)
    with store.begin() as connection:
        connection.execute(update(limits).values(wanted=held))

    found, is_news = met(store, FOUR)

    assert is_news
    assert found.shown_at is None
