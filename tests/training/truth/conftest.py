"""One store and one of each kind of data for a file of tests, which train many short runs."""

from collections.abc import Iterator

import pytest

from cnn.data import DatasetSpec
from cnn.training.store.store import Store
from tests.training.subjects import data_in


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('runs') / 'runs.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DatasetSpec]:
    return data_in(tmp_path_factory.mktemp("own"))
