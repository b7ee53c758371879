"""The first comparison, as a newcomer makes it: the four classics by the page's own defaults.

A fresh store, the Compare page in a browser, one click on "Train all"; the clock stops when the
page says that all are trained. Three minutes on two cores are the limit, and no network may look
broken.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import expect, sync_playwright

from benchmarks import goals
from cnn.network.zoo import CLASSICS
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.driving import running, settled

LIMIT_S = 180
PATIENCE_MS = 900_000
BROKEN = 0.95
"""Test accuracy below which one would ask what is wrong with a network."""


def main() -> None:
    """Print each network's time and test accuracy, and the time of them all."""
    with (
        tempfile.TemporaryDirectory() as home,
        running(Path(home), workers=1) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/compare")
        settled(page)
        page.get_by_role("button", name="Train all").click()
        began = time.perf_counter()
        count = len(CLASSICS)
        done = page.get_by_text(re.compile(rf"{count} of {count} trainings? finished"))
        expect(done).to_be_visible(timeout=PATIENCE_MS)
        took = time.perf_counter() - began
        browser.close()
        store = Store(f"sqlite:///{home}/store/runs.sqlite")
        runs = store.latest()
        store.close()
    good = len(runs) == count
    for run in reversed(runs):
        assert run.state is State.FINISHED, run.message
        assert run.result
        result = run.result
        right = f"{result.test_accuracy:.1%} of {result.test_images:,} test images"
        print(f"{run.name:16}{result.epochs} epochs in {result.seconds:5.1f} s   {right}")
        good &= result.test_accuracy >= BROKEN
    goals.held("click to the four classics compared", took, most=LIMIT_S, unit=" s", of="one click")
    if not good:
        sys.exit("A network looks broken.")
    goals.end()


if __name__ == "__main__":
    main()
