"""Lesson 3: a kernel more gives a map more; a hovered cell's sum is written out; ReLU cuts it."""

import numpy as np
from playwright.sync_api import Page, Position, expect

from cnn.data import DatasetName, DatasetSpec, load
from tests.browser.driving import settled

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
ROW, COLUMN = 11, 13


def use_central_control(page: Page) -> None:
    pixels = load(DatasetSpec(DatasetName.MNIST_SAMPLE)).validation.pixels[3, :, :, 0].astype(int)
    whole = [[(pixels[y : y + 3, x : x + 3] * SOBEL_X).sum() for x in range(26)] for y in range(26)]
    digit, sums = pixels / 255, np.array(whole) / 255
    said = page.locator("output.said").first
    expect(said).to_contain_text(f"Sobel x, row {ROW}, column {COLUMN}:")
    expect(said).to_contain_text(f"= {_text(sums[ROW, COLUMN])}")
    expect(page.get_by_text(f"{(sums > 0).sum()} are above 0", exact=False)).to_be_visible()

    row, column = (int(one) for one in np.unravel_index(sums.argmin(), sums.shape))
    sobel = page.get_by_role("img", name="Sobel x, 26×26")
    box = sobel.bounding_box()
    assert box is not None
    at: Position = {
        "x": (column + 0.5) * box["width"] / 26,
        "y": (row + 0.5) * box["height"] / 26,
    }
    sobel.hover(position=at)  # answers in the browser
    expect(said).to_contain_text(f"row {row}, column {column}:")
    expect(said).to_contain_text(f"= {_text(sums[row, column])}")
    sobel.click(position=at)
    page.wait_for_url(f"**cell=1-{row}-{column}*")
    settled(page)

    page.get_by_test_id("stWidgetLabel").filter(has_text="ReLU").click()
    expect(said).to_contain_text(f"= {_text(sums[row, column])}, after ReLU 0.000")
    expect(page.get_by_text(f"{(sums > 0).sum()} of 676 cells above 0")).to_be_visible()

    expect(page.get_by_role("img", name="Laplacian, 26×26")).to_have_count(0)
    page.get_by_role("button", name="Laplacian").click()
    expect(page.get_by_role("img", name="Laplacian, 26×26")).to_be_visible()
    settled(page)

    page.get_by_role("button", name="Custom").click()
    weight = page.get_by_role("textbox", name="Weight 1, 1")
    weight.fill("0.5")
    weight.press("Tab")
    custom = page.locator(".tile").filter(has=page.get_by_role("img", name="Custom, 26×26"))
    expect(custom.locator(".note")).to_have_text(f"0.00 to {0.5 * digit[1:-1, 1:-1].max():.2f}")
    page.wait_for_url("**custom=0_0_0_0_0.5_0_0_0_0*")
    settled(page)


def _text(number: float) -> str:
    return f"{number:.3f}".replace("-", "−")
