"""The corpus of requests: what a stranger, a foreign page or a lying address sends to the server.

`PORT` stands for the server's own port. Nobody here has the token, but where it is said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.hostile.files import HTML
from tests.visitor import UPGRADE


@dataclass(frozen=True, slots=True)
class Sent:
    """One request."""

    path: str = "/"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


def _cookie(value: str, port: str = "PORT") -> dict[str, str]:
    return {"Cookie": f"cnn_entry_{port}={value}"}


def _stream(**headers: str) -> Sent:
    return Sent("/_stcore/stream", headers=UPGRADE | headers)


JSON = {"Content-Type": "application/json"}
FILE = "/_stcore/upload_file/session/file"

STRANGERS: dict[str, Sent] = {
    "a page": Sent(),
    "a deep link": Sent("/build?net=1.28x28x1.f-d2.end"),
    "a wrong token": Sent("/?token=" + "a" * 43),
    "an empty token": Sent("/?token="),
    "an endless token": Sent("/?token=" + "a" * 30_000),
    "a token of other letters": Sent("/?token=%F0%9F%98%80%00%ff"),
    "an operator's token where there is none": Sent(headers={"Authorization": "Bearer"}),
    "a wrong token by another spelling": Sent("/?%74oken=x"),
    "many tokens": Sent("/?" + "token=a&" * 500),
    "a token in a HEAD": Sent("/?token=a", "HEAD"),
    "a token in a POST": Sent("/?token=a", "POST", body=b"token=a"),
    "a cookie made up": Sent(headers=_cookie("0" * 64)),
    "a cookie with nothing in it": Sent(headers=_cookie("")),
    "a cookie of other letters": Sent(headers=_cookie("\xe9\xff")),
    "a cookie of another port": Sent(headers=_cookie("0" * 64, "80")),
    "a wrong bearer": Sent(headers={"Authorization": "Bearer " + "a" * 43}),
    "a bearer of nothing": Sent(headers={"Authorization": "Bearer "}),
    "a password": Sent(headers={"Authorization": "Basic YWRtaW46YWRtaW4="}),
    "a person that says so": Sent(headers={"X-Forwarded-User": "teacher", "X-Remote-User": "root"}),
    "this machine, it says": Sent(headers={"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "::1"}),
    "a conversation": _stream(),
    "a conversation with a cookie made up": _stream(**_cookie("1" * 64)),
    "the front end's script": Sent("/static/js/index.js"),
    "the host's configuration": Sent("/_stcore/host-config"),
    "a file of ours": Sent("/js/000000000000/editor/editor.js"),
    "Plotly": Sent("/vendor/plotly-6.0.0.min.js"),
    "media": Sent("/media/0123456789.png"),
    "a component": Sent("/component/x/index.html"),
    "a component of the second kind": Sent("/_stcore/bidi-components/x/index.js"),
    "a network": Sent("/networks/" + "0" * 32),
    "a file that is saved": Sent("/saved/" + "0" * 64),
    "an upload": Sent(FILE, "PUT", body=b"x"),
    "a file taken away": Sent(FILE, "DELETE"),
    "the agent's description": Sent("/_stcore/agent/openapi.json"),
    "the agent": Sent("/_stcore/agent/interact", "POST", JSON, b"{}"),
    "a sign-in": Sent("/auth/login"),
    "a sign-in that comes back": Sent("/oauth2callback?state=a&code=b"),
    "a question about a network": Sent("/checks", "POST", JSON, b"{}"),
    "health with more behind it": Sent("/_stcore/health/../../build"),
    "health with two slashes": Sent("//_stcore/health"),
    "health in capitals": Sent("/_STCORE/HEALTH"),
    "health to be changed": Sent("/_stcore/health", "POST", body=b""),
    "a method of its own": Sent("/", "PROPFIND"),
    "html in the path": Sent("/%3Cscript%3Ealert(1)%3C/script%3E"),
    "an endless path": Sent("/" + "a" * 30_000),
}
"""All of it is answered by 401 (403 for a conversation) and one sentence."""

HOSTS: dict[str, str] = {
    "another name": "rebound.example",
    "another name, our port": "rebound.example:PORT",
    "our name as a part": "127.0.0.1.rebound.example:PORT",
    "our name as a user": "127.0.0.1:PORT@rebound.example",
    "our name with a path": "127.0.0.1:PORT/x",
    "a port of letters": "127.0.0.1:abc",
    "nothing": "",
    "a bracket": "[",
    "the address as a number": "2130706433:PORT",
    "html": HTML,
}
"""Names in the address that are none of this server's: 403 for pages and conversations alike."""

ORIGINS: dict[str, str] = {
    "another site": "http://evil.example",
    "a sandbox": "null",
    "another port of this machine": "http://localhost:3000",
    "another port by our name": "http://127.0.0.1:1",
    "our name as a part": "http://127.0.0.1:PORT.evil.example",
    "our name as a user": "http://127.0.0.1:PORT@evil.example",
    "a file": "file://",
    "a bracket": "http://[",
    "html": HTML,
}
"""Pages that are none of this server's. They have the token's cookie, as a browser may send it."""

