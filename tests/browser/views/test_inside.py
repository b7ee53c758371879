"""Looking inside in a browser: maps, cells and their numbers, files, and the ways that lead in."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from cnn.data.sets.mnist import load_sample
from cnn.network.keras.file import keras_file
from cnn.network.layers import BatchNormalization
from cnn.shipped import shipped
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import PageMaker, settled
from tests.browser.training import WORKER_MS, press_train
from tests.browser.views.test_train import SHAPES


def open_inside(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".explorer .card").first).to_be_visible()
    expect(cell_heading(page)).to_be_visible()
    settled(page)


def cell_heading(page: Page) -> Locator:
    return page.get_by_test_id("stMain").get_by_role("heading", level=2)


def card(page: Page, title: str) -> Locator:
    return page.locator(".explorer .card").filter(has_text=re.compile(rf"^{re.escape(title)}\d"))


def choose_network(page: Page, name: str) -> None:
    """Typed: the list draws only what is in sight, and every finished run is in it."""
    page.get_by_role("combobox", name=re.compile("Network")).fill(name)
    page.get_by_role("option", name=name).click()


def naive_value(image: np.ndarray, filter_: int, row: int, column: int) -> float:
    """A cell of the shipped network's second convolution, by loops from the pixels on."""
    weights = shipped().weights
    (first,), (second,) = weights["conv2d_1"], weights["conv2d_2"]
    gamma, beta, mean, variance = (one.astype(float) for one in weights["batch_normalization_1"])
    layer = shipped().architecture.layers[1]
    assert isinstance(layer, BatchNormalization)
    total = 0.0
    for i in range(3):
        for j in range(3):
            for k in range(first.shape[3]):
                before = sum(
                    float(image[row + i + a, column + j + b]) * float(first[a, b, 0, k])
                    for a in range(3)
                    for b in range(3)
                )
                normal = (before - mean[k]) / (variance[k] + layer.epsilon) ** 0.5
                total += max(0.0, normal * gamma[k] + beta[k]) * float(second[i, j, k, filter_])
    return total


def test_a_layer_a_map_and_a_cell_are_clicked_and_the_numbers_are_the_networks(
    page: Page, app_url: str
):
    open_inside(page, f"{app_url}/inside")
    card(page, "Conv2D #2").click()
    page.get_by_role("button", name="Map 3", exact=True).click()
    large = page.locator("canvas.large")
    box = large.bounding_box()
    assert box is not None
    row, column, side = 9, 13, box["width"] / 24
    large.click(position={"x": (column + 0.5) * side, "y": (row + 0.5) * side})

    expect(cell_heading(page)).to_contain_text("Conv2D #2, map 3, cell 9, 13:")
    page.wait_for_url(re.compile(r"layer=conv2d_2.*cell=9%2C13|cell=9%2C13.*layer=conv2d_2"))
    settled(page)
    sample = load_sample().test
    assert sample is not None
    image = sample.pixels[0, :, :, 0] / 255
    shown = cell_heading(page).inner_text().rsplit(":", 1)[1].strip().replace("−", "-")
    assert float(shown) == pytest.approx(naive_value(image, 3, row, column), rel=2e-4, abs=1e-4)
    expect(page.get_by_text("Sums of the 16 input channels")).to_be_visible()

    page.locator('[data-path="channel:5"]').click()
    expect(page.get_by_text("Window, channel 5")).to_be_visible()

    page.reload()
    expect(cell_heading(page)).to_contain_text(
        f"Conv2D #2, map 3, cell 9, 13: {shown}".replace("-", "−")
    )
    settled(page)


@pytest.mark.proof
def test_layers_are_stepped_scrubbed_and_played_in_the_browser(page: Page, app_url: str):
    open_inside(page, f"{app_url}/inside")
    name = page.locator(".explorer .name")
    expect(name).to_have_text("Conv2D #1")
    page.get_by_role("button", name="Next layer").click()
    expect(name).to_have_text("BatchNormalization #1")
    page.get_by_role("button", name="Layer before").click()
    expect(name).to_have_text("Conv2D #1")

    page.get_by_role("slider", name="Layer").fill("22")
    expect(name).to_have_text("Dense #1")
    expect(page.get_by_role("button", name="Next layer")).to_be_disabled()
    expect(page.locator(".unit")).to_have_count(10)
    expect(cell_heading(page)).to_contain_text("Dense #1, feature 5")  # the image is a 5

    page.get_by_role("slider", name="Layer").fill("20")
    page.get_by_role("button", name="Play through the layers").click()
    expect(name).to_have_text("Dense #1")
    expect(page.get_by_role("button", name="Play through the layers")).to_be_visible()
    expect(cell_heading(page)).to_contain_text("Dense #1, feature 5")
    settled(page)


