"""Ten minutes of mixed use while twenty trainings go through: what stays in memory, what is lost.

A browser goes round the pages as a person would (it edits, draws, opens lessons, comparisons and
runs) while trainings are queued evenly over the time. Server and worker are read after each round,
and a line a minute is printed. At the end every training has to be finished, memory must not have
grown on, and no process may be left over.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks import goals
from benchmarks.build_page import TIMER, network, server_bytes
from benchmarks.memory import resident_mb
from cnn.data import DatasetName, DatasetSpec, load
from cnn.lessons.catalogue import lessons
from cnn.network.link import encode
from cnn.network.zoo import CLASSICS, entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import fit_to
from cnn.training.recipe.run import LIVE, State
from cnn.training.store.store import Store
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import running, settled

TRAININGS = 20
QUEUED_BY = 0.8
"""The part of the time by which the last training is queued."""

SETTLED_BY = 0.5
"""By then every page has been seen and every network trained, so that memory is to stay."""

GROWTH = 1.15
LINGER_S = 20
SPEC = DatasetSpec(DatasetName.MNIST_SAMPLE)
LESSONS = cycle(lesson.key for lesson in lessons())
STROKES = cycle(DIGITS.values())
NETWORKS = cycle(CLASSICS)


def once_round(page: Page, url: str, store: Store) -> None:
    """A person's way through the app: an edit, a drawing, a lesson, a comparison, a run."""
    page.goto(f"{url}/build?net={encode(network(12))}")
    settled(page)
    field = page.get_by_label("filters, Conv2D #1", exact=True).element_handle()
    for filters in (9, 10, 11):
        wanted = {"numbers": [".stack .card .params", f"{10 * filters}"]}
        page.evaluate(TIMER, [field, str(filters), wanted])
    page.goto(f"{url}/draw")
    expect(page.locator("canvas.ink")).to_be_visible()
    settled(page)
    draw(page, next(STROKES))
    settled(page)
    for address in (f"lesson?of={next(LESSONS)}", "compare?open=shipped", "inside"):
        page.goto(f"{url}/{address}")
        settled(page)
    page.goto(f"{url}/train?run={store.latest(1)[0].id}")
    page.wait_for_timeout(3_000)  # it is polled meanwhile
    settled(page)


def queue_one(store: Store, seed: int) -> str:
    one = entry(next(NETWORKS)).architecture
    fitted = fit_to(one, load(SPEC, one.input)).architecture
    return store.add(fitted, Configuration(SPEC, epochs=1, seed=seed)).id


def finished(store: Store, ids: Sequence[str]) -> int:
    """How many of these are; the comparison that ships has runs of its own."""
    runs = [store.get(id) for id in ids]
    return sum(run is not None and run.state is State.FINISHED for run in runs)


def processes_of(home: str) -> list[int]:
    """Every process that was started with this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"CNN_HOME={home}/store".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def worker_mb(home: str) -> float:
    """The memory of the worker; 0 in the moment in which one takes the place of another."""
    commands = ((one, Path(f"/proc/{one}/cmdline")) for one in processes_of(home))
    sizes = [resident_mb(one) for one, command in commands if b"worker" in command.read_bytes()]
    return max(sizes, default=0.0)


def used(
    url: str, home: str, store: Store, ids: list[str], minutes: float
) -> list[tuple[float, float, float]]:
    """Uses the app for so long; minute, server's and worker's MB after each round.

    The trainings it queues are added to `ids`.
    """
    found: list[tuple[float, float, float]] = []
    rounds = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        began = time.monotonic()
        while (minute := (time.monotonic() - began) / 60) < minutes or len(ids) < TRAININGS:
            while len(ids) < min(TRAININGS, 1 + TRAININGS * minute / (QUEUED_BY * minutes)):
                ids.append(queue_one(store, len(ids)))
            once_round(page, url, store)
            rounds += 1
            found.append((minute, server_bytes(url) / 1e6, worker_mb(home)))
            if len(found) == 1 or int(minute) > int(found[-2][0]):
                done = finished(store, ids)
                print(
                    "{:6.1f} {:7} {:8} {:11,.0f} {:11,.0f}".format(
                        minute, rounds, done, *found[-1][1:]
                    ),
                    flush=True,
                )
        browser.close()
    return found


def main() -> None:
    """Print a line a minute; fail where something is lost, left over, or grows on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    minutes = parser.parse_args().minutes
    print(f"{'minute':>6} {'rounds':>7} {'trained':>8} {'server, MB':>11} {'worker, MB':>11}")
    with tempfile.TemporaryDirectory() as home:
        with running(Path(home), workers=1) as url:
            store = Store(f"sqlite:///{home}/store/runs.sqlite")
            ids: list[str] = []
            found = used(url, home, store, ids, minutes)
            while store.count(LIVE):
                time.sleep(0.5)
            done = finished(store, ids)
            store.close()
        deadline = time.monotonic() + LINGER_S
        while (left := processes_of(home)) and time.monotonic() < deadline:
            time.sleep(0.5)
    print(f"{done} of {TRAININGS} trainings finished; {len(left)} processes left over.")
    goals.held("trainings that came to their end", done, least=TRAININGS, of=f"{minutes:g} minutes")
    goals.held("processes left over", len(left), most=0, of=f"{minutes:g} minutes")
    for place, name in ((1, "server"), (2, "worker")):
        early = max(one[place] for one in found if one[0] <= SETTLED_BY * minutes)
        late = max(one[place] for one in found)
        print(f"{name}: at most {early:,.0f} MB in the first half, {late:,.0f} MB in all.")
        what = f"memory of the {name}, second half"
        goals.held(what, late / early, most=GROWTH, beside="the first", of=f"{minutes:g} minutes")
    goals.end()


if __name__ == "__main__":
    main()
