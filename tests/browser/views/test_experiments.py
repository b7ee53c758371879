"""Experiments as a visitor does them: choose, train in a click, read what was measured."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PageMaker, settled
from tests.browser.training import WORKER_MS


@pytest.mark.proof
def test_a_small_sweep_is_trained_to_its_curve_and_opened_in_compare(training_url: str, page: Page):
    page.goto(
        f"{training_url}/experiments?tab=sweep&network=shapes-demo&field=filters&value=0.5&value=1"
        "&data=shapes&epochs=1&seeds=1"
    )
    settled(page)
    expect(page.get_by_text(re.compile("2 trainings, one after the other: "))).to_be_visible()
    page.get_by_role("button", name="Train all").click()

    expect(page.get_by_text("2 of 2 trainings finished")).to_be_visible(timeout=WORKER_MS)
    curve = page.get_by_role("figure", name="Validation accuracy against filters")
    expect(curve.locator(".js-line")).to_have_count(1)
    # Two dots of single seeds, and the two means over them.
    expect(curve.locator(".point")).to_have_count(4)
    expect(page.get_by_role("row", name=re.compile("filters ×0.5"))).to_contain_text("n = 1")
    settled(page)

    page.get_by_role("button", name="Open in Compare").click()
    page.wait_for_url("**/compare?*")
    expect(page.get_by_text("2 of 2 trainings finished")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_both_sides_of_a_block_are_trained_in_a_click(training_url: str, new_page: PageMaker):
    page = new_page(color_scheme="dark")
    page.goto(f"{training_url}/experiments?data=shapes&epochs=1&channels=4")
    expect(page.get_by_role("row", name=re.compile("^Weights"))).to_contain_text("25C² = 400")
    expect(page.get_by_role("row", name=re.compile("^Weights"))).to_contain_text("18C² = 288")
    settled(page)
    page.get_by_role("button", name="Train both").click()

    expect(page.get_by_text("2 of 2 trainings finished")).to_be_visible(timeout=WORKER_MS)
    expect(page.get_by_role("row", name=re.compile("Two 3×3, 4 channels"))).to_contain_text("n = 1")
    expect(page.get_by_text("Is the difference real?")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_the_depth_results_that_ship_say_what_was_measured_and_back_goes_back(
    app_url: str, page: Page
):
    page.goto(f"{app_url}/experiments?tab=depth&depth=8&data=shapes&epochs=1")
    settled(page)
    page.get_by_role("button", name="Show the results that come along").click()

    expect(page.get_by_text("40 of 40 trainings finished")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Plain: \d+\.\d % of 1,000 test images"))).to_be_visible()
    expect(page.get_by_text(re.compile("^At depth 32, plain has"))).to_be_visible()
    gradients = page.get_by_role("figure", name="Gradient norm of each layer at depth 32")
    expect(gradients.locator(".point")).to_have_count(2 * 32)
    settled(page)

    page.get_by_role("tab", name="Original and lite").click()
    parameters = page.get_by_role("row", name=re.compile("^Parameters"))
    expect(parameters).to_contain_text("61,706")
    settled(page)
    page.get_by_role("radio", name="VGG-lite").click()
    expect(parameters).to_contain_text("138,357,544")
    settled(page)
    page.get_by_role("tab", name="Depth").click()
    expect(page.get_by_text("40 of 40 trainings finished")).to_be_visible()
    assert "tab=depth" in page.url
    settled(page)

    page.go_back()
    expect(parameters).to_contain_text("138,357,544")
    settled(page)
    page.go_back()
    expect(parameters).to_contain_text("61,706")
    settled(page)
