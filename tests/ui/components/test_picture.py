"""What the browser may say was clicked in a picture."""

from typing import Any

import pytest
import streamlit as st

from ui.components.picture import picked


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ({"picked": "layers[0]"}, "layers[0]"),
        ({"picked": ""}, ""),
        ({"picked": 7}, None),
        ({"picked": ["a"]}, None),
        ({"picked": "x" * 500}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_part_that_was_clicked_is_a_short_text_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, held: Any, found: str | None
):
    monkeypatch.setattr(st, "session_state", {"network": held})

    assert picked("network") == found
    assert picked("another") is None
