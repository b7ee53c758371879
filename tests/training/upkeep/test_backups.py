"""Backups of a store: whole, also while others write; and never half of one, whatever happens."""

import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest

from cnn.__main__ import main
from cnn.training.store.on_disk import kept_backups
from cnn.training.store.store import Store, StoreError
from cnn.training.store.tables import SCHEMA_VERSION
from cnn.training.upkeep import backups
from cnn.training.upkeep.backups import backup
from tests.training.processes import eventually
from tests.training.stores import (
    DEMO,
    MB,
    ON_POSIX,
    SETTINGS,
    all_of,
    copied_alone,
    damage,
    filled,
    killed_half_way,
    runs_in,
    url_of,
)


def test_a_backup_has_all_runs_where_a_copy_of_the_file_alone_has_none(file: Path, tmp_path: Path):
    store = Store(url_of(file))
    for _ in range(10):
        store.add(DEMO, SETTINGS)

    content = backup(store.url, tmp_path / "backup.sqlite")
    alone = copied_alone(file, tmp_path / "alone.sqlite")

    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        runs_in(alone)
    assert (content.runs, content.version) == (10, SCHEMA_VERSION)
    assert all_of(tmp_path / "backup.sqlite") == all_of(file)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("alone.sqlite", "backup.sqlite", "home")
    ]
    store.close()


def test_a_backup_is_of_one_moment_while_another_thread_writes(file: Path, tmp_path: Path):
    url = filled(file, 20, each_bytes=400_000)
    store, ended, added = Store(url), threading.Event(), []

    def write() -> None:
        while not ended.is_set():
            added.append(store.add(DEMO, SETTINGS).id)

    writing = threading.Thread(target=write)
    writing.start()
    found = []
    try:
        for number in range(3):
            many = len(added) + 2  # one of them may have been written before the last backup
            eventually("another run", lambda many=many: len(added) >= many)  # type: ignore[misc]
            found.append(backup(url, tmp_path / f"{number}.sqlite").runs)
    finally:
        ended.set()
        writing.join()
        store.close()

    assert 20 <= found[0] < found[1] < found[2] <= 20 + len(added)
    for number, runs in enumerate(found):
        with closing(sqlite3.connect(tmp_path / f"{number}.sqlite")) as database:
            assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
            newest = database.execute("select id from runs order by rowid").fetchall()[20:]
        assert [id for (id,) in newest] == added[: runs - 20]


def test_what_is_there_is_never_written_over(file: Path, tmp_path: Path):
    url = filled(file)
    (tmp_path / "letters.txt").write_text("dear")
    (tmp_path / "nowhere").symlink_to(tmp_path / "else")

    for name in ("letters.txt", "nowhere"):
        with pytest.raises(StoreError, match="is there already, and is not written over"):
            backup(url, tmp_path / name)
    with pytest.raises(StoreError, match=r"is a folder. Name a file in it, such as "):
        backup(url, tmp_path)
    with pytest.raises(StoreError, match=r"there is no folder .*deep. Make it first"):
        backup(url, tmp_path / "deep" / "backup.sqlite")

    assert (tmp_path / "letters.txt").read_text() == "dear"
    assert not (tmp_path / "else").exists()


def test_a_target_that_appears_meanwhile_is_not_written_over_either(file: Path, tmp_path: Path):
    url, target = filled(file), tmp_path / "backup.sqlite"

    def appear(_share: float) -> None:
        target.write_text("mine")

    with pytest.raises(StoreError, match=r"was not made: .*backup.sqlite is in the way"):
        backup(url, target, appear)

    assert target.read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_where_there_is_no_store_or_none_of_ours_none_is_made(file: Path, tmp_path: Path):
    with pytest.raises(StoreError, match=r"there is no run store .* yet. Train something first"):
        backup(url_of(file), tmp_path / "backup.sqlite")
    assert list(file.parent.iterdir()) == []

    with closing(sqlite3.connect(file)) as database, database:
        database.execute("create table recipes (name text)")
    with pytest.raises(StoreError, match="it holds no run store"):
        backup(url_of(file), tmp_path / "backup.sqlite")
    file.write_text("letters, and long enough for a header of a hundred bytes; " * 40)
    with pytest.raises(StoreError, match="file is not a database"):
        backup(url_of(file), tmp_path / "backup.sqlite")
    assert not (tmp_path / "backup.sqlite").exists()


