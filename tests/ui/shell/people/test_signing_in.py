"""Sign-in by OpenID Connect: with a real provider on loopback, and what a false one may say."""

from __future__ import annotations

import asyncio
import base64
import functools
import hmac
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from cnn.people import accounts, leaving, oidc
from cnn.people.oidc import Client, SignInError
from cnn.people.ways import Accounts, Provider, Way, is_protected
from cnn.people.ways import accounts as how
from cnn.settings import SettingError
from cnn.training.store.store import Store
from tests import needs
from tests.openid import CLIENT, SECRET, provider
from tests.visitor import Answer, asked
from ui.session import person
from ui.shell.people.who import People

pytestmark = needs.OPENID.mark()
HOST, OURS = "class.example", "https://class.example"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider to which two people are known."""
    anna = {"sub": "anna-1", "name": "Anna Lindqvist", "email": "anna@x.example"}
    with provider(anna, {"sub": "b"}) as url:
        yield url


class Server:
    """The gate of people before an app that says who it sees."""

    def __init__(self, store: Store, how: Accounts) -> None:
        self.store = store
        self.app = People(_seen, how, "'self'", lambda: store)

    def ask(self, path: str, cookies: dict[str, str] | None = None, method: str = "GET") -> Answer:
        """One request of a browser that has these cookies, which it is told more of."""
        cookies = {} if cookies is None else cookies
        raw, _, query = path.partition("?")
        kept = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"host": HOST, "accept": "text/html", "cookie": kept}
        scope: Scope = {
            "type": "http",
            "method": method,
            "scheme": "https",
            "server": (HOST, 443),
            "client": ("127.0.0.1", 1),
            "path": raw,
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        with ThreadPoolExecutor(1) as apart:  # browser tests have a loop in this very thread
            apart.submit(asyncio.run, self.app(scope, receive, send)).result()
        pairs = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        for name, value in pairs:
            if name == "set-cookie":
                cookie, _, rest = value.partition(";")
                assert "httponly" in rest.lower()
                assert "samesite=lax" in rest.lower()
                assert "secure" in rest.lower()
                assert "max-age" in rest.lower()
                key, _, held = cookie.partition("=")
                cookies[key] = held
                if "max-age=0" in rest.lower():
                    del cookies[key]
        text = b"".join(one.get("body", b"") for one in sent[1:]).decode()
        return Answer(sent[0]["status"], dict(pairs), dict(cookies), text)


async def _seen(scope: Scope, receive: Receive, send: Send) -> None:
    who = dict(scope["headers"]).get(person.HEADER.lower().encode(), b"")
    await PlainTextResponse(who.decode())(scope, receive, send)


@pytest.fixture
def server(tmp_path: Path, issuer: str) -> Iterator[Server]:
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield Server(store, Accounts(Way.OIDC, provider=Provider(issuer, CLIENT, SECRET)))
    store.close()


def authorised(address: str, sub: str = "anna-1") -> str:
    """Where the provider sends a browser back to whose person is `sub`."""
    there = urlsplit(address)
    form = urlencode({"sub": sub} if sub else {"action": "deny"}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    came = asked(
        f"{there.scheme}://{there.netloc}", f"{there.path}?{there.query}", "POST", kind, form
    )
    back = came.headers["location"]
    assert back.startswith(f"{OURS}/signed-in?")
    return back.removeprefix(OURS)


def signed_in(server: Server, cookies: dict[str, str], sub: str = "anna-1") -> Answer:
    sent = server.ask("/signin", cookies)
    assert sent.status == 303
    return server.ask(authorised(sent.headers["location"], sub), cookies)


def test_who_the_provider_knows_comes_in_as_a_learner_and_back_to_the_page_they_wanted(
    server: Server,
):
    cookies: dict[str, str] = {}
    turned = server.ask("/build?net=1.8x8x1.f-d2.end", cookies)
    assert turned.status == 401
    assert 'href="/signin"' in turned.text
    came = signed_in(server, cookies)
    assert came.status == 303
    assert came.headers["location"] == "/build?net=1.8x8x1.f-d2.end"
    assert not [name for name in cookies if name.startswith("cnn_signin")]

    (one,) = accounts.everybody(server.store)
    assert (one.person.name, one.person.role, one.person.class_name) == (
        *("Anna Lindqvist", "learner", ""),
    )
    assert server.ask("/", cookies).text == one.person.id
    kept = str(leaving.export(server.store, one.person.id))
    assert "anna-1" not in kept  # what the provider calls her, and where she gets mail
    assert "anna@" not in kept

    again: dict[str, str] = {}
    signed_in(server, again)
    assert server.ask("/", again).text == one.person.id
    signed_in(server, {}, "b")
    assert [one.person.name for one in accounts.everybody(server.store)] == [
        *("Anna Lindqvist", "Somebody"),
    ]


def test_the_provider_is_asked_with_pkce_a_state_and_a_nonce_new_each_time(server: Server):
    asked_for = []
    for _ in range(2):
        query = parse_qs(urlsplit(server.ask("/signin").headers["location"]).query)
        assert query["code_challenge_method"] == ["S256"]
        assert query["redirect_uri"] == [f"{OURS}/signed-in"]
        assert query["response_type"] == ["code"]
        assert SECRET not in str(query)
        asked_for.append([query[name][0] for name in ("state", "nonce", "code_challenge")])
    assert all(len(one) >= 43 for row in asked_for for one in row)
    assert not set(asked_for[0]) & set(asked_for[1])


def test_who_comes_back_in_another_browser_or_twice_is_not_let_in(server: Server):
    cookies: dict[str, str] = {}
    back = authorised(server.ask("/signin", cookies).headers["location"])
    for others in ({}, {next(iter(cookies)): "x" * 43}):
        refused = server.ask(back, others)
        assert refused.status == 403
        assert "another browser" in refused.text
    assert server.ask(back, cookies).status == 303
    assert server.ask(back, dict(cookies)).status == 403  # the cookie is gone
    assert len(accounts.everybody(server.store)) == 1


def test_a_code_is_taken_from_who_began_alone(server: Server):
    """The code of one browser with the state and cookie of another: PKCE and nonce tell."""
    first: dict[str, str] = {}
    stolen = parse_qs(urlsplit(authorised(server.ask("/signin", first).headers["location"])).query)
    second: dict[str, str] = {}
    back = urlsplit(authorised(server.ask("/signin", second).headers["location"], "b"))
    mixed = urlencode({"state": parse_qs(back.query)["state"][0], "code": stolen["code"][0]})
    assert server.ask(f"/signed-in?{mixed}", second).status == 403
    assert accounts.everybody(server.store) == []


def test_who_says_no_at_the_provider_stays_outside(server: Server):
    cookies: dict[str, str] = {}
    back = authorised(server.ask("/signin", cookies).headers["location"], "")
    refused = server.ask(back, cookies)
    assert refused.status == 403
    assert "did not sign you in: access_denied" in refused.text
    assert "<script>" not in server.ask("/signed-in?error=<script>", cookies).text


def test_who_is_turned_out_or_signs_out_is_out(server: Server):
    cookies: dict[str, str] = {}
    signed_in(server, cookies)
    (one,) = accounts.everybody(server.store)
    left = dict(cookies)
    assert server.ask("/leave", left, "POST").status == 200
    assert server.ask("/", left).status == 401
    assert server.ask("/", cookies).status == 401  # it was the same visit
    signed_in(server, cookies)
    accounts.revoke(server.store, one.person.id)
    refused = signed_in(server, {})
    assert refused.status == 403
    assert "turned out" in refused.text


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "/a b"]
)
def test_one_comes_back_to_this_server_alone(server: Server, wanted: str):
    cookies = {"cnn_wanted_443": wanted.replace("/", "%2F").replace(" ", "%20")}
    assert signed_in(server, cookies).headers["location"] == "/"


def test_a_provider_that_is_not_there_is_said_in_a_sentence(tmp_path: Path):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    nowhere = Provider("http://127.0.0.1:1", CLIENT, SECRET)
    server = Server(store, Accounts(Way.OIDC, provider=nowhere))
    answer = server.ask("/signin")
    store.close()
    assert answer.status == 403
    assert "gave no answer that can be read" in answer.text


NOW = int(time.time())
RIGHT = {
    "iss": "https://idp.example", "aud": CLIENT, "sub": "a", "exp": NOW + 36_000, "iat": NOW,
}  # fmt: skip


@functools.cache
def rsa(_which: str) -> Any:
    from joserfc import jwk

    return jwk.RSAKey.generate_key(2048, {"kid": "1"})


class Forger(Client):
    """A provider whose answers are written here."""

    def __init__(self, claims: dict[str, Any], by: str = "sig", **header: str) -> None:
        super().__init__(Provider("https://idp.example", CLIENT, SECRET))
        claims = {"nonce": self.made_of("k", "nonce")} | claims
        self.written = written(
            {"alg": "RS256", "kid": "1"} | header,
            {name: value for name, value in claims.items() if value is not None},
            rsa(by),
        )

    def _token(self, key: str, code: str, back: str) -> dict[str, Any]:
        return {"id_token": self.written, "access_token": "x"}

    def _kept_json(self, url: str, at_most_s: float) -> dict[str, Any]:
        if url.endswith("openid-configuration"):
            return {"issuer": "https://idp.example", "jwks_uri": "https://idp.example/keys"}
        return {"keys": [rsa("sig").as_dict(private=False)]}


def written(header: dict[str, str], claims: dict[str, Any], key: Any) -> str:
    """A token; by HS256 it is signed with the public key, as if that were a secret."""
    from joserfc import jwt

    if header["alg"] not in ("none", "HS256"):
        return jwt.encode(header, claims, key)
    encoded = [base64.urlsafe_b64encode(json.dumps(one).encode()) for one in (header, claims)]
    text = b".".join(one.rstrip(b"=") for one in encoded)
    signed = hmac.digest(key.as_pem(private=False), text, "sha256")
    end = b"" if header["alg"] == "none" else base64.urlsafe_b64encode(signed).rstrip(b"=")
    return (text + b"." + end).decode()


def came(client: Client) -> oidc.Claimed:
    return client.claimed("k", client.made_of("k", "state"), "code", "https://x/signed-in")


def test_what_is_right_is_believed():
    assert came(Forger(RIGHT | {"name": "Anna"})).name == "Anna"
    unseen = {"name": "\u200b\n", "preferred_username": 7, "nickname": "an"}
    assert came(Forger(RIGHT | unseen)).name == "an"
    assert came(Forger(RIGHT | {"name": ""})).name == "Somebody"


def test_a_provider_that_gives_no_answer_is_not_asked_by_all_who_come(monkeypatch):
    asked_for: list[str] = []

    def silent(url: str) -> dict[str, Any]:
        asked_for.append(url)
        return {}

    monkeypatch.setattr(oidc, "_json", silent)
    client = Client(Provider("https://idp.example", CLIENT, SECRET))
    for _ in range(20):
        with pytest.raises(SignInError, match="gave no answer that can be read"):
            client.address("k", "https://x/signed-in")
    assert len(asked_for) == 1


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        ({"iss": "https://other.example"}, {}),
        ({"iss": None}, {}),
        ({"aud": "somebody else"}, {}),
        ({"aud": ["x", CLIENT], "azp": "x"}, {}),
        ({"exp": NOW - 600}, {}),
        ({"exp": None}, {}),
        ({"nonce": "another"}, {}),
        ({"nonce": None}, {}),
        ({"sub": None}, {}),
        ({"sub": ""}, {}),
        ({"sub": 7}, {}),
        ({"iat": NOW + 6_000}, {}),
        ({}, {"by": "another"}),
        ({}, {"alg": "none"}),
        ({}, {"alg": "HS256"}),
        ({}, {"kid": "2"}),
    ],
)
def test_what_is_forged_or_for_others_is_not(claims: dict[str, Any], header: dict[str, str]):
    with pytest.raises(SignInError):
        came(Forger(RIGHT | claims, **header))


@functools.cache
def one() -> Forger:
    return Forger(RIGHT)


@given(some.text(max_size=200))
def test_whatever_comes_as_a_token_is_refused_in_a_sentence(text: str):
    one().written = text
    with pytest.raises(SignInError, match=r"^[A-Z].*\.$"):
        came(one())


def test_by_setting_a_provider_is_named_whole_and_its_secret_shown_nowhere(monkeypatch):
    names = ("CNN_OIDC_ISSUER", "CNN_OIDC_CLIENT", "CNN_OIDC_SECRET")
    monkeypatch.setenv("CNN_ACCOUNTS", "oidc")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingError, match=" and ".join(names)):
        how()
    for name, value in zip(names, ("https://idp.example", CLIENT, SECRET), strict=True):
        monkeypatch.setenv(name, value)
    assert how().provider == Provider("https://idp.example", CLIENT, SECRET)
    assert SECRET not in repr(how())
    monkeypatch.setenv("CNN_OIDC_ISSUER", "http://idp.example")
    with pytest.raises(SettingError, match="https://"):
        how()


def test_nothing_is_sent_in_the_open_but_to_this_machine():
    assert all(map(is_protected, ("https://a.example/x", "http://localhost:1", "http://[::1]/")))
    for url in ("http://a.example", "ftp://localhost", "https://", "", "//x", "http://[", "x"):
        assert not is_protected(url)


def test_without_authlib_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(oidc, "find_spec", lambda name: None)
    with pytest.raises(SignInError, match=r"needs Authlib: pip install authlib"):
        oidc.check_installed()
    assert re.fullmatch(r"[^\n]{1,100}", oidc.MISSING)
