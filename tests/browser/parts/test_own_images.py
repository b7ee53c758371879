"""Own images as a person brings them: a bad file, a good one, a training, and away with them."""

import base64
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import FilePayload, JSHandle, Locator, Page, expect

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.browser.driving import running, settled
from tests.browser.training import WORKER_MS, press_train
from tests.coloured import coloured

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


@pytest.mark.proof
def test_own_images_are_brought_trained_on_and_deleted(
    training_url: str, page: Page, tmp_path: Path
):
    good, bad = stripes(tmp_path), tmp_path / "half.zip"
    bad.write_bytes(good.read_bytes()[:500])
    page.goto(f"{training_url}/train?network=shapes-demo&data=digits&epochs=3")
    page.get_by_role("button", name="Add your own images").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="A zip or npz file").click()
    upload = dialog.locator("input[type=file]")

    upload.set_input_files(bad)
    expect(dialog.get_by_text("half.zip cannot be used. It is not a readable zip")).to_be_visible()
    expect(dialog.get_by_role("button", name="Use these images")).to_have_count(0)

    upload.set_input_files(good)
    expect(dialog.get_by_text("40 pictures of 2 kinds were read.")).to_be_visible()
    dialog.get_by_text("1 file was left out").click()
    expect(dialog.get_by_text("top/<img src=x>.png")).to_be_visible()
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Stripes")
    dialog.get_by_role("button", name="Use these images").click()

    expect(dialog).to_have_count(0)
    expect(
        page.get_by_text(re.compile("^27 train, 6 validation, 7 test images of 16×16"))
    ).to_be_visible()
    settled(page)  # the address has the choice once the page is done
    page.reload()
    expect(page.get_by_role("radio", name="Stripes (yours)")).to_be_checked()
    press_train(page)
    expect(page.get_by_text("7 images, used once, after training")).to_be_visible(timeout=WORKER_MS)
    expect(page.get_by_role("heading", name="Shapes demo on Stripes")).to_be_visible()

    page.get_by_role("button", name="Use these settings").click()
    page.get_by_role("button", name="Delete these images").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("radio", name="Stripes (yours)")).to_have_count(0)
    expect(page.get_by_text("6,000 training and 1,000 test images")).to_be_visible()
    settled(page)


def pictures(name: str, each: int = 10) -> list[FilePayload]:
    return [
        FilePayload(name=f"{name}{place}.png", mimeType="image/png", buffer=coloured(name, place))
        for place in range(each)
    ]


def carried(page: Page, files: list[FilePayload]) -> JSHandle:
    """Files as a pointer carries them."""
    given = [
        [one["name"], one["mimeType"], base64.b64encode(one["buffer"]).decode()] for one in files
    ]
    return page.evaluate_handle(
        """(files) => {
            const carries = new DataTransfer();
            for (const [name, type, text] of files) {
                const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
                carries.items.add(new File([bytes], name, { type }));
            }
            return carries;
        }""",
        given,
    )


def filled(page: Page, dialog: Locator) -> None:
    """Two classes with ten pictures each: those of one are chosen, those of the other dropped."""
    dialog.get_by_role("textbox", name="Name of kind 1").fill("apple")
    with page.expect_file_chooser() as asked:
        dialog.get_by_role("button", name="Choose pictures of kind 1").click()
    asked.value.set_files(pictures("apple"))
    dialog.get_by_role("textbox", name="Name of kind 2").fill("leaf")
    text = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"no picture")
    again = FilePayload(name="an apple.png", mimeType="image/png", buffer=coloured("apple", 3))
    carries = carried(page, [*pictures("leaf"), again, text])
    dialog.get_by_role("group", name="Kind 2").dispatch_event("drop", {"dataTransfer": carries})


@pytest.mark.proof
def test_photos_are_dropped_class_by_class_learned_in_colour_and_a_new_one_is_answered(
    training_url: str, page: Page
):
    page.goto(training_url)
    page.get_by_role("button", name="Bring photos").click()
    dialog = page.get_by_role("dialog")
    read = dialog.get_by_role("button", name="Read these pictures")
    expect(read).to_be_disabled()
    filled(page, dialog)

    second = dialog.get_by_role("group", name="Kind 2")
    expect(second.get_by_text("11 pictures")).to_be_visible()
    expect(second.get_by_text("No picture that can be read: notes.txt.")).to_be_visible()
    expect(second.get_by_text("Also in apple: an apple.png.")).to_be_visible()
    second.get_by_role("button", name="Remove an apple.png").click()
    expect(dialog.get_by_text("Also in")).to_have_count(0)
    expect(dialog.get_by_text("20 pictures of 2 kinds")).to_be_visible()
    found = Axe().run(page, context="[role=dialog]").response["violations"]
    assert not found, [one["id"] for one in found]
    read.click()
    expect(dialog.get_by_text("20 pictures of 2 kinds were read.", exact=True)).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Name", exact=True)).to_have_value("apple-and-leaf")
    expect(read).to_have_class("plain")
    expect(dialog.get_by_role("group", name="Kind 1").locator(".thumbs")).not_to_be_visible()
    use = dialog.get_by_role("button", name="Use these images")
    expect(use).to_be_in_viewport()
    use.click()

    expect(page.get_by_text("Your pictures are in colour")).to_be_visible()
    page.get_by_role("button", name="Use this network").click()
    expect(page.get_by_text("test images of 64×64×3")).to_be_visible()
    epochs = page.get_by_role("spinbutton", name="Epochs")
    epochs.fill("2")
    epochs.press("Enter")
    press_train(page)
    expect(page.get_by_text("3 images, used once, after training")).to_be_visible(timeout=WORKER_MS)

    new = FilePayload(name="new.png", mimeType="image/png", buffer=coloured("leaf", 99))
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(new)
    expect(
        page.get_by_text("new.png as the network sees it, 64×64 pixels in colour")
    ).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="leaf")).to_be_visible()
    for kind in ("Occlusion", "Saliency", "Grad-CAM"):
        expect(page.get_by_role("img", name=f"{kind} for ")).to_be_visible()
    settled(page)


