"""A visitor without a browser, who says to the running app what its front end would say."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE_S = 60
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `cookies` are those that a browser was told to keep, by name."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    text: str


def asked(
    url: str,
    path: str = "/",
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """One request, as it is written here and no other way; redirects are not followed."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE_S)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    given = {"Host": address.netloc} | (headers or {})
    if body is not None:
        given["Content-Length"] = str(len(body))
    for name, value in given.items():
        connection.putheader(name, value.encode("latin-1"))
    connection.endheaders(body)
    response = connection.getresponse()
    pairs = [(name.lower(), value) for name, value in response.getheaders()]
    kept = dict(
        value.partition(";")[0].split("=", 1) for name, value in pairs if name == "set-cookie"
    )
    text = "" if response.status == 101 else response.read().decode("utf-8", "replace")
    connection.close()
    every: dict[str, str] = {}
    for name, value in pairs:
        every[name] = f"{every[name]}, {value}" if name in every else value
    return Answer(response.status, every, kept, text)


@contextmanager
def open_page(url: str, page: str, query: str = "", cookie: str = "") -> Iterator[dict[str, Any]]:
    """The data of each component on a page, in a session that stays open meanwhile."""
    with talking(url, cookie=cookie) as talk:
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        components = (said.delta.new_element.bidi_component for said in answers(talk, message))
        yield {one.component_name: _data(one.json) for one in components if one.json}


def _data(sent: str) -> Any:
    """What a component of ours is told, which stands in a list of its own."""
    found = json.loads(sent)
    return found[0] if isinstance(found, list) else found


@contextmanager
def talking(url: str, session: str = "", cookie: str = "") -> Iterator[ClientConnection]:
    """A conversation, of a session that was there before where one is named."""
    with connect(
        url.replace("http", "ws", 1) + "/_stcore/stream",
        subprotocols=[
            Subprotocol(one) for one in ("streamlit", *(["x", session] if session else []))
        ],
        origin=Origin(url),
        additional_headers={"Cookie": cookie} if cookie else None,
        max_size=None,
    ) as talk:
        yield talk


def answers(talk: ClientConnection, message: BackMsg | bytes) -> list[ForwardMsg]:
    """All that is said to a message, until it is answered."""
    talk.send(message if isinstance(message, bytes) else message.SerializeToString())
    found = [ForwardMsg()]
    while found[-1].WhichOneof("type") != "script_finished":
        found.append(ForwardMsg.FromString(talk.recv(timeout=PATIENCE_S)))
    return found
