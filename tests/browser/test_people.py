"""Two pupils and a teacher, each in a browser of their own, on one server with accounts."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cnn.people import accounts
from cnn.people.person import Role
from cnn.training.store.store import Store
from tests.browser.driving import PageMaker, running, settled
from tests.browser.test_every_view import troubles
from tests.browser.training import press_train

pytestmark = pytest.mark.proof
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 900}


@pytest.fixture
def school(tmp_path: Path) -> Iterator[tuple[str, Store]]:
    file = tmp_path / "store" / "runs.sqlite"
    with (
        running(tmp_path, settings={"CNN_ACCOUNTS": "invite"}) as url,
        closing(Store(f"sqlite:///{file}")) as store,
    ):
        yield url, store


def come_in(page: Page, url: str, store: Store, name: str, role: Role = Role.LEARNER) -> None:
    """By a link, and its button."""
    _, key = accounts.add(store, name, role, "4b")
    page.goto(f"{url}/enter/{key}")
    expect(page.get_by_text(f"You are invited as {name}.")).to_be_visible()
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    settled(page)


def test_a_run_is_its_owners_until_it_is_shared_and_the_teacher_sees_it(
    school: tuple[str, Store], new_page: PageMaker
):
    url, store = school
    anna, ben = new_page(viewport=WIDE), new_page(viewport=NARROW, color_scheme="dark")
    cleo = new_page(viewport=WIDE, color_scheme="dark")
    come_in(anna, url, store, "Anna")
    come_in(ben, url, store, "Ben")
    come_in(cleo, url, store, "Cleo", Role.TEACHER)
    expect(anna.get_by_test_id("stSidebar").get_by_text("Anna")).to_be_visible()

    anna.goto(f"{url}/train?network=shapes-demo&data=shapes&epochs=2")
    press_train(anna)
    anna.wait_for_url(re.compile("run="))
    settled(anna)
    link = anna.url
    ben.goto(link)
    expect(ben.get_by_text("Shapes demo on Shapes")).to_be_hidden()
    settled(ben)
    assert troubles(ben, "dark", 390, is_asked=False) == []
    cleo.goto(link)
    expect(cleo.get_by_text("by Anna").first).to_be_visible()
    expect(cleo.get_by_role("button", name="Stop", exact=True)).to_have_count(0)

    anna.get_by_role("button", name="Name, tags, note").click()
    anna.get_by_text("Others may open it by its link").click()
    anna.get_by_role("button", name="Save", exact=True).click()
    settled(anna)
    ben.goto(link)
    expect(ben.get_by_text("by Anna").first).to_be_visible()
    expect(ben.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    settled(ben)

    cleo.locator("[data-testid=stSidebarNavLink][href$='/classroom']").click()
    row = cleo.get_by_role("row").filter(has_text="Anna").first
    expect(row).to_contain_text("1 queued")
    settled(cleo)
    assert troubles(cleo, "dark", 1440, is_asked=True) == []

    cleo.get_by_role("link", name="Sign out").click()
    cleo.get_by_role("button", name="Sign out").click()
    expect(cleo.get_by_text("You are signed out")).to_be_visible()
    assert cleo.request.get(url).status == 401
