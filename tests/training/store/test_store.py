"""The run store, on a real file."""

import io
import json
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, func, make_url, select, text, update

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import (
    CHECKPOINT,
    WATCHED,
    Checkpoint,
    Epoch,
    GradientNorms,
    Progress,
    Result,
    Run,
    State,
    Step,
    Wish,
    recipe,
)
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import designs, labels, rows, run_list, tables
from cnn.training.store.migrations import MIGRATIONS
from cnn.training.store.run_list import Filter
from cnn.training.store.store import Store, StoreError, TakenOver
from cnn.training.store.store_error import shown_url
from cnn.training.workers.resuming import resume
from tests.training.stores import VERSION_2

ROOT = Path(__file__).parents[3]
LENET = entry("lenet-5").architecture
DEMO = entry("shapes-demo").architecture
SETTINGS = Configuration(epochs=3)
RESULT = Result(0.1, 0.98, 300, 150, 30, 12.5, 4_000.0)


def step(number: int, loss: float = 1.0) -> Step:
    return Step(number, number / 10, loss, 0.5, 0.01, number / 100)


def test_a_run_comes_back_as_it_was_put_in(store: Store):
    run = store.add(LENET, SETTINGS)

    assert store.get(run.id) == run
    assert (run.state, run.wish, run.name) == (State.QUEUED, Wish.RUN, "LeNet-5")


def test_what_was_changed_to_fit_is_frozen_in_the_run(store: Store):
    run = store.add(LENET, SETTINGS, changes=["Images are resized.", "It has 3 units."])

    found = store.get(run.id)

    assert found == run
    assert found.changes == ("Images are resized.", "It has 3 units.")


def test_the_files_of_a_run_are_listed_with_their_sizes(store: Store):
    run, other = store.add(DEMO, SETTINGS), store.add(DEMO, SETTINGS)
    store.keep_files(run.id, {"weights": b"some", "model.keras": bytes(1_000)})
    store.keep_file(other.id, "traceback", b"?")

    assert store.file_sizes(run.id) == {"weights": 4, "model.keras": 1_000}
    assert store.file_sizes("nowhere") == {}


class Pieces(io.BytesIO):
    """What is written, and how it came; `between` is done after the first piece."""

    def __init__(self, between: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self.between = between

    def write(self, piece: Any) -> int:
        self.sizes.append(len(piece))
        if len(self.sizes) == 1:
            self.between()
        return super().write(piece)


def test_a_file_is_copied_in_slices_and_comes_whole(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rows, "SLICE_BYTES", 1_000)
    content = random.Random(0).randbytes(200_500)
    run = store.add(DEMO, SETTINGS)
    store.keep_files(run.id, {"weights": content, "empty": b""})
    copied = Pieces()

    assert store.copy_file(run.id, "weights", copied) == 200_500
    assert copied.getvalue() == content
    assert copied.sizes == [1_000] * 200 + [500]
    store.keep_file(run.id, "even", content[:2_000])
    assert store.copy_file(run.id, "even", io.BytesIO()) == 2_000
    assert store.copy_file(run.id, "empty", copied) == 0
    for missing in ((run.id, "other"), ("nowhere", "weights")):
        assert store.copy_file(*missing, copied) is None
    assert copied.getvalue() == content


def test_a_file_that_is_replaced_while_it_is_copied_comes_as_it_was(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rows, "SLICE_BYTES", 1_000)
    run = store.add(DEMO, SETTINGS)
    store.keep_file(run.id, "weights", b"a" * 50_000)
    with closing(Store(url)) as other:
        copied = Pieces(lambda: other.keep_file(run.id, "weights", b"b" * 50_000))

        store.copy_file(run.id, "weights", copied)

    assert copied.getvalue() == b"a" * 50_000
    assert store.file(run.id, "weights") == b"b" * 50_000


def test_a_curve_is_read_whole_however_much_of_it_at_once(store: Store):
    run, other = store.add(DEMO, SETTINGS, worker="me"), store.add(DEMO, SETTINGS, worker="me")
    numbers = [*range(1, 8), 11, 12, 40]
    store.record(run.id, [step(one) for one in numbers], Progress(1, 40, 40))
    store.record(other.id, [step(3)], Progress(1, 3, 40))

    for at_once in (1, 2, 5, 9, 10, 11, 10_000):
        assert [one.step for one in store.every_step(run.id, at_once)] == numbers
    assert list(store.every_step("nowhere")) == []


def test_runs_outlive_the_process(store: Store, url: str):
    run = store.add(LENET, SETTINGS)
    store.finish(run.id, State.FINISHED, result=RESULT)
    store.close()

    again = Store(url)
    found = again.get(run.id)
    again.close()

    assert found is not None
    assert (found.state, found.result) == (State.FINISHED, RESULT)


def test_the_latest_runs_come_first_a_page_at_a_time(store: Store):
    ids = [store.add(DEMO, SETTINGS).id for _ in range(5)]

    assert [run.id for run in store.latest(2)] == ids[:2:-1]
    assert [run.id for run in store.latest(2, 2)] == ids[2:0:-1]
    assert store.count() == 5


def test_runs_are_claimed_once_and_the_oldest_first(store: Store):
    first, second = store.add(DEMO, SETTINGS), store.add(LENET, SETTINGS)

    claimed = [store.claim_next("a"), store.claim_next("b"), store.claim_next("a")]

    assert [run and run.id for run in claimed] == [first.id, second.id, None]
    assert claimed[0]
    assert claimed[0].state is State.RUNNING


def test_four_processes_never_claim_the_same_of_a_hundred_runs(store: Store, url: str):
    ids = {store.add(DEMO, SETTINGS).id for _ in range(100)}
    script = """
import sys, time
from cnn.training.store.store import Store
store = Store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
while run := store.claim_next(sys.argv[2]):
    print(run.id)
"""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "abcd"
    ]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    claimed = [worker.communicate(timeout=120)[0].split() for worker in workers]

    assert sorted(id for own in claimed for id in own) == sorted(ids)
    assert sum(bool(own) for own in claimed) > 1


