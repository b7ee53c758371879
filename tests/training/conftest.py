"""Stores of both kinds for the tests of what is in them: SQLite, and a real PostgreSQL."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn.training.store.store import Store
from tests import postgres

pytest.register_assert_rewrite("tests.training.in_keras")  # so that it says what was found

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that is not there yet, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'runs.sqlite'}"
    return postgres.new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store of each kind in turn."""
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a store may be, in a folder of its own."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / "runs.sqlite"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3M", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here; root on Linux can")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)
