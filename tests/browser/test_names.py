"""What people call things, in a browser: never a link, a picture or an icon; always its letters."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cnn.training.store.store import Store
from tests.browser.driving import ROOT, running, settled
from tests.hostile.files import LIVE_NAME
from tests.hostile.named import fill
from tests.hostile.names import NAMES

JOINT = "\u2060"
LIVE = "a[href*=evil], a[*|href*=evil], [src*=evil], [srcset*=evil], a[href^=mailto]"
"""Links, also those in an SVG, and pictures."""


@pytest.fixture
def names_url(tmp_path: Path) -> Iterator[str]:
    app = Path(__file__).parent / "apps" / "names_app.py"
    with running(tmp_path, app, settings={"PYTHONPATH": str(ROOT)}) as url:
        yield url


@pytest.fixture
def addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The pages of a store in which everything has a hostile name."""
    home = tmp_path / "store"
    home.mkdir()
    monkeypatch.setenv("CNN_HOME", str(home))
    store = Store()
    found = fill(store)
    store.close()
    with running(tmp_path) as url:
        yield {name: f"{url}/{address}" for name, address in found.items()}


def test_what_means_something_in_markdown_is_shown_by_its_letters(names_url: str, page: Page):
    page.goto(names_url)
    expect(page.locator(f".st-key-name{len(NAMES) - 1}").get_by_role("radio")).to_be_attached()
    settled(page)
    for place, name in enumerate(NAMES.values()):
        shown = page.locator(f".st-key-name{place} [data-testid=stMarkdownContainer]")
        expect(shown.nth(4)).to_be_attached()
        texts = shown.all_inner_texts()
        assert {text.replace(JOINT, "").strip() for text in texts} <= {name, "Which"}
    assert page.locator(f"[data-testid=stMain] :is({LIVE}, img, code, strong)").count() == 0


@pytest.mark.proof
def test_no_page_makes_a_link_or_a_picture_of_a_name(addresses: dict[str, str], page: Page):
    for name, address in addresses.items():
        page.goto(address)
        if name == "build":  # in a box to type in
            expect(page.get_by_label("Name", exact=True)).to_have_value(LIVE_NAME)
        else:
            expect(page.get_by_test_id("stMain")).to_contain_text("evil")
        settled(page)
        if name in {"compare", "runs"}:
            in_legend = page.locator(".live-plot .legendtext").filter(has_text="www.evil")
            expect(in_legend.first).to_contain_text(LIVE_NAME)
        if name == "desk":  # its own link to Build, whose code spells the name
            expect(page.get_by_role("link", name="Open it")).to_have_attribute(
                "href", re.compile(r"^build\?net=1\.[\w.&=%-]+$")
            )
        live = page.locator(LIVE).and_(page.locator(":not([href^='build?net=1.'])"))
        assert live.count() == 0, name
