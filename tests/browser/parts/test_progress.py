"""Progress in real browsers: each has its own, keeps it, takes it along and erases it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cnn.lessons.catalogue import lessons, whole_way
from cnn.lessons.lesson import Check
from tests.browser.driving import PageMaker, choose_radio, running, settled
from tests.browser.trouble import Proxy
from ui.session.person import COOKIE

FIRST = lessons()[0]
COUNT = len(whole_way())
ALL_RIGHT = ("Right.",) * len(FIRST.checks)


def lesson(page: Page, url: str, *said: str) -> None:
    """Opens the lesson, where so many questions are answered, and that is said of them."""
    page.goto(f"{url}/lesson?of={FIRST.key}")
    expect(page.get_by_role("heading", name=FIRST.title, exact=True)).to_be_visible()
    settled(page)
    shows(page, *said)


def shows(page: Page, *said: str) -> None:
    alerts = page.locator("[class*=st-key-question_]").get_by_test_id("stAlert")
    expect(alerts).to_have_count(len(said))
    for place, one in enumerate(said):
        expect(alerts.nth(place)).to_contain_text(one)


def learn(page: Page, url: str, done: int) -> None:
    page.goto(f"{url}/learn")
    has_done(page, done)


def has_done(page: Page, done: int) -> None:
    expect(page.get_by_text(f"{done} of {COUNT} lessons done")).to_be_visible()
    settled(page)


def choose(page: Page, check: Check, place: int) -> None:
    box = page.locator(f".st-key-question_{FIRST.key}_{check.key}")
    choose_radio(box.get_by_role("radio").nth(place))
    said = "Right." if place == check.right else "Not quite."
    expect(box.get_by_test_id("stAlert")).to_contain_text(said)
    settled(page)


def answer_all(page: Page, url: str) -> None:
    lesson(page, url)
    for check in FIRST.checks:
        choose(page, check, check.right)


@pytest.mark.proof
def test_each_browser_has_its_own_answers_in_new_tabs_after_reloads_and_a_new_start(
    new_page: PageMaker, tmp_path: Path
):
    mine, yours = new_page(color_scheme="light"), new_page(color_scheme="light")
    with running(tmp_path) as url:
        answer_all(mine, url)
        lesson(yours, url)
        choose(yours, FIRST.checks[0], (FIRST.checks[0].right + 1) % 2)

        mine.reload()
        shows(mine, *ALL_RIGHT)
        settled(mine)
        tab = mine.context.new_page()
        learn(tab, url, done=1)
        learn(yours, url, done=0)
        for page in (mine, tab, yours):
            page.goto("about:blank")
    with running(tmp_path) as url:
        lesson(mine, url, *ALL_RIGHT)
        lesson(yours, url, "Not quite.")
        for page in (mine, yours):
            page.goto("about:blank")


@pytest.mark.proof
def test_a_file_takes_the_progress_to_another_browser_and_the_key_is_nowhere(
    new_page: PageMaker, tmp_path: Path
):
    mine, yours = new_page(color_scheme="light"), new_page(color_scheme="light")
    exported, other = tmp_path / "exported.json", tmp_path / "other.json"
    other.write_text('{"nodes": []}')
    with running(tmp_path) as url:
        answer_all(mine, url)
        learn(mine, url, done=1)
        mine.get_by_role("button", name="My progress").click()
        with mine.expect_download() as download:
            mine.get_by_role("button", name="Export as JSON").click()
        download.value.save_as(exported)

        learn(yours, url, done=0)
        yours.get_by_role("button", name="My progress").click()
        upload = yours.get_by_test_id("stFileUploader").locator("input[type=file]")
        upload.set_input_files(other)
        expect(yours.get_by_text("it is JSON of another kind")).to_be_visible()
        settled(yours)
        upload.set_input_files(exported)
        has_done(yours, 1)
        expect(yours.get_by_text("it is JSON of another kind")).to_have_count(0)

        yours.get_by_text("I want to begin from nothing").click()
        erase = yours.get_by_role("button", name="Erase my progress")
        expect(erase).to_be_enabled()
        settled(yours)
        erase.click()
        has_done(yours, 0)
        learn(mine, url, done=1)

        kept = next(one for one in mine.context.cookies() if one.get("name") == COOKIE)
        assert (kept["httpOnly"], kept["sameSite"], kept["path"]) == (True, "Lax", "/")
        assert COOKIE not in mine.evaluate("document.cookie")
        written = [one for one in tmp_path.rglob("*") if one.is_file()]
        assert {tmp_path / "server.log", exported} < set(written)
        key = str(kept["value"])
        assert not [one for one in written if key.encode() in one.read_bytes()]
        assert key not in mine.url
        for page in (mine, yours):
            page.goto("about:blank")


@pytest.mark.proof
def test_a_browser_that_keeps_no_cookies_says_so_and_has_its_answers_for_this_visit(
    app_url: str, page: Page
):
    """None reaches it: the headless shell keeps them whatever it is told."""
    proxy = Proxy(app_url, hidden=b"set-cookie")
    answer_all(page, proxy.url)
    said = page.get_by_text("This browser keeps no cookie of this page")
    expect(said).to_be_visible()
    assert page.context.cookies() == []

    page.get_by_role("link", name="All lessons").click()
    has_done(page, 1)
    expect(said).to_be_visible()
    page.reload()
    has_done(page, 0)
    page.close()
    proxy.close()
