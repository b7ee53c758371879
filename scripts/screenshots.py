"""Takes a picture of every view, light and dark, 1440, 820 and 390 px wide: `make screenshots`.

They go to `shots/`, which git ignores; `tour` is the README's moving picture, and goes to `docs/`.
The store is a fresh one, so the pictures show what a newcomer sees. With `--all` they show whole
pages on five widths, and beside them what comes of doing something (`tests/browser/states.py`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts import tour
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.driving import running
from tests.browser.every_view import (
    ALL_WIDTHS,
    HEIGHT,
    SCHEMES,
    VIEWS,
    WIDTHS,
    arrive,
    drawn,
    looks,
)
from tests.browser.states import STATES, World

ROOT = Path(__file__).parents[1]
TOUR = "tour"
SHOTS, DOCS = ROOT / "shots", ROOT / "docs"
TALLEST = 8_000


def main(arguments: Sequence[str]) -> None:
    """Take the pictures of some views, of all where none is named."""
    wanted, is_all = _asked(arguments)
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    SHOTS.mkdir(exist_ok=True)
    states = [one for one in STATES if one in wanted or (is_all and not wanted)]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        with running(Path(home), workers=1 if states else 0) as url:
            for view in [one for one in VIEWS if one in wanted or not wanted]:
                _view(browser, url, view, is_all=is_all)
            if states:
                _states(browser, World(url, Path(home)), states)
        if not wanted or TOUR in wanted:
            tour.take(browser, DOCS / "tour.webp")
            print("docs/tour.webp")
        browser.close()


def _asked(arguments: Sequence[str]) -> tuple[list[str], bool]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a view; all where none is named")
    parser.add_argument("--all", action="store_true", help="whole pages, five widths, more of them")
    given = parser.parse_args(arguments)
    known = [*VIEWS, *STATES, TOUR]
    if unknown := set(given.names) - set(known):
        parser.error(f"no view {', '.join(sorted(unknown))}. There are {', '.join(known)}.")
    return given.names, given.all


def _view(browser: Browser, url: str, view: str, *, is_all: bool) -> None:
    page = browser.new_page(color_scheme="light")
    arrive(page, url, view)
    for scheme, width in looks(page, ALL_WIDTHS if is_all else WIDTHS):
        _take(page, f"{view}-{scheme}-{width}", is_whole=is_all)
    page.close()
    print(f"shots/{view}-*.png")


def _states(browser: Browser, world: World, states: Sequence[str]) -> None:
    page = browser.new_page(viewport=ViewportSize(width=ALL_WIDTHS[0], height=HEIGHT))
    made = world.made(page)
    page.close()
    for state in states:
        for scheme in SCHEMES:  # a change of theme shuts what is open
            page = browser.new_page(color_scheme=scheme)
            STATES[state](page, made)
            for width in ALL_WIDTHS:
                page.set_viewport_size(ViewportSize(width=width, height=HEIGHT))
                drawn(page)
                _take(page, f"{state}-{scheme}-{width}", is_whole=True)
            page.close()
        print(f"shots/{state}-*.png")


def _take(page: Page, name: str, *, is_whole: bool) -> None:
    size = page.viewport_size
    if is_whole and size:
        height = page.get_by_test_id("stMain").evaluate("(main) => main.scrollHeight")
        tall = ViewportSize(width=size["width"], height=min(max(height, HEIGHT), TALLEST))
        page.set_viewport_size(tall)
        drawn(page)
    page.screenshot(path=SHOTS / f"{name}.png")
    if is_whole and size:
        page.set_viewport_size(size)


if __name__ == "__main__":
    main(sys.argv[1:])
