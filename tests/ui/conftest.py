"""Fixtures for pages that are run in this process."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from cnn.training.store.store import Store
from tests.ui.visiting import MY_KEY, browse_with
from ui.session import kept


@pytest.fixture(scope="module", autouse=True)
def little_to_collect() -> Iterator[None]:
    """Streamlit collects garbage after each run of a page, which takes a second over all that Keras
    left behind in a process that has tested it before.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The empty store of a home of its own, which the pages of the test have too."""
    st.cache_resource.clear()
    kept.forget()
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def my_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are opened in a browser that keeps cookies."""
    browse_with(MY_KEY, monkeypatch)
