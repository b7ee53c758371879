"""Lesson 11: a click on the timeline shows that network; the depth changes lines and numbers."""

from playwright.sync_api import Page, expect

from cnn.lessons.residual import Start, kept, median_at
from cnn.pictures.inside.gradient_lines import power
from tests.browser.driving import settled


def use_central_control(page: Page) -> None:
    expect(page.get_by_role("img", name="LeNet-5, historic: input 28x28x1")).to_be_visible()
    expect(page.get_by_text("5 layers with weights, 61,706 parameters").first).to_be_visible()

    page.get_by_role("button", name="2014: VGG-16").click()
    expect(page.get_by_role("img", name="VGG-16: input 224x224x3")).to_be_visible()
    expect(page.get_by_role("img", name="VGG-lite: input 28x28x1")).to_be_visible()
    expect(page.get_by_text("16 layers with weights, 138,357,544 parameters")).to_be_visible()
    lite = "138,714 parameters (138,266 trainable)"
    expect(page.get_by_text(lite, exact=False).first).to_be_visible()
    page.wait_for_url("**which=vgg**")
    settled(page)

    slider = page.get_by_role("slider", name="Depth")
    slider.focus()
    slider.press("End")
    expect(page.get_by_role("img", name="Gradient by layer at depth 32")).to_be_visible()
    for skips in (False, True):
        first = power(median_at(kept(32, skips, Start.GLOROT))[0])
        expect(page.get_by_text("At 32 layers", exact=False)).to_contain_text(first)
    settled(page)
    page.get_by_text("Larger, for ReLU (He)").click()
    expect(page.get_by_text("Larger first weights help the plain stack too")).to_be_visible()
    first = power(median_at(kept(32, False, Start.HE))[0])
    expect(page.get_by_text("At 32 layers", exact=False)).to_contain_text(first)
