"""Takes a picture of every view, light and dark, 1440, 820 and 390 px wide: `make screenshots`.

They go to `shots/`, which git ignores; `tour` is the README's moving picture, and goes to `docs/`.
The store is a fresh one, so the pictures show what a newcomer sees.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts import tour
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.driving import running
from tests.browser.every_view import VIEWS, arrive, looks

ROOT = Path(__file__).parents[1]
TOUR = "tour"
SHOTS, DOCS = ROOT / "shots", ROOT / "docs"


def main(wanted: list[str]) -> None:
    """Take the pictures of some views, of all where none is named."""
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    if unknown := set(wanted) - {TOUR, *VIEWS}:
        known = ", ".join([*VIEWS, TOUR])
        sys.exit(f"There is no view {', '.join(sorted(unknown))}. There are {known}.")
    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        with running(Path(home)) as url:
            for view in [one for one in wanted if one != TOUR] if wanted else VIEWS:
                page = browser.new_page(color_scheme="light")
                arrive(page, url, view)
                for scheme, width in looks(page):
                    page.screenshot(path=SHOTS / f"{view}-{scheme}-{width}.png")
                page.close()
                print(f"shots/{view}-*.png")
        if not wanted or TOUR in wanted:
            tour.take(browser, DOCS / "tour.webp")
            print("docs/tour.webp")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
