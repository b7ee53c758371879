"""Lesson 12: another rule shows two other networks with other figures."""

from playwright.sync_api import Page, expect

from tests.browser.driving import choose_option, settled


def use_central_control(page: Page) -> None:
    expect(page.get_by_text("Kept: Two 3×3")).to_be_visible()
    settled(page)

    choose_option(page.get_by_role("combobox", name="Rule"), "Flatten or average")

    expect(page.get_by_text("Kept: Average globally")).to_be_visible()
    figures = page.locator(".figure").filter(has_text="Parameters")
    expect(figures.nth(0)).to_contain_text("5,130")
    expect(figures.nth(1)).to_contain_text("20,490")
    settled(page)
    assert "rule=head" in page.url
