"""The story of a first comparison: the four classics, two seeds, the table, the report."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cnn.network.zoo import CLASSICS, entry
from tests.browser.driving import PageMaker, settled

TRAINED_MS = 420_000


@pytest.mark.proof
def test_the_four_classics_over_two_seeds_from_the_click_to_the_report(
    training_url: str, new_page: PageMaker, tmp_path: Path
):
    page = new_page(color_scheme="light", accept_downloads=True)
    page.goto(f"{training_url}/compare")
    settled(page)
    page.get_by_role("spinbutton", name="Epochs").fill("1")
    page.get_by_role("spinbutton", name="Epochs").press("Enter")
    settled(page)
    page.get_by_role("spinbutton", name="Seeds").fill("2")
    page.get_by_role("spinbutton", name="Seeds").press("Enter")
    settled(page)
    page.get_by_role("button", name="Train all").click()
    expect(page.get_by_text("8 of 8 trainings finished")).to_be_visible(timeout=TRAINED_MS)
    settled(page)

    names = [entry(id).title for id in CLASSICS]
    table = page.get_by_role("table", name="The networks compared")
    for name in names:
        row = table.get_by_role("row", name=re.compile(name))
        expect(row).to_contain_text("n = 2")
        expect(row).to_contain_text(re.compile(r"\d+\.\d+ ± \d+\.\d+\s%|\s% in both"))
    expect(page.get_by_text("measured once for each run, on 1,000 images")).to_be_visible()
    lenet = table.get_by_role("row", name=re.compile("LeNet-5"))
    expect(lenet).to_contain_text("61,706")
    shown = re.search(r"(\d+\.\d+)(?: ± \d+\.\d+)?\s%", lenet.inner_text())
    assert shown

    page.get_by_text("Settings that differ").click()
    differing = page.get_by_role("table", name="Settings that differ")
    expect(differing.get_by_role("row", name=re.compile("parameters"))).to_contain_text("61,706")
    expect(differing.get_by_role("row", name=re.compile("epochs|seed|data set"))).to_have_count(0)
    settled(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="Report (HTML)").click()
    file = tmp_path / "comparison.html"
    download.value.save_as(file)
    settled(page)
    report = new_page()
    report.goto(file.as_uri())
    expect(report.get_by_role("heading", name="4 networks on MNIST sample")).to_be_visible()
    expect(report.locator(".plot .main-svg").first).to_be_visible()
    for name in names:
        expect(report.get_by_role("row", name=re.compile(name)).first).to_be_visible()
    own = report.get_by_role("row", name=re.compile("LeNet-5")).first
    told = re.search(r"(\d+\.\d+)(?: ± | % in both)", own.inner_text())
    assert told
    assert abs(float(told[1]) - float(shown[1])) <= 0.11  # the report has a digit more
