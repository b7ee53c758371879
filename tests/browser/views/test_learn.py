"""The lessons as a visitor meets them: with Next, with every answer, and by a prepared link."""

import json
import re
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import Page, expect

from cnn.lessons import progress
from cnn.lessons.catalogue import find, lessons, whole_way
from cnn.lessons.lesson import Check, Lesson
from cnn.network.link import encode
from cnn.training.store.store import Store
from tests.browser.driving import PageMaker, choose_radio, settled
from tests.browser.training import WORKER_MS
from tests.lessons.reached import REACHED


def opened(page: Page, url: str, lesson: Lesson, **query: str) -> None:
    page.goto(f"{url}/lesson?{urlencode({'of': lesson.key, **query})}")
    expect(page.get_by_role("heading", name=lesson.title, exact=True)).to_be_visible()
    settled(page)


def answered(page: Page, lesson: Lesson, check: Check, place: int) -> None:
    box = page.locator(f".st-key-question_{lesson.key}_{check.key}")
    choose_radio(box.get_by_role("radio").nth(place))
    option = check.options[place]
    verdict = "Right." if option.is_right else "Not quite."
    expect(box.get_by_test_id("stAlert")).to_contain_text(verdict)
    settled(page)


def at_its_top(page: Page, lesson: Lesson) -> None:
    """The lesson that Next has led to stands there, from its title on."""
    expect(page.get_by_role("heading", name=lesson.title, exact=True)).to_be_visible()
    settled(page)
    expect(page).to_have_title(f"{lesson.title} · CNN Workbench")
    assert parse_qs(urlparse(page.url).query)["of"] == [lesson.key]
    page.wait_for_function("document.querySelector('[data-testid=\"stMain\"]').scrollTop === 0")


@pytest.mark.proof
def test_all_lessons_in_one_go_each_control_used_each_question_wrong_and_right(
    fresh_app_url: str, page: Page
):
    page.goto(f"{fresh_app_url}/learn")
    page.get_by_role("button", name=f"Begin with lesson {lessons()[0].number}").click()
    for lesson in lessons():
        at_its_top(page, lesson)
        import_module(f"tests.browser.lessons.{lesson.key}").use_central_control(page)
        settled(page)
        for check in lesson.checks:
            wrong = (check.right + 1) % len(check.options)
            for place in (wrong, check.right):
                answered(page, lesson, check, place)
        expect(page.locator(".stMarkdownBadge", has_text="done")).to_be_visible()
        expect(page.get_by_role("button", name="Mark as complete")).to_have_count(0)
        its_end = page.locator(".st-key-closing")
        expect(its_end).to_have_count(1 if lesson == whole_way()[-1] else 0)
        page.get_by_role("button", name="Next:").click()
    page.wait_for_url("**/build**")
    expect(page.locator(".st-key-last_step")).to_contain_text("A network of your own")
    settled(page)

    opened(page, fresh_app_url, lessons()[-1])
    expect(page.get_by_test_id("stAlert").filter(has_text="Right.")).to_have_count(
        len(lessons()[-1].checks)
    )
    page.get_by_role("link", name="All lessons").click()
    expect(page.get_by_text(f"{len(lessons())} of {len(lessons())} lessons done")).to_be_visible()
    settled(page)
    its_certificate_says_what_was_answered(page)
    its_progress_is_exported_and_erased(page)
    opened(page, fresh_app_url, lessons()[0])
    expect(page.get_by_test_id("stAlert").filter(has_text="Right.")).to_have_count(0)


@pytest.mark.proof
def test_the_last_answer_of_all_shows_the_end_under_its_questions(
    fresh_app_url: str, tmp_path: Path, new_page: PageMaker
):
    last = find("pooling")
    store = Store(f"sqlite:///{tmp_path / 'store' / 'runs.sqlite'}")
    right = [
        progress.answered(lesson, check, check.right)
        for lesson in lessons()
        for check in lesson.checks
        if check is not last.checks[0]
    ]
    progress.keep(store, progress.SHARED, right)
    store.close()
    page = new_page(reduced_motion="reduce", viewport={"width": 390, "height": 844})
    opened(page, fresh_app_url, last)
    end = page.locator(".st-key-closing")
    expect(end).to_have_count(0)

    answered(page, last, last.checks[0], last.checks[0].right)

    expect(end).to_contain_text("All lessons done. You can now")
    expect(end.get_by_role("link", name="Take it on")).to_be_visible()
    its_certificate_says_what_was_answered(page)
    end.get_by_role("button", name="Bring photos").click()
    page.wait_for_url("**/train**")
    expect(page.get_by_role("dialog")).to_contain_text("A zip with one folder of images per class")
    settled(page)


def its_certificate_says_what_was_answered(page: Page) -> None:
    page.get_by_label("Your name").fill("<b>Ada</b>")
    page.get_by_label("Your name").press("Enter")
    button = page.get_by_role("button", name="Certificate (HTML)")
    expect(button).to_be_enabled()
    settled(page)
    with page.expect_download() as download:
        button.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "&lt;b&gt;Ada&lt;/b&gt;" in text
    questions = sum(len(lesson.checks) for lesson in lessons())
    assert f"the right answer to {questions} of their {questions} questions" in text


