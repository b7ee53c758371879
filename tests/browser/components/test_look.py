"""One look in light and dark: quiet tracks of sliders, images white on black, one font."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.driving import PageMaker, settled
from tests.some import some

THEMES = ("light", "dark")
FARTHEST = 90
"""Of 255: so far from the page's grey a track is quiet. White is 240 from the dark page."""


def grey(page: Page, x: float, y: float) -> float:
    """The mean of the three parts of a pixel of the page."""
    taken = page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    pixels = np.asarray(Image.open(io.BytesIO(taken)).convert("RGB"))
    return float(pixels.mean())


@pytest.mark.parametrize("theme", some(THEMES, "dark"))
@pytest.mark.parametrize(
    "path", some(("inside", "lesson?of=pipeline", "lesson?of=pooling", "draw"), "draw")
)
def test_the_track_of_a_slider_is_quiet(
    new_page: PageMaker, app_url: str, path: str, theme: str
) -> None:
    page = new_page(color_scheme=theme, viewport={"width": 1440, "height": 1400})
    page.goto(f"{app_url}/{path}")
    slider = page.locator(".explorer, .stages, .stepper, .pad").locator("input[type=range]").first
    expect(slider).to_be_visible()
    settled(page)

    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    x, middle = box["x"] + box["width"] - 4, box["y"] + box["height"] / 2
    track, beside = grey(page, x, middle), grey(page, x, box["y"] + 1)
    assert 0 < abs(track - beside) < FARTHEST


@pytest.mark.parametrize("theme", some(THEMES, "dark"))
@pytest.mark.parametrize(
    ("path", "canvas"),
    [
        ("lesson?of=pipeline", ".stages .now canvas"),
        pytest.param(
            "lesson?of=receptive_field", ".field canvas", marks=pytest.mark.proof, id="field"
        ),
    ],
)
def test_a_digit_is_white_on_black(
    new_page: PageMaker, app_url: str, path: str, canvas: str, theme: str
) -> None:
    page = new_page(color_scheme=theme)
    page.goto(f"{app_url}/{path}")
    drawn = page.locator(canvas).first
    expect(drawn).to_be_visible()
    settled(page)

    pixels = drawn.evaluate(
        "(one) => [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data]"
    )
    found = np.array(pixels).reshape(-1, 4)
    assert (found[:, 3] == 255).all()
    assert found[0].tolist() == [0, 0, 0, 255]
    assert found[:, :3].min(axis=1).max() > 230


def test_figures_have_the_font_of_the_page(new_page: PageMaker, app_url: str) -> None:
    page = new_page()
    page.goto(f"{app_url}/lesson?of=activations")
    words = page.locator(".js-plotly-plot text").first
    expect(words).to_be_visible()
    settled(page)

    first = "(one) => getComputedStyle(one).fontFamily.split(',')[0]"
    assert words.evaluate(first) == page.locator("body").evaluate(first)
