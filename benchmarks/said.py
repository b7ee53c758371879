"""What a browser says to the app, kept to be said again by many, each in a conversation."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page, WebSocket, expect, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from benchmarks.build_page import TIMER, network
from cnn.network.link import encode
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import settled

LAYERS, DRAWN = 20, 4
PATIENCE_S = 60.0
VIEWPORT = {"width": 1440, "height": 900}
NEWS = "news"
"""The component that has a part of a page shown anew, by its name."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a browser says: to open each page, then with each edit, with each drawing, and whenever
    a live part of the page of a run is to be shown anew.
    """

    edits: list[bytes]
    drawings: list[bytes]
    page: bytes
    anew: dict[str, bytes]


def edits_of_a_browser(url: str, many: int) -> list[bytes]:
    """What a browser says to open Build, and with each edit."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        page = browser.new_page(viewport=VIEWPORT)
        edits = _edits(page, url, _heard(page), many)
        browser.close()
    return edits


def said_by_a_browser(url: str, key: str, run_id: str, edits: int) -> Said:
    """What one says who edits, draws and looks, in this order."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        context = browser.new_context(viewport=VIEWPORT)
        _sign_in(context, url, key)
        page = context.new_page()
        said = _heard(page)
        edited = _edits(page, url, said, edits)
        drawings = _drawings(page, url, said)
        page.goto(f"{url}/train?run={run_id}")
        plot = page.get_by_role("figure", name="Loss over the epochs")
        expect(plot).to_have_attribute("data-state", "shown", timeout=PATIENCE_S * 1e3)
        page.wait_for_timeout(8_000)
        first, *rest = _taken(said)
        browser.close()
    asked = [(BackMsg.FromString(one).rerun_script, one) for one in rest]
    return Said(
        edited, drawings, first, {of.fragment_id: one for of, one in asked if of.fragment_id}
    )


def _heard(page: Page) -> list[bytes]:
    """What the page says from now on."""
    said: list[bytes] = []

    def listen(talk: WebSocket) -> None:
        talk.on("framesent", lambda frame: said.append(bytes(frame)))

    page.on("websocket", listen)
    return said


def _sign_in(context: BrowserContext, url: str, key: str) -> None:
    name = f"cnn_visit_{url.rsplit(':', 1)[1]}"
    context.add_cookies([{"name": name, "value": key, "url": url}])


def _edits(page: Page, url: str, said: list[bytes], many: int) -> list[bytes]:
    page.goto(f"{url}/build?net={encode(network(LAYERS))}")
    expect(page.locator('.card[data-path="layers[0]"]')).to_be_visible()
    settled(page)
    page.wait_for_timeout(1_000)
    first = _taken(said)[:1]
    field = page.get_by_label("filters, Conv2D #1", exact=True).element_handle()
    for filters in range(9, 9 + many):
        wanted = {"numbers": [".stack .card .params", f"{10 * filters}"]}
        page.evaluate(TIMER, [field, str(filters), wanted])
        settled(page)
        page.wait_for_timeout(300)
    edits = _taken(said)
    assert len(edits) == many, f"{len(edits)} messages for {many} edits"
    return first + edits


def _drawings(page: Page, url: str, said: list[bytes]) -> list[bytes]:
    page.goto(f"{url}/draw")
    expect(page.locator("canvas.ink:is([data-sent], [data-painted])")).to_be_visible()
    settled(page)
    page.wait_for_timeout(1_000)
    first = _taken(said)[:1]
    for strokes in list(DIGITS.values())[:DRAWN]:
        draw(page, strokes[:1])
        page.wait_for_timeout(1_000)
        page.get_by_role("button", name="Clear", exact=True).click()
        page.wait_for_timeout(700)
    return first + _taken(said)


def _taken(said: list[bytes]) -> list[bytes]:
    """What was asked for since the last time."""
    found = [one for one in said if BackMsg.FromString(one).HasField("rerun_script")]
    said.clear()
    return found


@dataclass(frozen=True, slots=True)
class News:
    """Where a part of a page asks whether anything is new (`ui/components/news`), what it shows,
    after how many seconds it asks and is old, and whether it runs then, or is told what to show.
    """

    address: str
    stamp: str
    again_s: float
    every_s: float
    runs: bool

    @classmethod
    def of(cls, told: dict[str, Any]) -> News:
        again_s, every_s = told["again_ms"] / 1e3, old_after_s(told)
        return cls(told["address"], told["stamp"], again_s, every_s, told["runs"])


def old_after_s(told: dict[str, Any]) -> float:
    """After how many seconds what was told is old."""
    return (told["every_ms"] or math.inf) / 1e3


class Server:
    """A connection over which one browser asks for small answers, again and again."""

    def __init__(self, url: str, cookies: str) -> None:
        self._host, port = url.removeprefix("http://").split(":")
        self._port = int(port)
        self._head = f"Host: {self._host}:{port}\r\nCookie: {cookies}\r\n\r\n"
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()

    async def get(self, path: str) -> dict[str, Any] | None:
        """The JSON that is there; None where no answer came."""
        async with self._turn:
            try:
                return await self._got(path)
            except (OSError, asyncio.IncompleteReadError, ValueError, IndexError):
                self.close()
                return None

    async def _got(self, path: str) -> dict[str, Any]:
        if self._open is None:
            self._open = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._open
        writer.write(f"GET {path} HTTP/1.1\r\n{self._head}".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        told: dict[str, Any] = json.loads(await reader.readexactly(length))
        return told

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


class Conversation:
    """One browser's: asks, and hears when the answer is whole."""

    def __init__(self, talk: ClientConnection) -> None:
        self.talk = talk
        self.clocks: dict[str, float] = {}
        self.news: dict[str, News] = {}
        self.answered = asyncio.Event()

    async def listen(self) -> None:
        """Hears all that is said, and which live part is to be shown anew when."""
        with contextlib.suppress(ConnectionClosed):  # the app ends when all is measured
            async for content in self.talk:
                assert isinstance(content, bytes)
                heard = ForwardMsg.FromString(content)
                if heard.HasField("auto_rerun"):
                    self.clocks[heard.auto_rerun.fragment_id] = heard.auto_rerun.interval
                elif heard.HasField("delta"):
                    self._hear(heard.delta)
                elif heard.HasField("script_finished"):
                    self.answered.set()

    def _hear(self, delta: Delta) -> None:
        told = delta.new_element.bidi_component
        if told.component_name.rpartition(".")[2] == NEWS:
            self.news[delta.fragment_id] = News.of(json.loads(told.json)[0])

    async def ask(self, question: bytes) -> float:
        """Asks, and waits for the end of the answer, not for ever; how long that took."""
        self.answered.clear()
        began = time.monotonic()
        await self.talk.send(question)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.answered.wait(), PATIENCE_S)
        return time.monotonic() - began