def test_many_processes_may_open_a_new_store_at_once(url: str):
    opened: list[Store] = []
    threads = [threading.Thread(target=lambda: opened.append(Store(url))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(opened) == 8
    for one in opened:
        one.close()


def test_recording_gives_back_what_is_wanted(store: Store):
    run = store.add(DEMO, SETTINGS, worker="me")

    assert store.record(run.id, [step(1), step(2)], Progress(1, 2, 30)) is Wish.RUN
    store.want(run.id, Wish.PAUSE)
    assert store.record(run.id, [], Progress(1, 2, 30), State.PAUSED) is Wish.PAUSE
    found = store.get(run.id)
    assert found
    assert (found.state, found.progress.step) == (State.PAUSED, 2)
    assert store.steps(run.id) == [step(1), step(2)]


def test_epochs_and_files_are_kept_with_their_run(store: Store):
    run, other = store.add(DEMO, SETTINGS), store.add(DEMO, SETTINGS)
    first, second = Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0), Epoch(2, 0.5, 0.7, 0.6, 0.6, 4.0)
    for epoch in (first, second):
        store.record_epoch(run.id, epoch)
    store.keep_file(run.id, "weights", b"old")
    store.keep_file(run.id, "weights", b"new")

    assert store.epochs([run.id, other.id]) == {run.id: [first, second], other.id: []}
    assert store.file(run.id, "weights") == b"new"
    assert store.file(other.id, "weights") is None


def test_gradient_norms_come_back_in_the_order_of_steps(store: Store):
    run = store.add(DEMO, SETTINGS, worker="me")
    norms = [
        GradientNorms(number, {"conv2d_1": 0.1 * number, "dense_1": 2.5}) for number in (5, 10)
    ]
    for one in reversed(norms):
        store.record(run.id, [], Progress(), gradients=[one], worker="me")

    assert store.gradients(run.id) == norms
    assert store.gradients("nowhere") == []


def test_a_checkpoint_is_kept_with_where_it_stands(store: Store):
    run = store.add(DEMO, SETTINGS)
    at = Checkpoint(2, 13, 0.1 + 0.2, 31.0, 48, 1 / 3, 200, 0.5, 1, 0.7)

    store.keep_files(run.id, {CHECKPOINT: b"arrays"}, at)

    found = store.get(run.id)
    assert found
    assert found.checkpoint == at
    assert store.file(run.id, CHECKPOINT) == b"arrays"


def test_snapshots_are_listed_by_epoch_apart_from_other_files(store: Store):
    run = store.add(DEMO, SETTINGS)
    store.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0), {"snapshot-0001": b"one"})
    for name in ("snapshot-0000", "snapshot-0100", WATCHED, "weights"):
        store.keep_file(run.id, name, name.encode())

    assert store.snapshots(run.id) == [0, 1, 100]
    assert store.file(run.id, "snapshot-0001") == b"one"


