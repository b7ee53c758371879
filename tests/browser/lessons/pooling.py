"""Lesson 4: the worked pooling; a shift marks what stays, and says how much."""

from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.browser.grids import cell, shown, written


def use_central_control(page: Page) -> None:
    worked = [[3, 2, 3, 4], [4, 3, 4, 5], [3, 2, 3, 3], [5, 4, 5, 6]]
    assert shown(page, "Output") == worked
    expect(page.get_by_text("20,490", exact=True)).to_be_visible()

    cell(page, "Output", 4, 4).hover()
    expect(written(page)).to_contain_text("max(4, 6, 3, 5) = 6")

    page.get_by_role("button", name="Shift by one").click()
    # By hand: the ring moved by one keeps 12 of its 16 cells.
    expect(page.get_by_text("12 of 16 output cells")).to_be_visible()
    expect(page.locator(".outputs .cell.kept")).to_have_count(12)
    settled(page)
