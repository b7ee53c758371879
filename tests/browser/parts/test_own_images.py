"""Own images as a person brings them: a bad file, a good one, a training, and away with them."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.browser.training import WORKER_MS, press_train

SIDE = 24


def stripes(folder: Path) -> Path:
    """A zip of images that are dark on one side, the class, and one file that is no image."""
    path = folder / "stripes.zip"
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in (("top", slice(0, 8)), ("bottom", slice(16, 24))):
            for number in range(20):
                pixels = rng.integers(120, 256, (SIDE, SIDE, 3), np.uint8)
                pixels[rows] = 0
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "PNG")
                archive.writestr(f"{name}/{number}.png", file.getvalue())
        archive.writestr("top/<img src=x>.png", b"no picture")
    return path


def test_own_images_are_brought_trained_on_and_deleted(
    training_url: str, page: Page, tmp_path: Path
):
    good, bad = stripes(tmp_path), tmp_path / "half.zip"
    bad.write_bytes(good.read_bytes()[:500])
    page.goto(f"{training_url}/train?network=shapes-demo&data=digits&epochs=3")
    page.get_by_role("button", name="Add your own images").click()
    dialog = page.get_by_role("dialog")
    upload = dialog.locator("input[type=file]")

    upload.set_input_files(bad)
    expect(dialog.get_by_text("half.zip cannot be used. It is not a readable zip")).to_be_visible()
    expect(dialog.get_by_role("button", name="Use these images")).to_have_count(0)

    upload.set_input_files(good)
    expect(dialog.get_by_text("40 images of 2 classes were read")).to_be_visible()
    dialog.get_by_text("1 file was left out").click()
    expect(dialog.get_by_text("top/<img src=x>.png")).to_be_visible()
    dialog.get_by_role("textbox", name="Name").fill("Stripes")
    dialog.get_by_role("button", name="Use these images").click()

    expect(dialog).to_have_count(0)
    expect(
        page.get_by_text(re.compile("^27 train, 6 validation, 7 test images of 16×16"))
    ).to_be_visible()
    settled(page)  # the address has the choice once the page is done
    page.reload()
    expect(page.get_by_role("radio", name="Stripes (yours)")).to_be_checked()
    press_train(page)
    expect(page.get_by_text("7 images, looked at once")).to_be_visible(timeout=WORKER_MS)
    expect(page.get_by_role("heading", name="Shapes demo on Stripes")).to_be_visible()

    page.get_by_role("button", name="Use these settings").click()
    page.get_by_role("button", name="Delete these images").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("radio", name="Stripes (yours)")).to_have_count(0)
    expect(page.get_by_text("6,000 training and 1,000 test images")).to_be_visible()
    settled(page)
