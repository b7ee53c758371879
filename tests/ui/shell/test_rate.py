"""How often something may be done, against the turns counted by hand."""

import pytest

from ui.shell.rate import MOST_KNOWN, Rate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_so_many_at_once_then_one_after_each_pause():
    clock = Clock()
    rate = Rate(3, 2.0, now=clock)
    assert [rate.wait_s("a") for _ in range(4)] == [0, 0, 0, 2.0]
    clock.now += 1.5
    assert rate.wait_s("a") == pytest.approx(0.5)
    clock.now += 0.5
    assert rate.wait_s("a") == 0
    assert rate.wait_s("a") == 2.0


def test_whoever_is_refused_loses_nothing():
    clock = Clock()
    rate = Rate(1, 2.0, now=clock)
    assert rate.wait_s("a") == 0
    for _ in range(100):
        assert rate.wait_s("a") == 2.0
    clock.now += 2.0
    assert rate.wait_s("a") == 0


def test_a_long_rest_gives_no_more_than_all_turns():
    clock = Clock()
    rate = Rate(3, 2.0, now=clock)
    rate.wait_s("a")
    clock.now += 1_000
    assert [rate.wait_s("a") > 0 for _ in range(4)] == [False, False, False, True]


def test_one_does_not_wait_for_another():
    rate = Rate(1, 2.0, now=Clock())
    assert rate.wait_s("a") == 0
    assert rate.wait_s("b") == 0


def test_the_many_who_came_once_are_forgotten():
    rate = Rate(1, 2.0, now=Clock())
    for place in range(3 * MOST_KNOWN):
        rate.wait_s(str(place))
    assert len(rate._free_at) == MOST_KNOWN
