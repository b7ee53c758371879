"""The README's moving picture: a network is built, trained, compared, and reads a digit."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from cnn.training.recipe.run import Progress, WorkerState
from cnn.training.store.heartbeats import present
from cnn.training.store.store import Store
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import running, settled
from tests.browser.training import press_train

SIZE = (1280, 800)
SHOWN_MS = 2_200
DRAWN_MS = 600
POLL_S = 0.1
EPOCHS, SHOWN_EPOCH = 12, 4


def take(browser: Browser, file: Path) -> None:
    """Goes through the app with a fresh store and writes the picture."""
    with tempfile.TemporaryDirectory() as home:
        store = f"sqlite:///{home}/runs.sqlite"
        with running(Path(home), store=store) as url, _worker(Store(store)) as worker:
            page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
            shots = _shots(page, url, worker)
            frames = [Image.open(io.BytesIO(shot)).convert("RGB") for shot in shots]
            page.close()
    first, *others = frames
    first.save(file, save_all=True, append_images=others, duration=SHOWN_MS, loop=0, quality=80)


class _Worker(threading.Thread):
    """Trains one run, and waits in one of its epochs until it was looked at, so that no machine is
    too quick for the picture, and none too slow.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(daemon=True)
        self._store, self._told = store, 0
        self._is_there, self._goes_on, self._is_over = (threading.Event() for _ in range(3))

    def run(self) -> None:
        from cnn.training.engine.fit import carry_out

        with present(self._store, "tour", WorkerState.READY):
            while not self._is_over.wait(POLL_S):
                if run := self._store.claim_next("tour"):
                    carry_out(self._store, run, self._wait, self._is_over.is_set)
                    return

    def reaches_the_epoch(self) -> None:
        """Waits until the training waits."""
        while not self._is_there.wait(POLL_S):
            assert self.is_alive(), "the training ended before its time"

    def goes_to_the_end(self) -> None:
        self._goes_on.set()
        self.join()

    def end(self) -> None:
        self._is_over.set()
        self.goes_to_the_end()

    def _wait(self, progress: Progress) -> None:
        self._told += progress.epoch >= SHOWN_EPOCH
        if self._told > 1:  # the page shows what was told before
            self._is_there.set()
            self._goes_on.wait()


@contextmanager
def _worker(store: Store) -> Iterator[_Worker]:
    worker = _Worker(store)
    worker.start()
    try:
        yield worker
    finally:
        worker.end()
        store.close()


def _shots(page: Page, url: str, worker: _Worker) -> Iterator[bytes]:
    page.goto(f"{url}/lesson?of=convolution")
    yield _shot(page)
    page.goto(f"{url}/build")
    expect(page.locator(".stack .card").first).to_be_visible()
    yield _shot(page)
    page.get_by_label("filters, Conv2D #1", exact=True).fill("12")
    page.get_by_label("filters, Conv2D #1", exact=True).press("Enter")
    yield _shot(page)
    page.goto(f"{url}/train?network=lenet-5&data=mnist-sample&epochs={EPOCHS}")
    press_train(page)
    worker.reaches_the_epoch()
    expect(page.get_by_text(f"Epoch {SHOWN_EPOCH} of {EPOCHS}")).to_be_visible()
    yield _from_the_top(page)
    worker.goes_to_the_end()
    expect(page.get_by_text("of 1,000 test images are right")).to_be_visible()
    settled(page)
    yield _from_the_top(page)
    page.goto(f"{url}/compare?open=shipped")
    page.get_by_role("heading", name="Accuracy and cost").evaluate("one => one.scrollIntoView()")
    yield _shot(page)
    page.goto(f"{url}/draw")
    expect(page.locator("canvas.ink")).to_be_visible()
    settled(page)
    draw(page, DIGITS["5"])
    yield _shot(page)
    page.goto(f"{url}/inside")
    yield _shot(page)


def _from_the_top(page: Page) -> bytes:
    page.mouse.move(*SIZE)  # off the curves, which else show their tools
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    page.wait_for_timeout(DRAWN_MS)
    return page.screenshot()


def _shot(page: Page) -> bytes:
    settled(page)
    page.wait_for_timeout(DRAWN_MS)
    settled(page)
    return page.screenshot()
