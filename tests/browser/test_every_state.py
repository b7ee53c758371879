"""Every view with something in it: nothing sticks out, everybody can use it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.browser.driving import PageMaker
from tests.browser.every_view import ALL_WIDTHS, HEIGHT, SCHEMES, drawn
from tests.browser.states import STATES, World
from tests.browser.test_every_view import CHECKED, troubles

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def world(
    training_url: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    page = browser.new_page(viewport={"width": 1440, "height": HEIGHT}, locale="en-GB")
    yield World(training_url, tmp_path_factory.mktemp("files")).made(page)
    page.close()


@pytest.mark.parametrize("state", STATES)
def test_a_view_with_something_in_it_fits_every_screen_and_is_open_to_everybody(
    world: World, new_page: PageMaker, state: str
):
    found = []
    for scheme in SCHEMES:  # a change of theme would shut what is open
        page = new_page(color_scheme=scheme)
        STATES[state](page, world)
        for width in ALL_WIDTHS:
            page.set_viewport_size(ViewportSize(width=width, height=HEIGHT))
            drawn(page)
            found += troubles(page, scheme, width, is_asked=(scheme, width) in CHECKED)
    assert not found, "\n".join(found)