OF_OPERATORS: dict[str, Sent] = {
    f"{name}, {path}": Sent(path, method, headers)
    for path in ("/ready", "/metrics", "/_stcore/metrics")
    for name, method, headers in (
        ("another site", "GET", {"Origin": "http://evil.example"}),
        ("a picture of another site", "GET", {"Sec-Fetch-Site": "cross-site"}),
        ("another port of this machine", "GET", {"Sec-Fetch-Site": "same-site"}),
        ("a sandbox, its head", "HEAD", {"Origin": "null"}),
        ("a proxy", "GET", {"Via": "1.1 proxy"}),
        ("a tunnel", "GET", {"CF-Connecting-IP": "203.0.113.7"}),
        ("another name before", "GET", {"X-Forwarded-Host": "class.example"}),
    )
}
"""What is asked of the machine's state by others than itself: 403, and nothing is looked at."""

LINKS: dict[str, Sent] = {
    "a token by another spelling": Sent("/?%74oken=TOKEN"),
    "a token in many spellings": Sent("/learn?to%6ben=x&token&token=y&%74oken=TOKEN"),
    "two slashes": Sent("//evil.example/?token=TOKEN"),
    "a backslash": Sent("/\\evil.example/?token=TOKEN"),
    "three slashes": Sent("///evil.example/?token=TOKEN"),
    "a line of its own": Sent("/%0d%0aSet-Cookie:%20a=b?token=TOKEN"),
    "a link kept by somebody else": Sent(
        "/?token=TOKEN", headers={"Cookie": "cnn_wanted_PORT=%2F%2Fevil.example%2F"}
    ),
    "an address kept by somebody else": Sent(
        "/?token=TOKEN", headers={"Cookie": "cnn_wanted_PORT=https%3A%2F%2Fevil.example"}
    ),
    "a backslash kept by somebody else": Sent(
        "/?token=TOKEN", headers={"Cookie": "cnn_wanted_PORT=%2F%5Cevil.example"}
    ),
    "a line kept by somebody else": Sent(
        "/?token=TOKEN", headers={"Cookie": "cnn_wanted_PORT=%2Fa%0d%0aSet-Cookie:%20a=b"}
    ),
}
"""Whoever has the token is sent on within this server, whatever the link says."""

NET = "1.8x8x1.f-d2.end"
OURS = {"Origin": "http://127.0.0.1:PORT"}


def _question(ticket: str = "TICKET", net: object = NET, **headers: str) -> Sent:
    asked = json.dumps({"net": net, "ticket": ticket}).encode()
    return Sent("/checks", "POST", JSON | OURS | headers, asked)


def _stack(ticket: str = "TICKET", layers: object = (), **headers: str) -> Sent:
    asked = json.dumps({"rev": 0, "edit": 1, "layers": layers, "ticket": ticket}).encode()
    return Sent("/notes", "POST", JSON | OURS | headers, asked)


QUESTIONS: dict[str, tuple[Sent, int]] = {
    "an address": (Sent(f"/checks?net={NET}&ticket=TICKET"), 405),
    "an address of a foreign page": (
        Sent(f"/checks?net={NET}", headers={"Origin": "http://evil.example"}),
        405,
    ),
    "a PUT": (Sent("/checks", "PUT", JSON | OURS, b"{}"), 405),
    "a form": (
        Sent(
            "/checks",
            "POST",
            OURS | {"Content-Type": "application/x-www-form-urlencoded"},
            f"net={NET}&ticket=TICKET".encode(),
        ),
        415,
    ),
    "a form of plain text": (_question(**{"Content-Type": "text/plain"}), 415),
    "a foreign page": (_question(Origin="http://evil.example"), 403),
    "another port of this machine": (_question(Origin="http://localhost:3000"), 403),
    "no page at all": (_question(Origin=""), 403),
    "another name": (
        _question(Host="rebound.example:PORT", Origin="http://rebound.example:PORT"),
        403,
    ),
    "no ticket": (_question(""), 403),
    "a ticket made up": (_question("a13ed703-8a2e-4e62-bd8d-c9f212a05705." + "0" * 64), 403),
    "a ticket for another session": (_question("xTICKET"), 403),
    "a ticket of other letters": (_question("\ud800\x00é"), 403),
    "a ticket whose session is half a letter": (_question("\ud800.x"), 403),
    "too much": (_question(net="1." + "a" * 70_000), 413),
    "no JSON": (Sent("/checks", "POST", JSON | OURS, b"net=1"), 400),
    "a list": (Sent("/checks", "POST", JSON | OURS, b"[]"), 400),
    "a deep list": (Sent("/checks", "POST", JSON | OURS, b"[" * 30_000 + b"]" * 30_000), 400),
    "no text": (Sent("/checks", "POST", JSON | OURS, b"\xff\xfe"), 400),
    "a stack for another session": (_stack("xTICKET"), 403),
    "a stack of a foreign page": (_stack(Origin="http://evil.example"), 403),
    "a stack in an address": (Sent("/notes?layers=[]&ticket=TICKET"), 405),
    "no stack": (_stack(layers=HTML), 400),
    "a stack of no input": (_stack(layers=[]), 400),
    "no network": (_question(net=HTML), 200),
    "a network that is none": (_question(net=["1"]), 200),
    "half a letter": (_question(net="1.\ud800"), 200),
}
"""What is asked of a network, in an open session whose ticket is TICKET; none is written down."""