def test_a_worker_can_not_record_a_run_that_is_anothers(store: Store):
    run = store.add(DEMO, SETTINGS, worker="other")

    with pytest.raises(TakenOver):
        store.record(run.id, [step(1)], Progress(1, 1, 30), worker="me")
    assert store.get(run.id) == run
    assert store.steps(run.id) == []


def test_a_worker_can_not_end_a_run_that_is_anothers(store: Store):
    run = store.add(DEMO, SETTINGS, worker="other")
    store.finish(run.id, State.FINISHED, result=RESULT)
    before = store.get(run.id)

    store.finish(run.id, State.INTERRUPTED, "my store was locked", worker="me")

    assert store.get(run.id) == before


def test_deleting_a_run_leaves_nothing_of_it(store: Store, url: str):
    run, kept = store.add(DEMO, SETTINGS), store.add(DEMO, SETTINGS)
    for one in (run, kept):
        store.record(one.id, [step(1)], Progress(), gradients=[GradientNorms(1, {"a": 1.0})])
        store.record_epoch(one.id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0))
        store.keep_file(one.id, "weights", b"some")

    assert store.remove(run.id)
    assert not store.remove(run.id)
    with create_engine(url, poolclass=NullPool).connect() as database:
        for table in (tables.runs, tables.steps, tables.epochs, tables.gradients, tables.files):
            assert database.execute(select(func.count()).select_from(table)).scalar() == 1


def test_a_run_deleted_while_it_is_trained_is_told_to_stop(store: Store):
    run = store.add(DEMO, SETTINGS, worker="me")
    store.remove(run.id)

    assert store.record(run.id, [step(1)], Progress()) is Wish.STOP
    store.record_epoch(run.id, Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0))
    store.keep_file(run.id, "weights", b"late")
    store.finish(run.id, State.STOPPED)
    assert store.count() == 0


def test_stopping_a_queued_run_ends_it_at_once(store: Store):
    run = store.add(DEMO, SETTINGS)

    store.want(run.id, Wish.STOP)

    found = store.get(run.id)
    assert found
    assert (found.state, found.message) == (State.STOPPED, "Stopped before it began.")
    assert store.claim_next("me") is None


def test_stopping_one_that_waits_to_go_on_does_not_say_that_it_never_began(store: Store):
    run = store.add(DEMO, SETTINGS, worker="me")
    store.keep_files(run.id, {}, Checkpoint(epoch=2, step=9))
    store.finish(run.id, State.INTERRUPTED)
    resume(store, run.id)

    store.want(run.id, Wish.STOP)

    found = store.get(run.id)
    assert found
    assert found.state is State.STOPPED
    assert "before it began" not in found.message
    assert "test set was not looked at" in found.message


def test_a_paused_run_waits_in_the_queue(store: Store):
    run = store.add(DEMO, SETTINGS)
    store.want(run.id, Wish.PAUSE)
    assert store.claim_next("me") is None

    store.want(run.id, Wish.RUN)
    claimed = store.claim_next("me")
    assert claimed
    assert claimed.id == run.id


def test_a_short_curve_is_given_whole(store: Store):
    run = store.add(DEMO, SETTINGS)
    store.record(run.id, [step(i) for i in range(1, 101)], Progress())

    assert [one.step for one in store.steps(run.id, at_most=100)] == list(range(1, 101))


def test_a_long_curve_is_thinned_without_losing_its_extremes(store: Store):
    run = store.add(DEMO, SETTINGS)
    losses = {i: 1 + (i * 7_919 % 1_000) / 1_000 for i in range(1, 5_001)}
    losses |= {1_234: 99.0, 3_333: 0.001}
    store.record(run.id, [step(i, loss) for i, loss in losses.items()], Progress())

    found = store.steps(run.id, at_most=500)

    assert 250 <= len(found) <= 501
    assert [one.step for one in found] == sorted({one.step for one in found})
    assert {one.step: one.loss for one in found}.items() <= losses.items()
    assert {99.0, 0.001} <= {one.loss for one in found}
    assert found[-1].step == 5_000


def test_runs_are_found_by_what_decides_their_outcome(store: Store):
    same = [store.add(LENET, SETTINGS) for _ in range(2)]
    store.add(LENET, Configuration(epochs=4))
    store.add(DEMO, SETTINGS)

    assert store.find([recipe(LENET, SETTINGS)]) == same
    assert store.find([]) == []


