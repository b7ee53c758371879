"""The stack editor as a visitor meets it, alone on a page of its own (`apps/editor_app.py`)."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cnn.network.atlas import design
from cnn.network.blocks import BLOCKS
from cnn.network.layers import KINDS, Residual
from tests.browser.driving import RUN_MS, PageMaker, as_new, open_with, running, settled
from tests.some import some

APP = Path(__file__).parents[1] / "apps" / "editor_app.py"
LENET_PARAMS = 61_706

Opener = Callable[..., None]


@pytest.fixture(scope="module")
def editor_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app that shows the editor."""
    with running(tmp_path_factory.mktemp("editor"), APP) as url:
        yield url


@pytest.fixture(scope="module")
def tab(editor_url: str, pages_of_a_file: PageMaker) -> Page:
    """The page that all of these tests share: to load it takes longer than most of them."""
    page = pages_of_a_file(color_scheme="light")
    page.goto(editor_url)
    return page


@pytest.fixture
def page(tab: Page) -> Page:
    return as_new(tab)


@pytest.fixture
def open_editor(page: Page) -> Iterator[Opener]:
    """Opens a network of the zoo in the editor, and waits until its numbers are there.

    Afterwards the last edit is waited for: a page closed at work leaves a traceback in the log.
    """
    yield lambda net="lenet-5": show(page, net)
    page.wait_for_timeout(100)
    settled(page)


def show(page: Page, net: str) -> None:
    open_with(page, net, " ")
    expect(page.get_by_role("tree", name="Layers")).to_have_count(1, timeout=RUN_MS)
    expect(page.get_by_role("tree", name="Layers")).to_be_visible(timeout=RUN_MS)
    settled(page)


def row(page: Page, title: str) -> Locator:
    """The row of a layer; its name begins with its title."""
    return page.get_by_role("treeitem", name=re.compile(rf"^{re.escape(title)}(,|$)"))


def rows(page: Page) -> list[str]:
    """The titles of all rows, from top to bottom; a lane's row is its name."""
    names = page.get_by_role("treeitem").evaluate_all(
        "items => items.map(item => item.getAttribute('aria-label'))"
    )
    return [name.split(",")[0] for name in names]


def kinds(page: Page) -> list[str]:
    """The kinds of all layers, from top to bottom."""
    return [title.split(" #")[0] for title in rows(page) if " of " not in title]


def field(page: Page, name: str, title: str) -> Locator:
    return page.get_by_label(f"{name}, {title}", exact=True)


def total(page: Page, params: int) -> None:
    """Python has read, traced and summed up what the editor holds."""
    expect(page.get_by_text(f"total {params}", exact=True)).to_be_visible()


def add(page: Page, name: str) -> None:
    """Adds a layer or a block by the palette, with the keyboard."""
    page.get_by_role("button", name="Add a layer or a block").first.click()
    page.get_by_role("combobox", name="Find a layer or a block").fill(name)
    page.keyboard.press("Enter")


def drag(page: Page, source: Locator, target: Locator, below: float) -> None:
    """Drags a row by its name to a place in the target's box: 0 is its top, 1 its bottom."""
    source.hover(position={"x": 60, "y": 14})
    page.mouse.down()
    box = target.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 80, box["y"] + below * box["height"], steps=6)
    page.mouse.up()


def choose(page: Page, title: str, **options: object) -> None:
    row(page, title).click(position={"x": 60, "y": 14}, **options)  # type: ignore[arg-type]


# ---- numbers and fields ------------------------------------------------------------------------


def test_each_layer_shows_its_output_its_parameters_and_their_share(
    open_editor: Opener, page: Page
):
    open_editor()

    expect(row(page, "Conv2D #2")).to_contain_text("10×10×162,416")
    expect(row(page, "Dense #1")).to_have_accessible_name(
        "Dense #1, output 120, 48,120 parameters, 78.0\u202f%"
    )
    total(page, LENET_PARAMS)


def test_a_typed_number_changes_the_layers_behind_it_and_stays_focused(
    open_editor: Opener, page: Page
):
    open_editor()
    filters = field(page, "filters", "Conv2D #1")

    filters.click()
    filters.press("Control+a")
    page.keyboard.type("12", delay=120)

    expect(row(page, "Conv2D #1")).to_contain_text("28×28×12")
    expect(row(page, "MaxPooling2D #1")).to_contain_text("14×14×12")
    expect(row(page, "Conv2D #2")).to_contain_text("4,816")
    expect(filters).to_be_focused()
    expect(filters).to_have_value("12")


