"""Lesson 9: the last place completes the gradient; a step changes the kernel and the loss."""

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.browser.grids import shown, written


def use_central_control(page: Page) -> None:
    expect(page.get_by_text("L = ½ Σ (Y − T)² = 15.25")).to_be_visible()
    sign = page.locator(".term", has_text="By nudging").locator(".sign")
    expect(sign).to_have_text("→")
    page.get_by_role("button", name="Step back").click()  # from the first place to the last
    expect(written(page).last).to_contain_text("all 9 contributions")
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
