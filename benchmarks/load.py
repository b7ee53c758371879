"""Ten people at once: how long their edits, drawings and looks at a running training take.

One, five and ten browsers' worth of sessions, each its own context, go round the same three
things: an edit on Build, a digit on Draw, the page of a run that trains. Times are from the click
to what it shows, in the browser; browsers and server share this machine, as no class would. Then
the sessions are closed, and the server's memory is read once Streamlit has let go of them.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from build_page import TIMER, network, server_bytes
from draw import WATCH
from playwright.async_api import Browser, Page, async_playwright, expect

from cnn.data import DatasetName, DatasetSpec
from cnn.network.link import encode
from cnn.network.zoo import entry
from cnn.training.configuration import Configuration
from cnn.training.store import Store
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.drawing import DIGITS
from tests.browser.driving import running

SESSIONS = (1, 5, 10)
ROUNDS = 4
EDITS = 3
LAYERS = 20
LET_GO_S = 150
"""After that Streamlit has given up waiting for a browser that went (120 s)."""

PATIENCE_MS = 90_000
Times = dict[str, list[float]]


async def ready(page: Page) -> None:
    app = page.get_by_test_id("stApp")
    await expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE_MS)


async def edit(page: Page, url: str, took: Times) -> None:
    await page.goto(f"{url}/build?net={encode(network(LAYERS))}")
    await expect(page.locator('.card[data-path="layers[0]"]')).to_be_visible(timeout=PATIENCE_MS)
    await ready(page)
    field = await page.get_by_label("filters, Conv2D #1", exact=True).element_handle()
    for filters in range(9, 9 + EDITS):
        wanted = {"numbers": [".stack .card .params", f"{10 * filters}"]}
        found = await page.evaluate(TIMER, [field, str(filters), wanted])
        took["an edit of 20 layers"].append(found["numbers"])
        await ready(page)
        await page.wait_for_timeout(1_000)  # a person looks at what came of it


async def draw(page: Page, url: str, took: Times) -> None:
    await page.goto(f"{url}/draw")
    canvas = page.locator("canvas.ink")
    await canvas.hover(timeout=PATIENCE_MS)
    await ready(page)
    await page.evaluate(WATCH)
    box = await canvas.bounding_box()
    assert box
    for strokes in list(DIGITS.values())[:EDITS]:
        for place, (x, y) in enumerate(strokes[0]):
            await page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            if not place:
                await page.mouse.down()
        await page.mouse.up()
        await page.wait_for_timeout(1_000)
        await page.get_by_role("button", name="Clear", exact=True).click()
        await ready(page)
    took["pen up to new bars"] += await page.evaluate("window.took")


async def watch(page: Page, url: str, run: str, took: Times) -> None:
    began = time.perf_counter()
    await page.goto(f"{url}/train?run={run}")
    plot = page.get_by_role("figure", name="Loss over the epochs")
    await expect(plot).to_have_attribute("data-state", "shown", timeout=PATIENCE_MS)
    took["opening the page of a run that trains"].append((time.perf_counter() - began) * 1e3)
    await page.wait_for_timeout(3_000)  # it is polled


async def session(browser: Browser, url: str, run: str, took: Times) -> None:
    """What one person does: everything a few times, in a window of their own."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    for _ in range(ROUNDS):
        await edit(page, url, took)
        await draw(page, url, took)
        await watch(page, url, run, took)
    await context.close()


async def measured(browser: Browser, url: str, run: str, count: int) -> Times:
    took: Times = defaultdict(list)
    sessions = [session(browser, url, run, took) for _ in range(count)]
    highest = asyncio.create_task(_highest(url))
    await asyncio.gather(*sessions)
    highest.cancel()
    return took


async def _highest(url: str) -> None:
    """Keeps the largest memory seen in `HIGHEST`."""
    while True:
        HIGHEST[0] = max(HIGHEST[0], server_bytes(url))
        await asyncio.sleep(0.5)


HIGHEST = [0]


async def main() -> None:
    """Print a line for each thing waited for, and the memory, at each number of sessions."""
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    print(f"{'what':44} {'sessions':>8} {'median':>9} {'p95':>9}   wanted")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), workers=1) as url:
        store = Store(f"sqlite:///{Path(folder) / 'store' / 'runs.sqlite'}")
        spec = DatasetSpec(DatasetName.MNIST_SAMPLE)
        long = Configuration(spec, epochs=1_000)
        run = store.add(entry("lenet-5").architecture, long).id
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
            await measured(browser, url, run, 1)  # what is loaded once is no session's
            before = server_bytes(url)
            for count in SESSIONS:
                HIGHEST[0] = 0
                took = await measured(browser, url, run, count)
                for what, values in took.items():
                    wanted = "   p95 under 1000 ms at 10" if "edit" in what else ""
                    print(_line(f"{what}, ms", count, values) + wanted, flush=True)
                each = (HIGHEST[0] - before) / 1e6 / count
                print(f"{'memory for each session, MB':44} {count:8} {each:9.1f}", flush=True)
            await asyncio.sleep(LET_GO_S)
            kept = (server_bytes(url) - before) / 1e6
            print(f"{'memory kept when all have gone, MB':44} {SESSIONS[-1]:8} {kept:9.1f}")
            await browser.close()


def _line(what: str, count: int, values: list[float]) -> str:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"{what:44} {count:8} {statistics.median(values):9.1f} {p95:9.1f}"


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    asyncio.run(main())
