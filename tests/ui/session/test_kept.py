"""What pages keep is bounded by bytes; what is large is computed in turn."""

import threading
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from cnn.insight.passes.effort import Effort
from ui.session import kept as keeping
from ui.session.kept import LARGE_BYTES, kept, kept_bytes, make_room, size_bytes, turn

MB = 1_000_000
PATIENCE_S = 60.0
LARGE = Effort(peak_bytes=LARGE_BYTES + 1)


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.forget()
    monkeypatch.setattr(keeping, "KEPT_BYTES", 10 * MB)
    monkeypatch.setattr(keeping, "ROOM_BYTES", 15 * MB)


def bytes_of(megabytes: float) -> np.ndarray[Any, Any]:
    return np.zeros(int(megabytes * MB), np.uint8)


def test_what_was_made_is_kept_by_its_arguments_but_not_by_those_that_are_marked():
    made = []

    @kept()
    def shape(key: str, _image: object, most: int = 3) -> list[object]:
        made.append(key)
        return [key, most]

    assert shape("a", object()) is shape("a", object(), most=3) is shape("a", None, 3)
    assert made == ["a"]
    assert shape("a", None, 4) == ["a", 4]
    shape.clear()
    shape("a", None)
    assert made == ["a", "a", "a"]


def test_what_fails_is_not_kept():
    made = []

    @kept()
    def fails(key: str) -> None:
        made.append(key)
        raise ValueError(key)

    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            fails("a")
    assert made == ["a", "a"]


def test_what_was_used_longest_ago_goes_when_bytes_are_short():
    made = []

    @kept()
    def array(megabytes: float, name: str) -> np.ndarray[Any, Any]:
        made.append(name)
        return bytes_of(megabytes)

    array(4, "a"), array(4, "b"), array(4, "a"), array(1, "c")
    array(4, "d")  # 13 MB: b, the least used, has to go
    assert kept_bytes() <= 9 * MB + 10_000
    made.clear()
    array(4, "a"), array(1, "c"), array(4, "d"), array(4, "b")
    assert made == ["b"]


def test_what_is_larger_than_all_that_may_be_kept_is_given_and_not_kept():
    @kept()
    def array(megabytes: float) -> np.ndarray[Any, Any]:
        return bytes_of(megabytes)

    array(3)
    assert len(array(11)) == 11 * MB
    assert kept_bytes() < 3 * MB + 10_000


def test_a_function_keeps_no_more_results_than_it_may():
    @kept(most=2)
    def number(of: int) -> list[int]:
        return [of]

    first = number(1)
    assert number(2) == [2]
    assert number(1) is first
    assert number(3) == [3]
    assert number(1) is first


def test_room_is_made_before_something_large_is_computed():
    @kept()
    def array(megabytes: float) -> np.ndarray[Any, Any]:
        return bytes_of(megabytes)

    array(4), array(5)
    make_room(9 * MB)
    assert kept_bytes() < 6 * MB
    with turn(Effort(peak_bytes=14 * MB)):
        assert kept_bytes() < MB


def test_something_large_waits_until_no_other_is_computed_and_something_small_does_not():
    inside, most, done = [0], [0], []
    lock = threading.Lock()

    def compute(asked: Effort) -> None:
        with turn(asked):
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.02)
            with lock:
                inside[0] -= 1
                done.append(asked)

    def together(asked: Effort) -> int:
        most[0] = 0
        threads = [threading.Thread(target=compute, args=(asked,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return most[0]

    assert together(LARGE) == 1
    assert together(Effort(seconds=1.0)) == 1
    assert len(done) == 8
    waiting, goes_on = threading.Event(), threading.Event()

    def hold() -> None:
        with turn(LARGE):
            waiting.set()
            goes_on.wait(PATIENCE_S)

    holder = threading.Thread(target=hold)
    holder.start()
    waiting.wait()
    compute(Effort(peak_bytes=LARGE_BYTES))  # goes by
    assert holder.is_alive()
    goes_on.set()
    holder.join()


def test_a_turn_within_a_turn_does_not_wait_for_itself_and_an_error_gives_it_back():
    with pytest.raises(ValueError, match="on the way"), turn(LARGE), turn(LARGE):
        raise ValueError("on the way")
    taken = []

    def take() -> None:
        with turn(LARGE):
            taken.append(True)

    other = threading.Thread(target=take)
    other.start()
    other.join(PATIENCE_S)
    assert taken


def test_two_who_ask_for_the_same_large_thing_have_it_computed_once():
    made = []

    @kept(asks=lambda key: LARGE)
    def slow(key: str) -> list[str]:
        made.append(key)
        time.sleep(0.05)
        return [key]

    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(slow("a"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]
    assert all(one is found[0] for one in found)


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    image: np.ndarray[Any, Any]
    more: dict[str, Any]


def test_a_value_weighs_what_its_parts_do_each_once_and_a_view_all_that_it_holds_on_to():
    image = bytes_of(2)
    assert 2 * MB <= size_bytes(Held(image, {"same": [image, image[:5]]})) < 2 * MB + 5_000
    assert size_bytes(image[:1]) >= 2 * MB, "a small part keeps all of it from being freed"
    assert size_bytes({"text": "x" * MB, "bytes": bytes(MB)}) >= 2 * MB
    circle: list[Any] = [1]
    circle.append(circle)
    assert size_bytes(circle) < 1_000


def test_a_file_that_is_mapped_weighs_nothing(tmp_path: Any):
    (tmp_path / "numbers").write_bytes(bytes(2 * MB))
    mapped = np.memmap(tmp_path / "numbers", np.uint8, "r")
    assert size_bytes([mapped, mapped[5:].reshape(-1, 5)]) < 5_000
