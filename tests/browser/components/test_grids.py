"""The grid pictures as a person meets them, alone on a page of their own (`apps/grids_app.py`)."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import RUN_MS, PageMaker, as_new, open_with, running, settled
from tests.browser.grids import cell, grid, number, shown, written
from tests.some import some

APP = Path(__file__).parents[1] / "apps" / "grids_app.py"
WORKED = [[4, 2, 2], [2, 3, 4], [1, 3, 3]]

Opener = Callable[..., None]


@pytest.fixture(scope="module")
def grids_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app that shows the pictures."""
    with running(tmp_path_factory.mktemp("grids"), APP) as url:
        yield url


@pytest.fixture(scope="module")
def tab(grids_url: str, pages_of_a_file: PageMaker) -> Page:
    """The page that all of these tests share: to load it takes longer than most of them."""
    page = pages_of_a_file(color_scheme="light")
    page.goto(grids_url)
    return page


@pytest.fixture
def page(tab: Page) -> Page:
    return as_new(tab)


@pytest.fixture
def open_grids(page: Page) -> Iterator[Opener]:
    """Opens a picture by its query; afterwards the last edit is waited for."""
    yield lambda query="": show(page, query)
    page.wait_for_timeout(200)
    settled(page)


def show(page: Page, query: str) -> None:
    open_with(page, query, "&opened=")
    settled(page)  # what was shown before is gone
    expect(page.locator(".written .head")).to_have_count(1, timeout=RUN_MS)
    expect(page.locator(".written .head")).not_to_be_empty(timeout=RUN_MS)
    settled(page)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def lit(page: Page, label: str) -> set[tuple[int, int]]:
    """The cells that light up, counted from 1; padding is at 0 and below."""
    found = grid(page, label).evaluate(
        """(box) => [...box.querySelectorAll(".patch, .picked, .fed")].map((one) =>
          [Number(one.dataset.row) + 1, Number(one.dataset.column) + 1])"""
    )
    return {(row, column) for row, column in found}


def rows(page: Page) -> dict[str, list[str]]:
    """The rows of the sentence by their names; those without a name go to the one before."""
    found: dict[str, list[str]] = {}
    last = ""
    pairs = page.locator(".rows").evaluate(
        """(box) => [...box.querySelectorAll("dt")].map((one) =>
          [one.textContent, one.nextElementSibling.textContent])"""
    )
    for name, text in pairs:
        last = name or last
        found.setdefault(last, []).append(text)
    return found


def computed(text: str) -> float:
    """The arithmetic as Python does it, apart from our own code."""
    plain = text.replace("×", "*").replace("−", "-").replace("\n", " ")
    assert re.fullmatch(r"[\d\s+\-*/().e]+", plain), plain
    return float(eval(plain, {"__builtins__": {}}))  # digits and signs alone


def test_a_cell_shows_its_patch_its_products_their_sum_and_the_bias(page: Page, open_grids: Opener):
    open_grids()
    assert shown(page, "Output") == WORKED

    cell(page, "Output", 2, 3).hover()

    assert lit(page, "Input") == {(row, column) for row in (2, 3, 4) for column in (3, 4, 5)}
    assert rows(page) == {
        "products": ["1×1 + 0×0 + 1×1\n+ 1×0 + 1×1 + 0×0\n+ 0×1 + 1×0 + 1×1"],
        "sum": ["1 + 0 + 1 + 0 + 1 + 0 + 0 + 0 + 1 = 4"],
        "+ bias": ["4 + 0 = 4"],
    }


@pytest.mark.parametrize(
    "query",
    some(
        [
            "",
            "padding=2",
            "stride=2&padding=1",
            "size=2&channels=2&filters=2&dilation=2&padding=1",
            "channels=3&filters=2&stride=2",
        ],
        "stride=2&padding=1",
        "size=2&channels=2&filters=2&dilation=2&padding=1",
    ),
)
def test_what_is_written_is_the_arithmetic_of_every_number_python_sent(
    page: Page, open_grids: Opener, query: str
):
    open_grids(query)
    outputs = page.locator(".outputs").get_by_role("grid")
    for filter_ in range(outputs.count()):
        box = outputs.nth(filter_)
        label = box.get_attribute("aria-label") or ""
        numbers = np.array(shown(page, label))
        for (row, column), wanted in np.ndenumerate(numbers):
            box.locator(f"[data-row='{row}'][data-column='{column}']").dispatch_event("pointerover")
            found = rows(page)
            last, result = found.pop("+ bias")[0].split(" = ")
            assert computed(last) == computed(result) == wanted
            apart = ("sum", "all channels")
            products = [texts for name, texts in found.items() if name not in apart]
            sums = [text for texts in products for text in texts[1:]] + found.get("sum", [])
            terms = [texts[0] for texts in products]
            for term, one in zip(terms, sums, strict=True):
                left, right = one.split(" = ")
                assert computed(term) == computed(left) == computed(right)
            total = sum(computed(term) for term in terms)
            assert total == computed(last.split(" + ")[0])


