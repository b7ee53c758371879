"""Plotly's script is packed for who is elsewhere, and comes as it is on this machine; and with a
network, a browser has what it draws the first picture from.
"""

import asyncio
import gzip
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request
from starlette.responses import Response

from ui.components import engine
from ui.components.plotly_script import SCRIPT_FILE
from ui.shell import server
from ui.shell.start import first


def answered(answer: Callable[[Request], Awaitable[Response]], **scope: object) -> Response:
    async def asked() -> Response:
        return await answer(Request({"type": "http", "headers": []} | scope))

    with ThreadPoolExecutor(1) as apart:  # a browser's tests leave a loop running in this one
        return apart.submit(lambda: asyncio.run(asked())).result()


def sent(client: str, **headers: str) -> Response:
    """What a browser at an address is sent, that reads what is packed."""
    told = {"host": "127.0.0.1:8501", "accept-encoding": "gzip, br"} | headers
    raw = [(name.replace("_", "-").encode(), one.encode()) for name, one in told.items()]
    return answered(server._plotly, client=(client, 50_000), headers=raw)


def test_here_it_comes_as_it_is_and_streamlit_does_not_pack_it():
    answer = sent("127.0.0.1")

    assert answer.body == SCRIPT_FILE.read_bytes()
    assert answer.headers["content-encoding"] == "identity"


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("192.0.2.7", {}),
        ("127.0.0.1", {"x_forwarded_for": "192.0.2.7"}),
        ("127.0.0.1", {"host": "class.example"}),
    ],
)
def test_who_may_be_elsewhere_gets_it_packed(client: str, headers: dict[str, str]):
    answer = sent(client, **headers)

    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(answer.body)) == SCRIPT_FILE.read_bytes()


def test_with_its_network_the_first_picture_can_be_drawn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first, "_drawn", threading.Event())
    digest = engine.offer(b"a network").rpartition("/")[2]

    answer = answered(server._network, path_params={"digest": digest})

    assert answer.body == b"a network"
    assert first._drawn.is_set()
