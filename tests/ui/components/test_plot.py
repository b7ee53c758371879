"""A live figure: what of it has to be right before it reaches the browser."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ui.components.plot import _selectable


@given(st.lists(st.text(), unique=True))
def test_any_name_makes_a_selector_of_a_line_and_no_two_the_same(names: list[str]):
    safe = [_selectable({"uid": name})["uid"] for name in names]

    assert all(re.fullmatch(r"[A-Za-z0-9_-]*", one) for one in safe)
    assert len(set(safe)) == len(names)


def test_a_line_without_an_identity_gets_none():
    assert _selectable({"y": [1]}) == {"y": [1]}
