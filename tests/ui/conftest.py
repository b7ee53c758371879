"""Fixtures for pages that are run in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from cnn.training.store.store import Store
from tests.ui.visiting import MY_KEY, browse_with
from ui.session import kept


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
