"""What is counted for operators: as the store holds it, by nobody's name."""

import time

import pytest
from sqlalchemy import func, select, update

from cnn.network.zoo import entry
from cnn.people import accounts
from cnn.people.person import Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State, Wish, WorkerState
from cnn.training.store import heartbeats, tables
from cnn.training.store.store import Store
from cnn.training.workers.metrics import as_text, counted
from tests.training.exposition import metrics
from tests.training.stores import ROOT
from tests.training.unreadable import spoil

DEMO, SETTINGS = entry("shapes-demo").architecture, Configuration(epochs=3)


def said(store: Store) -> dict[str, float]:
    return metrics(as_text(counted(store)))


def test_in_an_empty_store_each_state_is_there_with_nothing_in_it(store: Store):
    found = said(store)

    assert {found[f"cnn_runs {state}"] for state in State} == {0}
    assert found["cnn_people_waiting"] == found["cnn_people_training"] == 0
    assert found["cnn_oldest_wait_seconds"] == 0
    assert {found[f"cnn_people {role}"] for role in Role} == {0}
    assert {found[f"cnn_workers {state}"] for state in WorkerState} == {0}
    assert found["cnn_store_bytes"] > 10_000


def test_runs_are_counted_by_state_and_people_by_what_they_wait_for(store: Store):
    anna, ben, cleo = (
        accounts.add(store, name, role, "4b")[0]
        for name, role in (("Anna", Role.LEARNER), ("Ben", Role.LEARNER), ("Cleo", Role.TEACHER))
    )
    of_anna = [store.seen_by(anna).add(DEMO, SETTINGS) for _ in range(3)]
    of_ben = [store.seen_by(ben).add(DEMO, SETTINGS) for _ in range(2)]
    store.claim(of_anna[0].id, "w")
    store.finish(of_anna[0].id, State.FINISHED)
    store.claim(of_ben[0].id, "w")
    store.claim(of_ben[1].id, "w")
    store.finish(of_ben[1].id, State.FAILED, "ValueError: broken")
    store.want(of_anna[2].id, Wish.STOP)
    heartbeats.beat(store, "w", WorkerState.READY)
    accounts.revoke(store, ben.id)

    found = said(store)

    assert [
        found[f"cnn_runs {state}"] for state in ("queued", "running", "finished", "failed")
    ] == [
        1,
        1,
        1,
        1,
    ]
    assert found["cnn_runs stopped"] == 1
    assert (found["cnn_people_waiting"], found["cnn_people_training"]) == (1, 1)
    assert found["cnn_workers ready"] == 1
    assert (found["cnn_people learner"], found["cnn_people teacher"]) == (1, 1)
    assert not any(name in as_text(counted(store)) for name in ("Anna", anna.id, cleo.id, "4b"))


def test_what_ended_longer_ago_than_an_hour_is_no_more_among_the_lately_ended(store: Store):
    runs = [store.add(DEMO, SETTINGS, worker="w") for _ in range(3)]
    for run in runs:
        store.finish(run.id, State.FINISHED)
    with store.begin() as connection:
        earlier = update(tables.runs).where(tables.runs.c.id == runs[0].id)
        connection.execute(earlier.values(finished_at=time.time() - 3_700))

    found = said(store)

    assert found["cnn_runs finished"] == 3
    assert found["cnn_runs_ended_last_hour finished"] == 2
    assert "cnn_runs_ended_last_hour queued" not in found


def test_the_longest_wait_is_that_of_the_oldest_that_waits(store: Store):
    old, new = store.add(DEMO, SETTINGS), store.add(DEMO, SETTINGS)
    with store.begin() as connection:
        for run, ago in ((old, 500), (new, 100)):
            aged = update(tables.runs).where(tables.runs.c.id == run.id)
            connection.execute(aged.values(created_at=time.time() - ago))
    assert said(store)["cnn_oldest_wait_seconds"] == pytest.approx(500, abs=30)

    store.claim(old.id, "w")
    assert said(store)["cnn_oldest_wait_seconds"] == pytest.approx(100, abs=30)


def test_rows_are_those_of_each_table(store: Store):
    accounts.add(store, "Anna")
    for _ in range(4):
        store.add(DEMO, SETTINGS)

    found = said(store)

    with store.begin() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name != "about":
                there = connection.execute(select(func.count()).select_from(table)).scalar_one()
                assert found[f"cnn_store_rows {table.name}"] == there
    assert found["cnn_store_rows runs"] == 4
    assert found["cnn_store_rows people"] == 1


def test_runs_that_cannot_be_read_keep_no_number_back(store: Store):
    for kind in ("layer", "setting", "wish", "state"):
        spoil(store, store.add(DEMO, SETTINGS), kind)

    found = said(store)

    assert found["cnn_store_rows runs"] == 4
    assert found["cnn_runs queued"] == 3  # one is in a state of which nothing is known


def test_each_metric_is_explained_where_it_is_told_how_to_run_the_server(store: Store):
    told = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for one in counted(store):
        label = f"{{{one.label}=...}}" if one.label else ""
        assert f"`cnn_{one.name}{label}`" in told