def test_a_number_for_each_channel_is_typed_one_after_the_other(open_editor: Opener, page: Page):
    open_editor()
    choose(page, "Conv2D #1")
    page.get_by_role("button", name="Add a layer or a block").first.click()
    page.get_by_role("option", name="Normalization", exact=True).click()
    mean, variance = (field(page, name, "Normalization #1") for name in ("mean", "variance"))
    expect(mean).to_have_value("0.5")

    mean.fill("0.1, 0.2, 0.3, 0.4, 0.5, 0.6")
    expect(row(page, "Normalization #1")).to_contain_text("are not alike. Give both as one number")
    variance.fill("1 2 3 4 5 1e9999")
    message = (
        "Variance must be a number from 0 to 1,000,000,000,000, a list of one for each channel"
    )
    expect(row(page, "Normalization #1")).to_contain_text(message)
    variance.fill("1 2 3 4 5 6")

    expect(row(page, "Normalization #1")).to_contain_text("28×28×6")
    expect(row(page, "Normalization #1")).not_to_contain_text("must be")
    total(page, LENET_PARAMS)


@pytest.mark.proof
def test_arrow_keys_in_a_number_count_up_and_down(open_editor: Opener, page: Page):
    open_editor()
    filters = field(page, "filters", "Conv2D #1")

    filters.press("ArrowUp")
    expect(filters).to_have_value("7")
    filters.press("Shift+ArrowDown")
    expect(filters).to_have_value("1")
    expect(row(page, "Conv2D #1")).to_contain_text("28×28×1")


def test_a_kernel_may_be_two_numbers(open_editor: Opener, page: Page):
    open_editor()
    kernel = field(page, "kernel_size", "Conv2D #2")

    kernel.fill("3x5")
    expect(row(page, "Conv2D #2")).to_contain_text("12×10×16")
    kernel.press("Enter")

    expect(kernel).to_have_value("3×5")
    expect(row(page, "Conv2D #2")).to_be_focused()


@pytest.mark.proof
def test_padding_is_a_word_or_a_number_of_pixels(open_editor: Opener, page: Page):
    open_editor()

    field(page, "padding", "Conv2D #2").select_option("pixels")
    field(page, "padding in pixels", "Conv2D #2").fill("2")

    expect(row(page, "Conv2D #2")).to_contain_text("14×14×16")


def test_the_other_fields_are_one_click_away_and_named_when_they_are_set(
    open_editor: Opener, page: Page
):
    open_editor()
    bias = field(page, "use_bias", "Conv2D #1")
    expect(bias).to_be_hidden()

    page.get_by_role("button", name="Show all fields of Conv2D #1", exact=True).click()
    bias.uncheck()
    expect(row(page, "Conv2D #1")).to_contain_text("150")
    page.get_by_role("button", name="Hide all fields of Conv2D #1").click()

    expect(page.get_by_role("button", name="no bias")).to_be_visible()


@pytest.mark.proof
def test_every_side_of_a_zero_padding_can_be_set(open_editor: Opener, page: Page):
    open_editor("empty")

    add(page, "ZeroPadding2D")
    field(page, "padding top", "ZeroPadding2D #1").fill("0")
    field(page, "padding right", "ZeroPadding2D #1").fill("5")

    expect(row(page, "ZeroPadding2D #1")).to_contain_text("29×34×1")


@pytest.mark.parametrize(
    "typed", some(["", "0", "abc", "-3", "9" * 30, "<b>1</b>", "1.5"], "<b>1</b>")
)
def test_what_cannot_be_is_kept_as_typed_and_said_at_its_layer(
    open_editor: Opener, page: Page, typed: str
):
    open_editor()
    filters = field(page, "filters", "Conv2D #2")

    filters.fill(typed)

    message = "Filters must be a whole number from 1 to 65,536."
    expect(row(page, "Conv2D #2")).to_contain_text(message)
    expect(filters).to_have_attribute("aria-invalid", "true")
    expect(row(page, "Conv2D #1")).to_contain_text("28×28×6")
    expect(row(page, "MaxPooling2D #2")).to_contain_text("–")
    expect(filters).to_have_value(typed)

    filters.fill("16")

    expect(row(page, "Conv2D #2")).not_to_contain_text("must be")
    total(page, LENET_PARAMS)