def test_an_input_cell_shows_all_outputs_it_feeds_and_with_which_weight(
    page: Page, open_grids: Opener
):
    open_grids()
    cell(page, "Input", 2, 2).hover()
    assert lit(page, "Output") == {(1, 1), (1, 2), (2, 1), (2, 2)}
    expect(written(page)).to_contain_text("Input, row 1, column 1 is read by 4 output cells")
    expect(written(page)).to_contain_text("row 0, column 0 (times 1)")

    cell(page, "Input", 5, 5).hover()
    assert lit(page, "Output") == {(3, 3)}
    page.mouse.move(5, 5)
    assert lit(page, "Output") == {(1, 1)}, "away from the grids, the chosen output is back"


def test_a_weight_is_used_everywhere(page: Page, open_grids: Opener):
    open_grids()
    cell(page, "Kernel", 1, 3).hover()
    assert lit(page, "Input") == {(row, column) for row in (1, 2, 3) for column in (3, 4, 5)}
    expect(written(page)).to_contain_text("used at all 9 positions")


def test_padding_and_dilation_light_up_where_the_window_really_is(page: Page, open_grids: Opener):
    open_grids("padding=1&dilation=2")
    assert lit(page, "Input") == {(row, column) for row in (0, 2, 4) for column in (0, 2, 4)}
    expect(cell(page, "Input", 0, 2)).to_have_accessible_name("padding, row −1, column 1: 0")


def test_what_no_window_reads_is_hatched(page: Page, open_grids: Opener):
    open_grids("show=pooling&kind=max")
    hatched = grid(page, "Input").locator(".unread")
    expect(hatched).to_have_count(6)
    expect(cell(page, "Input", 3, 7)).to_have_accessible_name(re.compile("no window reaches it$"))


def test_a_click_changes_the_number_and_the_output(page: Page, open_grids: Opener):
    open_grids()
    cell(page, "Input", 1, 1).click()
    expect(number(page, "Input", 1, 1)).to_have_text("0")
    expect(number(page, "Output", 1, 1)).to_have_text("3")
    expect(page.get_by_text("sum of outputs 23", exact=True)).to_be_visible()


def test_fast_clicks_are_all_taken(page: Page, open_grids: Opener):
    open_grids()
    for place in range(1, 6):
        cell(page, "Input", place, place).click()
    expect(page.get_by_text("sum of outputs 13", exact=True)).to_be_visible()
    settled(page)
    # By hand: the diagonal was 1 1 1 1 1, and met weights of 1 + 2 + 5 + 2 + 1 in the sum of 24.
    assert [row[n] for n, row in enumerate(shown(page, "Input"))] == [0, 0, 0, 0, 0]


def test_a_stroke_paints_all_cells_it_goes_over(page: Page, open_grids: Opener):
    open_grids()
    cell(page, "Input", 1, 2).hover()
    page.mouse.down()
    for row in (2, 3):
        cell(page, "Input", row, 2).hover()
    page.mouse.move(5, 5)
    page.mouse.up()
    expect(page.locator(".pair")).not_to_have_class(re.compile("waiting"))
    settled(page)
    assert [row[1] for row in shown(page, "Input")] == [1, 1, 1, 0, 1]


def test_a_number_is_typed_with_the_keys_alone(page: Page, open_grids: Opener):
    open_grids()
    cell(page, "Kernel", 1, 1).focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "Kernel", 1, 2)).to_be_focused()
    expect(written(page)).to_contain_text("Kernel, row 0, column 1: 0")
    page.keyboard.type("-2.5")
    page.keyboard.press("Enter")
    expect(number(page, "Kernel", 1, 2)).to_have_text("−2.5")
    expect(number(page, "Output", 2, 1)).to_have_text("−.5")

    page.keyboard.type("9")
    page.keyboard.press("Escape")
    expect(number(page, "Kernel", 1, 2)).to_have_text("−2.5")
    page.keyboard.press("Space")
    expect(number(page, "Kernel", 1, 2)).to_have_text("−1")
    expect(number(page, "Output", 2, 1)).to_have_text("1")


