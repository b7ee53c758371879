"""`python -m cnn store`: backup, restore, compact and check, as a person types them."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cnn.__main__ import main
from cnn.training.store.store import Store
from cnn.training.store.tables import SCHEMA_VERSION
from tests.training.stores import MB, all_of, damage, filled, runs_in, url_of


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CNN_STORE", raising=False)
    return tmp_path / "home"


@pytest.fixture
def typed(home: Path, capsys: pytest.CaptureFixture[str]):
    def run(*words: str, status: int = 0) -> Any:
        try:
            ended = main(["store", *words])
        except SystemExit as end:
            ended = int(end.code or 0)
        said = capsys.readouterr()
        assert ended == status, said
        if status == 2:
            assert said.out == ""
            assert said.err.count("\n") == 1, "one line, whatever it is"
            return said.err
        return json.loads(said.out) if "--json" in words else said.out

    return run


def test_a_backup_says_what_is_in_it_and_a_second_one_needs_another_name(
    typed: Any, home: Path, tmp_path: Path
):
    filled(home / "runs.sqlite", 10)
    target = tmp_path / "backup.sqlite"

    said = typed("backup", str(target))

    url = url_of(home / "runs.sqlite")
    size = f"{target.stat().st_size / 1e6:.1f} MB"
    assert said == (
        f"10 runs of the run store {url} are in {target} now: {size}, whole as a database. "
        "What the files of runs hold is looked through by `python -m cnn store check`.\n"
    )
    assert "is not written over" in typed("backup", str(target), status=2)
    assert typed("backup", str(tmp_path / "2.sqlite"), "--json") == {
        "file": str(tmp_path / "2.sqlite"),
        "runs": 10,
        "bytes": target.stat().st_size,
        "version": SCHEMA_VERSION,
        "noted": True,
    }


def test_a_backup_that_is_restored_says_where_what_was_there_is(
    typed: Any, home: Path, tmp_path: Path
):
    filled(home / "runs.sqlite", 1)
    typed("backup", str(tmp_path / "backup.sqlite"))
    filled(home / "runs.sqlite", 4)

    said = typed("restore", str(tmp_path / "backup.sqlite"))

    url = url_of(home / "runs.sqlite")
    (kept,) = (home / "backups").glob("*.replaced.sqlite")
    assert said == (
        f"1 run of {tmp_path / 'backup.sqlite'} is in the run store {url} now. What was there is "
        f"kept: {kept}\n"
    )
    assert (runs_in(home / "runs.sqlite"), runs_in(kept)) == (1, 5)
    again = typed("restore", str(kept), "--json")
    assert (again["runs"], again["noted"]) == (5, True)


@pytest.mark.parametrize("action", ["backup", "restore"])
def test_what_could_not_be_noted_for_the_doctor_is_said(
    action: str, typed: Any, home: Path, tmp_path: Path, capsys: Any
):
    filled(home / "runs.sqlite", 1)
    typed("backup", str(tmp_path / "1.sqlite"))
    note = home / "backups" / "runs.last.json"
    note.unlink()
    note.mkdir()  # as where nothing may be written

    main(["store", action, str(tmp_path / f"{2 if action == 'backup' else 1}.sqlite")])

    assert "It could not be noted beside the store" in capsys.readouterr().err


def test_a_backup_can_be_of_and_for_another_store(typed: Any, home: Path, tmp_path: Path):
    url = filled(tmp_path / "other.sqlite", 3)

    typed("backup", str(tmp_path / "backup.sqlite"), "--store", url)
    typed("restore", str(tmp_path / "backup.sqlite"))

    assert all_of(home / "runs.sqlite") == all_of(tmp_path / "other.sqlite")


def test_what_compacting_gives_back_is_said(typed: Any, home: Path):
    store = Store(filled(home / "runs.sqlite", 3, each_bytes=MB))
    for run in store.latest():
        store.remove(run.id)
    store.close()

    said = typed("compact")

    assert said.startswith(f"The run store {store.url} took 3.2 MB, and takes 0.2 MB now.")
    found = typed("compact", "--json")
    assert found["bytes_before"] == found["bytes_after"] == (home / "runs.sqlite").stat().st_size


def test_a_check_ends_with_status_1_where_something_is_wrong(typed: Any, home: Path):
    filled(home / "runs.sqlite", 2)

    assert typed("check").endswith("Nothing is wrong.\n")
    with closing(sqlite3.connect(home / "runs.sqlite")) as database, database:
        database.execute("update runs set state = 'up\x1b[2Jside' where rowid = 1")
    said = typed("check", status=1)
    assert "! runs       run " in said
    assert "\x1b" not in said
    assert said.endswith("1 of 8 need attention.\n")
    assert typed("check", "--json", status=1)["wrong"] == 1


def test_a_check_of_a_damaged_store_says_what_to_do(typed: Any, home: Path):
    filled(home / "runs.sqlite", 200)
    damage(home / "runs.sqlite")

    said = typed("check", status=1)

    assert "-> It is damaged: " in said
    assert "python -m cnn store restore FILE" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backup", "b.sqlite"], "there is no run store"),
        (["compact"], "there is no run store"),
        (["check"], "there is no run store"),
        (["restore", "b.sqlite"], "b.sqlite is not there"),
        (["backup"], "the following arguments are required: FILE"),
        ([], "the following arguments are required: backup|restore|compact|check"),
        (["burn"], "invalid choice: 'burn'"),
        (["backup", "b.sqlite", "--store", "nonsense"], "could not be used"),
        (["check", "--store", "nonsense"], "could not be used"),
        (["compact", "--store", "mysql://me@host/cnn"], "is no SQLite file"),
        (["compact", "--store", "sqlite://"], "is no SQLite file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(typed: Any, home: Path, words, said: str):
    assert said in typed(*words, status=2)
    assert not home.exists()


def test_on_a_terminal_it_says_how_far_it_is_and_leaves_no_trace_of_that(
    typed: Any, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Terminal:
        said = ""

        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> None:
            self.said += text

        def flush(self) -> None: ...

    filled(home / "runs.sqlite", 2)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    assert main(["store", "backup", str(tmp_path / "backup.sqlite")]) == 0

    assert "\r100% copied " in terminal.said
    assert terminal.said.endswith("\r" + " " * 24 + "\r")