def test_a_layer_that_does_not_fit_says_so_and_is_mended_by_its_own_advice(
    open_editor: Opener, page: Page
):
    open_editor()

    field(page, "kernel_size", "Conv2D #2").fill("15")
    expect(row(page, "Conv2D #2")).to_contain_text(
        'A 15x15 kernel does not fit a 14x14 input. Use padding="same"'
    )
    field(page, "padding", "Conv2D #2").select_option("same")

    expect(row(page, "Conv2D #2")).to_contain_text("14×14×16")
    expect(row(page, "Conv2D #2")).not_to_contain_text("does not fit")


@pytest.mark.proof
def test_a_warning_stands_at_its_layer(open_editor: Opener, page: Page):
    open_editor()

    field(page, "activation", "Dense #3").select_option("")

    expect(row(page, "Dense #3")).to_contain_text("No softmax at the end")


# ---- adding ------------------------------------------------------------------------------------


def test_a_new_layer_goes_behind_the_chosen_one(open_editor: Opener, page: Page):
    open_editor()

    choose(page, "MaxPooling2D #1")
    add(page, "BatchNorm")

    assert kinds(page)[:4] == ["Conv2D", "MaxPooling2D", "BatchNormalization", "Conv2D"]
    expect(row(page, "BatchNormalization #1")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("BatchNormalization added to position 3 of 9")


@pytest.mark.proof
def test_in_a_finished_classifier_a_convolution_goes_before_flatten_and_a_dense_behind_it(
    open_editor: Opener, page: Page
):
    open_editor()

    add(page, "Conv2D")
    assert kinds(page)[4:6] == ["Conv2D", "Flatten"]
    page.keyboard.press("Escape")
    add(page, "Dense")

    assert kinds(page)[5:] == ["Flatten", "Dense", "Dense", "Dense", "Dense"]
    expect(field(page, "units", "Dense #4")).to_have_value("10")


@pytest.mark.proof
def test_a_block_is_made_for_the_channels_it_gets(open_editor: Opener, page: Page):
    open_editor()

    choose(page, "Conv2D #2")
    add(page, "Residual bottleneck")

    expect(row(page, "Residual #1")).to_contain_text("10×10×16")
    expect(row(page, "Residual #1")).to_be_focused()
    assert rows(page)[2:5] == ["Conv2D #2", "Residual #1", "body of Residual #1"]


@pytest.mark.parametrize("apart", some((1, 9), 9))
def test_every_kind_and_every_block_can_be_added(open_editor: Opener, page: Page, apart: int):
    """`make test` adds every ninth of the list, proofs each."""
    open_editor("empty")
    page.get_by_role("button", name="Add a layer or a block").first.click()
    options = page.get_by_role("option").all_inner_texts()
    assert len(options) == len(KINDS) + len(BLOCKS)

    for name in options[::apart]:
        page.get_by_role("option", name=name, exact=True).first.click(modifiers=["Shift"])
        expect(page.get_by_role("status")).to_contain_text(f"{name} added")
    page.keyboard.press("Escape")
    settled(page)

    top_level = page.locator("[role=treeitem][aria-level='1']")
    assert top_level.count() > len(options[::apart])


@pytest.mark.proof
def test_the_palette_finds_layers_by_any_word(open_editor: Opener, page: Page):
    open_editor("empty")
    page.get_by_role("button", name="Add a layer or a block").first.click()

    page.get_by_role("combobox", name="Find a layer or a block").fill("mean channel")

    names = [text for text in page.get_by_role("option").all_inner_texts() if text]
    norms = ["BatchNormalization", "LayerNormalization", "GroupNormalization", "Normalization"]
    assert names == ["GlobalAveragePooling2D", *norms, "Squeeze and excite"]


def test_the_arrows_go_through_the_columns_of_the_palette(open_editor: Opener, page: Page):
    open_editor("empty")
    page.get_by_role("button", name="Add a layer or a block").first.click()
    pointed = page.locator("[role=option][aria-selected=true]")
    expect(pointed).to_have_text("Conv2D")
    left = page.get_by_role("option", name="Conv2D", exact=True).bounding_box()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(pointed).to_have_text("Residual")
    page.keyboard.press("ArrowRight")
    expect(pointed).to_have_text("Residual")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(pointed).to_have_text("Conv2D")
    assert pointed.bounding_box() == left


# ---- moving, doubling, deleting, undo ------------------------------------------------------------


def test_dragging_moves_a_layer_and_undo_brings_it_back(open_editor: Opener, page: Page):
    open_editor()
    before = kinds(page)

    drag(page, row(page, "MaxPooling2D #1"), row(page, "Conv2D #1"), 0.1)

    assert kinds(page)[:2] == ["MaxPooling2D", "Conv2D"]
    expect(row(page, "MaxPooling2D #1")).to_contain_text("14×14×1")
    expect(page.get_by_role("status")).to_have_text("MaxPooling2D #1 moved to position 1 of 8")
    page.get_by_role("button", name="Undo: moved MaxPooling2D #1").click()
    assert kinds(page) == before
    total(page, LENET_PARAMS)


@pytest.mark.proof
def test_escape_lets_go_of_what_is_dragged(open_editor: Opener, page: Page):
    open_editor()
    before = kinds(page)

    row(page, "Flatten #1").hover(position={"x": 60, "y": 14})
    page.mouse.down()
    page.mouse.move(200, 150, steps=5)
    page.keyboard.press("Escape")
    page.mouse.up()

    assert kinds(page) == before


def test_dragging_into_a_container_and_out_of_it(open_editor: Opener, page: Page):
    open_editor("empty")
    for name in ("Conv2D", "Dropout"):
        add(page, name)
    add(page, "Branches")
    lane = row(page, "branch 2 of Branches #1")
    # Its numbers and remarks move what is below them, so they have to be there before the drag.
    expect(row(page, "Branches #1")).to_have_accessible_name(re.compile("output"))

    drag(page, row(page, "Dropout #1"), lane, 1.1)
    assert rows(page)[1:] == [
        "Branches #1",
        "branch 1 of Branches #1",
        "branch 2 of Branches #1",
        "Dropout #1",
    ]
    expect(page.get_by_role("status")).to_contain_text("in branch 2 of Branches #1")

    drag(page, row(page, "Dropout #1"), row(page, "Conv2D #1"), 0.1)
    assert rows(page)[:2] == ["Dropout #1", "Conv2D #1"]


@pytest.mark.proof
def test_a_container_cannot_be_dragged_into_itself(open_editor: Opener, page: Page):
    open_editor("empty")
    add(page, "Branches")
    before = rows(page)

    drag(page, row(page, "Branches #1"), row(page, "branch 2 of Branches #1"), 1.1)

    assert rows(page) == before


def test_duplicate_delete_undo_and_redo_by_keys(open_editor: Opener, page: Page):
    open_editor()
    before = kinds(page)
    choose(page, "Conv2D #2")

    page.keyboard.press("Control+d")
    assert kinds(page)[2:4] == ["Conv2D", "Conv2D"]
    expect(row(page, "Conv2D #3")).to_be_focused()
    page.keyboard.press("Delete")
    assert kinds(page) == before
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert kinds(page) == before
    page.keyboard.press("Control+Shift+z")
    assert len(kinds(page)) == len(before) + 1
    page.keyboard.press("Control+y")
    assert kinds(page) == before
    total(page, LENET_PARAMS)


@pytest.mark.proof
def test_typing_in_one_field_is_one_step_of_undo(open_editor: Opener, page: Page):
    open_editor()
    units = field(page, "units", "Dense #1")
    units.click()
    units.press("Control+a")
    page.keyboard.type("456", delay=80)
    page.keyboard.press("Escape")

    page.keyboard.press("Control+z")

    expect(units).to_have_value("120")
    total(page, LENET_PARAMS)


def test_undo_inside_a_text_undoes_the_typing(open_editor: Opener, page: Page):
    open_editor()
    choose(page, "Flatten #1")
    page.keyboard.press("Control+d")
    units = field(page, "units", "Dense #1")
    units.click()
    page.keyboard.type("7")

    page.keyboard.press("Control+z")

    expect(units).to_have_value("120")
    assert kinds(page).count("Flatten") == 2


def test_several_layers_are_chosen_and_deleted_together(open_editor: Opener, page: Page):
    open_editor()

    choose(page, "Conv2D #2")
    choose(page, "Flatten #1", modifiers=["Shift"])
    choose(page, "MaxPooling2D #2", modifiers=["Control"])
    choose(page, "Dense #2", modifiers=["Control"])
    page.get_by_role("toolbar").get_by_role("button", name="Delete").click()

    assert kinds(page) == ["Conv2D", "MaxPooling2D", "MaxPooling2D", "Dense", "Dense"]
    expect(page.get_by_role("status")).to_have_text("Deleted 3 layers")
    page.get_by_role("button", name="Undo: deleted 3 layers").click()
    total(page, LENET_PARAMS)


@pytest.mark.proof
def test_the_tools_on_a_row_double_and_delete_it(open_editor: Opener, page: Page):
    open_editor()

    row(page, "Flatten #1").hover()
    page.get_by_role("button", name="Duplicate Flatten #1").click()
    page.get_by_role("button", name="Delete Flatten #1").click()
    assert kinds(page).count("Flatten") == 1
    page.get_by_role("button", name="Delete Flatten #1").click()

    assert "Flatten" not in kinds(page)


# ---- containers --------------------------------------------------------------------------------


def test_layers_inside_a_residual_are_edited_in_place(open_editor: Opener, page: Page):
    open_editor("resnet-lite")

    field(page, "filters", "Conv2D #3").fill("12")

    expect(row(page, "Conv2D #3")).to_contain_text("14×14×12")
    expect(row(page, "Residual #1")).to_contain_text(
        "The body gives 14x14x12, the shortcut 14x14x16"
    )
    page.get_by_role("button", name="Add a layer to shortcut of Residual #1").click()
    page.keyboard.type("Conv2D")
    page.keyboard.press("Enter")
    field(page, "filters", "Conv2D #4").fill("12")
    field(page, "kernel_size", "Conv2D #4").fill("1")

    expect(row(page, "Residual #1")).to_contain_text("14×14×12")
    expect(row(page, "Residual #1")).not_to_contain_text("the shortcut")


def test_branches_are_added_and_removed(open_editor: Opener, page: Page):
    open_editor("empty")
    add(page, "Branches")
    expect(row(page, "Branches #1")).to_contain_text("28×28×2")

    page.get_by_role("button", name="Add a branch").click()
    expect(row(page, "Branches #1")).to_contain_text("28×28×3")
    expect(row(page, "branch 3 of Branches #1")).to_be_focused()
    page.get_by_role("button", name="Remove branch 1 of Branches #1").click()

    expect(row(page, "Branches #1")).to_contain_text("28×28×2")
    expect(page.get_by_role("button", name="Remove branch 1 of Branches #1")).to_be_hidden()


def test_a_collapsed_container_still_tells_of_errors_inside(open_editor: Opener, page: Page):
    open_editor("resnet-lite")
    page.get_by_role("button", name="Collapse Residual #1").click()
    expect(row(page, "Conv2D #2")).to_be_hidden()
    page.get_by_role("button", name="Expand Residual #1").click()

    field(page, "filters", "Conv2D #2").fill("0")
    page.get_by_role("button", name="Collapse Residual #1").click()

    expect(row(page, "Residual #1")).to_contain_text("Conv2D #2: filters must be")


def test_a_long_network_opens_with_its_blocks_collapsed_and_a_picture_opens_one(
    open_editor: Opener, page: Page
):
    open_editor("resnet-50")
    wanted = [layer.kind for layer in design("resnet-50").layers]
    assert kinds(page) == wanted

    page.get_by_role("button", name="Choose within a block").click()

    first = row(page, "Conv2D #9")
    expect(first).to_be_visible()
    expect(first).to_have_attribute("aria-selected", "true")
    opened = design("resnet-50").layers[8]
    assert isinstance(opened, Residual)
    assert len(kinds(page)) == len(wanted) + len(opened.body)
    page.get_by_role("button", name="Collapse Residual #3").click()
    expect(first).to_be_hidden()


# ---- keyboard and screen reader ----------------------------------------------------------------


def test_a_network_is_built_with_the_keyboard_alone(open_editor: Opener, page: Page):
    open_editor("empty")
    page.get_by_role("button", name="Add a layer or a block").first.focus()

    page.keyboard.press("Enter")
    for word in ("Conv2D", "MaxPool", "Branches", "Flatten", "Dense"):
        page.keyboard.type(word)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("added")
        page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.type("10")
    page.keyboard.press("Escape")
    expect(row(page, "Dense #1")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+ArrowRight")  # into the first branch
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("/")  # into the second
    page.keyboard.type("AveragePool")
    page.keyboard.press("Enter")

    assert rows(page) == [
        "Conv2D #1",
        "Branches #1",
        "branch 1 of Branches #1",
        "MaxPooling2D #1",
        "branch 2 of Branches #1",
        "AveragePooling2D #1",
        "Flatten #1",
        "Dense #1",
    ]
    total(page, (9 * 32 + 32) + (14 * 14 * 64 * 10 + 10))


@pytest.mark.proof
def test_alt_arrows_move_a_layer_also_out_of_its_container(open_editor: Opener, page: Page):
    open_editor("resnet-lite")
    choose(page, "Conv2D #2")
    residual = kinds(page).index("Residual")

    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("status")).to_have_text(
        "Conv2D #2 moved to position 2 of 5 in body of Residual #1"
    )
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Control+Shift+ArrowUp")

    assert kinds(page)[residual : residual + 2] == ["Conv2D", "Residual"]
    expect(row(page, "Conv2D #2")).to_be_focused()


@pytest.mark.proof
def test_shift_arrows_choose_several(open_editor: Opener, page: Page):
    open_editor()
    choose(page, "Flatten #1")

    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")

    chosen = page.locator("[role=treeitem][aria-selected=true]")
    expect(chosen).to_have_count(3)
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)
    page.keyboard.press("Control+a")
    expect(chosen).to_have_count(8)


