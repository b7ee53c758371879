"""Takes a picture of every view, light and dark, 1440, 820 and 390 px wide: `make screenshots`.

They go to `shots/`, which git ignores; `docs/` gets those that the README shows. The store is a
fresh one, so the pictures show what a newcomer sees.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.driving import running
from tests.browser.views import VIEWS, arrive, looks

ROOT = Path(__file__).parents[1]
SHOTS, DOCS = ROOT / "shots", ROOT / "docs"
SHOWN = {"build": "build-light-1440.png"}
"""The README's pictures: their name in `docs/`, and what they are copies of."""


def main(wanted: list[str]) -> None:
    """Take the pictures of some views, of all where none is named."""
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    if unknown := set(wanted) - set(VIEWS):
        sys.exit(f"There is no view {', '.join(sorted(unknown))}. There are {', '.join(VIEWS)}.")
    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        with running(Path(home)) as url:
            for view in wanted or VIEWS:
                page = browser.new_page(color_scheme="light")
                arrive(page, url, view)
                for scheme, width in looks(page):
                    page.screenshot(path=SHOTS / f"{view}-{scheme}-{width}.png")
                page.close()
                print(f"shots/{view}-*.png")
        browser.close()
    for name, shot in SHOWN.items():
        if (SHOTS / shot).exists():
            shutil.copy(SHOTS / shot, DOCS / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
