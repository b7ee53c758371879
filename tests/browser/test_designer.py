"""What a designer would see: nothing hangs, is cut without a hint, or scrolls out of view."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cnn.network.link import encode
from cnn.network.zoo import entry
from cnn.training.recipe.presets import FIRST
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from tests.browser.driving import running, settled
from tests.browser.test_every_view import OVERLAP
from tests.browser.views.test_build import open_build

pytestmark = pytest.mark.proof

WITHOUT_SHADOW = ":has(> .st-key-bench_totals) {box-shadow: none !important}"
RESNET = encode(entry("resnet-lite").architecture)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_long_network_totals_and_picture_stay_while_its_tail_is_edited(
    page: Page, app_url: str, scheme: str
):
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 1366, "height": 768})
    open_build(page, app_url, RESNET)

    page.get_by_role("treeitem").last.click()
    settled(page)

    expect(page.locator(".figure").first).to_be_in_viewport(ratio=1)
    expect(page.locator("svg.network .selected .front")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [1366, 1440])
def test_nothing_lies_on_the_buttons_below_the_totals(page: Page, app_url: str, width: int):
    """A shadow takes no clicks, so that what lies there is seen in its pixels alone."""
    page.set_viewport_size({"width": width, "height": 800})
    open_build(page, app_url)
    for name in ("Train this", "Add to comparison"):
        button = page.get_by_role("button", name=name)
        shown = button.screenshot()
        bare = page.add_style_tag(content=WITHOUT_SHADOW)

        assert button.screenshot() == shown, name
        bare.evaluate("(style) => style.remove()")


@pytest.mark.parametrize("width", [1366, 1440])
def test_the_ways_on_below_the_first_network_stand_together(page: Page, app_url: str, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(app_url)
    ways = page.locator(".st-key-home_more").get_by_role("link")
    expect(ways).to_have_count(2)
    settled(page)

    first, second = (way.bounding_box() for way in ways.all())
    assert first
    assert second
    assert first["y"] == second["y"]


@pytest.mark.parametrize("width", [1366, 1920])
def test_the_first_network_is_as_wide_as_the_doors_below_it(page: Page, app_url: str, width: int):
    page.set_viewport_size({"width": width, "height": 950})
    page.goto(app_url)
    last = page.get_by_role("button", name="Bring photos")
    expect(page.locator(".maps").first).to_be_visible()
    expect(last).to_be_in_viewport()
    settled(page)

    maps, door = page.locator(".maps").first.bounding_box(), last.bounding_box()
    assert maps
    assert door
    assert maps["x"] + maps["width"] == pytest.approx(door["x"] + door["width"], abs=24)


def test_the_picture_shows_no_more_of_a_block_than_the_stack(page: Page, app_url: str):
    open_build(page, app_url, RESNET)
    parts = page.locator("svg.network [data-path]")
    expect(page.locator('svg.network [data-path^="layers[3].body"]')).to_have_count(5)
    whole = parts.count()

    page.get_by_role("button", name="Collapse Residual #1").click()
    settled(page)

    expect(page.locator('svg.network [data-path^="layers[3]"]')).to_have_count(1)
    expect(parts).to_have_count(whole - 5)
    page.get_by_role("button", name="Expand Residual #1").click()
    expect(parts).to_have_count(whole)


def test_a_table_that_is_cut_says_so_and_its_names_stay(page: Page, app_url: str):
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{app_url}/compare?open=shipped")
    frame = page.locator(".frame:has(table)").first
    expect(frame).to_contain_class("more-right")

    frame.scroll_into_view_if_needed()
    frame.evaluate("(frame) => frame.scrollTo(9999, 0)")

    expect(frame).not_to_contain_class("more-right")
    expect(frame.get_by_role("button", name="Show LeNet-5")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("lesson", ["backpropagation", "convolution"])
@pytest.mark.parametrize("width", [390, 820, 1366, 1440])
def test_no_sign_hangs_at_the_end_of_a_line(page: Page, app_url: str, width: int, lesson: str):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{app_url}/lesson?of={lesson}")
    expect(page.locator(".sign").first).to_be_visible()
    settled(page)

    apart = page.locator(".sign").evaluate_all(
        """(signs) => signs.map((sign) => {
          const [one, next] = [sign, sign.nextElementSibling].map((it) =>
            it.getBoundingClientRect());
          return one.right <= next.left && one.top < next.bottom && one.bottom > next.top;
        })"""
    )
    assert apart
    assert all(apart)


def test_the_buttons_of_a_plot_lie_on_none_of_its_words(page: Page, app_url: str):
    page.set_viewport_size({"width": 820, "height": 900})
    page.goto(f"{app_url}/lesson?of=training")
    plot = page.locator(".live-plot").first
    expect(plot).to_have_attribute("data-state", "shown")
    settled(page)

    plot.hover()

    expect(plot.locator(".modebar")).to_have_css("opacity", "1")
    assert page.evaluate(OVERLAP) == []


@pytest.mark.parametrize("width", [1366, 1440])
def test_no_kernel_stands_in_a_line_alone(page: Page, app_url: str, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{app_url}/lesson?of=kernels")
    expect(page.locator(".maps .tile")).to_have_count(5)
    settled(page)

    tops = page.locator(".maps .tile canvas").evaluate_all(
        "(all) => all.map((one) => Math.round(one.getBoundingClientRect().top))"
    )
    assert len(set(tops)) == 1


@pytest.fixture
def run_url(tmp_path: Path) -> Iterator[str]:
    """The page of a run with a long title."""
    store = Store(f"sqlite:///{tmp_path / 'store' / 'runs.sqlite'}")
    run = store.add(entry("resnet-18").architecture, FIRST, worker="me")
    store.finish(run.id, State.INTERRUPTED)
    store.close()
    with running(tmp_path) as url:
        yield f"{url}/train?run={run.id}"


def test_no_button_of_a_run_stands_alone(page: Page, run_url: str):
    page.goto(run_url)
    names = ("Open in Build", "Use these settings", "New training")
    for width in (390, 820, 1100, 1366):
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
        boxes = [page.get_by_role("button", name=name).bounding_box() for name in names]
        tops = [box["y"] for box in boxes if box]
        assert tops.count(tops[-1]) > 1, width


def test_a_retry_opens_on_its_curves(page: Page, run_url: str):
    page.goto(run_url)
    page.get_by_role("tab", name="Facts").click()
    expect(page.get_by_role("tab", name="Facts")).to_have_attribute("aria-selected", "true")
    settled(page)

    page.get_by_role("button", name="Train again").click()

    expect(page).not_to_have_url(run_url)
    expect(page.get_by_role("tab", name="Curves")).to_have_attribute("aria-selected", "true")
