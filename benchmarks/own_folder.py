"""A coloured folder of one's own, from dropping it to a fine-tuned network beside new weights.

Three kinds with 40 images each, drawn as scenes whose textures are swapped between the kinds, lie
in a folder that is dropped on the page as it stands after the app was started cold. The clock goes
from the drop until the page shows what fine-tuning, the frozen body and new weights came to; clicks
are counted from Home. 90 s and six clicks are the limits.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Locator, Page, expect, sync_playwright

from benchmarks import goals
from benchmarks.transfer import folder_of_scenes
from cnn.diagnose.transfer_pays import Way
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.driving import running, settled

LIMIT_S, MOST_CLICKS = 90.0, 6
PATIENCE_MS = 600_000
PICTURE = "--picture"
"""With this word and a file's name, what the page shows at the end is kept as a PNG."""


def dropped(page: Page, folder: Path, on: Locator) -> None:
    """A folder of this machine, dropped as a hand drops it."""
    box = on.bounding_box()
    assert box
    way = page.context.new_cdp_session(page)
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for what in ("dragEnter", "dragOver", "drop"):
        way.send("Input.dispatchDragEvent", {"type": what, **place, "data": data})


def measured(page: Page, folder: Path) -> tuple[int, dict[str, float]]:
    """The clicks, and the seconds from the drop to each of the ways."""
    clicks = 0
    found: dict[str, float] = {}

    def click(one: Locator) -> None:
        nonlocal clicks
        one.click(timeout=PATIENCE_MS)
        clicks += 1

    click(page.get_by_role("link", name="Experiments").first)
    click(page.get_by_role("tab", name="Transfer"))
    click(page.get_by_role("button", name="Add your own images"))
    dialog = page.get_by_role("dialog")
    kind = dialog.get_by_role("group", name="Kind 1")
    expect(kind).to_be_visible()
    began = time.perf_counter()
    dropped(page, folder, kind)
    click(dialog.get_by_role("button", name="Read these pictures"))
    click(dialog.get_by_role("button", name="Use these images"))
    expect(dialog).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_text(re.compile("Of 120 pictures, "))).to_be_visible(timeout=PATIENCE_MS)
    settled(page)
    click(page.get_by_role("button", name=re.compile("^Train all")))
    found["begun"] = time.perf_counter() - began
    done = page.get_by_text(re.compile(r"3 of 3 trainings finished"))
    expect(done).to_be_visible(timeout=PATIENCE_MS)
    told = page.get_by_text(re.compile("^With all images: .*fine-tuned"))
    expect(told).to_be_visible(timeout=PATIENCE_MS)
    found["all three ways"] = time.perf_counter() - began
    settled(page)
    print(told.inner_text())
    return clicks, found


def main(picture: str) -> None:
    """Print clicks, seconds, and what each way came to; fail where it was too slow."""
    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as images,
        sync_playwright() as playwright,
    ):
        zipped, folder = Path(images) / "three.zip", Path(images) / "three"
        folder_of_scenes(zipped)
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(folder)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        with running(Path(home), workers=1) as url:
            page.goto(url)
            settled(page)
            clicks, found = measured(page, folder)
            if picture:
                page.set_viewport_size({"width": 1440, "height": 2600})
                page.wait_for_timeout(2_000)
                page.screenshot(path=picture)
        browser.close()
        store = Store(f"sqlite:///{home}/store/runs.sqlite")
        runs = store.latest()
        store.close()
    for run in reversed(runs):
        assert run.state is State.FINISHED, run.message
        assert run.result
        right = f"{run.result.test_accuracy:.1%} of {run.result.test_images:,} test images"
        print(f"{run.name:50} {run.result.epochs} epochs, {run.result.seconds:5.1f} s, {right}")
    for what, seconds in found.items():
        print(f"From the drop to {what}: {seconds:.0f} s")
    once = "one cold start"
    goals.held("own folder, drop to results", max(found.values()), most=LIMIT_S, unit=" s", of=once)
    goals.held("own folder, clicks from Home", clicks, most=MOST_CLICKS, of=once)
    if len(runs) != len(Way):
        sys.exit("A way was not trained.")
    goals.end()


if __name__ == "__main__":
    main(sys.argv[2] if sys.argv[1:2] == [PICTURE] else "")
