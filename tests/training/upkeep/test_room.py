"""What runs keep, what would go and in which order, and that just that goes."""

import io
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from cnn import log
from cnn.training.recipe.run import (
    CHECKPOINT,
    MADE_ROOM,
    MODEL,
    PREDICTIONS,
    SNAPSHOT,
    TRACEBACK,
    WATCHED,
    WEIGHTS,
    GradientNorms,
    Progress,
    State,
    Step,
)
from cnn.training.store import archive
from cnn.training.store.store import Store
from cnn.training.upkeep import making_room, room
from cnn.training.upkeep.announced import met
from cnn.training.upkeep.making_room import gone, keep_to_limits, remove
from cnn.training.upkeep.room import MB, Kept, Kind, Limits, Plan, kept, plan, total
from cnn.training.upkeep.shares import shares
from cnn.training.workers import worker
from cnn.training.workers.resuming import ContinuationError, extend, resume
from tests.training.stores import DEMO, RESULT, SETTINGS, trained, url_of


def one(id: str, sizes: tuple[int, int, int], *, stays: bool = False, cut: bool = False) -> Kept:
    kinds = (Kind.SNAPSHOTS, Kind.CHECKPOINTS, Kind.CURVES)
    return Kept(id, stays, cut, dict(zip(kinds, sizes, strict=True)) | {Kind.WEIGHTS: 7})


# What is kept ---------------------------------------------------------------------------------


def test_what_runs_keep_is_counted_by_kind_the_newest_first(store: Store):
    old, new = trained(store, days_ago=9), trained(store, days_ago=2)
    live = store.add(DEMO, SETTINGS, worker="me")

    found = kept(store)

    assert [each.run_id for each in found] == [live.id, new.id, old.id]
    assert [each.stays_whole for each in found] == [True, False, False]
    for each in found[1:]:
        sizes = dict(each.size_bytes)
        assert 0 < sizes.pop(Kind.CURVES) < 20 * 200
        assert sizes == {
            Kind.SNAPSHOTS: 2 * 1_500 + 200,
            Kind.CHECKPOINTS: 2_000,
            Kind.WEIGHTS: 1_000,
            Kind.OTHERS: 55,
        }
    assert total(found)[Kind.WEIGHTS] == 2_000


def test_what_curves_take_is_about_what_sqlite_says_that_it_does(file: Path):
    store = Store(url_of(file))
    norms = {f"conv2d_{number}": 0.1234567890123 + number for number in range(12)}
    for _ in range(4):
        run = store.add(DEMO, SETTINGS, worker="me")
        for first in range(1, 5_001, 50):  # as a training tells them
            some = [Step(n, n / 157, 1 / n, 1 / n, 1 / n, n / 99) for n in range(first, first + 50)]
            measured = [GradientNorms(first, norms)]
            store.record(run.id, some, Progress(), gradients=measured)
    reckoned = total(kept(store))[Kind.CURVES]
    store.close()

    with closing(sqlite3.connect(file)) as database:
        which = "name like '%steps%' or name like '%gradients%'"
        asked = f"select sum(pgsize) from dbstat where {which}"
        try:
            (there,) = database.execute(asked).fetchone()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite has no dbstat, which says what a table takes")
    assert reckoned == pytest.approx(there, rel=0.1)


