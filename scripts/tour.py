"""The README's moving picture: a network is built, trained, compared, and reads a digit."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import running, settled

SIZE = (1280, 800)
SHOWN_MS = 2_200
WORKER_MS = 120_000
DRAWN_MS = 600


def take(browser: Browser, file: Path) -> None:
    """Goes through the app with a fresh store and writes the picture."""
    with tempfile.TemporaryDirectory() as home, running(Path(home), workers=1) as url:
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        frames = [Image.open(io.BytesIO(shot)).convert("RGB") for shot in _shots(page, url)]
        page.close()
    first, *others = frames
    first.save(file, save_all=True, append_images=others, duration=SHOWN_MS, loop=0, quality=80)


def _shots(page: Page, url: str) -> Iterator[bytes]:
    page.goto(f"{url}/lesson?of=convolution")
    yield _shot(page)
    page.goto(f"{url}/build")
    expect(page.locator(".stack .card").first).to_be_visible()
    yield _shot(page)
    page.get_by_label("filters, Conv2D #1", exact=True).fill("12")
    page.get_by_label("filters, Conv2D #1", exact=True).press("Enter")
    yield _shot(page)
    page.goto(f"{url}/train?network=lenet-5&data=mnist-sample&epochs=12")
    settled(page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Epoch 3 of 12")).to_be_visible(timeout=WORKER_MS)
    yield page.screenshot()
    expect(page.get_by_text("1,000 images, looked at once")).to_be_visible(timeout=WORKER_MS)
    yield _shot(page)
    page.goto(f"{url}/compare?open=shipped")
    page.get_by_role("figure").first.scroll_into_view_if_needed()
    yield _shot(page)
    page.goto(f"{url}/draw")
    expect(page.locator("canvas.ink")).to_be_visible()
    settled(page)
    draw(page, DIGITS["5"])
    yield _shot(page)
    page.goto(f"{url}/inside")
    yield _shot(page)


def _shot(page: Page) -> bytes:
    settled(page)
    page.wait_for_timeout(DRAWN_MS)
    settled(page)
    return page.screenshot()
