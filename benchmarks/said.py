"""What a browser says to the app, kept to be said again by many, each in a conversation."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page, WebSocket, expect, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
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


class Conversation:
    """One browser's: asks, and hears when the answer is whole."""

    def __init__(self, talk: ClientConnection) -> None:
        self.talk = talk
        self.clocks: dict[str, float] = {}
        self.answered = asyncio.Event()

    async def listen(self) -> None:
        """Hears all that is said, and how often which live part is to be shown anew."""
        with contextlib.suppress(ConnectionClosed):  # the app ends when all is measured
            async for content in self.talk:
                assert isinstance(content, bytes)
                heard = ForwardMsg.FromString(content)
                if heard.HasField("auto_rerun"):
                    self.clocks[heard.auto_rerun.fragment_id] = heard.auto_rerun.interval
                elif heard.HasField("script_finished"):
                    self.answered.set()

    async def ask(self, question: bytes) -> float:
        """Asks, and waits for the end of the answer, not for ever; how long that took."""
        self.answered.clear()
        began = time.monotonic()
        await self.talk.send(question)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.answered.wait(), PATIENCE_S)
        return time.monotonic() - began
