"""Lesson 1: a preset changes both bars and both numbers."""

from playwright.sync_api import Page, expect

from tests.browser.driving import settled


def use_central_control(page: Page) -> None:
    picture = page.get_by_role("img", name="Dense 25,120 parameters, convolution 320 parameters")
    expect(picture).to_be_visible()

    page.get_by_role("button", name="16×16, 8 units").click()

    expect(
        page.get_by_role("img", name="Dense 2,056 parameters, convolution 80 parameters")
    ).to_be_visible()
    expect(page.get_by_text("Your image is 16 × 16 × 1 = 256 numbers.")).to_be_visible()
    settled(page)
    assert "size=16" in page.url
    assert "units=8" in page.url