def test_pictures_are_recorded_with_the_camera_kind_by_kind(app_url: str, page: Page):
    """With Chromium's own camera for tests, whose picture moves."""
    page.goto(f"{app_url}/train")
    page.get_by_role("button", name="Add your own images").click()
    dialog = page.get_by_role("dialog")
    first = dialog.get_by_role("group", name="Kind 1")
    camera = dialog.get_by_role("region", name="Camera")
    record = first.get_by_role("button", name="Record pictures of kind 1 with the camera")
    record.click()
    expect(camera.get_by_text(re.compile("[3-9] of 40 pictures"))).to_be_visible()
    camera.get_by_role("button", name="Stop recording").click()
    expect(camera).to_have_count(0)
    expect(first.get_by_text(re.compile(r"^\d+ pictures"))).to_be_visible()
    expect(first.get_by_text("Pictures of one recording look alike")).to_be_visible()

    first.get_by_role("textbox", name="Name of kind 1").fill("green")
    dialog.get_by_role("textbox", name="Name of kind 2").fill("leaf")
    carries = carried(page, pictures("leaf"))
    dialog.get_by_role("group", name="Kind 2").dispatch_event("drop", {"dataTransfer": carries})
    dialog.get_by_role("button", name="Read these pictures").click()
    expect(dialog.get_by_text(re.compile("pictures of 2 kinds were read"))).to_have_count(2)
    settled(page)


@pytest.mark.proof
def test_what_is_wrong_with_classes_is_said_and_too_large_photos_are_made_smaller(
    app_url: str, page: Page
):
    page.goto(f"{app_url}/train")
    page.get_by_role("button", name="Add your own images").click()
    dialog = page.get_by_role("dialog")
    filled(page, dialog)
    first = dialog.get_by_role("group", name="Kind 1")
    name = dialog.get_by_role("textbox", name="Name of kind 1")
    expect(dialog.get_by_text("21 pictures of 2 kinds")).to_be_visible()
    name.fill("test")
    expect(first.get_by_text("test is a word for a part of the data.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Read these pictures")).to_be_disabled()
    name.fill("apple")
    first.get_by_role("button", name="Remove apple9.png").press("Enter")
    expect(first.get_by_role("button", name="Remove apple8.png")).to_be_focused()

    file = io.BytesIO()
    Image.new("RGB", (7_000, 6_000), "red").save(file, "PNG")
    huge = FilePayload(name="huge.png", mimeType="image/png", buffer=file.getvalue())
    first.dispatch_event("drop", {"dataTransfer": carried(page, [huge])})
    said = "huge.png has 42 million pixels; 40 million are read of a picture."
    expect(dialog.get_by_text(said)).to_be_visible()
    dialog.get_by_role("button", name="Make them smaller: at most 512 pixels wide").click()
    expect(first.get_by_role("button", name="Remove huge.jpg")).to_be_visible()
    expect(dialog.get_by_role("button", name="Read these pictures")).to_be_focused()

    page.keyboard.press("Escape")  # what was dropped is still there when the dialog comes again
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Add your own images").click()
    expect(dialog.get_by_text("21 pictures of 2 kinds")).to_be_visible()
    dialog.get_by_role("button", name="Read these pictures").click()
    expect(dialog.get_by_text("21 pictures of 2 kinds were read.", exact=True)).to_be_visible()
    expect(dialog.get_by_text("left out")).to_have_count(0)
    expect(first.get_by_role("button", name="Remove apple8.png")).not_to_be_visible()
    dialog.get_by_role("button", name="Show the pictures").click()
    first.get_by_role("button", name="Remove apple8.png").click()
    dialog.get_by_role("button", name="Read these pictures").click()
    expect(dialog.get_by_text("20 pictures of 2 kinds were read.", exact=True)).to_be_visible()

    dialog.get_by_role("button", name="Start over").click()
    expect(dialog.get_by_role("textbox", name="Name of kind 1")).to_have_value("")
    expect(
        dialog.get_by_text("Name two kinds, such as cats and dogs, and drop pictures into each.")
    ).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_what_was_read_stays_in_the_dialog_when_the_last_training_ends(page: Page, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/runs.db"
    store = Store(url)
    run = store.add(entry("shapes-demo").architecture, Configuration(), worker="me")
    with running(tmp_path, store=url) as app_url:
        page.goto(f"{app_url}/train")
        page.get_by_role("button", name="Add your own images").click()
        dialog = page.get_by_role("dialog")
        filled(page, dialog)
        dialog.get_by_role("button", name="Read these pictures").click()
        expect(dialog.get_by_text("21 pictures of 2 kinds were read.")).to_have_count(2)

        store.finish(run.id, State.STOPPED)

        expect(page.get_by_role("table", include_hidden=True).get_by_text("stopped")).to_have_count(
            1
        )
        page.wait_for_timeout(3_000)  # more than one turn of the list
        expect(dialog.get_by_role("button", name="Use these images")).to_be_visible()
        expect(dialog.get_by_text("21 pictures of 2 kinds were read.")).to_have_count(2)
        waiting = page.get_by_role("button", name="Train (after 1 other)", include_hidden=True)
        expect(waiting).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
        settled(page)
