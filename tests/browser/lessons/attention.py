"""Lesson 14: a cell that is pointed at looks at others, by the chosen head; a guess is answered."""

from playwright.sync_api import Page, expect

from cnn.lessons.attention import Position, looked, network
from cnn.lessons.equivariance import example
from tests.browser.driving import settled
from ui.parts.drawing.answers import certainty


def use_central_control(page: Page) -> None:
    image = example(3)[0]
    own = looked(image)
    said = page.locator(".looks .said")
    picture = page.locator(".looks canvas.image")
    expect(said).to_contain_text("On average over the heads, row 3, column 3 looks")
    expect(said).to_contain_text("Sum: 1.000.")

    box = picture.bounding_box()
    assert box is not None
    cell = box["width"] / 7
    picture.hover(position={"x": 2.5 * cell, "y": 1.5 * cell})  # answers in the browser
    expect(said).to_contain_text("row 1, column 2 looks")
    page.get_by_role("button", name="Head 2").click()
    page.wait_for_url("**head=2*")
    settled(page)
    picture.click(position={"x": 2.5 * cell, "y": 1.5 * cell})
    page.wait_for_url("**cell=1-2*")
    settled(page)
    row = own.weights[2, 7 + 2]
    most = divmod(int(row.argmax()), 7)
    where = "itself" if most == (1, 2) else f"row {most[0]}, column {most[1]}"
    expect(said).to_contain_text(
        f"By head 2, row 1, column 2 looks most at {where}: {float(row.max()):.3f}."
    )
    picture.press("ArrowDown")
    expect(said).to_contain_text("row 2, column 2 looks")
    page.wait_for_url("**cell=2-2*")
    settled(page)

    page.get_by_text("Position embedding", exact=True).first.click()
    off = looked(image, Position.OFF)
    share = certainty(float(off.shares[own.said]))
    expect(page.get_by_text(f"the share of {own.said} is {share}")).to_be_visible()
    page.wait_for_url("**position=0*")
    settled(page)

    page.get_by_role("button", name="The convolution").click()
    expect(page.get_by_text("You said: The convolution.")).to_be_visible()
    expect(page.get_by_text(f"{network().card.right:,}", exact=True).first).to_be_visible()
    settled(page)