def test_nonsense_is_not_taken(page: Page, open_grids: Opener):
    open_grids()
    bias = number(page, "Bias", 1, 1)
    cell(page, "Bias", 1, 1).dblclick()  # two clicks are two steps through 0, 1 and −1
    expect(bias).to_have_text("−1")
    field = page.locator(".field")
    for text in ("abc", "", "1e999"):
        field.fill(text)
        field.press("Enter")
        expect(field).to_have_count(0)
        expect(bias).to_have_text("−1")
        cell(page, "Bias", 1, 1).focus()
        page.keyboard.press("1")
    field.press("Escape")
    settled(page)
    expect(cell(page, "Output", 1, 1)).to_have_text(f"{WORKED[0][0] - 1}")
    assert shown(page, "Output") == [[value - 1 for value in row] for row in WORKED]


def test_step_and_scrub_slide_the_window(page: Page, open_grids: Opener):
    open_grids()
    button(page, "Step").click()
    assert lit(page, "Output") == {(1, 2)}
    assert lit(page, "Input") == {(row, column) for row in (1, 2, 3) for column in (2, 3, 4)}
    button(page, "Step back").click()
    button(page, "Step back").click()
    assert lit(page, "Output") == {(3, 3)}

    scrub = page.get_by_role("slider", name="Position")
    scrub.fill("3")
    assert lit(page, "Output") == {(2, 1)}
    expect(page.get_by_text("position 4 of 9", exact=True)).to_be_visible()


def test_it_plays_until_it_is_held(page: Page, open_grids: Opener):
    open_grids("padding=2")  # so many positions that it is not at its end before it is held
    button(page, "Play").click()
    expect(button(page, "Pause")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^position ([3-9]|\d\d) of 49$"))).to_be_visible()
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    expect(page.get_by_text("position 49 of 49", exact=True)).to_have_count(0)


@pytest.mark.proof
def test_the_keys_move_through_the_outputs(page: Page, open_grids: Opener):
    open_grids()
    cell(page, "Output", 1, 1).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(cell(page, "Output", 2, 3)).to_be_focused()
    expect(cell(page, "Output", 2, 3)).to_have_attribute("aria-selected", "true")
    expect(written(page)).to_contain_text("Output, row 1, column 2")


@pytest.mark.proof
def test_the_text_can_be_copied(page: Page, open_grids: Opener):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_grids()
    button(page, "Copy").click()
    expect(button(page, "Copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Output, row 0, column 0\nproducts: 1×1 + 0×0")
    assert text.endswith("+ bias: 4 + 0 = 4")


@pytest.mark.parametrize(
    "query",
    some(
        ["size=3&stride=2&padding=same", "size=5&stride=3", "size=4&stride=1"],
        "size=3&stride=2&padding=same",
    ),
)
def test_every_cell_of_a_larger_map_is_the_sum_of_what_meets_there(
    page: Page, open_grids: Opener, query: str
):
    open_grids(f"show=transposed&{query}")
    larger, counts = np.array(shown(page, "Larger map")), np.array(shown(page, "Windows"))
    assert larger.shape == counts.shape
    for (row, column), wanted in np.ndenumerate(larger):
        cell(page, "Larger map", row + 1, column + 1).dispatch_event("pointerover")
        found = rows(page)
        ((term,), (sums,)) = found["products"], found["sum"]
        left, right = sums.split(" = ")
        assert computed(term) == computed(left) == computed(right) == wanted
        assert term.count("×") == counts[row, column] == len(lit(page, "Input"))
    assert len(lit(page, "Kernel")) == counts[-1, -1]
    assert lit(page, "Windows") == lit(page, "Larger map") == {larger.shape}


@pytest.mark.proof
def test_the_windows_of_all_cells_add_up_to_the_larger_map(page: Page, open_grids: Opener):
    open_grids("show=transposed&size=4&stride=2&padding=same")
    larger = np.array(shown(page, "Larger map"))
    added = np.zeros_like(larger)
    image, kernel = np.array(shown(page, "Input")), np.array(shown(page, "Kernel"))
    for row, column in np.ndindex(*image.shape):
        cell(page, "Input", row + 1, column + 1).dispatch_event("pointerover")
        ((name, (text,)),) = rows(page).items()
        assert name == f"{image[row, column]:g} × kernel".replace("-", "−")
        lines = text.replace("−", "-").split("\n")
        adds = np.array([[float(one) for one in line.split()] for line in lines])
        np.testing.assert_array_equal(adds, image[row, column] * kernel)
        window = {(2 * row + i, 2 * column + j) for i in range(4) for j in range(4)}
        assert lit(page, "Larger map") == window  # one row and column at each side are cut off
        for (i, j), value in np.ndenumerate(adds):
            y, x = 2 * row - 1 + i, 2 * column - 1 + j
            if 0 <= y < added.shape[0] and 0 <= x < added.shape[1]:
                added[y, x] += value
    np.testing.assert_array_equal(added, larger)
    expect(cell(page, "Larger map", 0, 1)).to_have_accessible_name("cut off, row −1, column 0")
    expect(written(page)).to_contain_text("goes to 16 cells, of which 7 are cut off")


def test_a_larger_map_is_edited_and_walked_by_keys(page: Page, open_grids: Opener):
    open_grids("show=transposed")
    before = np.array(shown(page, "Larger map"))
    image, kernel = np.array(shown(page, "Input")), np.array(shown(page, "Kernel"))
    cell(page, "Input", 1, 1).focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "Input", 1, 2)).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(number(page, "Input", 1, 2)).to_have_text("7")
    expect(page.locator(".pair")).not_to_have_class(re.compile("waiting"))
    settled(page)
    before[0:3, 2:5] += (7 - image[0, 1]) * kernel
    np.testing.assert_array_equal(shown(page, "Larger map"), before)

    cell(page, "Larger map", 1, 1).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(cell(page, "Larger map", 3, 3)).to_be_focused()
    expect(written(page)).to_contain_text("Larger map, row 2, column 2: 4 windows meet")
    cell(page, "Kernel", 2, 2).hover()
    assert lit(page, "Larger map") == {(row, column) for row in (2, 4) for column in (2, 4, 6)}
    expect(written(page)).to_contain_text("Every one of the 6 input cells is multiplied by it")

    button(page, "Step").click()
    assert len(lit(page, "Larger map")) == 9
    expect(page.get_by_text("of 6", exact=False)).to_be_visible()


