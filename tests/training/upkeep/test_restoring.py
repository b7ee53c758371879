"""A backup put in the place of a store: all of it or nothing, and what was there is kept."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cnn.training.recipe.run import WorkerState
from cnn.training.store.heartbeats import present
from cnn.training.store.store import Store, StoreError
from cnn.training.upkeep import restoring
from cnn.training.upkeep.backups import backup, content_of
from cnn.training.upkeep.restoring import restore
from tests.training.stores import (
    DEMO,
    MB,
    ON_POSIX,
    ROOT,
    SETTINGS,
    all_of,
    damage,
    filled,
    killed_half_way,
    of_version_2,
    runs_in,
    url_of,
)

IN_USE = """
import sys
from cnn.training.store.store import Store
store = Store(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A backup of another store, with 3 runs."""
    backup(filled(tmp_path / "other" / "runs.sqlite", 3), tmp_path / "made.sqlite")
    return tmp_path / "made.sqlite"


def test_a_backup_takes_the_place_of_the_store_and_what_was_there_is_kept(file: Path, made: Path):
    url = filled(file, 10)
    before, wanted = all_of(file), all_of(made)

    content, kept = restore(url, made)

    assert content.runs == 3
    assert all_of(file) == wanted
    assert kept is not None
    assert kept.parent == file.parent / "backups"
    assert all_of(kept) == before
    store = Store(url)
    assert store.count() == 3
    store.close()
    again, _ = restore(url, kept)
    assert again.runs == 10
    assert all_of(file) == before


def test_where_there_is_no_store_yet_it_is_made(file: Path, made: Path):
    shutil.rmtree(file.parent)

    assert restore(url_of(file), made)[1] is None

    assert all_of(file) == all_of(made)
    assert sorted(path.name for path in file.parent.iterdir()) == ["backups", "runs.sqlite"]


@pytest.mark.parametrize("page_size", [512, 8192])
def test_a_backup_with_other_pages_is_restored_too(file: Path, made: Path, page_size: int):
    with closing(sqlite3.connect(made, isolation_level=None)) as database:
        database.execute(f"pragma page_size={page_size}")
        database.execute("vacuum")

    restore(filled(file, 10), made)

    assert all_of(file) == all_of(made)


def test_a_store_in_use_is_not_replaced(file: Path, made: Path):
    url = filled(file, 10)
    user = subprocess.Popen(
        [sys.executable, "-c", IN_USE, url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout
    assert user.stdout.readline() == "open\n"
    try:
        with pytest.raises(StoreError, match="is in use by the app or another program, and was"):
            restore(url, made)
    finally:
        user.communicate()

    assert runs_in(file) == 10
    assert restore(url, made)[0].runs == 3


def test_the_worker_that_uses_it_is_named(file: Path, made: Path):
    store = Store(filled(file, 10))
    with (
        present(store, "worker-1a2b3c4d", WorkerState.READY),
        pytest.raises(
            StoreError, match=r"in use by worker-1a2b3c4d, or by the app.*Ctrl-C.*cnn worker"
        ),
    ):
        restore(store.url, made)
    store.close()

    assert runs_in(file) == 10


def empty(file: Path) -> None:
    file.write_bytes(b"")


def of_another_kind(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("create table recipes (name text)")


def of_tomorrow(file: Path) -> None:
    filled(file)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("update about set schema_version = 99")


def damaged(file: Path) -> None:
    filled(file, 200)
    damage(file)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda file: None, "is not there. Name a file that a backup was made as"),
        (lambda file: file.mkdir(), "is a folder. Name a file"),
        (lambda file: file.write_text("letters"), "does not begin as a SQLite file does"),
        (empty, "does not begin as a SQLite file does"),
        (of_another_kind, "it holds no run store"),
        (of_tomorrow, "has schema version 99, and this program reads 2 to"),
        (damaged, "is damaged: "),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_the_store_stays(
    file: Path, tmp_path: Path, make, said: str
):
    url = filled(file, 10)
    before = all_of(file)
    given = tmp_path / "given" / "backup.sqlite"
    given.parent.mkdir()
    make(given)

    with pytest.raises(StoreError, match=said):
        restore(url, given)

    assert all_of(file) == before
    assert not (file.parent / "backups").exists()


def test_a_store_is_no_backup_of_itself(file: Path):
    url = filled(file)

    with pytest.raises(StoreError, match="is the run store itself"):
        restore(url, file)


@ON_POSIX
def test_a_process_killed_half_way_leaves_the_store_as_it_was(file: Path, tmp_path: Path):
    url = filled(file, 6, each_bytes=MB)
    before = all_of(file)
    given = tmp_path / "given.sqlite"
    backup(filled(tmp_path / "other" / "runs.sqlite", 7, each_bytes=MB), given)

    killed_half_way("restoring.restore", url, given)

    store = Store(url)
    assert store.count() == 6
    store.close()
    assert all_of(file) == before
    assert restore(url, given)[0].runs == 7
    assert runs_in(file) == 7


@ON_POSIX
def test_a_disk_that_fills_up_while_a_backup_is_put_back_leaves_the_store(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = small_disk / "runs.sqlite"
    url = filled(file, 2)
    before = all_of(file)
    backup(filled(tmp_path / "runs.sqlite", 1, each_bytes=4 * MB), tmp_path / "large.sqlite")

    with pytest.raises(StoreError, match=r"needs about 4.\d MB"):
        restore(url, tmp_path / "large.sqlite")
    monkeypatch.setattr(restoring, "check_room", lambda *_: None)
    with pytest.raises(StoreError, match=r"not replaced, and is what it was: .*full.*Make room"):
        restore(url, tmp_path / "large.sqlite")

    assert all_of(file) == before
    assert list((small_disk / "backups").iterdir()) == []


def test_a_store_that_cannot_be_opened_gives_way_and_is_kept(file: Path, made: Path):
    file.write_bytes(b"not a database, but long enough to look like one" * 400)

    content, kept = restore(url_of(file), made)

    assert content.runs == 3
    assert all_of(file) == all_of(made)
    assert kept is not None
    assert kept.read_bytes().startswith(b"not a database")


def test_a_log_that_was_left_of_a_deleted_store_is_not_read_into_the_new_one(
    file: Path, made: Path
):
    store = Store(filled(file, 10))
    store.add(DEMO, SETTINGS)
    log = file.with_name("runs.sqlite-wal").read_bytes()
    store.close()
    file.unlink()
    file.with_name("runs.sqlite-wal").write_bytes(log)

    restore(url_of(file), made)

    assert all_of(file) == all_of(made)


def test_a_backup_of_an_older_version_is_brought_up_to_date_when_it_is_opened(
    file: Path, tmp_path: Path
):
    old = tmp_path / "old.sqlite"
    of_version_2(old)

    assert content_of(old).version == 2
    restore(url_of(file), old)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("select schema_version from about").fetchone() == (2,)
    store = Store(url_of(file))

    assert store.count() == 1
    store.close()


def test_for_a_server_its_own_program_is_named(tmp_path: Path):
    named = r"pg_restore --clean --if-exists --dbname=postgresql://me@host/cnn FILE \(docs/store.md"
    with pytest.raises(StoreError, match=named):
        restore("postgresql+psycopg://me:secret@host/cnn", tmp_path / "backup.sqlite")