def test_a_store_in_a_folder_that_cannot_be_made_says_so(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreError, match=r"the run store .*file.* could not be used: .* CNN_STORE"):
        Store(f"sqlite:///{tmp_path / 'file' / 'runs.sqlite'}")


def test_a_file_that_is_no_database_says_so(tmp_path: Path):
    (tmp_path / "runs.sqlite").write_text("not a database, but long enough to look like one" * 40)

    with pytest.raises(StoreError, match="file is not a database"):
        Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")


def test_a_store_of_another_version_is_refused_and_left_alone(store: Store, url: str):
    with create_engine(url, poolclass=NullPool).begin() as database:
        database.execute(update(tables.about).values(schema_version=99))

    with pytest.raises(
        StoreError, match="made by a newer program: it has schema version 99, this program reads 2 "
    ):
        Store(url)
    with create_engine(url, poolclass=NullPool).connect() as database:
        assert database.execute(select(tables.about.c.schema_version)).all() == [(99,)]


def test_a_store_of_version_2_is_brought_up_to_date_with_all_that_is_in_it(tmp_path: Path):
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.executescript(VERSION_2)

    for _ in range(2):  # once more, when it is up to date
        store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
        (run,) = store.latest()
        assert (run.id, run.state, run.result) == ("0123456789ab", State.FINISHED, RESULT)
        assert (run.checkpoint, run.continues, run.first_step) == (None, "", 0)
        assert run.changes == ()
        assert store.find([recipe(DEMO, SETTINGS)]) == [run]
        assert store.steps(run.id) == [step(1)]
        assert store.epochs([run.id]) == {run.id: [Epoch(1, 1.0, 0.5, 1.1, 0.4, 2.0)]}
        assert store.file(run.id, "weights") == b"some"
        assert store.gradients(run.id) == []
        store.close()
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        assert database.execute("select schema_version from about").fetchall() == [
            (tables.SCHEMA_VERSION,)
        ]


def test_a_store_of_version_7_gets_a_table_of_classes_and_a_backup_is_kept(tmp_path: Path):
    file = tmp_path / "runs.sqlite"
    store = Store(f"sqlite:///{file}")
    run = store.add(DEMO, SETTINGS)
    designs.save(store, DEMO)
    store.close()
    with sqlite3.connect(file) as database:
        database.execute("drop table classes")
        database.execute("alter table designs drop column is_shared")
        database.execute("update about set schema_version = 7")

    store = Store(f"sqlite:///{file}")

    assert store.waiting() == [run.id]
    (design,) = designs.latest(store)
    assert isinstance(design, designs.Saved)
    assert (design.architecture, design.is_shared) == (DEMO, False)
    store.close()
    with sqlite3.connect(file) as database:
        assert database.execute("select count(*) from classes").fetchone() == (0,)
    (kept,) = (tmp_path / "backups").glob("*.v7.sqlite")
    with sqlite3.connect(kept) as database:
        assert database.execute("select id from runs").fetchall() == [(run.id,)]


def test_runs_of_an_older_store_are_found_by_network_and_data(tmp_path: Path):
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.executescript(VERSION_2)
        (configuration,) = database.execute("select configuration from runs").fetchone()
        own = json.loads(configuration) | {"dataset": {"name": "own-images", "file": "/a/cats.zip"}}
        copied = "select 'fedcba987654', architecture, ?, recipe, data_fingerprint, images"
        rest = ["environment", "state", "wish", "worker", "created_at", "progress", "message"]
        names = ", ".join(["architecture", "configuration", "recipe", "data_fingerprint", "images"])
        database.execute(
            f"insert into runs (name, id, {names}, {', '.join(rest)}) "
            f"{copied.replace('select', 'select name,')}, {', '.join(rest)} from runs",
            [json.dumps(own)],
        )

    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")

    (drawn,) = run_list.page(store, Filter(network=DEMO.name, dataset="shapes"))
    (cats,) = run_list.page(store, Filter(network=DEMO.name, dataset="own:cats"))
    assert (drawn.id, cats.id) == ("0123456789ab", "fedcba987654")
    assert (drawn.note, drawn.is_archived) == ("", False)
    assert labels.tags_of(store, [drawn.id]) == {drawn.id: ()}


