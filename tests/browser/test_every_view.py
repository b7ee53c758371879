"""Every view, light and dark, from desk to phone: nothing sticks out, everybody can use it."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.driving import PageMaker
from tests.browser.every_view import VIEWS, arrive, looks

FIT, OVERLAP = (
    (Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("fit.js", "overlap.js")
)
GRAVE = {"serious", "critical"}
CHECKED = {("light", 1440), ("dark", 390)}
"""Where axe looks: each theme and each layout once; it takes as long as all the rest together."""
LOOKS, AGAIN_MS = 6, 500
OURS = {"exclude": [["[data-testid='stSidebarNav']"]]}
"""Streamlit's own list of pages has headings among its items: not ours to mend."""


def unfit(page: Page) -> list[str]:
    """What does not fit the page, and still does not when a busy machine has drawn all of it."""
    for _ in range(LOOKS):
        found: list[str] = page.evaluate(FIT) + page.evaluate(OVERLAP)
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


def test_what_does_not_fit_is_found(page: Page):
    page.set_content(
        """
        <main data-testid="stMain" style="position: relative; width: 400px; font: 16px sans-serif">
          <p>All is well, <button>here</button> <b>too</b></p>
          <p style="width: 60px; overflow: hidden; white-space: nowrap">too long for its place</p>
          <p>one</p>
          <p style="margin-top: -30px">other</p>
          <div id="host" style="height: 20px"></div>
          <button style="position: absolute; top: 0; left: 0; width: 30px">over</button>
        </main>
        """
    )
    page.evaluate(
        """() => {
          const root = document.querySelector("#host").attachShadow({ mode: "open" });
          root.innerHTML = "<span>under</span><i style='margin-left: -20px'>over</i>";
        }"""
    )

    assert [said.split(": ")[0] for said in page.evaluate(FIT)] == ["is cut off"]
    assert sorted(said.split(" lie on")[0] for said in page.evaluate(OVERLAP)) == [
        "<button over> and “All is well,”",
        "“one” and “other”",
        "“under” and “over”",
    ]