def test_tab_comes_to_one_row_and_its_fields_only(open_editor: Opener, page: Page):
    open_editor()
    choose(page, "Dense #1")

    page.keyboard.press("Tab")
    expect(field(page, "units", "Dense #1")).to_be_focused()
    stops = page.get_by_role("tree", name="Layers").locator("[tabindex='0'], input:not([tabindex])")

    assert stops.count() < 6


def test_an_error_that_comes_up_is_said(open_editor: Opener, page: Page):
    open_editor()

    field(page, "kernel_size", "Conv2D #1").fill("3")
    expect(row(page, "Conv2D #1")).to_contain_text("60")
    field(page, "padding", "Conv2D #1").select_option("valid")
    field(page, "strides", "Conv2D #1").fill("9")

    said = page.locator("[aria-live=polite]").filter(has_text="Conv2D #2: a 5x5 kernel")
    expect(said).to_have_count(1)


def test_streamlits_own_keys_do_nothing_while_the_editor_has_the_focus(
    open_editor: Opener, page: Page
):
    open_editor()
    choose(page, "Conv2D #1")
    for key in "rc":
        field(page, "filters", "Conv2D #1").click()
        page.keyboard.press(key)
        page.keyboard.press("Escape")
        page.keyboard.press(key)

    expect(row(page, "Conv2D #1")).to_contain_text("must be")
    settled(page)
    expect(page.get_by_text("whole runs 1", exact=True)).to_be_visible()
    expect(page.get_by_role("dialog", name="Clear caches")).to_have_count(0)