def test_a_store_made_today_has_the_columns_and_indexes_of_one_brought_up_to_date(tmp_path: Path):
    def columns(name: str) -> dict[str, set[tuple[str, ...]]]:
        with sqlite3.connect(tmp_path / name) as database:
            names = database.execute("select name from sqlite_master where type = 'table'")
            made = {
                table: {one[1:4] for one in database.execute(f"pragma table_info({table})")}
                for (table,) in names.fetchall()
            }
            indexes = "select name, tbl_name from sqlite_master where type = 'index'"
            return made | {"indexes": set(database.execute(indexes).fetchall())}

    with sqlite3.connect(tmp_path / "old.sqlite") as database:
        database.executescript(VERSION_2)
    for name in ("old.sqlite", "new.sqlite"):
        Store(f"sqlite:///{tmp_path / name}").close()

    assert columns("old.sqlite") == columns("new.sqlite")


def test_many_processes_may_bring_a_store_up_to_date_at_once(tmp_path: Path):
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.executescript(VERSION_2)
    found: list[int] = []

    def open_it() -> None:
        found.append(Store(f"sqlite:///{tmp_path / 'runs.sqlite'}").count())

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [1] * 8


SINCE_VERSION_2 = (
    *("checkpoint", "continues", "first_step", "changes", "network", "dataset", "note"),
    *("is_archived", "elsewhere", "owner", "is_shared"),
)


def test_a_database_of_version_2_is_brought_up_to_date_by_whoever_comes_first(
    store: Store, url: str
):
    run = store.add(DEMO, SETTINGS)
    store.close()
    with create_engine(url, poolclass=NullPool).begin() as database:
        for index in ("runs_by_shelf", "runs_by_owner"):
            database.execute(text(f"DROP INDEX {index}"))
        for column in SINCE_VERSION_2:
            database.execute(text(f"ALTER TABLE runs DROP COLUMN {column}"))
        database.execute(update(tables.about).values(schema_version=2))
    found: list[Run | Elsewhere | Unreadable] = []

    def open_it() -> None:
        opened = Store(url)
        found.extend(run_list.page(opened, Filter(network=DEMO.name, dataset="shapes")))
        opened.close()

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [run] * 8
    with create_engine(url, poolclass=NullPool).connect() as database:
        versions = database.execute(select(tables.about.c.schema_version)).all()
    assert versions == [(tables.SCHEMA_VERSION,)]


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch):
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.executescript(VERSION_2)
    broken = {2: (MIGRATIONS[2][0], "ALTER TABLE nowhere ADD COLUMN more TEXT")}
    with monkeypatch.context() as patched:
        patched.setattr("cnn.training.store.database.MIGRATIONS", broken)
        with pytest.raises(StoreError, match="no such table"):
            Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")

    assert Store(f"sqlite:///{tmp_path / 'runs.sqlite'}").count() == 1


def test_a_message_shows_no_password():
    shown = shown_url("postgresql://me:secret@example/runs")

    assert "secret" not in shown
    assert "me:" in shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me@example/runs?password=secret&sslmode=require",
        "postgresql://me:secret@example/runs?sslpassword=secret&sslmode=require",
        "postgresql://example/runs?user=me&PASSWORD=secret&passfile=/secret&sslmode=require",
        "mysql://me@example/runs?passwd=secret&api_token=secret&sslmode=require",
        "postgresql://me:secret@example:port/runs",
        "postgresql://me@example:port/runs?password=secret",
        "://me:secret@example/runs",
    ],
)
def test_a_message_shows_no_password_wherever_it_stands_in_the_address(url: str):
    shown = shown_url(url)
    assert "secret" not in shown
    assert ("sslmode=require" in shown) == ("sslmode" in url)
    with pytest.raises(StoreError, match="could not be used") as error:
        Store(url)
    assert "secret" not in str(error.value)


def test_a_database_without_its_driver_is_an_error_with_a_way_out():
    with pytest.raises(StoreError, match="CNN_STORE"):
        Store("nosuchdatabase://somewhere/runs")


def test_a_server_that_does_not_answer_is_an_error_with_a_way_out():
    with pytest.raises(StoreError, match="Start that server, or correct its address") as error:
        Store("postgresql+psycopg://me:secret@127.0.0.1:1/runs")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_database_that_is_not_there_says_so(url: str):
    elsewhere = make_url(url).set(database="nothing").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match=r"does not exist\. Make that database first"):
        Store(elsewhere)
