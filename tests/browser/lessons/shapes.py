"""Lesson 10: another drawing is another picture, and its row has other numbers."""

from playwright.sync_api import Page, expect

from tests.browser.driving import settled


def use_central_control(page: Page) -> None:
    expect(page.get_by_role("img", name="Drawing 0, a circle; row 8 is framed")).to_be_visible()
    numbers = page.get_by_test_id("stCode").first
    before = numbers.inner_text()

    page.get_by_role("slider", name="Row").press("Home")

    expect(page.get_by_role("img", name="row 0 is framed")).to_be_visible()
    expect(page.get_by_text("x[0, 0, :, 0] =")).to_be_visible()
    settled(page)
    assert numbers.inner_text() != before
    assert numbers.inner_text().split() == ["[0", *["0"] * 14, "0]"]

    page.get_by_role("slider", name="Drawing n").press("End")

    expect(page.get_by_text("Drawing 179 is a")).to_be_visible()
    settled(page)
    assert "n=179" in page.url
    expect(page.get_by_text("80 + 1,168 + 8,224 + 99 = 9,571")).to_be_visible()
