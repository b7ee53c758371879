"""Lesson 0: a step moves the weight and the numbers; another first weight begins anew."""

from playwright.sync_api import Page, expect

from tests.browser.driving import settled


def use_central_control(page: Page) -> None:
    expect(page.get_by_text("Guess: w = 1.")).to_be_visible()
    expect(page.get_by_text("the slope of the loss at w, −15.")).to_be_visible()
    expect(page.get_by_text("1 − 0.1 · (−15) = 2.5.")).to_be_visible()
    again = page.get_by_role("button", name="Start again")
    expect(again).to_be_disabled()

    page.get_by_role("button", name="Step", exact=True).click()

    expect(page.get_by_text("Guess: w = 2.5.")).to_be_visible()
    loss = page.get_by_role("figure", name="Gradient: the slope of the loss at w, −7.5.")
    expect(loss).to_be_visible()
    settled(page)
    assert "taken=1%3A1" in page.url
    page.get_by_role("button", name="10 steps").click()
    expect(page.get_by_text("Guess: w = 3.99854.")).to_be_visible()
    settled(page)
    expect(again).to_be_enabled()
    page.get_by_role("slider", name="First weight w").press("ArrowRight")
    expect(page.get_by_text("Guess: w = 1.5.")).to_be_visible()
    expect(again).to_be_disabled()
    settled(page)
    assert "w=1.5" in page.url