@pytest.mark.proof
def test_a_scale_over_all_layers_darkens_what_is_small(page: Page, app_url: str):
    open_inside(page, f"{app_url}/inside?layer=activation_1&map=0&cell=0,0")
    brightest = """canvas => Math.max(...canvas.getContext("2d")
      .getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 === 0))"""
    large = page.locator("canvas.large")
    assert large.evaluate(brightest) == 252  # the map's own largest value has the last colour
    page.get_by_role("button", name="over all").click()
    expect(page.get_by_role("button", name="over all")).to_have_attribute("aria-pressed", "true")
    low, high = page.locator(".ramp span").all_inner_texts()
    assert float(low.replace("−", "-")) < float(high)
    assert large.evaluate(brightest) < 252


@pytest.mark.proof
def test_a_keras_file_opens_like_a_run_and_a_broken_one_is_refused(
    page: Page, app_url: str, tmp_path: Path
):
    network = shipped()
    good, bad = tmp_path / "reader.keras", tmp_path / "words.keras"
    good.write_bytes(keras_file(network.architecture, network.weights))
    bad.write_text("no model at all")
    open_inside(page, f"{app_url}/inside")
    choose_network(page, "A file of yours")
    upload = page.get_by_test_id("stFileUploaderDropzoneInput")

    upload.set_input_files(bad)
    expect(page.get_by_role("alert")).to_contain_text(".keras")
    upload.set_input_files(good)
    expect(page.get_by_text("read from reader.keras")).to_be_visible()
    expect(page.get_by_text("It is a 5.")).to_be_visible()
    expect(cell_heading(page)).to_contain_text("Conv2D #1")
    expect(page.get_by_role("alert")).to_have_count(0)
    settled(page)


@pytest.mark.proof
def test_a_drawing_is_followed_from_the_pad(page: Page, app_url: str):
    page.goto(f"{app_url}/draw")
    expect(page.locator("canvas.ink")).to_be_visible()
    settled(page)
    draw(page, DIGITS["7"])
    page.get_by_role("button", name="Look inside").click()
    page.wait_for_url("**/inside?**")
    expect(page.get_by_text("It is a 7.")).to_be_visible()
    expect(page.get_by_text("Your drawing, 28×28×1.")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_a_trained_run_is_opened_from_its_results(training_url: str, page: Page):
    page.goto(f"{training_url}/{SHAPES}&epochs=2&seed=6")
    press_train(page)
    button = page.get_by_test_id("stMain").get_by_role("button", name="Look inside")
    expect(button).to_be_visible(timeout=WORKER_MS)
    settled(page)
    run = page.url.rsplit("run=", 1)[1]
    button.click()
    page.wait_for_url(f"**/inside?*run={run}*")
    expect(page.get_by_text("of 300 test images are right")).to_be_visible()
    expect(cell_heading(page)).to_contain_text("Conv2D #1")

    page.get_by_role("tab", name="Through training").click()
    expect(page.get_by_role("slider", name=re.compile("After epoch"))).to_be_visible()
    page.get_by_role("tab", name="What it confuses").click()
    matrix = page.get_by_role("figure", name="Confusion matrix of 300 test images")
    expect(matrix).to_have_attribute("data-state", "shown")
    page.get_by_role("radio", name="Images as points").click()
    points = page.get_by_role("figure", name="300 test images as points")
    expect(points).to_have_attribute("data-state", "shown")
    # A point itself, wherever it lies: Plotly hears of it as of a click.
    points.evaluate(
        "plot => plot.emit('plotly_click', {points: [{curveNumber: 0, pointIndex: 0, x: 0, y: 0,"
        " customdata: plot.data[0].customdata[0]}]})"
    )
    expect(page.get_by_text("True: circle, taken for")).to_be_visible()
    page.get_by_role("button", name="Look at this one").click()
    expect(
        page.get_by_text("the label says so too").or_(page.get_by_text("the label says circle"))
    ).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_a_plot_offers_nothing_that_would_send_it_away(page: Page, app_url: str):
    page.goto(f"{app_url}/inside?tab=errors")
    plot = page.get_by_role("figure", name="Confusion matrix of 1,000 test images")
    plot.hover()
    offered = plot.locator(".modebar-btn")
    expect(offered.first).to_be_visible()
    titles = {button.get_attribute("data-title") for button in offered.all()}
    assert {"Download plot as a PNG", "Download plot as an SVG"} <= titles
    assert not {title for title in titles if title and re.search("share|cloud|edit", title, re.I)}
    settled(page)


@pytest.mark.proof
def test_on_a_phone_nothing_is_wider_than_the_screen(app_url: str, new_page: PageMaker):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    open_inside(page, f"{app_url}/inside")
    for tab in ("Filters", "Where it looks"):
        page.get_by_role("tab", name=tab).click()
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
