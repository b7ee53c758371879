"""Every view, light and dark, from desk to phone: nothing sticks out, everybody can use it."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.driving import PageMaker
from tests.browser.views import VIEWS, arrive, looks

FIT = (Path(__file__).parent / "fit.js").read_text(encoding="utf-8")
GRAVE = {"serious", "critical"}
CHECKED = {("light", 1440), ("dark", 390)}
"""Where axe looks: each theme and each layout once; it takes as long as all the rest together."""
OURS = {"exclude": [["[data-testid='stSidebarNav']"]]}
"""Streamlit's own list of pages has headings among its items: not ours to mend."""


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_every_screen_and_is_open_to_everybody(
    app_url: str, new_page: PageMaker, view: str
):
    page = new_page(color_scheme="light")
    arrive(page, app_url, view)
    found = []
    for scheme, width in looks(page):
        at = f"{scheme}, {width} px"
        found += [f"{at}: {trouble}" for trouble in page.evaluate(FIT)]
        if (scheme, width) in CHECKED:
            answer = Axe().run(page, context=OURS, options={"resultTypes": ["violations"]})
            found += [
                f"{at}: {one['id']}: {node['html'][:160]}: {node['failureSummary'][:300]}"
                for one in answer.response["violations"]
                if one["impact"] in GRAVE
                for node in one["nodes"]
            ]
    assert not found, "\n".join(found)
