"""What a browser says reaches Streamlit as long as our pages may say it; what unfolds to a multiple
of itself does not, and takes hardly more memory than its own bytes.
"""

from __future__ import annotations

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.hostile.memory import begin_peak, memory_mb
from tests.hostile.said import LEGAL, UNFOLDING, asks
from tests.hostile.test_doors import assert_is_a_sentence
from tests.hostile.test_heavy import MOST_READ_MB, only_linux
from tests.ui.shell.test_late import to_its_end
from ui.shell.late import WithoutLate


def begins() -> bytes:
    said = ForwardMsg()
    said.new_session.initialize.session_id = "a"
    return bytes(said.SerializeToString())


def is_done() -> bytes:
    said = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
    return bytes(said.SerializeToString())


def heard(words: bytes) -> tuple[BackMsg | None, Message | None]:
    """What Streamlit reads of words that are said to a page, and what the browser is told."""
    coming = [asks(b""), words]
    read: list[BackMsg] = []
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.receive", "bytes": coming.pop(0)}

    async def send(message: Message) -> None:
        told.append(message)

    async def streamlit(_scope: Scope, receive: Receive, send: Send) -> None:
        for _ in (1, 2):
            message = await receive()
            if message["type"] == "websocket.receive":
                read.append(BackMsg.FromString(message["bytes"]))
                for said in (begins(), is_done()):
                    await send({"type": "websocket.send", "bytes": said})

    to_its_end(WithoutLate(streamlit)({"type": "websocket"}, receive, send))
    ended = told[-1] if told[-1]["type"] == "websocket.close" else None
    return read[1] if len(read) > 1 else None, ended


@only_linux
@pytest.mark.parametrize("name", UNFOLDING)
def test_words_that_unfold_are_refused_unread_in_a_sentence_and_in_little_memory(name: str):
    heard(asks(b""))
    words = UNFOLDING[name]()
    had = begin_peak()
    read, ended = heard(words)
    assert memory_mb("VmHWM") - had < MOST_READ_MB
    assert read is None
    assert ended
    assert ended["code"] == 1009
    assert_is_a_sentence(ended["reason"])
    assert len(ended["reason"].encode()) <= 123, "as RFC 6455 has it"


@pytest.mark.parametrize("name", LEGAL)
def test_the_most_that_our_pages_say_is_read(name: str):
    words = LEGAL[name]()
    read, ended = heard(words)
    assert ended is None
    assert read == BackMsg.FromString(words)
