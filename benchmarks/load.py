"""Ten people at once: how long their edits, drawings and looks at a running training take.

One, five and ten browsers' worth of sessions, each its own context and a little later than the one
before, go round the same three pages by the app's own links: edits on Build, digits on Draw, the
page of a run that trains. Whoever has done something looks at it for a moment. Times are from the
click to what it shows, in the browser, for what is done while all are there. Browsers, server and
training share this machine, as no class would, so the processors that each of them took are told
too. Then the sessions are closed, and the server's memory is read once Streamlit has let go of
them; and again after as many have come and gone once more, to see whether it is used again.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count as counted
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.async_api import Browser, Page, async_playwright, expect

from benchmarks import goals
from benchmarks.build_page import TIMER, network, server_bytes
from benchmarks.draw import WATCH
from cnn.data import DatasetName, DatasetSpec
from cnn.network.link import encode
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.drawing import DIGITS
from tests.browser.driving import running

SESSIONS = (1, 5, 10)
EDITS, DRAWN = 5, 3
LAYERS = 20
LATER_S, STAY_S = 3.0, 180.0
"""How much later than the one before a session begins; how long all of them are there."""

LOOK_S, WATCH_S = 7.0, 14.0
"""How long a person looks, in the mean, at what came of a click, and at a run that trains."""

FIRST_S = 120.0
"""In so much time somebody has been on each page."""

LET_GO_S = 150
"""After that Streamlit has given up waiting for a browser that went (120 s)."""

PATIENCE_MS = 90_000
TICKS_A_S = os.sysconf("SC_CLK_TCK")
KINDS = {
    b"streamlit run": "server",
    b"cnn worker": "training",
    b"chrom": "browsers",
    b"playwright": "driver",
    b"benchmarks/load.py": "driver",
}
Took = dict[str, list[float]]


@dataclass(slots=True)
class Times:
    """How long each thing took that was begun while all were there, in milliseconds."""

    all_came: float
    ends: float
    took: Took = field(default_factory=lambda: defaultdict(list))

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.ends

    def add(self, what: str, began: float, milliseconds: float) -> None:
        if self.all_came < began < self.ends:
            self.took[what].append(milliseconds)


def look_s(chance: random.Random, mean_s: float = LOOK_S) -> float:
    """How long somebody looks this time, as in TPC-W, the usual workload of visitors to a site:
    exponential with a mean of 7 s, cut off at ten times that. Were it always the same, all who once
    waited together would come back together.
    """
    return min(chance.expovariate(1 / mean_s), 10 * mean_s)


async def ready(page: Page) -> None:
    app = page.get_by_test_id("stApp")
    await expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE_MS)


async def edit(page: Page, filters: Iterator[int], chance: random.Random, times: Times) -> None:
    await expect(page.locator('.card[data-path="layers[0]"]')).to_be_visible(timeout=PATIENCE_MS)
    await ready(page)
    number_field = await page.get_by_label("filters, Conv2D #1", exact=True).element_handle()
    for number in islice(filters, EDITS):
        wanted = {"numbers": [".stack .card .params", f"{10 * number}"]}
        began = time.monotonic()
        found = await page.evaluate(TIMER, [number_field, str(number), wanted])
        times.add("an edit of 20 layers", began, found["numbers"])
        await asyncio.sleep(look_s(chance))


async def draw(page: Page, chance: random.Random, times: Times) -> None:
    canvas = page.locator("canvas.ink[data-sent]")
    await canvas.hover(timeout=PATIENCE_MS)
    await ready(page)
    await page.evaluate(WATCH)
    for strokes in list(DIGITS.values())[:DRAWN]:
        box = await canvas.bounding_box()
        assert box
        for place, (x, y) in enumerate(strokes[0]):
            await page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            if not place:
                await page.mouse.down()
        await page.mouse.up()
        began = time.monotonic()
        await asyncio.sleep(look_s(chance))
        for bars_ms in await page.evaluate("window.took.splice(0)"):
            times.add("a drawing sent to new bars", began, bars_ms)
        await page.get_by_role("button", name="Clear", exact=True).click(timeout=PATIENCE_MS)
        await asyncio.sleep(look_s(chance))


async def watch(page: Page, chance: random.Random, times: Times) -> None:
    await page.get_by_role("button", name=re.compile("^Show ")).first.hover(timeout=PATIENCE_MS)
    await ready(page)
    began = time.monotonic()
    await page.get_by_role("button", name=re.compile("^Show ")).first.click(timeout=PATIENCE_MS)
    plot = page.get_by_role("figure", name="Loss over the epochs")
    await expect(plot).to_have_attribute("data-state", "shown", timeout=PATIENCE_MS)
    times.add("opening a run that trains", began, (time.monotonic() - began) * 1e3)
    await asyncio.sleep(look_s(chance, WATCH_S))


async def go_to(page: Page, name: str, chance: random.Random) -> None:
    await page.get_by_role("link", name=name, exact=True).click(timeout=PATIENCE_MS)
    await asyncio.sleep(look_s(chance))


async def session(browser: Browser, url: str, place: int, times: Times) -> None:
    """What one person does, in a window of their own: everything, again and again."""
    await asyncio.sleep(place * LATER_S)
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    filters, chance = counted(9), random.Random(place)
    await page.goto(f"{url}/build?net={encode(network(LAYERS))}")
    doing = [
        lambda: edit(page, filters, chance, times),
        lambda: go_to(page, "Draw", chance),
        lambda: draw(page, chance, times),
        lambda: go_to(page, "Train", chance),
        lambda: watch(page, chance, times),
        lambda: go_to(page, "Build", chance),
    ]
    for step in cycle(doing):
        await step()
        if times.is_over:
            break
    await context.close()


@dataclass(slots=True)
class Machine:
    """What the server and those beside it took while people were there."""

    highest_bytes: int = 0
    seconds: float = 0.0
    processor_s: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(
            f"{kind} {took / self.seconds:.2f}" for kind, took in self.processor_s.most_common()
        )


async def measured(
    browser: Browser, url: str, count: int, stay_s: float = STAY_S
) -> tuple[Took, Machine]:
    """What so many sessions waited for, and what it took of the machine while all were there."""
    all_came = time.monotonic() + count * LATER_S
    times = Times(all_came, all_came + stay_s)
    machine = Machine()
    people = [session(browser, url, place, times) for place in range(count)]
    await asyncio.gather(_watched(machine, url, times), *people)
    return times.took, machine


async def _watched(machine: Machine, url: str, times: Times) -> None:
    """Adds up, twice a second, as processes come and go."""
    await asyncio.sleep(times.all_came - time.monotonic())
    began, before = time.monotonic(), processor_ticks()
    while not times.is_over:
        await asyncio.sleep(0.5)
        now = processor_ticks()
        for process, (kind, ticks) in now.items():
            machine.processor_s[kind] += (ticks - before.get(process, (kind, 0))[1]) / TICKS_A_S
        before, machine.seconds = now, time.monotonic() - began
        machine.highest_bytes = max(machine.highest_bytes, server_bytes(url))


def processor_ticks() -> dict[str, tuple[str, int]]:
    """Of each process that has to do with this: what it is, and its time on a processor so far."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
            numbers = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:  # it ended meanwhile
            continue
        kind = next((kind for mark, kind in KINDS.items() if mark in command), "")
        if kind:
            found[f"{folder.name} {numbers[19]}"] = kind, int(numbers[11]) + int(numbers[12])
    return found