def test_all_shares_together_are_what_the_store_takes(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNN_HOME", str(file.parent))
    (file.parent / "images").mkdir()
    (file.parent / "images" / "cats.zip").write_bytes(bytes(12_345))
    (file.parent / "backups").mkdir()
    (file.parent / "backups" / "runs.2026-01-02T030405Z.v2.sqlite").write_bytes(bytes(6_789))
    store = Store(url_of(file))
    for days in range(5):
        trained(store, days_ago=days)
    gone_one = trained(store, days_ago=9)
    store.keep_file(gone_one.id, "weights", bytes(100_000))
    store.remove(gone_one.id)

    found = {share.words: share.size_bytes for share in shares(store, kept(store))}
    assert len(found) == 9
    store.close()

    assert found.pop("own images") == 12_345
    assert found.pop("backups kept by the program") == 6_789
    assert found["free, for what comes next"] >= 98_304
    assert sum(found.values()) == file.stat().st_size


def test_a_store_of_either_kind_has_shares(store: Store):
    trained(store, days_ago=2)

    words = [share.words for share in shares(store, kept(store))]

    assert "snapshots and weights of every epoch" in words


# What would go --------------------------------------------------------------------------------


NEWEST_FIRST = [
    one("live", (100, 100, 100), stays=True),
    one("new", (10, 20, 5)),
    one("cut off", (10, 20, 5), cut=True),
    one("old", (10, 20, 5)),
]
ALL = 4 * 7 + 300 + 3 * 35


@pytest.mark.parametrize(
    ("wanted", "going"),
    [
        (Limits(), {}),
        (Limits(most_bytes=ALL), {}),
        (Limits(most_bytes=ALL - 1), {"snapshots": ("old",)}),
        (Limits(most_bytes=ALL - 11), {"snapshots": ("old", "cut off")}),
        (
            Limits(most_bytes=ALL - 31),
            {"snapshots": ("old", "cut off", "new"), "checkpoints": ("old",)},
        ),
        (
            Limits(most_bytes=ALL - 51),
            {"snapshots": ("old", "cut off", "new"), "checkpoints": ("old", "new")},
        ),
        (
            Limits(most_bytes=ALL - 91),
            {
                "snapshots": ("old", "cut off", "new"),
                "checkpoints": ("old", "new", "cut off"),
                "curves": ("old",),
            },
        ),
        (Limits(whole_runs=4), {}),
        (
            Limits(whole_runs=3),
            {"snapshots": ("old",), "checkpoints": ("old",), "curves": ("old",)},
        ),
        (
            Limits(most_bytes=ALL - 36, whole_runs=3),
            {"snapshots": ("old", "cut off"), "checkpoints": ("old",), "curves": ("old",)},
        ),
    ],
)
def test_what_goes_first_is_the_oldest_of_the_kind_that_is_missed_least(
    wanted: Limits, going: dict[str, tuple[str, ...]]
):
    found = plan(NEWEST_FIRST, wanted)

    assert found.going == going
    assert found.left_bytes == ALL - found.all_bytes
    if wanted.most_bytes is not None:
        assert found.left_bytes <= wanted.most_bytes


def test_what_never_goes_stays_however_little_is_wanted():
    found = plan(NEWEST_FIRST, Limits(most_bytes=0, whole_runs=0))

    everybody = {"old", "cut off", "new"}
    assert {kind: set(ids) for kind, ids in found.going.items()} == dict.fromkeys(
        (Kind.SNAPSHOTS, Kind.CHECKPOINTS, Kind.CURVES), everybody
    )
    assert found.left_bytes == 4 * 7 + 300


# What goes ------------------------------------------------------------------------------------


def test_only_what_was_shown_goes_and_it_is_noted_with_the_run(store: Store):
    run, other = trained(store, days_ago=9), trained(store, days_ago=2)
    whole = store.file_sizes(other.id)

    found = plan(kept(store), Limits(whole_runs=1))
    assert remove(store, found) == 1

    assert store.file_sizes(run.id).keys() == {*(WEIGHTS, MODEL, PREDICTIONS, TRACEBACK, MADE_ROOM)}
    assert (store.steps(run.id), store.gradients(run.id)) == ([], [])
    assert [epoch.epoch for epoch in store.epochs([run.id])[run.id]] == [1, 2]
    after = store.get(run.id)
    assert after
    assert (after.result, after.state, after.message) == (RESULT, State.FINISHED, "It ended.")
    assert after.checkpoint is None
    assert set(gone(store, run.id)) == {Kind.SNAPSHOTS, Kind.CHECKPOINTS, Kind.CURVES}
    assert time.time() - 60 < min(gone(store, run.id).values()) <= time.time()
    assert store.file_sizes(other.id) == whole
    assert store.get(other.id) == other
    assert len(store.steps(other.id)) == 20
    assert gone(store, other.id) == {}


def test_what_is_left_is_what_was_reckoned(store: Store):
    for days in range(1, 6):
        trained(store, days_ago=days)
    before = kept(store)
    wanted = Limits(most_bytes=sum(total(before).values()) - 4_000)

    found = plan(before, wanted)
    remove(store, found)

    noted = 2 * len('{"snapshots": 1234567890.1234567}')
    assert sum(total(kept(store)).values()) == pytest.approx(found.left_bytes, abs=noted)
    assert plan(kept(store), Limits(most_bytes=found.left_bytes + noted)).going == {}


def test_a_run_that_was_taken_up_meanwhile_loses_nothing(store: Store):
    run = trained(store, State.STOPPED, days_ago=9)
    found = plan(kept(store), Limits(whole_runs=0))
    before = store.file_sizes(run.id)
    resume(store, run.id)

    assert remove(store, found) == 0

    assert store.file_sizes(run.id).keys() >= {CHECKPOINT, WATCHED}
    assert store.file_sizes(run.id)[CHECKPOINT] == before[CHECKPOINT]


def test_one_that_was_interrupted_just_now_may_go_on_and_loses_nothing(store: Store):
    trained(store, State.INTERRUPTED, days_ago=0.9)
    old = trained(store, State.INTERRUPTED, days_ago=1.1)

    found = plan(kept(store), Limits(whole_runs=0))

    assert found.going == dict.fromkeys((Kind.SNAPSHOTS, Kind.CHECKPOINTS, Kind.CURVES), (old.id,))


def test_a_run_in_a_state_of_another_version_loses_nothing(store: Store):
    run = trained(store, days_ago=9)
    with store.begin() as connection:
        connection.execute(text("UPDATE runs SET state = 'dreaming'"))

    assert [each.stays_whole for each in kept(store)] == [True]
    assert remove(store, Plan({Kind.SNAPSHOTS: (run.id,)})) == 0


def test_without_its_checkpoint_a_run_is_not_trained_on_and_begins_anew(store: Store):
    run, cut_off = trained(store, days_ago=9), trained(store, State.STOPPED, days_ago=9)
    remove(store, plan(kept(store), Limits(whole_runs=0)))

    with pytest.raises(ContinuationError, match="cannot be extended: it kept no checkpoint"):
        extend(store, run.id, 1)
    again = resume(store, cut_off.id)

    assert (again.progress.step, again.checkpoint) == (0, None)
    assert store.epochs([cut_off.id]) == {cut_off.id: []}


def test_what_was_taken_from_a_file_stays_as_it_came(store: Store):
    archive.take_in_shipped(store, archive.Shipped.DEPTH)

    found = kept(store)

    assert all(each.stays_whole for each in found)
    assert total(found)[Kind.CURVES] > 0
    assert plan(found, Limits(0, 0)).going == {}


# Limits that are set --------------------------------------------------------------------------


def test_without_a_limit_nothing_ever_goes(store: Store, monkeypatch: pytest.MonkeyPatch):
    for name, value in (("CNN_MAX_STORE_MB", ""), ("CNN_MAX_WHOLE_RUNS", "few")):
        monkeypatch.setenv(name, value)
    run = trained(store, days_ago=99)

    assert not room.limits()
    keep_to_limits(store)

    assert gone(store, run.id) == {}


def test_a_limit_that_is_set_is_kept_to_and_said(store: Store, monkeypatch: pytest.MonkeyPatch):
    run = trained(store, days_ago=9)
    large = trained(store, days_ago=2)
    store.keep_file(large.id, f"{SNAPSHOT}0003", bytes(2 * MB))
    monkeypatch.setenv("CNN_MAX_STORE_MB", "1")
    met(store, room.limits(), is_shown=True)
    stream = io.StringIO()

    with log.heard(stream):
        keep_to_limits(store)
        keep_to_limits(store)

    assert room.limits() == Limits(MB, None)
    assert set(gone(store, run.id)) == set(gone(store, large.id)) == {Kind.SNAPSHOTS}
    (said,) = [line for line in stream.getvalue().splitlines() if making_room.__name__ in line]
    assert "2.0 MB were removed of 2 runs: snapshots and weights of every epoch" in said


def test_a_worker_keeps_to_it(store: Store, monkeypatch: pytest.MonkeyPatch):
    old, new = trained(store, days_ago=9), trained(store, days_ago=2)
    monkeypatch.setenv("CNN_MAX_WHOLE_RUNS", "1")
    met(store, room.limits(), is_shown=True)

    worker._keep_to_limits(store)

    assert set(gone(store, old.id)) == {Kind.SNAPSHOTS, Kind.CHECKPOINTS, Kind.CURVES}
    assert gone(store, new.id) == {}


@pytest.mark.parametrize("content", [b"no JSON", b"[1]", b'{"snapshots": "long ago"}', b"3"])
def test_a_note_that_cannot_be_read_is_none(store: Store, content: bytes):
    run = trained(store, days_ago=9)
    store.keep_file(run.id, MADE_ROOM, content)

    assert gone(store, run.id) == {}
    remove(store, plan(kept(store), Limits(whole_runs=0)))
    noted = store.file(run.id, MADE_ROOM)
    assert set(json.loads(noted or b"")) == {"snapshots", "checkpoints", "curves"}
