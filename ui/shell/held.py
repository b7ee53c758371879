"""How much of what browsers say Streamlit holds, bounded for each session and for all.

It keeps the last words of a session and the value of each part of its page, for two minutes and
more after the browser left. In memory they take about twice what they unfold to, which is known
before they are read (`ui/shell/unfolded.py`). So who says too much is turned away; what is long
waits, unread, until it fits beside what all others hold, and where it does not fit for ten seconds,
the session that was long least lately has to go.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

from starlette.types import Message, Send
from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from cnn.memory import give_back
from ui.shell.unfolded import MESSAGE_BYTES, MOST_PARTS, Unfolded

PLAIN_BYTES = 2_000_000
"""What is sent without a picture: a stack of 5,000 layers on Build, and as much again."""

SESSION_BYTES, ALL_BYTES = 15_000_000, 50_000_000
"""What is held of a session, and of all, as it unfolds."""

WAITING_BYTES = 60_000_000
"""What waits at most: it is in memory, too."""

LONG_BYTES = 1_000_000
"""What pages say without a picture or a thousand layers is less, and no more than any session takes
by itself. A longer session is let go with its talk.
"""

PATIENCE_S, LOOK_S = 10.0, 0.05
TOO_BIG, TRY_AGAIN = 1009, 1013
"""How a conversation ends, by the numbers of RFC 6455."""

TOO_LONG = f"At most {MESSAGE_BYTES / 1e6:.0f} MB are taken at once."
TOO_PLAIN = f"At most {PLAIN_BYTES / 1e6:.0f} MB are taken at once without a picture."
TOO_MANY = "So many values, or so much in one, are not taken at once."
TOO_MUCH = f"At most {SESSION_BYTES / 1e6:.0f} MB are held of a page. Reload it."
NOT_YET = "So much is taken once the page is there."
NOT_NOW = "Many bring something just now. Try again in a minute."
MAKES_ROOM = "Other pages needed the room. Reload this one."


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
        self._values: dict[bytes, int] = {}

    @property
    def size(self) -> int:
        """How much it is, as it unfolds."""
        return max(self._last, sum(self._values.values()))

    async def why_unread(self, said: Unfolded) -> str:
        """Why words are not even read; nothing where they are, once there is room."""
        if said.sent > MESSAGE_BYTES:
            return TOO_LONG
        if said.parts > MOST_PARTS or said.size > MESSAGE_BYTES:
            return TOO_MANY
        if said.plain > PLAIN_BYTES:
            return TOO_PLAIN
        if said.size <= LONG_BYTES:
            return ""
        if not self.session:
            return NOT_YET
        return "" if await self._held.room_for(self, max(said.size, self.size)) else NOT_NOW

    async def why_not(self, said: Unfolded, asked: ClientState | None) -> str:
        """Why words that were read are not taken; nothing where they are."""
        is_long = said.size > LONG_BYTES
        grown = self._values | said.values
        most = max(said.size, sum(grown.values()))
        if most > SESSION_BYTES:
            return TOO_MUCH
        if (is_long and asked is None) or (most > LONG_BYTES and not self.session):
            return NOT_YET
        has_grown = most > max(LONG_BYTES, self.size)
        if has_grown and not is_long and not await self._held.room_for(self, most):
            return NOT_NOW
        self.is_at_work |= is_long
        self._last, self._values = said.size, grown
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


def _let_go(session: str) -> None:
    """Has Streamlit forget a session, and the system have its memory back."""
    if session and runtime.exists():
        runtime.get_instance().close_session(session)
        gc.collect()  # a session holds itself
        give_back()