async def main() -> None:
    """Print a line for each thing waited for, and the memory, at each number of sessions."""
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    print(f"{'what':36} {'sessions':>8} {'median':>9} {'p95':>9}")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), workers=1) as url:
        store = Store(f"sqlite:///{Path(folder) / 'store' / 'runs.sqlite'}")
        spec = DatasetSpec(DatasetName.MNIST_SAMPLE)
        trained = store.add(entry("vgg-lite").architecture, Configuration(spec, epochs=1_000))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
            await measured(browser, url, 1, FIRST_S)  # what is loaded once is no session's
            before = server_bytes(url)
            for count in SESSIONS:
                took, machine = await measured(browser, url, count)
                beside = store.get(trained.id)
                assert beside, "the run is gone"
                assert beside.state is State.RUNNING, "nothing trained meanwhile"
                for what, values in took.items():
                    line, p95 = _line(f"{what}, ms", count, values)
                    print(line, flush=True)
                    if "edit" in what and count == SESSIONS[-1]:
                        told = f"{count} browsers beside a training, 95th percentile of an edit"
                        goals.held(told, p95, most=500, unit=" ms", of=f"{len(values)} edits")
                each = (machine.highest_bytes - before) / 1e6 / count
                print(f"{'memory for each session, MB':36} {count:8} {each:9.1f}")
                print(f"{'processors in use':36} {count:8}    {machine}", flush=True)
            for times in ("", " again"):
                await asyncio.sleep(LET_GO_S)
                kept = (server_bytes(url) - before) / 1e6
                print(f"{f'memory kept when all have gone{times}, MB':36} {count:8} {kept:9.1f}")
                if not times:
                    await measured(browser, url, count, FIRST_S)
            await browser.close()
        store.close()


def _line(what: str, count: int, values: list[float]) -> tuple[str, float]:
    """The line of what was waited for, and its 95th percentile."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"{what:36} {count:8} {statistics.median(values):9.1f} {p95:9.1f}", p95


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    asyncio.run(main())
    goals.end()
