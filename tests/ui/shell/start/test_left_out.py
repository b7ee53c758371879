"""Streamlit looks through no other packages for components of theirs."""

import importlib
import importlib.metadata
from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.component_manager import BidiComponentManager

from ui.shell.start.left_out import look_for_no_components


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each time that somebody asks which packages there are."""
    found: list[str] = []

    def looked() -> Iterator[importlib.metadata.Distribution]:
        found.append("looked")
        return iter(())

    importlib.reload(manifest_scanner)  # another test may have had it left out
    monkeypatch.setattr(importlib.metadata, "distributions", looked)
    return found


def test_at_its_start_streamlit_looks_through_all_packages(looks: list[str]):
    """Once it does not, `left_out.py` can go."""
    BidiComponentManager().discover_and_register_components(start_file_watching=False)

    assert looks


def test_ours_does_not(looks: list[str]):
    look_for_no_components()

    BidiComponentManager().discover_and_register_components(start_file_watching=False)

    assert not looks
