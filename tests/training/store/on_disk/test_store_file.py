"""The file of a store: private, and whole once those who wrote to it have ended."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.__main__ import main
from cnn.commands import worker as command
from cnn.settings import private_folder
from cnn.training.store.on_disk import store_file
from cnn.training.store.on_disk.store_file import empty_log, keep_private, sweep, written_beside
from cnn.training.store.store import Store, StoreError
from cnn.training.workers.worker_pool import WorkerPool
from tests.training.stores import DEMO, ON_POSIX, ROOT, SETTINGS, copied_alone, runs_in, url_of

ENDS_BADLY = """
import os, sys
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.store.store import Store
store = Store(sys.argv[1])
for _ in range(10):
    store.add(entry("shapes-demo").architecture, Configuration(epochs=3))
os._exit(0)
"""


LEAVES = """
import os, sys
from pathlib import Path
from cnn.training.store.on_disk.store_file import written_beside
under_way = [written_beside(Path(sys.argv[1], name)) for name in sys.argv[2:]]
for one in under_way:
    unfinished = one.__enter__()
    unfinished.with_name(f"{unfinished.name}-journal").write_text("half")
os._exit(0)
"""


def left_in_the_log(file: Path) -> str:
    """A store whose ten runs are all in the log beside it, as a killed process leaves them."""
    Store(url_of(file)).close()
    subprocess.run([sys.executable, "-c", ENDS_BADLY, url_of(file)], cwd=ROOT, check=True)
    assert runs_in(copied_alone(file, file.parent / "before.sqlite")) == 0
    return url_of(file)


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////data/my runs.sqlite", Path("/data/my runs.sqlite")),
        ("sqlite:///runs.sqlite", Path("runs.sqlite")),
        ("sqlite:///file:/data/runs.sqlite?mode=ro&uri=true", Path("/data/runs.sqlite")),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql+psycopg://me@host/cnn", None),
        ("no address", None),
    ],
)
def test_the_file_of_a_store_is_found_by_its_address(url: str, file: Path | None):
    assert store_file.store_file(url) == file


@ON_POSIX
def test_a_new_store_and_what_is_beside_it_are_its_owners_alone(tmp_path: Path):
    file = tmp_path / "new" / "deep" / "runs.sqlite"
    store = Store(url_of(file))
    store.add(DEMO, SETTINGS)

    made = sorted(file.parent.iterdir())
    assert [path.name for path in made] == ["runs.sqlite", "runs.sqlite-shm", "runs.sqlite-wal"]
    assert {mode(path) for path in made} == {"0o600"}
    assert (mode(file.parent), mode(file.parent.parent)) == ("0o700", "0o700")
    store.close()


@ON_POSIX
def test_a_store_that_was_made_earlier_is_mended_when_it_is_opened(file: Path):
    left_in_the_log(file)
    for path in file.parent.glob("runs.sqlite*"):
        path.chmod(0o644)
    folder = mode(file.parent)

    store = Store(url_of(file))

    assert {mode(path) for path in file.parent.glob("runs.sqlite*")} == {"0o600"}
    assert len(list(file.parent.glob("runs.sqlite*"))) == 3
    assert mode(file.parent) == folder, "which somebody else may have made, for more than this"
    assert store.count() == 10
    store.close()


@ON_POSIX
def test_a_store_that_nobody_may_write_to_does_not_become_writable(file: Path):
    file.write_bytes(b"")
    file.chmod(0o444)

    keep_private(file)

    assert mode(file) == "0o400"


def test_a_file_of_somebody_else_stays_as_it_is(file: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise PermissionError("not yours")

    file.write_bytes(b"")
    monkeypatch.setattr(Path, "chmod", refuse)
    store = Store(url_of(file))

    assert store.count() == 0
    store.close()


@ON_POSIX
def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path):
    (tmp_path / "there").mkdir(mode=0o755)
    private_folder(tmp_path / "there" / "new")

    assert mode(tmp_path / "there") == "0o755"
    assert mode(tmp_path / "there" / "new") == "0o700"


def test_the_log_is_brought_into_the_file(file: Path):
    url = left_in_the_log(file)
    reader = Store(url)  # which keeps SQLite from doing so when a connection ends
    reader.count()

    empty_log(url)

    assert runs_in(copied_alone(file, file.parent / "after.sqlite")) == 10
    reader.close()


def test_of_what_is_no_file_or_not_there_nothing_is_made(file: Path):
    for url in ("postgresql://me@host/cnn", url_of(file), "sqlite://"):
        empty_log(url)

    assert list(file.parent.iterdir()) == []


def test_when_the_app_ends_a_copy_of_the_file_alone_has_all_runs(file: Path):
    url = left_in_the_log(file)
    page = Store(url)
    page.count()
    pool = WorkerPool(0, url)
    pool.start()

    pool.close()

    assert runs_in(copied_alone(file, file.parent / "after.sqlite")) == 10
    page.close()


def test_when_a_worker_ends_a_copy_of_the_file_alone_has_all_runs(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    page = Store(url_of(file))
    page.count()

    def work(store: Store, _name: str) -> None:
        for _ in range(10):
            store.add(DEMO, SETTINGS)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "work", work)
    assert main(["worker", "--store", url_of(file)]) == 0

    assert runs_in(copied_alone(file, file.parent / "after.sqlite")) == 10
    assert "To copy it: python -m cnn store backup FILE. Ctrl-C ends it." in capsys.readouterr().out
    page.close()


def test_what_fails_while_it_is_written_leaves_nothing(tmp_path: Path):
    def fail() -> None:
        with written_beside(tmp_path / "target") as unfinished:
            unfinished.write_text("half")
            unfinished.with_name(f"{unfinished.name}-wal").write_text("half")
            raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError, match="the lights went out"):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_what_is_written_beside_takes_the_name_of_its_target_on_a_disk_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with written_beside(tmp_path / "target") as unfinished:
        unfinished.write_text("whole")

    assert [path.name for path in tmp_path.iterdir()] == ["target"]
    assert (tmp_path / "target").read_text() == "whole"


@ON_POSIX
def test_what_killed_processes_left_is_swept_whatever_it_was_to_become(tmp_path: Path):
    names = ("runs.2026-01-02T030405Z.replaced.sqlite", "runs.2026-01-02T030405Z.v4.sqlite", "mine")
    subprocess.run([sys.executable, "-c", LEAVES, tmp_path, *names], cwd=ROOT, check=True)
    assert len(list(tmp_path.iterdir())) == 2 * len(names)

    with written_beside(tmp_path / "another") as mine, written_beside(tmp_path / "third") as other:
        assert sorted(tmp_path.iterdir()) == sorted([mine, other]), "both are written just now"

    assert {path.name for path in tmp_path.iterdir()} == {"another", "third"}


def test_what_is_not_ours_or_may_be_written_still_is_not_swept(tmp_path: Path):
    names = (
        "notes.unfinished",
        "letter.unfinished.txt",
        "target.unfinished.0123abcd.7.9",  # of another machine, and of just now
        "runs.2026-01-02T030405Z.v4.sqlite.unfinished",
    )
    for name in names:
        (tmp_path / name).write_text("half")

    sweep(tmp_path, "target")
    assert {path.name for path in tmp_path.iterdir()} == set(names)

    for path in tmp_path.iterdir():
        os.utime(path, (1.0, 1.0))
    sweep(tmp_path, "target")
    assert {path.name for path in tmp_path.iterdir()} == set(names[:2])


@pytest.fixture
def open_store(file: Path) -> Iterator[Store]:
    store = Store(url_of(file))
    store.add(DEMO, SETTINGS)
    yield store
    store.close()


@ON_POSIX
def test_a_file_that_was_moved_or_deleted_is_neither_written_to_nor_made_anew(
    open_store: Store, file: Path
):
    aside = file.parent / "aside"
    aside.mkdir()
    for path in list(file.parent.glob("runs.sqlite*")):
        path.rename(aside / path.name)

    for ask in (open_store.count, open_store.latest, lambda: open_store.add(DEMO, SETTINGS)):
        with pytest.raises(StoreError, match=r"was moved or deleted while it was open\. Put it"):
            ask()
    assert list(file.parent.glob("runs.sqlite*")) == []

    for path in aside.iterdir():
        path.rename(file.parent / path.name)
    assert open_store.count() == 1
    open_store.add(DEMO, SETTINGS)
    assert runs_in(file) == 2


@ON_POSIX
def test_a_store_that_took_the_place_of_another_is_the_one_that_is_used(
    open_store: Store, file: Path
):
    for path in list(file.parent.glob("runs.sqlite*")):
        path.unlink()
    other = Store(url_of(file))
    assert open_store.count() == 0

    run = open_store.add(DEMO, SETTINGS)

    assert other.get(run.id) == run
    other.close()
