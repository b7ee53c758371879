"""The list of runs as a visitor keeps it in order: names, tags, notes, what is put away."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.store import archive
from cnn.training.store.store import Store
from tests.browser.driving import choose_option, running, settled
from tests.training.unreadable import spoil

SHIPPED = archive.Shipped.COMPARISON.file.read_bytes()
HOSTILE = '![x](http://example.com/x.png) <img src=x onerror="fail()"> **bold**'


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """An app whose store holds fifteen of the runs that ship, which fill the list: three seeds."""
    store = Store(f"sqlite:///{tmp_path / 'store' / 'runs.sqlite'}")
    for run in filter(None, map(store.get, archive.take_in(store, SHIPPED))):
        if run.configuration.seed > 2:
            store.remove(run.id)
    store.close()
    with running(tmp_path) as address:
        yield address


@pytest.mark.proof
def test_a_run_is_named_tagged_noted_found_archived_and_deleted(url: str, page: Page):
    page.goto(f"{url}/train")
    rows = page.get_by_role("table", name="Runs, the latest first").locator("tbody tr")
    expect(rows).to_have_count(15)
    settled(page)
    page.get_by_label("Choose VGG-lite").first.check()
    page.get_by_role("button", name="Name, tags, note").click()
    page.get_by_label("Name", exact=True).fill(HOSTILE)
    page.get_by_role("combobox", name="Tags").fill("for the talk")
    page.keyboard.press("Enter")
    page.get_by_label("Note", exact=True).fill("shown on *Monday*")
    page.get_by_role("button", name="Save").click()
    renamed = rows.filter(has_text="VGG-lite on MNIST")
    expect(renamed).to_contain_text(HOSTILE)
    settled(page)

    page.reload()
    expect(renamed).to_contain_text(HOSTILE)
    expect(renamed).to_contain_text("#for the talk")
    expect(renamed).to_contain_text("shown on *Monday*")
    settled(page)
    page.get_by_role("button", name="Filter").click()
    choose_option(page.get_by_role("combobox", name=re.compile("Tag")), "for the talk")
    expect(rows).to_have_count(1)
    page.keyboard.press("Escape")
    settled(page)

    renamed.get_by_role("button").click()
    heading = page.get_by_role("heading", name="on MNIST")
    expect(heading).to_be_visible()
    # What keeps an address in a name from becoming a link is seen by nobody.
    assert (heading.text_content() or "").replace("\u2060", "") == f"{HOSTILE} on MNIST"
    expect(page.get_by_text("VGG-lite · #for the talk")).to_be_visible()
    expect(page.get_by_text("shown on *Monday*").first).to_be_visible()
    expect(page.locator("[data-testid=stMain] img[src*='example.com']")).to_have_count(0)
    settled(page)

    page.get_by_role("checkbox", name=re.compile("Choose")).check()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("No run is like that. Archived runs")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(rows).to_have_count(14)
    settled(page)
    page.get_by_role("button", name="Filter").click()
    page.get_by_text("Archived runs (1)").click()
    expect(rows).to_have_count(1)
    page.keyboard.press("Escape")
    settled(page)

    page.get_by_role("checkbox", name=re.compile("Choose")).check()
    page.get_by_role("button", name="Delete 1 run").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Delete 1 run").click()
    expect(page.get_by_text("No archived run is like that.")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_who_goes_back_from_a_filtered_list_finds_the_page_before(url: str, page: Page):
    page.goto(f"{url}/train")
    rows = page.get_by_role("table", name="Runs, the latest first").locator("tbody tr")
    expect(rows).to_have_count(15)
    settled(page)
    entries = page.evaluate("history.length")

    page.get_by_role("button", name="Filter").click()
    for text, many in (("vgg", 3), ("resnet", 3), ("no such run", 0)):
        page.get_by_label("Name or note").fill(text)
        page.get_by_label("Name or note").press("Enter")
        expect(rows).to_have_count(many)
        expect(page).to_have_url(re.compile(f"list-words={text.replace(' ', '.+')}"))
        settled(page)

    assert page.evaluate("history.length") == entries


@pytest.mark.proof
def test_a_run_of_a_later_version_is_seen_opened_and_deleted_from_the_list(
    url: str, tmp_path: Path, page: Page
):
    store = Store(f"sqlite:///{tmp_path / 'store' / 'runs.sqlite'}")
    run = store.add(entry("lenet-5").architecture, Configuration(epochs=3))
    spoil(store, run, "layer")
    page.goto(f"{url}/train")
    line = page.get_by_role("table", name="Runs, the latest first").locator("tbody tr").first
    expect(line).to_contain_text("unreadable")
    settled(page)

    line.get_by_role("button").click()
    expect(page.get_by_text(f"Run {run.id} was written by version")).to_be_visible()
    expect(page.get_by_text("unknown kind 'Attention'")).to_be_visible()
    settled(page)

    line.get_by_role("checkbox", name="Choose LeNet-5, unreadable").check()
    expect(page.get_by_role("button", name="Name, tags, note")).to_have_count(0)
    page.get_by_role("button", name="Delete 1 run").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Delete 1 run").click()
    expect(page.get_by_text("unreadable")).to_have_count(0)
    settled(page)
    assert store.look_up(run.id) is None
    store.close()
