"""The tabs beside the stack on the Build page: code, picture, an image inside, and the input."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cnn.network.architecture import Architecture
from cnn.network.layers import Dense, Flatten
from cnn.network.link import encode
from tests.browser.driving import choose_option, settled
from tests.browser.views.test_build import metric, open_build


def test_a_line_of_code_explains_its_layer_and_chooses_it(page: Page, app_url: str):
    open_build(page, app_url)
    page.get_by_role("tab", name="Take away").click()
    script = page.get_by_role("group", name="Keras script")
    line = script.get_by_role("button").filter(has_text="layers.Conv2D(16, 5")
    line.hover()
    expect(page.get_by_text("14×14×6 → 10×10×16 · 2,416 parameters")).to_be_visible()
    line.click()
    chosen = page.get_by_role("treeitem", name=re.compile("^Conv2D #2"))
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(line).to_have_attribute("aria-pressed", "true")
    settled(page)

    line.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen = page.get_by_role("treeitem", name=re.compile("^MaxPooling2D #2"))
    expect(chosen).to_have_attribute("aria-selected", "true")
    settled(page)


@pytest.mark.proof
def test_the_picture_is_saved_as_png_twice_as_large_as_its_svg(page: Page, app_url: str):
    name = "A/B <b>net</b>"
    open_build(page, app_url, encode(Architecture(name, (8, 8, 1), (Flatten(), Dense(10)))))
    page.get_by_role("tab", name="Take away").click()
    page.get_by_role("radio", name="Picture").click()
    files = {}
    for kind in ("SVG", "PNG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {kind}").click()
        files[kind] = Path(download.value.path()).read_bytes()
        assert download.value.suggested_filename == f"a-b--b-net--b.{kind.lower()}"
    viewbox = ElementTree.fromstring(files["SVG"]).attrib["viewBox"]
    picture = Image.open(io.BytesIO(files["PNG"]))
    assert picture.format == "PNG"
    assert picture.size == tuple(2 * int(side) for side in viewbox.split()[2:])
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    darkest = min(picture.convert("L").tobytes())
    assert darkest < 128, "the words cannot be read on white"
    settled(page)


@pytest.mark.proof
def test_a_picture_of_ones_own_goes_through_the_network(page: Page, app_url: str, tmp_path: Path):
    mine = tmp_path / "mine.png"
    Image.new("RGB", (90, 60), (102, 102, 102)).save(mine)
    open_build(page, app_url)
    choose_option(page.get_by_role("combobox", name="Image"), "My own image")
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(mine)
    shown = page.locator('.card[data-path=""]')
    expect(shown).to_contain_text("0.4 … 0.4")
    page.get_by_text("Swap dark and light").click()
    expect(shown).to_contain_text("0.6 … 0.6")
    settled(page)


def test_the_input_takes_the_size_of_a_data_set_or_any_other(page: Page, app_url: str):
    open_build(page, app_url)
    size = page.get_by_role("combobox", name="Input")
    choose_option(size, "16×16×1 · Shapes")
    expect(metric(page, "Parameters")).to_contain_text("21,386")
    settled(page)
    size.click()
    page.keyboard.type("32x32x3")
    page.keyboard.press("Enter")
    expect(metric(page, "Parameters")).to_contain_text("83,126")
    settled(page)