def test_the_keys_are_listed(open_editor: Opener, page: Page):
    open_editor()

    page.get_by_role("button", name="Keys").click()

    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Duplicate")


# ---- with Python -------------------------------------------------------------------------------


def test_another_network_from_python_replaces_the_list_as_one_step_of_undo(
    open_editor: Opener, page: Page
):
    open_editor()
    field(page, "units", "Dense #1").fill("99")
    settled(page)

    page.get_by_role("button", name="Another network").click()
    expect(field(page, "units", "Dense #1")).not_to_have_value("99")
    assert kinds(page)[:2] == ["Conv2D", "Conv2D"]
    page.get_by_role("button", name="Undo: another network").click()

    expect(field(page, "units", "Dense #1")).to_have_value("99")
    total(page, LENET_PARAMS - 21 * (400 + 1) - 21 * 84)


def test_undo_survives_a_time_out_of_sight(open_editor: Opener, page: Page):
    open_editor()
    field(page, "units", "Dense #1").fill("99")
    settled(page)

    page.get_by_text("Hide the editor").click()
    expect(row(page, "Dense #1")).to_have_count(0)
    page.get_by_text("Hide the editor").click()
    expect(field(page, "units", "Dense #1")).to_have_value("99")
    page.get_by_role("button", name="Undo: units of Dense #1").click()

    total(page, LENET_PARAMS)


def test_python_learns_which_layer_is_chosen_and_can_choose_another(
    open_editor: Opener, page: Page
):
    open_editor()

    choose(page, "Dense #2")
    expect(page.get_by_text("chosen layers[6]", exact=True)).to_be_visible()
    page.get_by_role("button", name="Choose the first").click()

    expect(row(page, "Conv2D #1")).to_have_attribute("aria-selected", "true")
    expect(row(page, "Dense #2")).to_have_attribute("aria-selected", "false")


@pytest.mark.parametrize("width", some([390, 700, 1440, 1920], 390))
def test_nothing_is_wider_than_the_screen(open_editor: Opener, page: Page, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    open_editor("inception-lite")
    page.get_by_role("button", name="Show all fields of Conv2D #1", exact=True).click()

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tree = page.get_by_role("tree", name="Layers")
    assert tree.evaluate("tree => tree.scrollWidth <= tree.clientWidth")
