"""Has what the server says leave at once.

Streamlit binds its socket itself and leaves out that it is one of TCP, by which asyncio knows where
nothing is to be held back. So the end of each short answer, and each short message but the first,
would wait for the browser's word that it has what came before: 40 ms.
"""

from __future__ import annotations

import socket

from uvicorn import Server

_startup = Server.startup


def speak_at_once() -> None:
    """Has every server of this process, and all that it accepts, hold nothing back."""
    Server.startup = _undelayed  # type: ignore[method-assign]


async def _undelayed(self: Server, sockets: list[socket.socket] | None = None) -> None:
    for one in sockets or []:
        if one.family in (socket.AF_INET, socket.AF_INET6):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await _startup(self, sockets=sockets)
