"""The backups that the program keeps by itself, and the last one of all."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from cnn.training.store.on_disk import kept_backups
from cnn.training.store.store import Store, StoreError
from cnn.training.upkeep.backups import backup
from cnn.training.upkeep.restoring import restore
from tests.training.stores import all_of, filled, of_version_2, url_of


def kept_of(file: Path) -> list[Path]:
    return sorted((file.parent / "backups").glob("*"))


def test_before_a_store_is_brought_up_to_date_what_was_in_it_is_kept_once(file: Path):
    of_version_2(file)
    before = all_of(file)
    opened = []
    threads = [
        threading.Thread(target=lambda: opened.append(Store(url_of(file)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in opened:
        store.close()

    (kept,) = kept_of(file)
    assert all_of(kept) == before
    assert ".v2.sqlite" in kept.name
    last = kept_backups.last(url_of(file))
    assert last is not None
    assert last.words == (f"{last.words[:20]}, {kept}, before version 2 was brought up to date")
    assert kept.name.startswith(f"runs.{last.words[:10]}T")
    Store(url_of(file)).close()
    assert kept_of(file) == [kept]


def test_of_those_the_last_three_stay_and_what_was_restored_over_does_too(file: Path):
    names = [f"runs.202{year}-01-02T030405Z.v2.sqlite" for year in range(5)]
    others = ["runs.2019-01-02T030405Z.replaced.sqlite", "another.2019-01-02T030405Z.v2.sqlite"]
    (file.parent / "backups").mkdir()
    for name in (*names, *others):
        (file.parent / "backups" / name).write_bytes(b"kept")
    of_version_2(file)

    Store(url_of(file)).close()

    left = [path.name for path in kept_of(file)]
    assert left[:-1] == sorted([*others, *names[3:]])
    assert left[-1].startswith("runs.2")
    assert left[-1] not in names


def test_where_it_cannot_be_kept_the_store_stays_what_it_was(file: Path):
    of_version_2(file)
    (file.parent / "backups").write_text("in the way")

    with pytest.raises(
        StoreError,
        match=r"of version 2 and would be .*, but no backup of it .*backups is in the way",
    ):
        Store(url_of(file))

    with closing(sqlite3.connect(file)) as database:
        assert database.execute("select schema_version from about").fetchone() == (2,)
    (file.parent / "backups").unlink()
    store = Store(url_of(file))
    assert store.count() == 1
    store.close()


def test_of_a_change_that_fails_no_backup_is_left(file: Path, monkeypatch: pytest.MonkeyPatch):
    of_version_2(file)
    monkeypatch.setattr(
        "cnn.training.store.database.MIGRATIONS", {2: ("ALTER TABLE nowhere ADD COLUMN more TEXT",)}
    )

    with pytest.raises(StoreError, match="no such table"):
        Store(url_of(file))

    assert kept_of(file) == []


def test_the_last_backup_is_named_wherever_it_was_made(file: Path, tmp_path: Path):
    url, target = filled(file), tmp_path / "mine.sqlite"
    assert kept_backups.last(url) is None

    backup(url, target)

    last = kept_backups.last(url)
    assert last is not None
    assert last.words == f"{last.words[:20]}, {target}"
    noted = file.parent / "backups" / "runs.last.json"
    assert os.name != "posix" or noted.stat().st_mode & 0o777 == 0o600
    target.unlink()
    assert last.words.endswith("mine.sqlite, which is not there any more")


def test_after_a_restore_the_last_one_is_what_was_restored_not_what_it_took_the_place_of(
    file: Path, tmp_path: Path
):
    url, first, second = filled(file), tmp_path / "first.sqlite", tmp_path / "second.sqlite"
    backup(url, first)
    backup(url, second)

    _, replaced = restore(url, first)

    assert replaced is not None
    assert replaced.exists()
    last = kept_backups.last(url)
    assert last is not None
    assert last.words == f"{last.words[:20]}, {first}, from which the store was restored then"

    third = tmp_path / "third.sqlite"
    backup(url, third)
    last = kept_backups.last(url)
    assert last is not None
    assert last.file == third


def test_a_store_that_took_the_place_of_a_damaged_one_names_the_backup_that_it_is(
    file: Path, tmp_path: Path
):
    url, made = filled(file), tmp_path / "made.sqlite"
    backup(url, made)
    file.write_bytes(b"no store any more")

    restore(url, made)

    last = kept_backups.last(url)
    assert last is not None
    assert (last.file, last.why) == (made, "restored")


@pytest.mark.parametrize("noted", ["[]", "7", "{}", '{"file": 7, "at": 1}', "no JSON", "null"])
def test_a_note_that_cannot_be_read_is_none(file: Path, noted: str):
    (file.parent / "backups").mkdir()
    (file.parent / "backups" / "runs.last.json").write_text(noted)

    assert kept_backups.last(url_of(file)) is None
