"""Rows beside those of runs: what is damaged is left out and named, and all else is read."""

import pytest
from sqlalchemy import update

from cnn.comparing.binned_curves import binned_curves
from cnn.lessons import progress
from cnn.network.zoo import entry
from cnn.training.recipe.run import (
    Epoch,
    GradientNorms,
    Progress,
    Standing,
    State,
    Step,
    WorkerState,
)
from cnn.training.store import designs, heartbeats, labels, row_checks, tables
from cnn.training.store.store import Store
from cnn.training.upkeep import announced, room
from cnn.training.upkeep.making_room import gone
from cnn.training.upkeep.room import Limits
from cnn.training.upkeep.upkeep import READ_ELSEWHERE, check
from cnn.training.workers import checks
from tests.training.damaged import OTHERS, damage_all
from tests.training.stores import DEMO, SETTINGS, url_of

STEPS = [Step(n, n / 10, 1 / n, 0.5, 0.01, float(n)) for n in range(1, 9)]
EPOCHS = [Epoch(n, 1.0 / n, 0.5, 1.5, 0.25, float(n)) for n in (1, 2)]
NORMS = [GradientNorms(4, {"conv2d_1": 0.5})]


def trained(store: Store) -> str:
    """A run with something in every table, which nothing is wrong with."""
    run = store.add(DEMO, SETTINGS, worker="w")
    store.record(run.id, STEPS, Progress(), gradients=NORMS)
    for one in EPOCHS:
        store.record_epoch(run.id, one, {f"snapshot-{one.epoch:04}": b"x"})
    store.keep_file(run.id, "weights", b"weights")
    labels.put_tags(store, run.id, ["good"])
    store.finish(run.id, State.FINISHED)
    return run.id


@pytest.fixture
def store(tmp_path):
    opened = Store(url_of(tmp_path / "runs.sqlite"))
    yield opened
    opened.close()


def test_of_a_run_all_is_read_that_is_whole(store: Store):
    good, bad = trained(store), trained(store)
    damage_all(store, bad)

    for id in (good, bad):
        assert store.epochs([id])[id][:2] == EPOCHS
        assert store.gradients(id)[0] == NORMS[0]
        assert store.snapshots(id) == [1, 2]
        assert store.file(id, "weights") == b"weights"
        assert "good" in labels.tags_of(store, [id])[id]
        assert store.file_sizes(id)["weights"] == 7
    assert set(STEPS) <= set(store.steps(bad, at_most=100_000))
    assert store.steps(good) == STEPS
    assert store.left_out(good) == []
    assert {one.run_id for one in room.kept(store)} == {good, bad}
    assert len(binned_curves(store, [bad], 8)[bad]) > 1
    assert gone(store, bad) == {}


def test_a_long_curve_with_damaged_steps_is_thinned_like_another(store: Store):
    good, bad = trained(store), trained(store)
    more = [Step(n, n / 10, 1 / n, 0.5, 0.01, float(n)) for n in range(9, 900)]
    for id in (good, bad):
        store.record(id, more, Progress())
    with store.begin() as connection:
        for n, row in enumerate(("0.1, 'abc'", "9e999, 0.5", "0.1, 7", "x'ff', 0.5")):
            values = f"'{bad}', {5_000 + n}, 1, {row}, 0.1, 1"
            connection.exec_driver_sql(
                "INSERT INTO steps (run_id, step, epoch, loss, accuracy, learning_rate, seconds) "
                f"VALUES ({values})"
            )

    for _ in range(2):  # read whole, then what is new of it
        assert store.steps(bad, at_most=50) == store.steps(good, at_most=50)
    assert len(store.left_out(bad)) == 4


def test_the_rest_of_the_store_is_read_as_far_as_it_is_whole(store: Store):
    run_id = trained(store)
    designs.save(store, DEMO)
    heartbeats.beat(store, "w", WorkerState.READY)
    progress.keep(store, progress.SHARED, [progress.noted("shapes", "q1", 1)])
    damage_all(store, run_id)

    assert WorkerState.READY in heartbeats.worker_states(store)
    assert (heartbeats.heard_at(store) or 0) > 1e9
    known = {type(one): one for one in designs.latest(store, 1_000)}
    assert set(known) == {designs.Saved, designs.UnreadableDesign}
    events = progress.standing(store, progress.SHARED).events
    assert "q1" in {one.item for one in events}
    assert all(type(one.choice) is int and isinstance(one.lesson, str) for one in events)
    checks.want(store, entry("lenet-5").architecture)
    assert checks.is_wanted(store)
    assert announced.met(store, Limits(None, 7))[0].limits == Limits(None, 7)


def test_a_check_of_which_the_row_is_damaged_is_asked_for_anew(store: Store):
    checks.want(store, DEMO)
    with store.begin() as connection:
        connection.execute(update(tables.checks).values(words="no JSON", standing="agrees"))
    assert checks.known(store, DEMO) is None

    checks.want(store, DEMO)

    found = checks.known(store, DEMO)
    assert found
    assert found.standing is Standing.WANTED


def test_a_worker_whose_row_is_damaged_counts_as_silent(store: Store):
    run = store.add(DEMO, SETTINGS, worker="w")
    heartbeats.beat(store, "w", WorkerState.READY)
    heartbeats.beat(store, "v", WorkerState.READY)
    with store.begin() as connection:
        damage = "UPDATE workers SET heartbeat_at = 'abc' WHERE name = 'w'"
        connection.exec_driver_sql(damage)

    heartbeats.dismiss_silent(store)

    found = store.get(run.id)
    assert found
    assert found.state is State.INTERRUPTED
    assert heartbeats.worker_states(store) == [WorkerState.READY]


def test_a_store_that_is_looked_over_names_each_damaged_row_of_every_table(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    run_id = trained(store)
    monkeypatch.setattr("cnn.training.upkeep.upkeep.MOST_NAMED", 10_000)
    damaged = damage_all(store, run_id)

    found = list(check(store.url))

    named = [one for one in found if one.topic == "rows"]
    (of_designs,) = [one for one in found if one.topic == "designs"]
    assert all(one.trouble for one in named)
    with store.begin() as connection:
        unreadable = sum(isinstance(one, designs.UnreadableDesign) for one in _designs(store))
        assert unreadable
        assert of_designs.trouble
        assert len(named) + unreadable == damaged
        by_table = {table.name for table in OTHERS if table not in READ_ELSEWHERE}
        assert {one.words.split(",")[0] for one in named} == by_table
        epochs = list(row_checks.damaged(connection, tables.epochs))
    assert f"epochs, run {run_id}, epoch abc: its epoch is 'abc'" in epochs
    assert any(one.endswith("its val_accuracy is inf") for one in epochs)


def _designs(store: Store) -> list[designs.Saved | designs.UnreadableDesign]:
    return designs.latest(store, 1_000)
