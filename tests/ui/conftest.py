"""Fixtures for pages that are run in this process."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def little_to_collect() -> Iterator[None]:
    """Streamlit collects garbage after each run of a page, which takes a second over all that Keras
    left behind in a process that has tested it before.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
