"""What the gate decides, by where a request arrives and what is set; the real server is asked in
`tests/hostile/test_gate.py`.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from starlette.types import Message, Receive, Scope, Send

from cnn.entry import Asked, Entry
from tests.ui.shell.test_late import to_its_end
from ui.session import person
from ui.shell import announce
from ui.shell.gate import Gate
from ui.shell.origin import is_loopback, shown_port

TOKEN, OPERATOR = "t" * 43, "o" * 43
FRAMED = "'self' https://moodle.example"


@pytest.fixture
def option() -> Iterator[Any]:
    """Sets an option of Streamlit, for this test alone."""
    before: dict[str, Any] = {}

    def change(name: str, value: Any) -> None:
        before.setdefault(name, st.get_option(name))
        st.config.set_option(name, value)

    yield change
    for name, value in before.items():
        st.config.set_option(name, value)


def answered(
    path: str = "/",
    query: str = "",
    *,
    asked: Asked = Asked.OF_OTHERS,
    frames: str = "'self'",
    server: str = "127.0.0.1",
    scheme: str = "http",
    **headers: str,
) -> tuple[int, dict[str, str]]:
    """The status and headers of what comes back; 200 is the app's own answer."""
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the app"})

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        sent.append(message)

    given = {"host": "127.0.0.1:8501", "accept": "text/html"} | headers
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "scheme": scheme,
        "server": (server, 8501),
        "client": ("127.0.0.1", 50_000),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    gate = Gate(app, Entry(asked, TOKEN, operator=OPERATOR), frames, lambda: None)
    to_its_end(gate(scope, receive, send))
    start = next(one for one in sent if one["type"] == "http.response.start")
    return start["status"], {
        name.decode().lower(): value.decode() for name, value in start["headers"]
    }


@pytest.mark.parametrize(
    ("bound", "reached", "asked", "status"),
    [
        ("127.0.0.1", "127.0.0.1", Asked.OF_OTHERS, 200),
        ("localhost", "::1", Asked.OF_OTHERS, 200),
        ("0.0.0.0", "127.0.0.1", Asked.OF_OTHERS, 401),
        (None, "127.0.0.1", Asked.OF_OTHERS, 401),
        ("::", "::1", Asked.OF_OTHERS, 401),
        ("192.168.1.5", "192.168.1.5", Asked.OF_OTHERS, 401),
        ("127.0.0.1", "192.168.1.5", Asked.OF_OTHERS, 401),  # `uvicorn app:app --host 0.0.0.0`
        ("0.0.0.0", "192.168.1.5", Asked.NEVER, 200),
        ("127.0.0.1", "127.0.0.1", Asked.ALWAYS, 401),
    ],
)
def test_the_token_is_asked_for_where_others_come(
    bound: str | None, reached: str, asked: Asked, status: int, option: Any
):
    option("server.address", bound)
    assert answered(server=reached, asked=asked)[0] == status


def test_the_deep_link_waits_for_the_token():
    status, turned_away = answered("/build", "net=1.x&y=2", asked=Asked.ALWAYS)
    assert status == 401
    kept = turned_away["set-cookie"].partition(";")[0]
    assert kept.startswith("cnn_wanted_8501=")
    status, let_in = answered("/", f"token={TOKEN}", asked=Asked.ALWAYS, cookie=kept)
    assert (status, let_in["location"]) == (303, "/build?net=1.x&y=2")


def test_an_address_that_names_a_page_is_followed_and_not_the_one_that_waited():
    kept = "cnn_wanted_8501=%2Fbuild"
    _, let_in = answered("/learn", f"a=1&token={TOKEN}&b=2", asked=Asked.ALWAYS, cookie=kept)
    assert let_in["location"] == "/learn?a=1&b=2"


