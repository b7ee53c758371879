"""Lesson 2: the worked example stands there; pointing explains it, a click changes it."""

from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.browser.grids import cell, number, shown, written


def use_central_control(page: Page) -> None:
    assert shown(page, "Output") == [[4, 2, 2], [2, 3, 4], [1, 3, 3]]

    cell(page, "Output", 2, 3).hover()
    expect(written(page)).to_contain_text("Output, row 1, column 2")
    expect(written(page)).to_contain_text("4 + 0 = 4")

    cell(page, "Input", 1, 1).click()
    expect(number(page, "Output", 1, 1)).to_have_text("3")
    settled(page)
    assert "x=worked-5-1%3A00100_01101_00110_10011_01011" in page.url

    page.get_by_role("button", name="A border is dropped").click()
    expect(page.get_by_text("The last row and the last column are never read")).to_be_visible()
    expect(cell(page, "Output", 3, 3)).to_be_visible()
    corner = cell(page, "Input", 8, 8)
    expect(corner).to_have_accessible_name("row 7, column 7: 1, no window reaches it")