def its_progress_is_exported_and_erased(page: Page) -> None:
    page.get_by_role("button", name="My progress").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as JSON").click()
    exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["progress"]
    assert [one["lesson"] for one in exported] == [lesson.key for lesson in lessons()]
    assert all(one["done"] for one in exported)
    page.get_by_text("I want to begin from nothing").click()
    erase = page.get_by_role("button", name="Erase my progress")
    expect(erase).to_be_enabled()
    settled(page)
    erase.click()
    expect(page.get_by_text(f"0 of {len(whole_way())} lessons done")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_the_formulas_of_every_lesson_are_drawn_and_fit_a_phone(app_url: str, page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    for lesson in lessons():
        opened(page, app_url, lesson)
        page.get_by_text("The mathematics", exact=True).click()
        expect(page.locator(".katex").first).to_be_visible()
        expect(page.locator(".katex-error")).to_have_count(0)
        settled(page)
        cut = page.locator(".katex-display").evaluate_all(
            """(all) => all.filter((one) => one.scrollWidth > one.clientWidth)
              .map((one) => one.innerText)"""
        )
        assert cut == [], lesson.key


def test_a_prepared_link_locks_hides_and_asks_in_plain_text(app_url: str, page: Page):
    ask = '<img src="http://elsewhere.example/x.png"> **bold** $x$'
    opened(page, app_url, find("why"), size="224", channels="3", lock="size", hide="units", ask=ask)
    expect(page.get_by_role("slider", name="Image size")).to_be_disabled()
    expect(page.get_by_role("slider", name="Channels")).to_be_enabled()
    expect(page.get_by_role("slider", name="Units, or filters")).to_have_count(0)
    expect(page.get_by_text(ask, exact=True)).to_be_visible()
    expect(page.get_by_text("150,528 numbers")).to_be_visible()
    settled(page)
    assert parse_qs(urlparse(page.url).query)["ask"] == [ask]


@pytest.mark.proof
def test_an_address_with_nonsense_shows_the_first_values(app_url: str, page: Page):
    page.goto(f"{app_url}/lesson?of=why&size=1e9&channels=two&units=-3&kernel=4&junk=1&lock=,,")
    expect(page.get_by_role("heading", name=find("why").title, exact=True)).to_be_visible()
    expect(page.get_by_text("784 numbers")).to_be_visible()
    settled(page)
    assert set(parse_qs(urlparse(page.url).query)) <= {"of", "lock"}


def test_by_keys_a_lesson_begins_at_its_own_first_link(app_url: str, page: Page):
    page.goto(f"{app_url}/learn")
    begin = page.get_by_role("button", name="Begin with lesson")
    expect(begin).to_be_visible()
    settled(page)
    begin.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stMain")).to_be_focused()
    settled(page)
    page.keyboard.press("Tab")
    back = page.get_by_role("link", name="All lessons")
    expect(back).to_be_focused()
    expect(back).to_have_css("box-shadow", re.compile(r" 0px 0px 0px 3px"))
    menu = page.get_by_test_id("stSidebarNavLink").filter(has_text="Words")
    menu.focus()
    expect(menu).to_have_css("box-shadow", re.compile(r" 0px 0px 0px 3px"))


@pytest.mark.proof
def test_a_lesson_opens_its_exact_network_in_build(app_url: str, page: Page):
    opened(page, app_url, find("why"), size="16", units="8")
    page.get_by_role("link", name="Open in Build").click()
    page.wait_for_url("**/build?net=*")
    expect(page.locator(".figure").filter(has_text="Parameters")).to_contain_text("80")
    settled(page)


@pytest.mark.proof
def test_shapes_are_trained_inside_their_lesson_and_its_filters_looked_at(
    training_url: str, page: Page
):
    page.goto(f"{training_url}/lesson?of=shapes&epochs=5")
    start = page.get_by_role("button", name="Train here")
    expect(start).to_be_visible()
    settled(page)
    start.click()
    expect(page.get_by_text("Test accuracy")).to_be_visible(timeout=WORKER_MS)
    expect(page.get_by_text("300 images, used once, after training")).to_be_visible()
    expect(page.get_by_role("img", name="8 learned kernels")).to_be_visible()
    expect(page.get_by_text("typical of the eight filters")).to_be_visible()
    expect(page.get_by_role("figure", name="Loss over the epochs")).to_be_visible()
    settled(page)

    page.reload()
    expect(page.get_by_role("img", name="8 learned kernels")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_a_challenge_is_taken_on_and_passed_in_build(app_url: str, page: Page):
    page.goto(f"{app_url}/learn")
    card = page.get_by_test_id("stVerticalBlock").filter(has_text="See it all").last
    expect(card).to_be_visible()
    settled(page)
    card.get_by_role("link", name="Take it on").click()
    page.wait_for_url("**/build?net=*")
    goals = page.locator(".st-key-challenge")
    expect(goals).to_contain_text("See it all")
    expect(goals).to_contain_text("now 10")
    expect(goals).to_contain_text("not yet")
    settled(page)
    assert "goals=" in page.url

    architecture, _ = REACHED["See it all"]
    query = {"net": encode(architecture), "goals": "field>27,params<30000"}
    page.goto(f"{app_url}/build?{urlencode(query)}")
    expect(goals).to_contain_text("now 46")
    expect(goals).to_contain_text("passed")
    settled(page)

    page.get_by_role("button", name="Train this").click()
    page.wait_for_url("**/train?*")
    expect(goals).to_contain_text("passed")
    settled(page)
    assert "goals=" in page.url
    page.get_by_role("button", name="Leave it").click()
    expect(goals).to_have_count(0)
    settled(page)
    assert "goals=" not in page.url


@pytest.mark.proof
def test_goals_that_cannot_be_read_are_shown_as_plain_text_and_left(app_url: str, page: Page):
    goals = "<img src=x> **b**"
    page.goto(f"{app_url}/build?{urlencode({'goals': goals})}")
    expect(page.get_by_text("The challenge of this link")).to_contain_text(goals)
    settled(page)
