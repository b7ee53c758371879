"""Lesson 6: a step shows the next stage, and every cell's numbers are those of `cnn.insight`."""

import re

from playwright.sync_api import Locator, Page, expect

from cnn.insight.passes.forward import forward
from cnn.insight.readings.cell import cell
from cnn.lessons.pipeline import Size, followed
from cnn.network.trace import trace
from tests.browser.driving import settled

FIRST = 3
"""The place of the image that the lesson begins with."""


def use_central_control(page: Page) -> None:
    view, details = page.locator(".stages"), page.locator(".stages .details")
    expect(view.locator(".where")).to_have_text("1 of 10")
    page.get_by_role("button", name="Next stage").click()
    expect(view.get_by_role("img", name="Conv, map 7")).to_be_visible()
    expect(view.get_by_text("8 × 3×3×1 + 8 = 80 parameters")).to_be_visible()

    one = followed(Size.SMALL)
    traced = trace(one.shipped.architecture)
    image = one.images.images[FIRST : FIRST + 1]
    found = forward(one.shipped.architecture, one.shipped.weights, image, keep_linear=True)

    def expected(name: str, *place: int) -> float:
        return cell(traced, one.shipped.weights, found, name, place).linear

    scrubbed(page, 4)
    for row, column, map_ in ((0, 0, 0), (3, 1, 5), (2, 3, 15)):
        click_cell(view.get_by_role("img", name=f"Conv, map {map_}", exact=True), row, column, 4)
        expect(details.locator("h2")).to_have_text(f"Conv, map {map_}, row {row}, column {column}")
        near(details, expected("conv2d_2", row, column, map_))
    page.wait_for_url("**cell=2-3-15**")
    settled(page)

    scrubbed(page, 6)
    click_cell(view.get_by_role("img", name="Max pool, map 2", exact=True).last, 1, 0, 2)
    near(details, expected("max_pooling2d_2", 1, 0, 2))
    scrubbed(page, 7)
    click_cell(view.get_by_role("img", name="Flatten", exact=True), 1, 3, 4, across=16)
    near(details, expected("flatten_1", 19))
    scrubbed(page, 8)
    view.locator(".bar").nth(6).click()
    near(details, expected("dense_1", 6))
    scrubbed(page, 9)
    expect(view.locator(".now .bar.best .class")).to_have_text(str(one.answers[FIRST]))
    view.locator(".now .bar.best").click()
    share = details.locator("p", has_text="the sum over all 10")
    expect(share).to_have_text("1 / 1.00000002 (the sum over all 10) = 99.999998\u202f%")
    for unit, share in enumerate(found.output[0]):
        text = "> 99.9 %" if share >= 0.9995 else "< 0.1 %" if share < 0.0005 else f"{share:.1%}"
        expect(view.locator(".now .bar .value").nth(unit)).to_have_text(
            text.replace("%", " %").replace("  ", " ")
        )
    page.wait_for_url("**stage=9**")
    settled(page)

    page.get_by_text("28×28", exact=True).click()
    expect(page.get_by_text("20,490 parameters")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(view.locator(".where")).to_have_text("2 of 10")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(view.get_by_text("28×28×16 = 12,544 numbers")).to_be_visible()
    page.wait_for_url("**stage=1**")


def scrubbed(page: Page, stage: int) -> None:
    slider = page.locator(".stages").get_by_role("slider", name="Stage")
    slider.fill(str(stage))
    expect(page.locator(".stages .where")).to_have_text(f"{stage + 1} of 10")


def click_cell(canvas: Locator, row: int, column: int, down: int, across: int = 0) -> None:
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    x = (column + 0.5) / (across or down) * box["width"]
    canvas.locator("..").click(position={"x": x, "y": (row + 0.5) / down * box["height"]})


def near(details: Locator, value: float) -> None:
    """The result in the numbers is this value, to the four digits that are shown."""
    text = details.locator("p b").last.inner_text()
    shown = float(re.sub("−", "-", text))
    assert abs(shown - value) <= 6e-4 * max(abs(value), 1e-3), (shown, value)
