"""What the tests of trainings share: a small disk, and oracles that say what they found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import small_disk as disks
from tests.needs import SMALL_DISK

pytest.register_assert_rewrite("tests.training.in_keras")  # so that it says what was found


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not disks.mounted(folder, "3M"):
        pytest.skip(SMALL_DISK.reason)
    yield folder
    disks.unmount(folder)
