"""Lesson 9: the last place completes the gradient; a step changes the kernel and the loss; a map is
made larger, and what the checkerboard comes from is counted.
"""

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.browser.grids import cell, number, shown, written


def use_central_control(page: Page) -> None:
    expect(page.get_by_text("L = ½ Σ (Y − T)² = 15.25")).to_be_visible()
    sign = page.locator(".term", has_text="By nudging").locator(".sign")
    expect(sign).to_have_text("→")
    places = page.locator(".side").filter(has_text="upper left weight")
    places.get_by_role("button", name="Step back").click()  # from the first place to the last
    expect(places.locator(".written")).to_contain_text("all 9 contributions")
    expect(sign).to_have_text("≈")
    np.testing.assert_allclose(shown(page, "∂L/∂K so far"), shown(page, "By nudging"), atol=0.01)

    page.get_by_text("One step", exact=True).click()
    after = page.locator(".figure").filter(has_text="Loss after it")
    expect(after).to_contain_text("10.56")
    page.get_by_role("button", name="Take this step").click()
    before = page.locator(".figure").filter(has_text="Loss before the step")
    expect(before).to_contain_text("10.56")
    settled(page)
    assert "taken=1" in page.url
    make_a_map_larger(page)


def make_a_map_larger(page: Page) -> None:
    page.get_by_role("button", name="Uneven windows").click()
    expect(number(page, "Larger map", 3, 3)).to_have_text("4")
    settled(page)
    assert shown(page, "Larger map") == shown(page, "Windows that meet")
    cell(page, "Windows that meet", 3, 3).hover()
    expect(written(page).last).to_contain_text("Larger map, row 2, column 2: 4 windows meet")
    expect(written(page).last).to_contain_text("1 + 1 + 1 + 1 = 4")

    page.get_by_role("button", name="∂L/∂X", exact=True).last.click()
    expect(page.get_by_text("This is ∂L/∂X: the largest difference")).to_be_visible()
    settled(page)
    page.get_by_role("radio", name="∂L/∂X", exact=True).first.click()
    expect(page.get_by_text("By backpropagation")).to_be_visible()
    settled(page)
    made = shown(page, "Larger map")
    np.testing.assert_allclose(made, shown(page, "∂L/∂X by backpropagation"), atol=0.011)
