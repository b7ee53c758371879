"""A file that does not say all of itself: asked beside its pictures, used, and found again."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.data.own.test_idx import files
from tests.data.own.test_images import zipped

STREAMLITS_OWN = "presentation-role-conflict"
"""Its field for files has a role of none and a name, once there is a file in it."""


@pytest.mark.proof
def test_which_way_images_stand_is_asked_beside_both_and_stays_in_the_address(
    app_url: str, page: Page, tmp_path: Path
):
    file = tmp_path / "digits.zip"
    file.write_bytes(zipped(files(name="emnist-digits-{}-{}")))
    page.goto(f"{app_url}/train?network=shapes-demo&data=digits&epochs=3")
    page.get_by_role("button", name="Add your own images").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="A zip or npz file").click()
    dialog.locator("input[type=file]").set_input_files(file)

    use = dialog.get_by_role("button", name="Use these images")
    expect(
        dialog.get_by_role("img", name="Some pictures: Rows and columns changed")
    ).to_be_visible()
    expect(dialog.get_by_role("img", name="Some pictures: 3", exact=True)).to_be_visible()
    expect(use).to_be_disabled()
    expect(dialog.get_by_text("First say above: Which way do the images stand?")).to_be_visible()
    found = Axe().run(page, context="[role=dialog]").response["violations"]
    assert not [one for one in found if one["id"] != STREAMLITS_OWN], found
    dialog.get_by_text("Rows and columns change places, as in EMNIST").click()
    expect(use).to_be_enabled()
    use.click()

    expect(dialog).to_have_count(0)
    expect(page.get_by_text(re.compile("^40 train, 10 validation, 10 test"))).to_be_visible()
    settled(page)
    assert "~transposed" in page.url
    page.reload()
    expect(page.get_by_role("radio", name="digits (yours)")).to_be_checked()
    settled(page)
