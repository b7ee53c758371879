"""The page of a network as a file: without a server and without a net it answers as NumPy does."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from cnn.data.dataset import as_floats
from cnn.data.fitting import fit_image
from cnn.insight.passes.forward import predict
from cnn.insight.readings.answers import class_scores, shares_of
from cnn.network.zoo import entry
from cnn.pictures.page.design import design_page
from cnn.shipped import Body, body, shipped
from tests.browser.drawing import DIGITS, draw
from tests.pictures.page.pages import HOSTILE, SCENES, digits_page, scenes_page

NEAR = 1e-4
SEEN = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data]
  .filter((_, place) => place % 4 === 0)"""
SHARES = """(bars) => [...bars.querySelectorAll(".bar")].map((one) => [
  one.querySelector(".label").textContent,
  Number(one.querySelector(".fill").style.transform.match(/[\\d.]+/)[0])])"""


@pytest.fixture
def offline(page: Page) -> Iterator[Page]:
    """A page that reaches nobody."""
    page.context.set_offline(True)
    yield page
    page.context.set_offline(False)


def opened(page: Page, folder: Path, content: bytes) -> None:
    file = folder / "page.html"
    file.write_bytes(content)
    page.goto(file.as_uri())


def payload(content: bytes) -> FilePayload:
    return {"name": "a.png", "mimeType": "image/png", "buffer": content}


def shares(page: Page) -> dict[str, float]:
    return dict(page.locator(".bars").evaluate(SHARES))


LOOKS, AGAIN_MS = 20, 500


def faults(page: Page) -> list[str]:
    """What axe finds, and still does when colours that change have changed."""
    for _ in range(LOOKS):
        found = [one["id"] for one in Axe().run(page).response["violations"]]
        if not found:
            break
        page.wait_for_timeout(AGAIN_MS)
    return found


def test_a_digit_drawn_into_the_file_is_read_as_the_app_reads_it(offline: Page, tmp_path: Path):
    opened(offline, tmp_path, digits_page())
    expect(offline.locator(".says")).to_have_text("It is a 3.")  # its example
    draw(offline, DIGITS["7"])
    expect(offline.locator(".says")).to_have_text("It is a 7.")

    seen = np.array(offline.locator("canvas.seen").evaluate(SEEN), np.uint8).reshape(1, 28, 28, 1)
    wanted = predict(shipped().architecture, shipped().weights, as_floats(seen))[0]
    found = shares(offline)
    assert list(found) == list("0123456789")
    assert np.abs(np.array(list(found.values())) - wanted).max() < NEAR
    assert faults(offline) == []


@pytest.mark.proof
def test_an_image_put_into_the_file_is_answered_as_the_app_answers(offline: Page, tmp_path: Path):
    network = body(Body.SCENES)
    opened(offline, tmp_path, scenes_page())
    pixels = np.random.default_rng(3).integers(0, 256, (45, 70, 3), np.uint8)
    picture = io.BytesIO()
    Image.fromarray(pixels).save(picture, "PNG")
    brought = payload(picture.getvalue())
    offline.locator("input.file").set_input_files(brought)
    expect(offline.locator(".flow[data-shown='1']")).to_be_attached()

    image = as_floats(fit_image(Image.fromarray(pixels), (32, 32, 3)))[None]
    scores = class_scores(network.architecture, network.weights, image)
    wanted = dict(zip(SCENES, shares_of(network.architecture, scores)[0], strict=True))
    found = shares(offline)
    assert len(found) == 8
    assert max(abs(share - wanted[name]) for name, share in found.items()) < NEAR
    assert min(found.values()) >= max(share for name, share in wanted.items() if name not in found)
    offline.locator("input.file").set_input_files(payload(b"no picture"))
    expect(offline.locator(".said")).to_contain_text("Bring a PNG or a JPEG")
    assert offline.get_by_role("heading", level=1).inner_text() == HOSTILE
    assert offline.locator("img").count() == 0
    offline.emulate_media(color_scheme="dark")
    offline.set_viewport_size({"width": 390, "height": 844})
    assert faults(offline) == []
    assert offline.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_layer_is_chosen_in_the_table_by_keys_and_marked_in_the_picture(
    offline: Page, tmp_path: Path
):
    opened(offline, tmp_path, design_page(entry("resnet-lite").architecture))
    row = offline.locator("tr.pressable").nth(1)
    row.focus()
    row.press("Enter")

    expect(offline.locator(".told")).to_contain_text("MACs")
    expect(offline.locator(".layer.selected")).to_have_count(1)
    offline.locator(".layer").nth(4).click()
    expect(offline.locator("tr.current")).to_have_count(1)
    offline.locator(".layer").nth(2).hover()
    expect(offline.locator(".tip")).to_be_visible()
    assert faults(offline) == []
