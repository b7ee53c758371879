"""No page goes white, however busy the machine is and however often its connection is cut."""

import random
import re
from collections.abc import Callable
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
WATCH = """() => {
  let seen = false;
  setInterval(() => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (app) seen = true;
    if (!seen || app) return;
    seen = false;
    sessionStorage.setItem("white", Number(sessionStorage.getItem("white") ?? 0) + 1);
  }, 100);
}"""
"""Counts how often Streamlit took everything off the page: it does where its own script fails."""


def live_pages(page: Page, url: str) -> tuple[str, str]:
    """The addresses of a run and of a comparison that go on being trained for long."""
    page.goto(f"{url}/train?network=simple-cnn&data=mnist-sample&epochs=500")
    press_train(page)
    expect(page.get_by_text(re.compile(r"^Epoch \d+ of 500"))).to_be_visible(timeout=WORKER_MS)
    run = page.url
    page.goto(f"{url}/compare")
    settled(page)
    epochs = page.get_by_role("spinbutton", name="Epochs")
    epochs.fill("300")
    epochs.press("Enter")
    settled(page)
    page.get_by_role("button", name="Train all").click()
    expect(page.get_by_text(re.compile(r"0 of \d+ trainings finished"))).to_be_visible()
    return run.removeprefix(url), page.url.removeprefix(url)


def opened(page: Page, address: str) -> None:
    """Opens an address, again where the connection was cut meanwhile."""
    for _ in range(20):
        try:
            page.goto(address, wait_until="commit")
            return
        except BrowserError as error:
            if "ERR_" not in str(error):
                raise
    raise AssertionError(f"{address} did not open")


def clicked(page: Page, name: str) -> None:
    """Goes to another page by the navigation, as soon as it is there, in whatever state it is."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click(timeout=BACK_MS)


@pytest.mark.proof
def test_no_page_goes_white_in_two_hundred_tries(tmp_path: Path, browser: Browser):
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
            for _ in range(TRIES):
                dice.choice(moves)()
                page.wait_for_timeout(dice.uniform(*STAY_MS))
            expect(page.get_by_test_id("stMain")).to_be_visible(timeout=BACK_MS)
            white = page.evaluate("Number(sessionStorage.getItem('white') ?? 0)")
            page.close()
    faults = [one for one in said if "Bad delta path" in one or "Minified React error" in one]
    assert (white, faults) == (0, [])
    assert proxy.cuts > TRIES / 10
