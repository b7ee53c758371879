"""Training as a visitor begins it, and how long one may wait for what comes of it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.driving import settled

WORKER_MS = 240_000  # TensorFlow takes its time to start, more of it on a busy machine


def press_train(page: Page) -> None:
    """Presses Train on its page, and waits until the run stands in the address."""
    button = page.get_by_role("button", name=re.compile(r"^Train( \(|$)"))
    expect(button).to_be_visible()
    settled(page)
    button.click()
    page.wait_for_url("**/train?run=*")