@pytest.mark.parametrize(
    "pooling",
    some([("max", 1), ("max", 2), ("average", 1), ("average", 2)], ("max", 1), ("average", 2)),
)
def test_a_pooling_writes_out_its_window(page: Page, open_grids: Opener, pooling: tuple[str, int]):
    kind, stride = pooling
    open_grids(f"show=pooling&kind={kind}&stride={stride}")
    numbers, image = np.array(shown(page, "Output")), np.array(shown(page, "Input"))
    for row, column in np.ndindex(*numbers.shape):
        cell(page, "Output", row + 1, column + 1).dispatch_event("pointerover")
        window = image[
            row * stride : row * stride + 2, column * stride : column * stride + 2
        ].ravel()
        values = [f"{value:g}" for value in window]
        if kind == "max":
            assert rows(page)["largest"] == [f"max({', '.join(values)}) = {window.max():g}"]
            winner = page.locator(".winner")
            expect(winner).to_have_count(1)
            assert winner.inner_text() == f"{window.max():g}"
        else:
            assert rows(page)["mean"] == [f"({' + '.join(values)}) / 4 = {window.mean():g}"]


def test_the_leading_grid_of_a_stepped_picture_goes_to_its_step(page: Page, open_grids: Opener):
    open_grids("show=steps")
    assert shown(page, "Sum so far") == [[0]]
    cell(page, "Values", 2, 1).hover()
    assert shown(page, "Sum so far") == [[3]]
    expect(written(page)).to_contain_text("Cell 3")
    page.get_by_role("slider", name="Position").fill("3")
    assert shown(page, "Sum so far") == [[6]]


@pytest.mark.parametrize(
    "query",
    some(
        ["", "channels=3&filters=3&padding=2", "show=steps", "show=transposed&size=5&stride=3"],
        "channels=3&filters=3&padding=2",
    ),
)
def test_on_a_phone_nothing_is_wider_than_the_screen(page: Page, open_grids: Opener, query: str):
    page.set_viewport_size({"width": 390, "height": 844})
    open_grids(query)
    assert page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollWidth") == 390