@pytest.mark.parametrize("name", ["token", "%74oken", "to%6ben", "%74%6F%6B%65%6E"])
def test_the_token_goes_however_its_name_is_written(name: str):
    query = f"net=1.x&token&{name}&{name}={TOKEN}&tok%2665n=1&tokens=2"
    status, let_in = answered("/build", query, asked=Asked.ALWAYS)
    assert (status, let_in["location"]) == (303, "/build?net=1.x&tok%2665n=1&tokens=2")

    cookie = let_in["set-cookie"].partition(";")[0]
    _, freed = answered("/build", f"{name}=x", asked=Asked.ALWAYS, cookie=cookie)
    assert freed["location"] == "/build", "else it would lead to itself for ever"


@pytest.mark.parametrize("path", ["/ready", "/metrics", "/_stcore/metrics", "/ready/"])
def test_what_operators_ask_no_foreign_page_asks(path: str):
    own = "http://127.0.0.1:8501"
    for asked in Asked:
        for headers, status in (
            ({}, 200),
            ({"sec-fetch-site": "none"}, 200),  # typed in
            ({"sec-fetch-site": "same-origin", "origin": own}, 200),
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"sec-fetch-site": "same-site"}, 403),  # another port of this machine
            ({"origin": "http://evil.example"}, 403),
            ({"origin": "null"}, 403),
            ({"sec-fetch-site": "cross-site", "authorization": f"Bearer {TOKEN}"}, 403),
        ):
            assert answered(path, asked=asked, **headers)[0] == status


def test_operators_show_a_token_of_their_own_that_opens_no_page():
    from_elsewhere = {"x-forwarded-for": "203.0.113.7"}
    for asked in Asked:
        for shown, status in ((OPERATOR, 200), (TOKEN, 403 if asked is Asked.NEVER else 200)):
            headers = from_elsewhere | {"authorization": f"Bearer {shown}"}
            assert answered("/ready", asked=asked, **headers)[0] == status
    for query, headers in (
        (f"token={OPERATOR}", {}),
        ("", {"authorization": f"Bearer {OPERATOR}"}),
    ):
        assert answered("/", query, asked=Asked.ALWAYS, **headers)[0] == 401


def test_the_way_in_keeps_to_the_folder_that_the_app_is_served_under(option: Any):
    option("server.baseUrlPath", "lab/cnn")
    status, turned_away = answered("/lab/cnn/build", asked=Asked.ALWAYS)
    assert (status, "Path=/lab/cnn" in turned_away["set-cookie"]) == (401, True)
    kept = turned_away["set-cookie"].partition(";")[0]
    _, let_in = answered("/lab/cnn/", f"token={TOKEN}", asked=Asked.ALWAYS, cookie=kept)
    assert let_in["location"] == "/lab/cnn/build"
    assert answered("/lab/cnn/_stcore/health", asked=Asked.ALWAYS)[0] == 200
    assert answered("/_stcore/health", asked=Asked.ALWAYS)[0] == 401


@pytest.mark.parametrize(
    ("scheme", "frames", "rules"),
    [
        ("http", "'self'", {"httponly", "samesite=lax"}),
        ("https", "'self'", {"httponly", "samesite=lax", "secure"}),
        ("https", FRAMED, {"httponly", "samesite=none", "secure"}),
        ("http", FRAMED, {"httponly", "samesite=lax"}),  # None without Secure is thrown away
    ],
)
def test_the_cookie_is_kept_from_scripts_and_from_other_sites(
    scheme: str, frames: str, rules: set[str]
):
    _, let_in = answered("/", f"token={TOKEN}", asked=Asked.ALWAYS, scheme=scheme, frames=frames)
    name, *said = let_in["set-cookie"].lower().split("; ")
    assert set(said) == rules | {"path=/"}
    assert name.startswith("cnn_entry_8501=")
    assert TOKEN not in name


def test_who_has_come_in_before_is_freed_of_an_old_token():
    _, let_in = answered("/", f"token={TOKEN}", asked=Asked.ALWAYS)
    cookie = let_in["set-cookie"].partition(";")[0]
    assert answered("/build", asked=Asked.ALWAYS, cookie=cookie)[0] == 200
    status, headers = answered("/build", "token=of-yesterday", asked=Asked.ALWAYS, cookie=cookie)
    assert (status, headers["location"]) == (303, "/build")


