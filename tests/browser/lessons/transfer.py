"""Lesson 15: a click on a block moves the border, and other images have other figures."""

from playwright.sync_api import Page, expect

from cnn.lessons.transfer import Case, Own, kept
from cnn.lessons.transfer.measured import measured
from tests.browser.driving import settled
from ui.session.words import percent


def use_central_control(page: Page) -> None:
    expect(page.get_by_role("img", name="frozen: 9 layers")).to_be_visible()
    expect(page.get_by_text(f"{kept(Own.SCENES, 9).macs:,} MACs").first).to_be_visible()

    page.locator('[data-path="layers[4]"]').first.click()
    page.wait_for_url("**border=5*")
    settled(page)
    expect(page.get_by_role("img", name="frozen: 5 layers")).to_be_visible()
    now = kept(Own.SCENES, 5)
    expect(page.get_by_text(f"of which {now.frozen:,} are frozen").first).to_be_visible()
    mean = percent(measured()[Case(Own.SCENES, 5)].mean)
    expect(page.get_by_text(f"With this border {mean}").first).to_be_visible()

    page.get_by_text("Ten digits", exact=True).first.click()
    page.wait_for_url("**own=digits*")
    settled(page)
    mean = percent(measured()[Case(Own.DIGITS, 5)].mean)
    expect(page.get_by_text(f"With this border {mean}").first).to_be_visible()
    settled(page)
