"""Every view of the app by name, for `test_every_view.py` and for `make screenshots`."""

from collections.abc import Iterator, Sequence
from typing import Literal

from playwright.sync_api import Page, ViewportSize, expect

from cnn.lessons.catalogue import lessons
from tests.browser.driving import settled

VIEWS = {
    "home": "",
    "learn": "learn",
    "words": "words",
    "beyond": "beyond",
    "atlas": "atlas",
    "desk": "desk",
    "desk-challenge": "desk?goals=params<20000,test>0.98,data=mnist&net=1.28x28x1.f-d10x.end",
    "build": "build",
    "data": "data",
    "train": "train",
    "compare": "compare",
    "compare-shipped": "compare?open=shipped",
    "experiments": "experiments",
    "draw": "draw",
    "inside": "inside",
} | {f"lesson-{lesson.key}": f"lesson?of={lesson.key}" for lesson in lessons()}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1440, 820, 390)
ALL_WIDTHS = (1920, 1440, 1366, 820, 390)
HEIGHT = 900
ARRIVED_MS = 60_000
RESIZED_MS = 400
"""Until a change of theme or width has been drawn; what needs the server besides is waited for."""


def arrive(page: Page, app_url: str, view: str) -> None:
    """Opens a view and waits until all of it is there."""
    page.goto(f"{app_url}/{VIEWS[view]}")
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_visible(timeout=ARRIVED_MS)
    main = page.get_by_test_id("stMain")
    expect(main.get_by_test_id("stElementContainer").first).to_be_visible(timeout=ARRIVED_MS)
    drawn(page)


def looks(page: Page, widths: Sequence[int] = WIDTHS) -> Iterator[tuple[str, int]]:
    """Puts a page into every theme and width, one after the other."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in widths:
            page.set_viewport_size(ViewportSize(width=width, height=HEIGHT))
            drawn(page)
            yield scheme, width


def drawn(page: Page) -> None:
    """Waits until a change of theme, width or content has been drawn."""
    settled(page)
    page.wait_for_timeout(RESIZED_MS)
    settled(page)
