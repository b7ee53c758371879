"""What sessions hold of what was said to them: bounded for each and for all, and for nobody who
draws, builds or brings the largest picture.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.hostile.said import weighing
from tests.ui.shell.test_late import to_its_end
from ui.shell.held import (
    ALL_BYTES,
    LONG_BYTES,
    MAKES_ROOM,
    NOT_NOW,
    NOT_YET,
    PATIENCE_S,
    PLAIN_BYTES,
    SESSION_BYTES,
    TOO_LONG,
    TOO_MANY,
    TOO_MUCH,
    TOO_PLAIN,
    Held,
    Words,
)
from ui.shell.late import WithoutLate
from ui.shell.unfolded import MESSAGE_BYTES, Unfolded, unfolded

PICTURE = 4 * 10_000_000 // 3 + 200
"""The largest picture that the pad takes, as text, with what is around it."""


class Here(Held):
    """Without a loop."""

    def _dismiss(self, words: Words) -> None:
        with pytest.raises(StopIteration):
            words.refuse(MAKES_ROOM).send(None)


class Server:
    """Streamlit and its clock, as far as they matter here."""

    def __init__(self) -> None:
        self.now, self.gone = 0.0, list[str]()
        self.ended: dict[str, Message] = {}
        self.held = Here(lambda: self.now, self.sleep, self.gone.append)
        self.working: list[Words] = []

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        for one in self.working:
            done(one)

    def talk(self, session: str) -> Words:
        async def send(message: Message) -> None:
            self.ended[session] = message

        words = Words(self.held, send)
        begins(words, session)
        return words


def begins(words: Words, session: str) -> None:
    said = ForwardMsg()
    said.new_session.initialize.session_id = session
    words.hear(said)


def done(words: Words) -> None:
    said = ForwardMsg()
    said.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    words.hear(said)


def asks(**values: int) -> BackMsg:
    """Words with values of so many bytes, in few where they are many; those named `now...` are over
    with them.
    """
    message = BackMsg()
    for name, size in values.items():
        one = message.rerun_script.widget_states.widgets.add()
        one.id = name
        if name.startswith("now"):
            one.json_trigger_value = "x" * size
        else:
            one.string_value = weighing(size) if size >= LONG_BYTES else "x" * size
    return message


def size_of(message: BackMsg) -> Unfolded:
    return unfolded(message.SerializeToString())


def answer(words: Words, message: BackMsg) -> str:
    said = size_of(message)
    asked = message.rerun_script if message.HasField("rerun_script") else None
    return came_of(words.why_unread(said)) or came_of(words.why_not(said, asked))


def came_of(talk: Coroutine[Any, Any, str]) -> str:
    """Without a loop, as nothing here really waits."""
    with pytest.raises(StopIteration) as end:
        talk.send(None)
    return str(end.value.value or "")


def test_the_largest_picture_comes_through_again_and_again():
    server = Server()
    words = server.talk("a")
    for _ in range(20):
        assert answer(words, asks(now=PICTURE, drawn=2_000, editor=19_000)) == ""
        done(words)
        assert answer(words, asks(seen=40, drawn=2_000)) == ""
        assert words.size < LONG_BYTES, "the picture is no longer held"
        done(words)
    assert PICTURE < MESSAGE_BYTES
    assert not server.ended
    assert server.now == 0


def test_a_class_that_brings_its_pictures_at_once_waits_for_each_other_and_nobody_goes():
    server = Server()
    talks = [server.talk(str(place)) for place in range(30)]
    for words in talks:
        assert answer(words, asks(now=PICTURE)) == ""
        done(words)
        answer(words, asks(seen=40))
    assert not server.ended
    assert not server.gone


def test_values_add_up_until_the_session_has_too_much():
    server = Server()
    words = server.talk("a")
    for place in range(SESSION_BYTES // 1_000_000 - 1):
        assert answer(words, asks(**{f"x{place}": 1_000_000})) == ""
        done(words)
        answer(words, asks(small=10))
    assert words.size > SESSION_BYTES - 2_000_000
    assert answer(words, asks(y=2_000_000)) == TOO_MUCH
    assert answer(words, asks(x0=1_000_000)) == "", "what takes the place of a value is no more"


def test_all_together_hold_so_much_and_the_one_that_was_long_least_lately_goes():
    server = Server()
    talks = {name: server.talk(name) for name in "abcd"}
    for name in "abca":
        assert answer(talks[name], asks(x=12_500_000)) == ""
        done(talks[name])
    small = server.talk("small")
    answer(small, asks(x=1_000))

    assert answer(talks["d"], asks(x=13_500_000)) == ""

    assert server.now == pytest.approx(PATIENCE_S, abs=0.1)
    assert server.gone == ["b"]
    assert server.ended == {
        "b": {"type": "websocket.close", "code": 1013, "reason": MAKES_ROOM},
    }
    assert sum(words.size for words in talks.values()) - talks["b"].size <= ALL_BYTES


def test_what_came_bit_by_bit_counts_as_what_came_at_once():
    server = Server()
    for place in range(6):
        words = server.talk(str(place))
        for part in range(14):
            assert answer(words, asks(**{f"x{part}": LONG_BYTES - 50_000})) == ""
    assert server.gone == ["0", "1", "2"]


def test_a_long_session_is_over_with_its_conversation_and_a_usual_one_may_come_back():
    server = Server()
    long, usual = server.talk("long"), server.talk("usual")
    answer(long, asks(x=LONG_BYTES + 1))
    answer(usual, asks(x=LONG_BYTES // 2))
    server.held.leaves(long)
    server.held.leaves(usual)
    server.held.leaves(long)
    assert server.gone == ["long"]


def test_what_waits_is_bounded_too():
    server = Server()
    for name in "abc":
        answer(server.talk(name), asks(x=13_000_000))
    long = size_of(asks(x=13_000_000))
    waiting = [server.talk(f"waiting {place}").why_unread(long) for place in range(5)]
    sleeps = server.held.sleep
    server.held.sleep = Never()  # type: ignore[assignment]
    for one in waiting[:4]:
        one.send(None)
    assert came_of(waiting[4]) == NOT_NOW
    waiting[0].close()  # its browser left
    server.held.sleep = sleeps
    assert answer(server.talk("d"), asks(x=13_000_000)) == ""
    for one in waiting:
        one.close()


class Never:
    """A sleep that does not end, and can be left."""

    def __call__(self, _seconds: float) -> Never:
        return self

    def __await__(self) -> Iterator[None]:
        yield


def test_long_words_wait_until_the_answer_to_the_last_ones_is_there():
    server = Server()
    words = server.talk("a")
    answer(words, asks(now=PICTURE))
    server.working = [words]

    assert answer(words, asks(now=PICTURE)) == ""

    assert 0 < server.now < 1


NO_PAGES = BackMsg()
NO_PAGES.file_urls_request.session_id = "x" * (LONG_BYTES + 1)


@pytest.mark.parametrize("message", [asks(x=LONG_BYTES + 100), NO_PAGES], ids=["long", "no page's"])
def test_a_conversation_does_not_begin_with_long_words_nor_with_any_but_a_pages(message: BackMsg):
    server = Server()
    stranger = Words(server.held, lambda _: pytest.fail("nothing is said"))
    assert answer(stranger, message) == NOT_YET
    if message is NO_PAGES:
        assert answer(server.talk("a"), message) == NOT_YET


def test_without_a_picture_far_less_is_taken():
    server = Server()
    message = BackMsg()
    message.rerun_script.query_string = "x" * PLAIN_BYTES
    assert answer(server.talk("a"), message) == TOO_PLAIN
    message.rerun_script.query_string = "x" * (PLAIN_BYTES - 100)
    assert answer(server.talk("b"), message) == ""


def test_words_that_unfold_to_more_than_the_longest_are_refused_however_short_they_are():
    server = Server()
    message = asks(x=MESSAGE_BYTES)
    assert message.ByteSize() < LONG_BYTES
    assert answer(server.talk("a"), message) == TOO_MANY


@pytest.mark.parametrize("kind", ["bytes", "text"])
def test_what_is_longer_than_anything_is_refused_unread_and_the_conversation_ends(kind: str):
    reached: list[Message] = []
    said: list[Message] = []
    first = BackMsg()
    first.rerun_script.page_script_hash = "build"
    long = b"\xff" * (MESSAGE_BYTES + 1) if kind == "bytes" else "x" * (MESSAGE_BYTES + 1)
    talk: list[Message] = [
        {"type": "websocket.receive", "bytes": first.SerializeToString()},
        {"type": "websocket.receive", kind: long},
    ]

    async def receive() -> Message:
        return talk.pop(0)

    async def send(message: Message) -> None:
        said.append(message)

    async def streamlit(_scope: Scope, receive: Receive, send: Send) -> None:
        while not reached or reached[-1]["type"] != "websocket.disconnect":
            reached.append(await receive())
        await send({"type": "websocket.send", "bytes": b"too late"})

    to_its_end(WithoutLate(streamlit)({"type": "websocket"}, receive, send))
    assert [one["type"] for one in reached] == ["websocket.receive", "websocket.disconnect"]
    assert said == [{"type": "websocket.close", "code": 1009, "reason": TOO_LONG}]
