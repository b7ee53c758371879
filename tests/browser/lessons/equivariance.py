"""Lesson 8: a click on the map of shifts moves the digit, its maps, and the answer."""

import re

from playwright.sync_api import Page, expect

from cnn.insight.passes.forward import predict
from cnn.insight.readings.disturbance import shifted
from cnn.lessons.equivariance import example
from cnn.shipped import shipped
from tests.browser.driving import settled


def use_central_control(page: Page) -> None:
    network, image = shipped(), example(3)[0]
    moved = shifted(image, -7, 7)
    likely = predict(network.architecture, network.weights, moved[None, ..., None])[0]
    maps = page.locator(".maps")
    pooled = maps.locator(".tile").filter(has_text="First pooling, moved")
    expect(pooled.locator(".note")).to_have_text("1 cell right")
    row = page.get_by_role("row").filter(has_text="First convolution")
    expect(row).to_contain_text("0.0000")
    conv = maps.locator(".tile").filter(has_text="First convolution, ReLU")
    assert conv.nth(0).locator(".value span").inner_text() != "0.000"
    expect(conv.nth(1).locator(".value span")).to_have_text(
        conv.nth(0).locator(".value span").inner_text()
    )

    page.locator('[data-path="-7,7"]').click()

    expect(pooled.locator(".note")).to_have_text("3.5 cells left, 3.5 cells down")
    expect(page.get_by_text(f"the network reads {likely.argmax()} and is")).to_be_visible()
    page.wait_for_url("**right=-7&down=7*")
    settled(page)

    page.get_by_text(re.compile("^Measure it on")).click()
    expect(page.get_by_text("unmoved 100.0")).to_be_visible()
    settled(page)
