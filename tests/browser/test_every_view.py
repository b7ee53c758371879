"""Every view, light and dark, from desk to phone: nothing sticks out, everybody can use it."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.driving import PageMaker
from tests.browser.views import VIEWS, arrive, looks

FIT = (Path(__file__).parent / "fit.js").read_text(encoding="utf-8")
GRAVE = {"serious", "critical"}
CHECKED = {("light", 1440), ("dark", 390)}
"""Where axe looks: each theme and each layout once; it takes as long as all the rest together."""
LOOKS, AGAIN_MS = 6, 500
OURS = {"exclude": [["[data-testid='stSidebarNav']"]]}
"""Streamlit's own list of pages has headings among its items: not ours to mend."""


def unfit(page: Page) -> list[str]:
    """What does not fit the page, and still does not when a busy machine has drawn all of it."""
    for _ in range(LOOKS):
        found: list[str] = page.evaluate(FIT)
        if not found:
            break
        page.wait_for_timeout(AGAIN_MS)
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_every_screen_and_is_open_to_everybody(
    app_url: str, new_page: PageMaker, view: str
):
    page = new_page(color_scheme="light")
    arrive(page, app_url, view)
    found = []
    for scheme, width in looks(page):
        at = f"{scheme}, {width} px"
        found += [f"{at}: {trouble}" for trouble in unfit(page)]
        if (scheme, width) in CHECKED:
            answer = Axe().run(page, context=OURS, options={"resultTypes": ["violations"]})
            found += [
                f"{at}: {one['id']}: {node['html'][:160]}: {node['failureSummary'][:300]}"
                for one in answer.response["violations"]
                if one["impact"] in GRAVE
                for node in one["nodes"]
            ]
    assert not found, "\n".join(found)
