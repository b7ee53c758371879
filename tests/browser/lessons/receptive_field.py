"""Lesson 7: another layer widens the field; a hovered cell lights what a moved pixel would move."""

import re

from playwright.sync_api import Page, expect

from tests.browser.driving import settled

SAID = re.compile(
    r"field is (\d+)×(\d+) pixels\..* Rows (\d+) to (\d+), columns (\d+) to (\d+)\. Up to ([\d,]+)"
)


def use_central_control(page: Page) -> None:
    said = page.locator(".field .said")
    expect(page.get_by_text("The field of a cell of Conv 3×3 is 10×10 pixels")).to_be_visible()
    # The middle cell: 2 · 7 - 1 - 2 - 1 = 10 to 19; by hand 81 ways, 9 on each axis.
    assert numbers(page) == (10, 10, 10, 19, 10, 19, 81)

    page.get_by_role("button", name="Conv 5×5").click()
    expect(page.get_by_text("The field of a cell of Conv 5×5 is 18×18 pixels")).to_be_visible()
    expect(page.get_by_role("img", name="Conv 5×5, 14×14")).to_be_visible()
    page.wait_for_url("**stack=c3-c3-m2-c3-c5**")
    settled(page)

    page.get_by_role("button", name="Two 3×3, as one 5×5").click()
    expect(page.get_by_text("The field of a cell of Conv 3×3 is 5×5 pixels")).to_be_visible()
    settled(page)
    # In the corner the first layer has rows 0 and 1 alone: 2 2 1 ways on each axis.
    hover(page, 1, 0, 0)
    expect(said).to_contain_text("9 of them count")
    assert numbers(page) == (5, 5, 0, 2, 0, 2, 4)
    lit = page.locator(".field canvas").first.evaluate(BLUE, [0, 0])
    assert lit, "the corner pixel is lit"
    assert not page.locator(".field canvas").first.evaluate(BLUE, [3, 0])

    page.locator(".field canvas").nth(2).click(position={"x": 3, "y": 3})
    page.wait_for_url("**cell=1-0-0**")
    settled(page)
    slider = page.get_by_role("slider", name="Convolution")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_text("Convolution 2: a cell sees 5×5 pixels")).to_be_visible()
    settled(page)
    expect(page.locator(".exciting img")).to_have_count(48)


BLUE = """(canvas, [row, column]) => {
  const [red, , blue, alpha] = canvas.getContext("2d").getImageData(column, row, 1, 1).data;
  return alpha > 60 && blue > 2 * red;
}"""


def hover(page: Page, layer: int, row: int, column: int) -> None:
    canvas = page.locator(".field canvas").nth(layer + 1)
    box = canvas.bounding_box()
    assert box is not None
    cell = box["width"] / 28
    canvas.hover(position={"x": (column + 0.5) * cell, "y": (row + 0.5) * cell})


def numbers(page: Page) -> tuple[int, ...]:
    said = page.locator(".field .said")
    expect(said).to_have_text(SAID)
    found = SAID.search(said.inner_text())
    assert found is not None
    return tuple(int(text.replace(",", "")) for text in found.groups())
