"""Comparing as a visitor does it: one click, one progress view, curves and a table."""

import re

from playwright.sync_api import Page, expect

from tests.browser.driving import settled

WORKER_MS = 180_000


def test_two_networks_are_compared_in_one_click_and_found_again(training_url: str, page: Page):
    page.goto(f"{training_url}/compare?with=shapes-demo&with=lenet-5&data=shapes&epochs=2&seeds=1")
    start = page.get_by_role("button", name="Train all")
    expect(start).to_be_visible()
    settled(page)
    start.click()

    expect(page.get_by_text("2 of 2 trainings finished")).to_be_visible(timeout=WORKER_MS)
    lenet = page.get_by_role("row", name=re.compile("LeNet-5"))
    expect(lenet).to_contain_text("61,111")
    expect(lenet).to_contain_text(re.compile(r"\d+\.\d\s%"))
    expect(lenet).to_contain_text("n = 1")
    expect(page.get_by_role("img", name="Accuracy, validation").locator(".trace")).to_have_count(2)
    settled(page)

    page.get_by_role("button", name="Parameters").click()
    names = page.get_by_role("row").all_inner_texts()
    assert "LeNet-5" in names[1]

    page.get_by_role("spinbutton", name="Seeds").fill("2")
    page.get_by_role("spinbutton", name="Seeds").press("Enter")
    expect(page.get_by_role("button", name="Train the 2 missing")).to_be_visible()
    assert "seeds=2" in page.url
    page.reload()
    expect(page.get_by_role("button", name="Train the 2 missing")).to_be_visible()
    settled(page)

    page.get_by_role("button", name="Show LeNet-5").click()
    page.wait_for_url("**/train?run=*")
    expect(page.get_by_role("heading", name="LeNet-5 on Shapes")).to_be_visible()
    settled(page)