def test_a_damaged_store_is_not_passed_on_as_a_backup(file: Path, tmp_path: Path):
    url = filled(file, 200)
    damage(file)

    with pytest.raises(StoreError, match=r"damaged, so no backup was made.*store restore FILE"):
        backup(url, tmp_path / "backup.sqlite")
    assert list(tmp_path.iterdir()) == [file.parent]


@ON_POSIX
def test_a_full_disk_leaves_neither_half_a_backup_nor_a_traceback(file: Path, small_disk: Path):
    url = filled(file, 2, each_bytes=4 * MB)

    with pytest.raises(StoreError, match=r"needs about 8.\d MB, and .*disk has 3.\d MB free"):
        backup(url, small_disk / "backup.sqlite")
    with pytest.MonkeyPatch.context() as patch:  # as if it had filled up meanwhile
        patch.setattr(backups, "check_room", lambda *_: None)
        with pytest.raises(StoreError, match=r"was not made: .*full.* Make room on that disk"):
            backup(url, small_disk / "backup.sqlite")
    assert list(small_disk.iterdir()) == []


@ON_POSIX
def test_a_backup_that_cannot_be_noted_beside_the_store_says_so(
    small_disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    url = filled(small_disk / "runs.sqlite", 1)
    said, app = ["store", "backup", "--store", url], Store(url)
    app.add(DEMO, SETTINGS)  # so that what SQLite keeps beside the file is there
    assert main([*said, str(tmp_path / "first.sqlite")]) == 0
    assert capsys.readouterr().err == ""
    fill(small_disk)

    assert main([*said, str(tmp_path / "second.sqlite")]) == 0

    told = capsys.readouterr()
    assert "2 runs of the run store" in told.out
    assert told.err.startswith("It could not be noted beside the store")
    assert told.err.count("\n") == 1
    assert runs_in(tmp_path / "second.sqlite") == 2
    assert [one.name for one in (small_disk / "backups").iterdir()] == ["runs.last.json"]
    last = kept_backups.last(url)
    assert last
    assert last.file == tmp_path / "first.sqlite", "as it was noted before"
    app.close()
    fill(small_disk)

    with pytest.raises(StoreError, match=r"was not made: (?!.*another kind)"):
        backup(url, tmp_path / "third.sqlite")


def fill(disk: Path) -> None:
    with (disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while ballast.write(bytes(4_096)):
            pass


@ON_POSIX
def test_a_process_killed_half_way_leaves_no_backup_and_the_next_one_sweeps(
    file: Path, tmp_path: Path
):
    url, target = filled(file, 5, each_bytes=MB), tmp_path / "backup.sqlite"

    killed_half_way("backups.backup", url, target)

    assert not target.exists()
    assert [path.name for path in tmp_path.glob("backup.sqlite.unfinished*")]
    assert backup(url, target).runs == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.sqlite", "home"]


@ON_POSIX
def test_only_its_owner_may_read_a_backup(file: Path, tmp_path: Path):
    backup(filled(file), tmp_path / "backup.sqlite")

    assert (tmp_path / "backup.sqlite").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("url", ["me:secret@host/cnn", "me@host/cnn?password=secret"])
def test_for_a_server_its_own_program_is_named_without_the_password(url: str, tmp_path: Path):
    with pytest.raises(StoreError) as refused:
        backup(f"postgresql+psycopg://{url}", tmp_path / "backup.sqlite")

    named = "pg_dump --format=custom --file=FILE postgresql://me@host/cnn"
    assert named in str(refused.value)
    assert "docs/store.md" in str(refused.value)
    assert "secret" not in str(refused.value)
