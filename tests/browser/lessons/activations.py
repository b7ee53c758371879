"""Lesson 5: another function changes curve, map and numbers; depth changes what is left."""

import math

from playwright.sync_api import Page, expect

from tests.browser.driving import settled


def use_central_control(page: Page) -> None:
    sigmoid = 1 / (1 + math.exp(-1))
    expect(page.get_by_role("figure", name=f"Sigmoid of 1 is {sigmoid:.4f}")).to_be_visible()
    slope = sigmoid * (1 - sigmoid)
    expect(page.get_by_text(f"Its slope at 1 is {slope:.4f}")).to_be_visible()
    left = f"{slope**9:.1e}".replace("e-0", "e-")
    expect(page.get_by_text(f"by {slope:.4f} each, and {left} of it is left")).to_be_visible()
    cell = page.locator(".tile").filter(has_text="After Sigmoid")
    before = page.locator(".tile").filter(has_text="Before").locator(".value span")
    number = float(before.inner_text().replace("−", "-"))
    after = float(cell.locator(".value span").inner_text())
    assert abs(after - 1 / (1 + math.exp(-number))) < 1e-3

    page.get_by_role("radio", name="ReLU", exact=True).click()
    expect(page.get_by_role("figure", name="ReLU of 1 is 1.0000", exact=True)).to_be_visible()
    expect(page.get_by_text("by 1.0000 each, and 1 of it is left")).to_be_visible()
    rectified = page.locator(".tile").filter(has_text="After ReLU").locator(".value span")
    expect(rectified).to_have_text(f"{max(number, 0):.3f}")
    page.wait_for_url("**function=relu*")
    settled(page)

    slider = page.get_by_role("slider", name="Input x")
    for at in ("0.75", "0.5", "0.25", "0", "−0.25"):
        slider.press("ArrowLeft")  # one by one: an answer that is late would take the next one back
        expect(page.get_by_text(f"Its slope at {at} is")).to_be_visible()
    expect(page.get_by_text("Its slope at −0.25 is 0.0000")).to_be_visible()
    expect(page.get_by_text("by 0.0000 each, and 0 of it is left")).to_be_visible()
    settled(page)
