"""Every view, light and dark, from desk to phone: nothing sticks out, everybody can use it."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from streamlit import file_util

from tests.browser.driving import PageMaker
from tests.browser.every_view import ALL_WIDTHS, HEIGHT, VIEWS, arrive, looks
from tests.some import some
from ui.components import scripts

FIT, OVERLAP = (
    (Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("fit.js", "overlap.js")
)
LIKE_OTHERS = ("words", "beyond", "desk-challenge", "compare")
"""Texts in the frame of Learn, and what the desk and the comparison that ships have more of."""
LESSON = "lesson-convolution"
"""Of the lessons, which share a frame, the one with the most in it."""
OFTEN = [view for view in VIEWS if not view.startswith("lesson-") and view not in LIKE_OTHERS]
CHECKED = (("light", 1440), ("dark", 390))
"""Where axe looks: each theme and each layout once; it takes as long as all the rest together."""
LOOKS, AGAIN_MS = 20, 500
PAGES = "[data-testid='stSidebarNavItems']"
UPSTREAM = {
    ("list", PAGES): "Streamlit's list of pages has the names of its sections among its items",
    ("listitem", f"{PAGES} > * > li"): "and the pages of a section in a part of that list",
}
"""What axe finds in Streamlit's own frame: the rule, the elements, and why. The links in that list
have their names, and are reached one after the other, as README says. While a dialog covers the
page, nothing is found there."""
NOW_AND_THEN = (
    ("presentation-role-conflict", "[data-testid='stFileUploaderDropzone']"),
    ("region", "#stFloatingOverlayPortal"),
)
"""And in what is not always there: its field for files has a role of none and a name, and what it
says under the pointer is no part of the page."""


def unfit(page: Page) -> list[str]:
    """What does not fit the page, and still does not when a busy machine has drawn all of it."""
    for _ in range(LOOKS):
        found: list[str] = page.evaluate(FIT) + page.evaluate(OVERLAP)
        if not found:
            break
        page.wait_for_timeout(AGAIN_MS)
    return found


def kept_out(page: Page) -> list[str]:
    """What keeps people out of a page, and still does when what fades in has come."""
    for _ in range(LOOKS):
        ours, theirs = barred(page)
        there = set() if page.get_by_role("dialog").count() else UPSTREAM.keys()
        found = [*ours, *(f"no longer: {UPSTREAM[one]}" for one in there - theirs)]
        if not found:
            break
        page.wait_for_timeout(AGAIN_MS)
    return found


def barred(page: Page) -> tuple[list[str], set[tuple[str, str]]]:
    """What keeps people out of a page by axe's rules, and what Streamlit's own frame broke."""
    answer = Axe().run(page, options={"resultTypes": ["violations"]})
    ours, theirs = [], set()
    for one in answer.response["violations"]:
        for node in one["nodes"]:
            every = (*UPSTREAM, *NOW_AND_THEN)
            if known := next((id for id in every if _is(page, one["id"], node, id)), None):
                theirs.add(known)
            else:
                said = f"{node['html'][:160]}: {node['failureSummary'][:300]}"
                ours.append(f"{one['id']} ({one['impact']}): {said}")
    return ours, theirs


def _is(page: Page, rule: str, node: dict[str, Any], known: tuple[str, str]) -> bool:
    if rule != known[0]:
        return False
    found: bool = page.locator(node["target"][0]).evaluate("(one, at) => one.matches(at)", known[1])
    return found


def troubles(page: Page, scheme: str, width: int, *, is_asked: bool) -> list[str]:
    """What is wrong with a view in one theme and width; axe is asked where it is wanted."""
    found = unfit(page)
    if is_asked:
        found += kept_out(page)
    return [f"{scheme}, {width} px: {trouble}" for trouble in found]


@pytest.mark.parametrize("view", some(VIEWS, *OFTEN, LESSON))
def test_a_view_fits_a_screen_and_is_open_to_everybody(
    app_url: str, new_page: PageMaker, view: str
):
    scheme, width = CHECKED[list(VIEWS).index(view) % len(CHECKED)]
    page = new_page(color_scheme=scheme, viewport={"width": width, "height": HEIGHT})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    arrive(page, app_url, view)
    found = troubles(page, scheme, width, is_asked=True)
    assert not found, "\n".join(found)
    assert_fetched_ahead(asked)


def assert_fetched_ahead(asked: list[str]) -> None:
    """No page waits for a part of Streamlit's script, or loses it in a cut, once one has opened."""
    served = file_util.get_static_dir()
    at_once = re.findall(r"/static/js/[^\"]+\.js", Path(served, "index.html").read_text())
    known = {*at_once, *scripts._of_streamlit(), *scripts.later()}
    parts = {path for path in asked if path.startswith("/static/js/")}
    assert at_once[0] in parts
    assert [path for path in parts - known if scripts.LARGE not in path] == []


@pytest.mark.proof
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_every_screen_and_is_open_to_everybody(
    app_url: str, new_page: PageMaker, view: str
):
    page = new_page(color_scheme="light")
    arrive(page, app_url, view)
    found = []
    for scheme, width in looks(page, ALL_WIDTHS):
        found += troubles(page, scheme, width, is_asked=(scheme, width) in CHECKED)
    assert not found, "\n".join(found)


def test_what_keeps_people_out_is_found_however_little_it_seems(page: Page):
    page.set_content(
        """
        <html lang="en"><title>A page</title><main><h1>One</h1><h3>Three</h3>
          <ul data-testid="stSidebarNavItems"><div><li>known</li></div></ul>
          <ul><div><li>ours</li></div></ul>
        </main></html>
        """
    )

    ours, theirs = barred(page)

    assert [said.split(":")[0] for said in ours] == [
        "heading-order (moderate)",
        "list (serious)",
        "listitem (serious)",
    ]
    assert theirs == UPSTREAM.keys()


def test_what_does_not_fit_is_found(page: Page):
    page.set_content(
        """
        <main data-testid="stMain" style="position: relative; width: 400px; font: 16px sans-serif">
          <p>All is well, <button>here</button> <b>too</b></p>
          <p style="width: 60px; overflow: hidden; white-space: nowrap">too long for its place</p>
          <p style="width: 60px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">
            <b>a name that may end so</b></p>
          <button data-testid="stBaseButton-secondary"><span style="display: block; width: 60px;
            overflow: hidden; white-space: nowrap; text-overflow: ellipsis">what it would do</span>
          </button>
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

    assert [said.split("“")[1] for said in page.evaluate(FIT)] == [
        "too long for its place”",
        "what it would do”",
    ]
    assert sorted(said.split(" lie on")[0] for said in page.evaluate(OVERLAP)) == [
        "<button over> and “All is well,”",
        "“one” and “other”",
        "“under” and “over”",
    ]
