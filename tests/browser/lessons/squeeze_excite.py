"""Lesson 13: a click on a channel chooses it, and its gate changes the answer."""

from playwright.sync_api import Page, expect

from cnn.lessons.equivariance import example
from cnn.lessons.squeeze_excite import weighed
from tests.browser.driving import settled
from ui.parts.drawing.answers import certainty


def use_central_control(page: Page) -> None:
    image = example(3)[0]
    own = weighed(image)
    channel = 25
    closed = weighed(image, {channel: 0.0})
    assert certainty(float(own.shares[own.said])) != certainty(float(closed.shares[own.said]))

    card = page.locator(f'[data-path="{channel}"]').filter(has_text=f"channel {channel}").first
    card.click()
    page.wait_for_url(f"**channel={channel}*")
    settled(page)
    page.get_by_text("Closed: 0").click()

    share = certainty(float(closed.shares[own.said]))
    expect(page.get_by_text(f"the share of {own.said} is {share}")).to_be_visible()
    page.wait_for_url("**gate=closed*")
    expect(card).to_contain_text("0.00")
    settled(page)
