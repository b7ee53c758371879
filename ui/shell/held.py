"""How much of what browsers say Streamlit holds, bounded for each session and for all.

It keeps the last words of a session and the value of each part of its page, for two minutes and
more after the browser left. In memory they take about twice what was sent. So who says too much is
turned away; what is long waits, unread, until it fits beside what all others hold, and where it
does not fit for ten seconds, the session that was long least lately has to go.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

from starlette.types import Message, Send
from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ui.kept import give_back

MESSAGE_BYTES = 14_000_000
"""The longest words there are: the largest picture that the pad takes, 10 MB, as text."""

SESSION_BYTES, ALL_BYTES = 15_000_000, 50_000_000
"""What is held of a session, and of all, as it was sent."""

WAITING_BYTES = 60_000_000
"""What waits at most: it is in memory, too."""

LONG_BYTES = 200_000
"""What pages say without a picture is far shorter. A longer session is let go with its talk."""

VALUE_BYTES = 20_000
"""Values from here on are counted one by one, as Streamlit keeps each until its part is gone."""

PATIENCE_S, LOOK_S = 10.0, 0.05
TOO_BIG, TRY_AGAIN = 1009, 1013
"""How a conversation ends, by the numbers of RFC 6455."""

TOO_LONG = f"At most {MESSAGE_BYTES / 1e6:.0f} MB are taken at once."
TOO_MUCH = f"At most {SESSION_BYTES / 1e6:.0f} MB are held of a page. Reload it."
NOT_YET = "So much is taken once the page is there."
NOT_NOW = "Many bring something just now. Try again in a minute."
MAKES_ROOM = "Other pages needed the room. Reload this one."
OF_NOW = "json_trigger_value"
"""The kind of value that Streamlit forgets with the words that brought it: a picture comes so."""


class Held:
    """What all conversations hold."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        let_go: Callable[[str], None] | None = None,
    ) -> None:
        self.clock, self.sleep = clock, sleep
        self.let_go = let_go or _let_go
        self._waiting = 0
        self._goodbyes: set[asyncio.Task[Message]] = set()
        self._long: dict[Words, None] = {}

    async def room_for(self, words: Words, size: int) -> bool:
        """Waits until so much fits; where it does not, has others make room. Whether it fits now:
        it may be that too much waits already.
        """
        if words.is_at_work or self._lacks(words, size):
            if self._waiting + size > WAITING_BYTES:
                return False
            self._waiting += size
            try:
                await self._wait(words, size)
            finally:
                self._waiting -= size
        for other in [one for one in self._long if one is not words]:
            if not self._lacks(words, size):
                break
            self.leaves(other)
            self._dismiss(other)
        return True

    def holds(self, words: Words) -> None:
        """Notes that a conversation has just said something."""
        self._long.pop(words, None)
        if words.size > LONG_BYTES:
            self._long[words] = None  # the last to go

    def leaves(self, words: Words) -> None:
        """A conversation is over; a long one takes its session along."""
        if words in self._long:
            del self._long[words]
            self.let_go(words.session)

    async def _wait(self, words: Words, size: int) -> None:
        until = self.clock() + PATIENCE_S
        while (words.is_at_work or self._lacks(words, size)) and self.clock() < until:
            await self.sleep(LOOK_S)

    def _dismiss(self, words: Words) -> None:
        """Ends a conversation, whose browser may take its time to hear of it."""
        task = asyncio.ensure_future(words.refuse(MAKES_ROOM))
        self._goodbyes.add(task)
        task.add_done_callback(self._goodbyes.discard)

    def _lacks(self, words: Words, size: int) -> bool:
        return sum(one.size for one in self._long if one is not words) + size > ALL_BYTES


class Words:
    """What is held of one conversation."""

    def __init__(self, held: Held, send: Send) -> None:
        self._held, self._send = held, send
        self.session = ""
        self.is_at_work = self.is_over = False
        self._last = 0
        self._values: dict[str, int] = {}

    @property
    def size(self) -> int:
        """How much it is, as it was sent."""
        return max(self._last, sum(self._values.values()))

    async def why_unread(self, size: int) -> str:
        """Why words of this size are not even read; nothing where they are, once there is room."""
        if size > MESSAGE_BYTES:
            return TOO_LONG
        if size <= LONG_BYTES:
            return ""
        if not self.session:
            return NOT_YET
        return "" if await self._held.room_for(self, max(size, self.size)) else NOT_NOW

    async def why_not(self, size: int, asked: ClientState | None) -> str:
        """Why words that were read are not taken; nothing where they are."""
        is_long = size > LONG_BYTES
        grown = self._values | ({} if asked is None else _values(asked))
        most = max(size, sum(grown.values()))
        if most > SESSION_BYTES:
            return TOO_MUCH
        if (is_long and asked is None) or (most > LONG_BYTES and not self.session):
            return NOT_YET
        has_grown = most > max(LONG_BYTES, self.size)
        if has_grown and not is_long and not await self._held.room_for(self, most):
            return NOT_NOW
        self.is_at_work |= is_long
        self._last, self._values = size, grown
        self._held.holds(self)
        return ""

    def hear(self, said: ForwardMsg) -> None:
        """What Streamlit answers: whose session this is, and that it is done."""
        if said.HasField("new_session"):
            self.session = said.new_session.initialize.session_id or self.session
        elif said.WhichOneof("type") == "script_finished":
            self.is_at_work = False

    async def refuse(self, why: str) -> Message:
        """Ends the conversation; returns what Streamlit is told."""
        code = TRY_AGAIN if why in (NOT_NOW, MAKES_ROOM) else TOO_BIG
        if not self.is_over:
            self.is_over = True
            await self._send({"type": "websocket.close", "code": code, "reason": why})
        return {"type": "websocket.disconnect", "code": code, "reason": why}


def _values(asked: ClientState) -> dict[str, int]:
    sizes = (
        (one.id, one.ByteSize())
        for one in asked.widget_states.widgets
        if one.WhichOneof("value") != OF_NOW
    )
    return {name: size for name, size in sizes if size > VALUE_BYTES}


def _let_go(session: str) -> None:
    """Has Streamlit forget a session, and the system have its memory back."""
    if session and runtime.exists():
        runtime.get_instance().close_session(session)
        gc.collect()  # a session holds itself
        give_back()
