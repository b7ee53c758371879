"""Figures as pages write them."""

import pytest

from ui.session.words import duration


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0.0 s"),
        (0.004, "< 0.1 s"),
        (0.049, "< 0.1 s"),
        (0.051, "0.1 s"),
        (9.96, "10.0 s"),
        (10.4, "10 s"),
        (65, "1 min 05 s"),
        (7_800, "2 h 10 min"),
    ],
)
def test_a_time_that_was_measured_is_never_nothing(seconds: float, written: str):
    assert duration(seconds) == written
