"""What is sent leaves at once: the system itself is asked whether it holds anything back."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server import _bind_socket
from uvicorn.protocols.http.h11_impl import H11Protocol

from ui.shell.start import at_once

Startup = Callable[[uvicorn.Server, list[socket.socket]], Awaitable[None]]


def is_undelayed(startup: Startup, address: str) -> bool:
    """Whether a server on a socket of Streamlit's sends at once to who comes."""
    accepted: list[bool] = []

    class Noting(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            its = transport.get_extra_info("socket")
            accepted.append(bool(its.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
            super().connection_made(transport)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        """Nothing is asked."""

    async def visited() -> None:
        config = uvicorn.Config(app, http=Noting, lifespan="off", log_config=None)
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        with _bind_socket(address, 0, 5) as bound:
            await startup(server, [bound])
            _, leaving = await asyncio.open_connection(address, bound.getsockname()[1])
            while not accepted:
                await asyncio.sleep(0.01)
            leaving.close()
            await server.shutdown([bound])

    with ThreadPoolExecutor(1) as apart:  # a browser's tests leave a loop running in this one
        apart.submit(lambda: asyncio.run(visited())).result()
    return accepted[0]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_server_of_ours_holds_nothing_back(address: str):
    if ":" in address and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6; CI's has")
    assert is_undelayed(at_once._undelayed, address)


def test_streamlits_socket_does_not_say_so_by_itself():
    """Once it does, `at_once.py` has done its work, and can go."""
    assert not is_undelayed(at_once._startup, "127.0.0.1")


def test_every_server_of_the_process_is_started_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uvicorn.Server, "startup", at_once._startup)

    at_once.speak_at_once()

    assert uvicorn.Server.startup is at_once._undelayed
