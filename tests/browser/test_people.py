"""Two pupils and a teacher, each in a browser of their own, on one server with accounts."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, ViewportSize, expect

from cnn.network.zoo import entry
from cnn.people import accounts
from cnn.people.person import Role
from cnn.training.recipe.configuration import Configuration
from cnn.training.store.store import Store
from tests import needs
from tests.browser.driving import PageMaker, running, settled
from tests.browser.test_every_view import barred, troubles
from tests.browser.training import press_train
from tests.openid import provider, settings
from tests.training.processes import eventually
from tests.ui.views.test_assignment import finished_for_it

WITHIN_S = 5.0
pytestmark = pytest.mark.proof
WIDE, NARROW = (ViewportSize(width=width, height=900) for width in (1440, 390))


def is_out(page: Page, url: str) -> bool:
    return page.request.get(url).status == 401


def stop_of(page: Page) -> Locator:
    """That of a run, not Streamlit's own for a page that is busy."""
    return page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)


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
    school: tuple[str, Store], new_page: PageMaker, tmp_path: Path
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
    expect(stop_of(anna)).to_be_visible()
    link = anna.url
    ben.goto(link)
    expect(ben.get_by_text("Shapes demo on Shapes")).to_be_hidden()
    settled(ben)
    assert troubles(ben, "dark", 390, is_asked=False) == []
    cleo.goto(link)
    expect(cleo.get_by_text("by Anna").first).to_be_visible()
    expect(stop_of(cleo)).to_have_count(0)

    anna.get_by_role("button", name="Name, tags, note").click()
    anna.get_by_text("Others in class may open it by its link").click()
    anna.get_by_role("button", name="Save", exact=True).click()
    settled(anna)
    ben.goto(link)
    expect(ben.get_by_text("by Anna").first).to_be_visible()
    expect(stop_of(ben)).to_have_count(0)
    settled(ben)

    anna.goto(f"{url}/build?net=1.8x8x1.f-d2.end")
    settled(anna)
    anna.get_by_role("button", name="Save", exact=True).click()
    expect(anna.get_by_text("Saved as")).to_be_visible()
    anna.get_by_role("button", name="Start from …").click()
    anna.get_by_role("tab", name="Saved").click()
    anna.get_by_role("button", name="group icon").click()
    shared = anna.get_by_role("code").filter(has_text="by=").inner_text()
    settled(anna)
    anna.screenshot(path=tmp_path / "share.png")
    ben.goto(shared)
    expect(ben.get_by_text("A design by Anna.")).to_be_visible()
    settled(ben)
    assert troubles(ben, "dark", 390, is_asked=True) == []
    ben.screenshot(path=tmp_path / "shared.png")

    cleo.locator("[data-testid=stSidebarNavLink][href$='/classroom']").click()
    row = cleo.get_by_role("row").filter(has_text="Anna").first
    expect(row).to_contain_text("1 queued")
    settled(cleo)
    assert troubles(cleo, "dark", 1440, is_asked=True) == []

    cleo.get_by_role("link", name="Sign out").click()
    cleo.get_by_role("button", name="Sign out").click()
    expect(cleo.get_by_text("You are signed out")).to_be_visible()
    assert cleo.request.get(url).status == 401


