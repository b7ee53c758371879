"""No page stays white, however busy the machine is and however often its connection is cut.

Streamlit takes everything off the page where its own script fails, and a cut can make it fail. So
this counts the pages that died, and has each come back by itself.
"""

import random
import re
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as BrowserError

from tests.browser.driving import running, settled
from tests.browser.training import WORKER_MS, press_train
from tests.browser.trouble import cutting, processor_taken

TRIES = 200
CUT_EVERY_S = (1.0, 6.0)
TAKEN_FOR_S = (1.0, 4.0)
STAY_MS = (200, 2_500)
BACK_MS = 120_000
COMPARED = "with=lenet-5&with=alexnet-lite&with=vgg-lite&with=resnet-lite"
MOST_DEATHS, MOST_EMPTY = 2, 2
"""A part that Streamlit loads later may be lost in a cut: the page dies, and comes back at once."""

CUT_MEANWHILE = ("ERR_", "chrome-error")
"""What the browser says of a page that did not open; the second where its own page of that came."""

WATCH = """() => {
  const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? "[]");
  const keep = (name, value) => {
    if (value) sessionStorage.setItem(name, JSON.stringify([...new Set([...kept(name), value])]));
  };
  keep("test-reloads", Number(sessionStorage.getItem("cnn-revived")));
  let seen = false;
  setInterval(() => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (seen && !app) keep("test-deaths", Date.now());
    seen = Boolean(app);
  }, 100);
}"""
"""Notes when Streamlit took everything off the page, and when the page loaded itself anew."""


def live_pages(page: Page, url: str) -> tuple[str, str]:
    """The addresses of a run and of a comparison that go on being trained for long."""
    page.goto(f"{url}/train?network=simple-cnn&data=mnist-sample&epochs=500")
    press_train(page)
    expect(page.get_by_text(re.compile(r"^Epoch \d+ of 500"))).to_be_visible(timeout=WORKER_MS)
    run = page.url
    page.goto(f"{url}/compare?{COMPARED}&data=mnist-sample&epochs=300&seeds=1")
    start = page.get_by_role("button", name="Train all")
    expect(start).to_be_visible()
    settled(page)
    start.click()
    expect(page.get_by_text("0 of 4 trainings finished")).to_be_visible()
    return run.removeprefix(url), page.url.removeprefix(url)


def opened(page: Page, address: str) -> None:
    """Opens an address, again where the connection was cut meanwhile."""
    for _ in range(20):
        try:
            page.goto(address, wait_until="commit")
            return
        except BrowserError as error:
            if not any(one in str(error) for one in CUT_MEANWHILE):
                raise
            page.wait_for_timeout(200)
    raise AssertionError(f"{address} did not open")


def clicked(page: Page, name: str) -> None:
    """Goes to another page by the navigation, as soon as it is there, in whatever state it is."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click(timeout=BACK_MS)


def noted(page: Page, name: str) -> list[int]:
    """The moments that `WATCH` kept, whatever document is there at the moment."""
    for _ in range(20):
        try:
            found: list[int] = page.evaluate(
                "name => JSON.parse(sessionStorage.getItem(name) ?? '[]')", name
            )
            return found
        except BrowserError:  # between two documents
            page.wait_for_timeout(500)
    raise AssertionError("no document stays")


def is_there(page: Page) -> bool:
    """Whether the document holds the app, in whatever state."""
    with suppress(BrowserError):
        return page.get_by_test_id("stApp").count() > 0
    return False


def back(page: Page) -> int:
    """Waits until the app stands. A document that was itself cut, before its first letter, holds
    nothing of ours: it is loaded again, and how often is returned.
    """
    again = 0
    for _ in range(BACK_MS // 1_000):
        if page.get_by_test_id("stMain").is_visible():
            return again
        with suppress(BrowserError):
            if page.url.startswith("chrome-error") or "<script" not in page.content():
                again += 1
                page.reload(wait_until="commit")
        page.wait_for_timeout(1_000)
    raise AssertionError(
        f"white for {BACK_MS / 1_000:.0f} s: {page.url}\n{page.content()[-2_000:]}"
    )


@pytest.mark.proof
def test_no_page_stays_white_in_two_hundred_tries(tmp_path: Path, browser: Browser):
    """Live pages, left and come back to at random moments, between cuts and under load."""
    dice = random.Random(16)
    said: list[str] = []
    with running(tmp_path, workers=1) as url:
        page = browser.new_context(locale="en-GB").new_page()
        live = live_pages(page, url)
        page.close()
        with (
            cutting(url, random.Random(1), CUT_EVERY_S) as proxy,
            processor_taken(random.Random(2), TAKEN_FOR_S),
        ):
            page = browser.new_context(locale="en-GB").new_page()
            page.add_init_script(f"({WATCH})()")
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            moves: list[Callable[[], None]] = [
                *[lambda to=to: opened(page, proxy.url + to) for to in live],
                *[lambda to=to: clicked(page, to) for to in ("Train", "Compare", "Draw", "Learn")],
            ]
            opened(page, proxy.url + live[0])
            empty = 0
            for _ in range(TRIES):
                dice.choice(moves)()
                page.wait_for_timeout(dice.uniform(*STAY_MS))
                if not is_there(page):
                    empty += back(page)
            empty += back(page)
            deaths, reloads = noted(page, "test-deaths"), noted(page, "test-reloads")
            page.close()
    faults = {one for one in said if "delta path" in one or "Minified React error" in one}
    counts = f"{len(deaths)} deaths, {len(reloads)} reloads, {empty} empty documents"
    lost = [one for one in said if "dynamically imported module" in one]
    print(f"{TRIES} tries, {proxy.cuts} cuts: {counts}", *lost, sep="\n")
    assert proxy.cuts > TRIES / 10
    assert not faults
    assert len(deaths) <= MOST_DEATHS
    assert empty <= MOST_EMPTY
    assert all(later - sooner >= 60_000 for sooner, later in pairwise(reloads))
