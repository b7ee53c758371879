"""Files that pages offer: to whom they are sent, in what form, and how many at a time."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import IO, Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from cnn.training.store.store import StoreError
from tests.ui.awaiting import awaited
from ui.session import offers
from ui.session.offers import Gone, Offer, offer, offered
from ui.shell import sending
from ui.shell.sending import Sending

CONTENT = bytes(range(256)) * 40
OPEN = {"one", "two", "three"}
AB = (b"a", b"b")
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture(autouse=True)
def _sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "_offers", type(offers._offers)())
    for module in (offers, sending):
        monkeypatch.setattr(module, "is_open", lambda session: session in OPEN)
    monkeypatch.setattr(sending, "SLICE_BYTES", 1_000)


def offering(make: offers.Make, name: str = "a.bin", session: str = "one") -> str:
    """The path of a file that is offered to a session."""
    mark = f"{session}-{name}"
    offers._offers[mark] = Offer(session, name, make)
    return f"/saved/{mark}"


def whole(into: IO[bytes]) -> None:
    into.write(CONTENT)


def letters(letter: bytes, into: IO[bytes]) -> None:
    into.write(letter * 5_000)


class Browser:
    """Asks for a file and takes it piece by piece; goes away when it is told to."""

    def __init__(self, path: str, method: str = "GET", headers: dict[str, str] = OURS) -> None:
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), one.encode()) for name, one in headers.items()],
        }
        self.pieces: list[bytes] = []
        self.status, self.headers = 0, dict[str, str]()
        self.took = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.leaves = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): one.decode() for name, one in message["headers"]}
            return
        self.pieces.append(message.get("body", b""))
        self.took.set()
        await self.goes_on.wait()

    @property
    def content(self) -> bytes:
        return b"".join(self.pieces)


def app() -> Starlette:
    return Starlette(routes=[Route("/saved/{offer}", Sending())])


def answer(path: str, method: str = "GET", headers: dict[str, str] = OURS) -> Browser:
    """What one request is answered."""
    browser = Browser(path, method, headers)
    awaited(app()(browser.scope, browser.receive, browser.send))
    return browser


def test_a_file_comes_whole_in_slices_with_its_name_and_length():
    found = answer(offering(whole, "lenet-5-0a1b2c.keras"))

    assert (found.status, found.content) == (200, CONTENT)
    assert max(map(len, found.pieces)) == 1_000
    assert found.headers["content-length"] == str(len(CONTENT))
    assert found.headers["content-disposition"] == 'attachment; filename="lenet-5-0a1b2c.keras"'
    assert found.headers["cache-control"] == "no-store"


def test_a_name_of_other_letters_is_told_as_browsers_read_it():
    named = answer(offering(whole, 'größe "1".npz')).headers["content-disposition"]

    assert named == "attachment; filename*=utf-8''gr%C3%B6%C3%9Fe%20%221%22.npz"


def test_nothing_is_made_before_somebody_asks_and_it_is_made_anew_for_each():
    made: list[int] = []

    def make(into: IO[bytes]) -> None:
        made.append(1)
        into.write(b"%d" % len(made))

    path = offering(make)
    assert not made
    assert [answer(path).content, answer(path).content] == [b"1", b"2"]


@pytest.mark.parametrize(
    ("session", "method", "headers", "status", "words"),
    [
        ("closed", "GET", OURS, 403, "session is over"),
        ("one", "GET", {"sec-fetch-site": "cross-site"}, 403, "Only the pages of this server"),
        ("one", "GET", {"sec-fetch-site": "same-site"}, 403, "Only the pages of this server"),
        ("one", "POST", OURS, 405, "by a GET"),
        ("one", "HEAD", OURS, 405, "by a GET"),
    ],
)
def test_who_may_not_have_it_is_told_so_and_it_is_not_made(
    session: str, method: str, headers: dict[str, str], status: int, words: str
):
    made: list[object] = []

    found = answer(offering(made.append, session=session), method, headers)

    assert found.status == status
    assert words in found.content.decode()
    assert not made


@pytest.mark.parametrize("path", ["/saved/none", "/saved/" + "0" * 64, "/saved/%00"])
def test_what_nobody_offers_is_not_found(path: str):
    offering(whole)

    found = answer(path)

    assert found.status == 404
    assert "No such file is offered" in found.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Gone("This run does not keep that file any more."), 404, "any more"),
        (StoreError("the run store is locked."), 503, "the run store is locked"),
        (OSError(28, "No space left on device"), 503, "No space left"),
    ],
)
def test_what_cannot_be_made_is_told_in_words(error: Exception, status: int, words: str):
    def make(into: IO[bytes]) -> None:
        into.write(b"half")
        raise error

    found = answer(offering(make))

    assert found.status == status
    assert words in found.content.decode()


def together(ask: Callable[[Starlette], Any]) -> Any:
    return awaited(ask(app()))


def test_two_at_once_get_what_is_theirs():
    paths = [offering(partial(letters, one), one.decode()) for one in AB]

    async def ask(app: Starlette) -> list[bytes]:
        found = [Browser(path) for path in paths]
        await asyncio.gather(*(app(one.scope, one.receive, one.send) for one in found))
        return [one.content for one in found]

    assert together(ask) == [b"a" * 5_000, b"b" * 5_000]


def test_others_wait_until_one_of_those_that_are_sent_is_done(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    first, second = offering(whole, session="one"), offering(whole, session="two")

    async def ask(app: Starlette) -> tuple[int, bytes]:
        slow, waits = Browser(first), Browser(second)
        slow.goes_on.clear()
        one = asyncio.create_task(app(slow.scope, slow.receive, slow.send))
        await slow.took.wait()
        two = asyncio.create_task(app(waits.scope, waits.receive, waits.send))
        for _ in range(20):
            await asyncio.sleep(0)
        begun = waits.status
        slow.goes_on.set()
        await asyncio.gather(one, two)
        return begun, waits.content

    assert together(ask) == (0, CONTENT)


@pytest.mark.parametrize("why", ["it goes away", "it takes nothing any more"])
def test_who_goes_away_or_takes_nothing_any_more_makes_room(
    why: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    files: list[IO[bytes]] = []

    def make(into: IO[bytes]) -> None:
        files.append(into)
        into.write(CONTENT)

    path = offering(make)

    async def ask(app: Starlette) -> Browser:
        stuck, other = Browser(path), Browser(path)
        stuck.goes_on.clear()
        if why != "it goes away":
            monkeypatch.setattr(sending, "LONGEST_S", 0.05)
        one = asyncio.create_task(app(stuck.scope, stuck.receive, stuck.send))
        await stuck.took.wait()
        if why == "it goes away":
            stuck.leaves.set()
        await one
        monkeypatch.setattr(sending, "LONGEST_S", 600.0)
        assert len(stuck.content) < len(CONTENT)
        await app(other.scope, other.receive, other.send)
        return other

    assert together(ask).content == CONTENT
    assert all(file.closed for file in files)


def test_who_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    monkeypatch.setattr(sending, "PATIENCE_S", 0.05)
    first, second = offering(whole, session="one"), offering(whole, session="two")

    async def ask(app: Starlette) -> Browser:
        slow, waits = Browser(first), Browser(second)
        slow.goes_on.clear()
        one = asyncio.create_task(app(slow.scope, slow.receive, slow.send))
        await slow.took.wait()
        await app(waits.scope, waits.receive, waits.send)
        slow.goes_on.set()
        await one
        return waits

    found = together(ask)
    assert (found.status, found.headers["retry-after"]) == (503, "30")
    assert "Try again in a minute" in found.content.decode()


def test_one_session_has_so_many_at_a_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sending, "OF_ONE", 1)
    path, others = offering(whole), offering(whole, session="two")

    async def ask(app: Starlette) -> list[int]:
        slow, again, other, after = (Browser(one) for one in (path, path, others, path))
        slow.goes_on.clear()
        one = asyncio.create_task(app(slow.scope, slow.receive, slow.send))
        await slow.took.wait()
        for browser in (again, other):
            await app(browser.scope, browser.receive, browser.send)
        slow.goes_on.set()
        await one
        await app(after.scope, after.receive, after.send)
        return [again.status, other.status, after.status]

    assert together(ask) == [429, 200, 200]


def test_an_address_is_under_the_path_of_the_app(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(offers, "address", lambda path: f"/cnn{path}")

    assert offer("a.bin", whole).startswith("/cnn/saved/")


def test_an_address_says_neither_the_session_nor_the_file_and_stays_the_same(
    monkeypatch: pytest.MonkeyPatch,
):
    of = {}
    for session in ("one", "two"):
        _in(session, monkeypatch)
        of[session] = offer("a.bin", whole)
        assert offer("a.bin", whole) == of[session] != offer("b.bin", whole)

    assert of["one"] != of["two"]
    assert not {"one", "two", "a.bin"} & set(of["one"].split("/"))
    found = offered(of["two"].rpartition("/")[2])
    assert found
    assert (found.session, found.name) == ("two", "a.bin")


def test_what_was_offered_to_closed_sessions_is_forgotten_and_the_oldest_of_many(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(offers, "MOST_OF_ONE", 3)
    monkeypatch.setattr(offers, "MOST_OF_ALL", 4)
    for session, name in (("closed", "a"), ("two", "b"), *(("one", name) for name in "cdef")):
        _in(session, monkeypatch)
        offer(name, whole)
    assert [one.name for one in offers._offers.values()] == ["b", "d", "e", "f"]

    _in("three", monkeypatch)
    offer("g", whole)
    assert [one.name for one in offers._offers.values()] == ["d", "e", "f", "g"]


def _in(session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the page of that session is made."""
    context = type("Context", (), {"session_id": session})
    monkeypatch.setattr(offers, "get_script_run_ctx", lambda: context)