def test_a_teacher_holds_the_queue_and_adds_people_from_the_class_page(
    school: tuple[str, Store], new_page: PageMaker, tmp_path: Path
):
    url, store = school
    anna = accounts.add(store, "Anna", class_name="4b")[0]
    run = store.seen_by(anna).add(entry("shapes-demo").architecture, Configuration())
    hers = new_page(viewport=NARROW, color_scheme="dark")
    hers.goto(f"{url}/enter/{accounts.invite(store, anna.id)}")
    hers.get_by_role("button", name="Come in").click()
    expect(hers.get_by_text("Draw a digit here")).to_be_visible()
    hers.goto(f"{url}/train?run={run.id}")
    expect(hers.get_by_text("Waiting", exact=True)).to_be_visible()

    pages = [
        (new_page(viewport=WIDE), "light", 1440),
        (new_page(viewport=NARROW, color_scheme="dark"), "dark", 390),
    ]
    for number, (page, theme, width) in enumerate(pages):
        come_in(page, url, store, f"Cleo {number}", Role.TEACHER)
        page.goto(f"{url}/classroom")
        settled(page)
        page.get_by_role("button", name="Pause the queue").click()
        page.get_by_role("button", name="First for an hour").click()
        expect(page.get_by_text("first until")).to_be_visible()
        settled(page)
        assert troubles(page, theme, width, is_asked=True) == []
        page.screenshot(path=tmp_path / f"now-{width}.png", full_page=True)
        expect(hers.get_by_text("Paused by the teacher")).to_be_visible()
        page.get_by_role("button", name="End the hour").click()
        page.get_by_role("button", name="Let the queue go on").click()
        expect(hers.get_by_text("Paused by the teacher")).to_be_hidden()

        page.get_by_role("tab", name="People").click()
        expect(page.get_by_role("columnheader", name="Seen")).to_be_visible()
        settled(page)
        page.get_by_role("button", name="Add people").click()
        listed = FilePayload(name="class.csv", mimeType="text/csv", buffer=b"Ben\nDan,5a\n")
        page.get_by_test_id("stFileUploader").locator("input").set_input_files([listed])
        page.get_by_role("button", name="Add 2 people").click()
        expect(page.get_by_text("'Dan' is not added")).to_be_visible()
        listed["buffer"] = f"Ben {number}\nDan {number}\n".encode()
        page.get_by_test_id("stFileUploader").locator("input").set_input_files([listed])
        page.get_by_role("button", name="Add 2 people").click()
        expect(page.get_by_text("2 links.")).to_be_visible()
        settled(page)
        page.keyboard.press("Escape")
        settled(page)
        assert troubles(page, theme, width, is_asked=True) == []
        page.screenshot(path=tmp_path / f"people-{width}.png", full_page=True)
        link = re.search(rf"Ben {number}: (\S+/enter/\S+)", page.locator("code").inner_text())
        assert link
        page.get_by_role("button", name="Done").click()
        ben = new_page(viewport=WIDE)
        ben.goto(link[1])
        expect(ben.get_by_text(f"You are invited as Ben {number}.")).to_be_visible()
        ben.get_by_role("button", name="Come in").click()
        expect(ben.get_by_text("Draw a digit here")).to_be_visible()

        ben.goto("about:blank")
        page.get_by_role("checkbox", name=f"Ben {number}").check(force=True)
        page.get_by_role("button", name="Turn out").click()
        page.get_by_role("button", name="Turn out now").click()
        row = page.get_by_role("row").filter(has_text=f"Ben {number}")
        expect(row).to_contain_text("turned out")
        eventually("turned out", partial(is_out, ben, url), WITHIN_S)


def test_who_signs_in_by_openid_connect_comes_to_the_page_they_wanted(
    tmp_path: Path, browser: Browser
):
    needs.OPENID.or_skip()
    with (
        provider({"sub": "anna-1", "name": "Anna Lindqvist"}) as issuer,
        running(tmp_path, settings=settings(issuer) | {"CNN_GUESTS": "on"}) as url,
    ):
        page = browser.new_page(viewport=NARROW, color_scheme="dark")
        page.goto(f"{url}/build?net=1.8x8x1.f-d2.end")
        assert barred(page)[0] == []
        page.screenshot(path=tmp_path / "signin.png")
        page.get_by_role("link", name="Sign in").click()
        page.get_by_role("button", name="anna-1").click()
        page.wait_for_url("**/build?net=1.8x8x1.f-d2.end")
        settled(page)
        page.get_by_test_id("stExpandSidebarButton").click()
        expect(page.get_by_text("Anna Lindqvist")).to_be_visible()
        page.get_by_role("link", name="Sign out").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out here")).to_be_visible()
        assert page.request.get(url).status == 401

        page.goto(f"{url}/atlas")
        page.get_by_role("button", name="Look around as a guest").click()
        page.wait_for_url("**/atlas")
        settled(page)
        page.context.close()


def test_a_run_is_handed_in_at_a_click_and_saved_by_the_teacher(
    school: tuple[str, Store], new_page: PageMaker
):
    url, store = school
    anna, cleo = new_page(viewport=NARROW, color_scheme="dark"), new_page(viewport=WIDE)
    come_in(anna, url, store, "Anna")
    come_in(cleo, url, store, "Cleo", Role.TEACHER)
    run_id = finished_for_it(store.seen_by(accounts.named(store, "Anna").person))

    anna.goto(f"{url}/train?run={run_id}")
    anna.get_by_label("Why?").press_sequentially("As it is small")
    anna.get_by_role("button", name="Hand in").click()  # with the field still in hand
    expect(anna.get_by_text(re.compile(r"Handed in 20\d\d-"))).to_be_visible()
    settled(anna)
    assert troubles(anna, "dark", 390, is_asked=False) == []

    cleo.goto(f"{url}/classroom")
    cleo.get_by_role("tab", name="Hand-ins").click()
    expect(cleo.get_by_text("1 of 1 handed in")).to_be_visible()
    settled(cleo)
    assert troubles(cleo, "light", 1440, is_asked=False) == []
    with cleo.expect_download() as saved:
        cleo.get_by_role("link", name="Save it").click()
    with ZipFile(saved.value.path()) as archive:
        (name,) = archive.namelist()
        with ZipFile(BytesIO(archive.read(name))) as inner:
            about = json.loads(inner.read("hand-in.json"))
    assert (about["name"], about["answer"]) == ("Anna", "As it is small")
    cleo.get_by_role("button", name="Anna").click()
    cleo.wait_for_url(f"**/train?run={run_id}*")
