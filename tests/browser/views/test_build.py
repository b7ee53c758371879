"""The Build page as a visitor meets it: from nothing to a network, its errors, link and code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cnn.network.architecture import Architecture
from cnn.network.layers import Conv2D, Dense, Flatten
from cnn.network.link import encode
from cnn.network.zoo import entry
from tests.browser.components.test_editor import add
from tests.browser.driving import PageMaker, settled


def open_build(page: Page, url: str, net: str = "") -> None:
    page.goto(f"{url}/build" + (f"?net={net}" if net else ""))
    expect(page.get_by_role("tree", name="Layers")).to_be_visible()
    settled(page)


def start_from(page: Page, name: str) -> None:
    page.get_by_role("button", name="Start from").click()
    page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()
    settled(page)


def clear(page: Page) -> None:
    page.get_by_role("button", name="Start from").click()
    page.get_by_role("tab", name="Nothing").click()
    page.get_by_role("button", name="Remove all layers").click()
    settled(page)


def fill(page: Page, field: str, title: str, value: str) -> None:
    box = page.get_by_label(f"{field}, {title}", exact=True)
    if box.evaluate("element => element.tagName") == "SELECT":
        box.select_option(value)
    else:
        box.fill(value)
        box.press("Enter")


def metric(page: Page, label: str) -> Locator:
    return page.locator(".figure").filter(has_text=label)


@pytest.mark.proof
def test_lenet_5_is_built_from_nothing_and_has_61_706_parameters(page: Page, app_url: str):
    open_build(page, app_url)
    clear(page)
    expect(page.get_by_role("treeitem")).to_have_count(0)

    for kind, fields in (
        ("Conv2D", {"filters": "6", "kernel_size": "5", "padding": "same", "activation": "relu"}),
        ("MaxPooling2D", {}),
        ("Conv2D", {"filters": "16", "kernel_size": "5", "padding": "valid", "activation": "relu"}),
        ("MaxPooling2D", {}),
        ("Flatten", {}),
        ("Dense", {"units": "120", "activation": "relu"}),
        ("Dense", {"units": "84", "activation": "relu"}),
        ("Dense", {"units": "10", "activation": "softmax"}),
    ):
        add(page, kind)
        title = page.get_by_role("treeitem", name=re.compile(rf"^{kind} #\d+")).last
        name = (title.get_attribute("aria-label") or "").split(",")[0]
        for field, value in fields.items():
            fill(page, field, name, value)

    expect(metric(page, "Parameters")).to_contain_text("61,706")
    expect(metric(page, "MACs per image")).to_contain_text("416,520")
    settled(page)


@pytest.mark.proof
def test_a_kernel_that_does_not_fit_is_mended_by_the_errors_own_advice(page: Page, app_url: str):
    too_large = (Conv2D(4, 3), Conv2D(4, 9), Flatten(), Dense(10))
    broken = Architecture("broken", (10, 10, 1), too_large)
    open_build(page, app_url, encode(broken))

    row = page.get_by_role("treeitem", name=re.compile("^Conv2D #2"))
    expect(row).to_contain_text("9x9 kernel does not fit a 8x8 input")
    expect(row).to_contain_text('Use padding="same"')

    fill(page, "padding", "Conv2D #2", "same")
    expect(row).to_contain_text("8×8×4")
    expect(row).not_to_contain_text("does not fit")
    settled(page)


@pytest.mark.proof
def test_a_shared_link_opens_the_same_network_in_a_fresh_browser(new_page: PageMaker, app_url: str):
    ours = new_page()
    open_build(ours, app_url)
    fill(ours, "filters", "Conv2D #1", "12")
    expect(metric(ours, "Parameters")).to_contain_text("64,262")
    expect(ours).to_have_url(re.compile("c12k5pr"))
    settled(ours)

    theirs = new_page()
    theirs.goto(ours.url)
    expect(metric(theirs, "Parameters")).to_contain_text("64,262")
    expect(theirs.get_by_label("filters, Conv2D #1", exact=True)).to_have_value("12")
    settled(theirs)


@pytest.mark.proof
def test_a_link_that_was_cut_off_says_so_and_shows_a_network_all_the_same(page: Page, app_url: str):
    whole = encode(Architecture("x", (8, 8, 1), (Flatten(), Dense(10))))
    open_build(page, app_url, whole[:-3])
    expect(page.get_by_text("The link could not be opened")).to_be_visible()
    expect(metric(page, "Parameters")).to_contain_text("61,706")


@pytest.mark.proof
def test_the_design_is_found_as_it_was_left_after_another_page_and_a_refresh(
    page: Page, app_url: str
):
    open_build(page, app_url)
    start_from(page, "ResNet-lite")
    expect(metric(page, "Parameters")).to_contain_text("176,090")
    settled(page)

    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_text("Start from a classic")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Build", exact=True).click()
    expect(metric(page, "Parameters")).to_contain_text("176,090")
    settled(page)

    page.reload()
    expect(metric(page, "Parameters")).to_contain_text("176,090")
    settled(page)


@pytest.mark.proof
def test_the_exported_keras_script_runs_as_it_stands(page: Page, app_url: str, tmp_path: Path):
    open_build(page, app_url)
    page.get_by_role("tab", name="Take away").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save lenet-5_keras.py").click()
    script = tmp_path / "exported.py"
    download.value.save_as(script)

    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert "61,706" in ran.stdout, ran.stderr
    settled(page)


def test_the_picture_explains_layers_and_cells_and_a_click_chooses_the_layer_everywhere(
    page: Page, app_url: str
):
    open_build(page, app_url)
    page.locator('.card[data-path="layers[2]"] canvas').first.hover()
    expect(page.get_by_text("sees 14×14 input pixels")).to_be_visible()
    page.locator('[data-path="layers[2]"] .front').first.hover()
    tip = page.get_by_text("2,416 parameters, 240,000 MACs")
    expect(tip).to_be_visible()
    page.get_by_role("textbox", name="Name").hover()
    expect(tip).to_be_hidden()

    page.get_by_role("tab", name="Layer", exact=True).click()
    page.locator('[data-path="layers[5]"] .front').first.click()
    expect(page.get_by_text("120 × 400 + 120 = 48,120")).to_be_visible()
    chosen = page.get_by_role("treeitem", name=re.compile("^Dense #1"))
    expect(chosen).to_have_attribute("aria-selected", "true")
    settled(page)


@pytest.mark.proof
def test_an_unfinished_stack_is_finished_for_me(page: Page, app_url: str):
    open_build(page, app_url, encode(Architecture("half", (8, 8, 1), (Conv2D(4, 3),))))
    page.get_by_role("button", name="Finish it for me").click()
    expect(page.get_by_role("treeitem", name=re.compile("^Dense #1"))).to_be_visible()
    expect(metric(page, "Parameters")).to_contain_text(f"{40 + (6 * 6 * 4 + 1) * 10:,}")
    settled(page)


@pytest.mark.proof
def test_a_name_with_markup_is_shown_as_its_letters(page: Page, app_url: str):
    name = "<img src=x onerror=alert(1)> **bold**"
    open_build(page, app_url, encode(Architecture(name, (8, 8, 1), (Flatten(), Dense(10)))))
    expect(page.get_by_role("textbox", name="Name")).to_have_value(name)
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.proof
def test_a_saved_design_is_opened_again_and_another_of_its_name_is_not_lost(
    fresh_app_url: str, page: Page
):
    open_build(page, fresh_app_url)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as LeNet-5")).to_be_visible()
    fill(page, "filters", "Conv2D #1", "12")
    expect(metric(page, "Parameters")).to_contain_text("64,262")
    settled(page)

    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Keep both").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("LeNet-5 (2)")
    settled(page)

    page.get_by_role("button", name="Start from").click()
    page.get_by_role("tab", name="Saved").click()
    expect(page.get_by_role("button", name="LeNet-5 (2) · 64,262")).to_be_visible()
    page.get_by_role("button", name="LeNet-5 · 61,706").click()
    expect(metric(page, "Parameters")).to_contain_text("61,706")
    settled(page)


@pytest.mark.proof
def test_the_mark_says_that_keras_agrees_with_what_is_shown(page: Page, training_url: str):
    open_build(page, training_url)
    mark = page.locator("details.mark")
    expect(mark).to_have_attribute("data-standing", "agrees", timeout=60_000)
    mark.locator("summary").click()
    expect(mark).to_contain_text("built this network of 9 Keras layers")

    fill(page, "filters", "Conv2D #1", "7")
    expect(mark).not_to_have_attribute("data-standing", "agrees")
    expect(mark).to_have_attribute("data-standing", "agrees", timeout=60_000)
    settled(page)


def test_a_number_of_two_digits_is_one_change_of_the_totals(page: Page, app_url: str):
    open_build(page, app_url, encode(entry("simple-cnn").architecture))
    box = page.get_by_label("filters, Conv2D #2", exact=True)
    expect(box).to_have_value("32")
    box.focus()
    box.press("Control+A")
    for digit, params, change in (("2", "1,440", "−19,050"), ("8", "17,950", "−2,540")):
        box.press(digit)
        expect(metric(page, "Parameters")).to_contain_text(params)
        expect(metric(page, "Parameters")).to_contain_text(change)
        settled(page)
    box.press("Escape")
    page.keyboard.press("ArrowDown")
    settled(page)
    expect(metric(page, "Parameters")).to_contain_text("−2,540")

    fill(page, "filters", "Conv2D #1", "17")
    expect(metric(page, "Parameters")).to_contain_text("+262")
    page.keyboard.press("Control+Z")
    expect(metric(page, "Parameters")).to_contain_text("−262")
    settled(page)


@pytest.mark.proof
def test_the_keys_open_and_close_their_list_and_keep_their_place(page: Page, app_url: str):
    open_build(page, app_url)
    button, keys = page.get_by_role("button", name="Keys"), page.get_by_role("dialog", name="Keys")
    button.focus()
    for opening, closing in (
        ("Enter", "Escape"),
        ("Enter", "Enter"),
        ("Space", "Space"),
        ("?", "?"),
        ("Enter", "?"),
    ):
        page.keyboard.press(opening)
        expect(keys).to_be_visible()
        page.keyboard.press(closing)
        expect(keys).to_be_hidden()
        expect(button).to_be_focused()

    page.keyboard.press("Enter")
    expect(keys).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(keys).to_be_hidden()

    row = page.get_by_role("treeitem").first
    row.focus()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(row).to_be_focused()
    button.click()
    expect(keys).to_be_visible()
    button.click()
    expect(keys).to_be_hidden()


def test_enter_in_the_name_leaves_the_focus_there(page: Page, app_url: str):
    open_build(page, app_url)
    name = page.get_by_role("textbox", name="Name")
    name.fill("Mine")
    name.press("Enter")
    expect(page).to_have_url(re.compile("Mine"))
    settled(page)
    expect(name).to_be_focused()
    expect(name).to_have_value("Mine")


@pytest.mark.proof
def test_the_design_goes_on_to_training_and_comparison_and_is_there_on_coming_back(
    page: Page, app_url: str
):
    open_build(page, app_url)
    fill(page, "filters", "Conv2D #1", "12")
    expect(metric(page, "Parameters")).to_contain_text("64,262")
    settled(page)

    page.get_by_role("button", name="Train this").click()
    network = page.get_by_role("combobox", name="Network")
    expect(network).to_have_value("LeNet-5 (your design)")
    expect(page.get_by_text("64,262 parameters")).to_be_visible()
    settled(page)

    page.get_by_role("link", name="Build", exact=True).click()
    expect(metric(page, "Parameters")).to_contain_text("64,262")
    settled(page)
    page.get_by_role("button", name="Add to comparison").click()
    expect(page.get_by_text("LeNet-5 (yours)").first).to_be_visible()
    settled(page)
    chosen = page.get_by_role("button", name=re.compile("^Remove "))  # beside LeNet-5 alone
    expect(chosen).to_have_count(2)
    page.get_by_role("link", name="Build", exact=True).click()
    expect(metric(page, "Parameters")).to_contain_text("64,262")
    settled(page)


@pytest.mark.parametrize("width", [820, 1000, 1100])
@pytest.mark.proof
def test_beside_the_sidebar_of_a_tablet_each_half_has_the_whole_width(
    width: int, app_url: str, new_page: PageMaker
):
    page = new_page(viewport={"width": width, "height": 1000}, color_scheme="dark")
    open_build(page, app_url)
    settled(page)
    page.wait_for_function(
        """() => {
          const halves = document.querySelector(".st-key-halves");
          const left = halves.querySelector('[data-testid="stColumn"]');
          return left.clientWidth === halves.clientWidth;
        }"""
    )
