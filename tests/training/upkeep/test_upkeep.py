"""Stores given their size back, and looked over."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from cnn.data import DatasetName, DatasetSpec
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store import designs
from cnn.training.store.store import Store, StoreError
from cnn.training.upkeep import upkeep
from cnn.training.upkeep.upkeep import check, compact
from tests.training.stores import DEMO, MB, ON_POSIX, ROOT, SETTINGS, all_of, damage, filled, url_of


def troubles(url: str) -> dict[str, list[str]]:
    """What is wrong, by what was looked at."""
    found: dict[str, list[str]] = {}
    for one in check(url):
        found.setdefault(one.topic, []).extend(
            [f"{one.words} -> {one.trouble}"] * bool(one.trouble)
        )
    return found


# Compacting -----------------------------------------------------------------------------------


def test_a_store_whose_runs_are_all_deleted_is_small_again(file: Path):
    store = Store(filled(file, 20, each_bytes=MB))
    for run in store.latest():
        store.remove(run.id)
    store.close()
    assert file.stat().st_size > 20 * MB, "as SQLite leaves it"

    before, after = compact(url_of(file))

    assert before > 20 * MB
    assert after == file.stat().st_size < 0.2 * MB


def test_nothing_that_is_kept_is_lost_and_the_app_may_run_meanwhile(file: Path):
    page = Store(filled(file, 5, each_bytes=MB))
    page.remove(page.latest()[0].id)
    before = all_of(file)

    compact(page.url)

    assert all_of(file) == before
    assert page.count() == 4
    assert file.stat().st_size < 4.2 * MB
    page.close()


def test_while_another_program_writes_it_waits_and_then_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
):
    url = filled(file)
    monkeypatch.setattr(upkeep, "BUSY_MS", 50)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreError, match=r"was not compacted, .* locked.*close that one"):
            compact(url)
        other.execute("rollback")

    assert compact(url)[1] == file.stat().st_size


def test_while_another_program_reads_the_file_is_not_smaller_yet(
    file: Path, monkeypatch: pytest.MonkeyPatch
):
    url = filled(file, 3, each_bytes=MB)
    monkeypatch.setattr(upkeep, "BUSY_MS", 50)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin")
        other.execute("select count(*) from runs").fetchall()
        with pytest.raises(StoreError, match="is compacted, but another program reads"):
            compact(url)
        other.execute("rollback")


def test_what_is_no_store_is_not_compacted(file: Path):
    with pytest.raises(StoreError, match="there is no run store"):
        compact(url_of(file))
    with pytest.raises(
        StoreError, match=r"vacuumdb --full --analyze --dbname=postgresql://me@host"
    ):
        compact("postgresql+psycopg://me:secret@host/cnn")
    file.write_text("letters, and long enough for a header of a hundred bytes; " * 40)
    with pytest.raises(StoreError, match="file is not a database"):
        compact(url_of(file))
    assert not list(file.parent.glob("*-wal"))


@ON_POSIX
def test_a_full_disk_leaves_the_store_as_it_was(small_disk: Path):
    file = small_disk / "runs.sqlite"
    url = filled(file, 1, each_bytes=MB)
    before = all_of(file)
    (small_disk / "ballast").write_bytes(bytes(1_600_000))

    with pytest.raises(StoreError, match=r"needs about 1.\d MB, and .*disk has 0.\d MB free"):
        compact(url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upkeep, "check_room", lambda *_: None)
        with pytest.raises(StoreError, match=r"nothing of it is lost: .*full.*Make room"):
            compact(url)

    assert all_of(file) == before


@ON_POSIX
def test_a_process_killed_in_the_middle_loses_nothing(file: Path):
    url = filled(file, 40, each_bytes=2 * MB)
    before = all_of(file)
    stands_back = "import os; os.nice(10)"  # so that on a busy machine it is met in the middle
    compacts = f"from cnn.training.upkeep.upkeep import compact; compact({url!r})"
    process = subprocess.Popen([sys.executable, "-c", f"{stands_back}; {compacts}"], cwd=ROOT)
    log = file.with_name("runs.sqlite-wal")
    while not (log.exists() and log.stat().st_size > 20 * MB):
        assert process.poll() is None
        time.sleep(0.001)
    process.kill()
    assert process.wait() == -signal.SIGKILL

    assert all_of(file) == before
    topics = ("file", "runs", "designs", "rows", "files", "contents", "images")
    assert troubles(url) == {topic: [] for topic in topics}
    compact(url)
    assert all_of(file) == before


# Looking over ---------------------------------------------------------------------------------


def test_of_a_store_that_is_well_nothing_is_said_to_be_wrong(file: Path):
    found = list(check(filled(file, 3)))

    assert not any(one.trouble for one in found)
    assert [(one.topic, one.words) for one in found][1:] == [
        ("runs", "3, of which 3 can be read"),
        ("designs", "0 saved"),
        ("rows", "curves, files, workers and the like can all be read"),
        ("files", "each belongs to a run"),
        ("contents", "0 files of runs, 0.0 MB, are read through"),
        ("images", "0 sets of own images were used, 0 are there"),
    ]


def test_a_damaged_file_is_found_and_nothing_else_is_looked_at(file: Path):
    url = filled(file, 200)
    damage(file)

    (found,) = check(url)

    assert "It is damaged: " in found.trouble
    assert "python -m cnn store restore FILE" in found.trouble
    file.write_text("letters, and long enough for a header of a hundred bytes; " * 40)
    (found,) = check(url)
    assert "file is not a database" in found.trouble


def test_an_index_that_lacks_a_row_is_found(file: Path):
    url = filled(file, 3)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("pragma writable_schema=on")
        sql = "select sql from sqlite_master where name = 'runs_by_age'"
        (made,) = database.execute(sql).fetchone()
        drop = "update sqlite_master set sql = ? where name = 'runs_by_age'"
        database.execute(drop, [made.replace("created_at", "finished_at")])

    (found,) = troubles(url)["file"]

    assert "runs_by_age" in found


def changed(file: Path, **columns: str) -> str:
    """The store at a URL after a run of it was changed by nobody knows whom."""
    with closing(sqlite3.connect(file)) as database, database:
        (run_id,) = database.execute("select id from runs").fetchone()
        for name, value in columns.items():
            database.execute(f"update runs set {name} = ? where id = ?", [value, run_id])
    return str(run_id)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "dreaming"),
        ("architecture", '{"name": "of tomorrow", "layers": [{"kind": "Wormhole"}]}'),
        ("configuration", '{"epochs": 3, "moon_phase": "full"}'),
        ("progress", '{"warp": 9}'),
        ("result", "[1, 2]"),
        ("images", "no JSON"),
    ],
)
def test_a_run_that_cannot_be_read_is_named_with_the_reason(file: Path, column: str, value: str):
    url = filled(file, 3)
    run_id = changed(file, **{column: value})

    (found,) = troubles(url)["runs"]

    assert found.startswith(f"run {run_id} cannot be read: ")
    assert f"python -m cnn runs delete {run_id}" in found
    assert any(one.words == "3, of which 2 can be read" for one in check(url))


def test_a_design_that_cannot_be_read_is_named(file: Path):
    store = Store(url_of(file))
    designs.save(store, DEMO)
    store.close()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("update designs set architecture = '{}'")

    (found,) = troubles(url_of(file))["designs"]

    assert f"cannot be read: {DEMO.name!r}" in found


def test_what_belongs_to_no_run_is_counted(file: Path):
    url = filled(file, 3, each_bytes=10)
    with closing(sqlite3.connect(file)) as database, database:  # foreign keys are off by default
        database.execute("delete from runs where id = (select id from runs limit 1)")

    (found,) = troubles(url)["files"]

    assert found.startswith("rows that no run has: 1 files -> They belong to runs that are not")


def test_own_images_that_are_gone_are_named_and_wrong_only_where_a_run_waits(
    file: Path, tmp_path: Path
):
    store = Store(url_of(file))
    (tmp_path / "there.zip").write_bytes(b"PK")
    for name, state in (("there", State.STOPPED), ("gone", State.STOPPED), ("gone", State.QUEUED)):
        images = DatasetSpec(DatasetName.OWN_IMAGES, file=str(tmp_path / f"{name}.zip"))
        run = store.add(DEMO, Configuration(images, epochs=1))
        if state is not State.QUEUED:
            store.finish(run.id, state)
    waiting = run

    words = [one.words for one in check(store.url) if one.topic == "images"]
    assert words == [
        "2 sets of own images were used, 1 are there",
        f"{tmp_path / 'gone.zip'} is not there: 2 runs on it cannot be repeated",
    ]
    (found,) = troubles(store.url)["images"]
    assert "A training waits for it: put the file back" in found
    store.finish(waiting.id, State.STOPPED)
    assert troubles(store.url)["images"] == []
    store.close()


def test_a_store_of_either_kind_is_looked_over(store: Store):
    store.add(DEMO, SETTINGS)

    found = {one.topic: one for one in check(store.url)}

    assert found["runs"].words == "1, of which 1 can be read"
    assert not any(one.trouble for one in found.values())


def test_where_there_is_none_it_says_so(file: Path):
    with pytest.raises(StoreError, match="there is no run store"):
        list(check(url_of(file)))
    assert list(file.parent.iterdir()) == []
