"""A training that begins with another, as a visitor lives through it: choose, freeze, train."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import choose_option, settled
from tests.browser.training import WORKER_MS, press_train

SHAPES = "train?network=shapes-demo&data=shapes&seed=41"


@pytest.mark.proof
def test_a_run_begins_with_another_frozen_by_a_click_in_the_picture(training_url: str, page: Page):
    page.goto(f"{training_url}/{SHAPES}&epochs=2")
    press_train(page)
    expect(page.get_by_text("Test accuracy")).to_be_visible(timeout=WORKER_MS)
    page.get_by_role("button", name="New training").click()
    settled(page)

    page.get_by_text("Start from new weights").click()
    trained = page.locator(".st-key-train_start").get_by_role("combobox")
    choose_option(trained, re.compile("Shapes demo"))
    settled(page)
    frozen = page.locator(".st-key-train_freeze")
    expect(frozen).to_contain_text("nothing")
    page.locator('.st-key-start_from [data-path="layers[2]"] .front').click()
    expect(page.locator(".st-key-start_from svg .border")).to_have_count(1)
    expect(frozen.get_by_text("Conv2D #2")).to_be_visible()
    expect(page.locator(".st-key-start_from")).to_contain_text("Conv2D #2 taken, frozen")
    settled(page)

    press_train(page)

    expect(page.get_by_text("Test accuracy")).to_be_visible(timeout=WORKER_MS)
    expect(
        page.get_by_text(re.compile("Starts from weights of run .*frozen: up to Conv2D #2"))
    ).to_be_visible()
    page.get_by_role("button", name="Show that run").click()
    expect(page.get_by_text("Starts from weights")).to_have_count(0)
    settled(page)