@pytest.mark.parametrize(
    ("scheme", "frames", "rules"),
    [
        ("http", "'self'", {"httponly", "samesite=lax"}),
        ("https", "'self'", {"httponly", "samesite=lax", "secure"}),
        ("https", FRAMED, {"httponly", "samesite=none", "secure"}),
    ],
)
def test_with_a_page_a_browser_gets_a_key_that_scripts_and_other_sites_do_not(
    scheme: str, frames: str, rules: set[str]
):
    keys = set()
    for _ in range(2):
        _, page = answered("/learn", scheme=scheme, frames=frames)
        kept, *said = page["set-cookie"].split("; ")
        assert {one.lower() for one in said} == rules | {"path=/", f"max-age={person.LASTS_S}"}
        keys.add(person.key_in(kept))
    assert len(keys - {""}) == 2


def test_a_key_stays_and_what_cannot_be_one_is_replaced():
    kept = f"cnn_person={'k' * 43}"
    assert answered(cookie=kept)[1]["set-cookie"].startswith(f"{kept};")
    for odd in ("", "k" * 42, "k" * 44, "local", "é" * 43, "<script>", "k" * 9_000):
        new = answered(cookie=f"cnn_person={odd}")[1]["set-cookie"].partition(";")[0]
        assert person.key_in(new)
        assert new != f"cnn_person={odd}"


def test_a_key_keeps_to_the_folder_that_the_app_is_served_under(option: Any):
    option("server.baseUrlPath", "lab/cnn")
    assert "Path=/lab/cnn;" in answered("/lab/cnn/learn")[1]["set-cookie"]


def test_nobody_gets_a_key_who_gets_no_page():
    for path, headers, asked in (
        ("/", {"accept": "image/png"}, Asked.OF_OTHERS),
        ("/", {"accept": "*/*"}, Asked.OF_OTHERS),
        ("/", {"host": "evil.example"}, Asked.OF_OTHERS),
        ("/ready", {"sec-fetch-site": "cross-site"}, Asked.OF_OTHERS),
        ("/", {}, Asked.ALWAYS),
    ):
        status, answer = answered(path, asked=asked, **headers)
        assert "cnn_person" not in answer.get("set-cookie", ""), status


def test_every_answer_says_who_may_frame_it():
    for asked in Asked:
        _, headers = answered(frames=FRAMED, asked=asked)
        assert f"frame-ancestors {FRAMED}" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("address", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("::ffff:10.0.0.1", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("class.example", False),
        ("", False),
        (None, False),
    ],
)
def test_which_addresses_are_this_machines_alone(address: str | None, is_here: bool):
    assert is_loopback(address) is is_here


@pytest.mark.parametrize(
    ("host", "is_secure", "port"),
    [
        ("a:81", False, 81),
        ("a", False, 80),
        ("a", True, 443),
        ("[::1]:9", True, 9),
        ("a:x", False, 80),
    ],
)
def test_the_port_in_the_address_bar(host: str, is_secure: bool, port: int):
    assert shown_port(host, is_secure=is_secure) == port


@pytest.mark.parametrize(
    ("bound", "names", "hosts"),
    [
        ("127.0.0.1", ["127.0.0.1", "localhost"], ["127.0.0.1"]),
        ("0.0.0.0", ["127.0.0.1", "localhost"], ["localhost"]),
        ("0.0.0.0", ["127.0.0.1", "class.example"], ["127.0.0.1", "class.example"]),
        ("::", ["class.example"], ["class.example"]),
        ("::1", ["localhost"], ["[::1]"]),
    ],
)
def test_the_addresses_that_are_printed_are_those_that_work(
    bound: str, names: list[str], hosts: list[str], option: Any
):
    option("server.address", bound)
    option("server.allowedHosts", names)
    option("server.port", 8502)
    assert announce.urls() == [f"http://{host}:8502" for host in hosts]
