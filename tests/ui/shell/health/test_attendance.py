"""Who is here: conversations that are open, and people whose page asked for something lately."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.ui.awaiting import awaited
from ui.shell.health.attendance import LATELY_S, Attendance, Attended

KEY = "k" * 43


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def here(clock: Clock) -> Attendance:
    return Attendance(clock)


def talk(here: Attendance, headers: dict[str, str], said: int, look: Callable[[], None]) -> None:
    """One conversation in which a browser says so much, and then is looked at."""
    messages = [{"type": "websocket.connect"}, *[{"type": "websocket.receive"}] * said]

    async def receive() -> Any:
        return messages.pop(0)

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        while messages:
            await receive()
        look()

    async def send(_message: Any) -> None:
        pass

    named = [(name.encode(), one.encode()) for name, one in headers.items()]
    awaited(Attended(app, here)({"type": "websocket", "headers": named}, receive, send))


def test_a_conversation_is_open_until_it_ends_also_by_an_error(here: Attendance):
    seen: list[int] = []

    def fail() -> None:
        seen.append(here.open)
        raise ValueError("cut off")

    talk(here, {}, 0, lambda: seen.append(here.open))
    with pytest.raises(ValueError, match="cut off"):
        talk(here, {}, 0, fail)

    assert seen == [1, 1]
    assert here.open == 0


def test_a_person_with_two_pages_counts_once_and_one_who_says_nothing_not(here: Attendance):
    for _ in range(2):
        talk(here, {"x-cnn-person": "anna"}, 3, lambda: None)
    talk(here, {"cookie": f"cnn_person={KEY}"}, 1, lambda: None)
    talk(here, {"x-cnn-person": "ben"}, 0, lambda: None)

    assert here.active() == 2


def test_after_five_minutes_nobody_is_active_any_more(here: Attendance, clock: Clock):
    here.heard("anna")
    clock.now += LATELY_S / 2
    here.heard("ben")
    clock.now += LATELY_S / 2
    here.heard("ben")
    assert here.active() == 2

    clock.now += 1
    assert here.active() == 1
    here.heard("cleo")
    assert (here.active(), set(here._heard_at)) == (2, {"ben", "cleo"})


def test_of_very_many_only_the_latest_are_known(here: Attendance, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ui.shell.health.attendance.MOST_KNOWN", 3)
    for number in range(10):
        here.heard(str(number))

    assert list(here._heard_at) == ["7", "8", "9"]
