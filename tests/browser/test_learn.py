"""The lessons as a visitor meets them: with Next, with every answer, and by a prepared link."""

from importlib import import_module
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import Page, expect

from cnn.lessons.catalogue import lessons
from cnn.lessons.lesson import Check, Lesson
from tests.browser.driving import PageMaker, settled

EVERY = pytest.mark.parametrize("lesson", lessons(), ids=[one.key for one in lessons()])


def opened(page: Page, url: str, lesson: Lesson, **query: str) -> None:
    page.goto(f"{url}/lesson?{urlencode({'of': lesson.key, **query})}")
    expect(page.get_by_role("heading", name=lesson.title, exact=True)).to_be_visible()
    settled(page)


def answered(page: Page, lesson: Lesson, check: Check, place: int) -> None:
    box = page.locator(f".st-key-question_{lesson.key}_{check.key}")
    box.get_by_role("radio").nth(place).check(force=True)
    option = check.options[place]
    verdict = "Right." if option.is_right else "Not quite."
    expect(box.get_by_test_id("stAlert")).to_contain_text(verdict)
    settled(page)


def test_the_way_through_all_lessons_is_next_alone_and_leads_to_the_workbench(
    app_url: str, page: Page
):
    page.goto(f"{app_url}/learn")
    page.get_by_role("button", name="lesson 1", exact=False).click()
    for lesson in lessons():
        expect(page.get_by_role("heading", name=lesson.title, exact=True)).to_be_visible()
        settled(page)
        expect(page).to_have_title(f"{lesson.title} · CNN Workbench")
        assert parse_qs(urlparse(page.url).query)["of"] == [lesson.key]
        top = page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollTop")
        assert top == 0, "a lesson begins at its top"
        page.get_by_role("button", name="Next:").click()
    page.wait_for_url("**/build**")
    settled(page)


@EVERY
def test_each_question_explains_a_wrong_answer_and_the_right_one(
    fresh_app_url: str, page: Page, lesson: Lesson
):
    opened(page, fresh_app_url, lesson)
    for check in lesson.checks:
        wrong = next(i for i, option in enumerate(check.options) if not option.is_right)
        answered(page, lesson, check, wrong)
        answered(page, lesson, check, check.right)
    expect(page.get_by_text("done", exact=False).first).to_be_visible()
    expect(page.get_by_role("button", name="Mark as complete")).to_have_count(0)

    page.reload()
    for check in lesson.checks:
        box = page.locator(f".st-key-question_{lesson.key}_{check.key}")
        expect(box.get_by_test_id("stAlert")).to_contain_text("Right.")
    settled(page)


@EVERY
def test_its_central_control_changes_a_picture_and_a_number(
    app_url: str, page: Page, lesson: Lesson
):
    opened(page, app_url, lesson)
    import_module(f"tests.browser.lessons.{lesson.key}").use_central_control(page)
    settled(page)


@EVERY
def test_on_a_phone_no_lesson_is_wider_than_the_screen(
    app_url: str, new_page: PageMaker, lesson: Lesson
):
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    opened(page, app_url, lesson)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollWidth") == 390


def test_a_prepared_link_locks_hides_and_asks_in_plain_text(app_url: str, page: Page):
    ask = '<img src="http://elsewhere.example/x.png"> **bold** $x$'
    opened(
        page, app_url, lessons()[0], size="224", channels="3", lock="size", hide="units", ask=ask
    )
    expect(page.get_by_role("slider", name="Image size")).to_be_disabled()
    expect(page.get_by_role("slider", name="Channels")).to_be_enabled()
    expect(page.get_by_role("slider", name="Units, or filters")).to_have_count(0)
    expect(page.get_by_text(ask, exact=True)).to_be_visible()
    expect(page.get_by_text("150,528 numbers")).to_be_visible()
    settled(page)
    assert parse_qs(urlparse(page.url).query)["ask"] == [ask]


def test_an_address_with_nonsense_shows_the_first_values(app_url: str, page: Page):
    page.goto(f"{app_url}/lesson?of=nothing&size=1e9&channels=two&units=-3&kernel=4&junk=1&lock=,,")
    expect(page.get_by_role("heading", name=lessons()[0].title, exact=True)).to_be_visible()
    expect(page.get_by_text("784 numbers")).to_be_visible()
    settled(page)
    assert set(parse_qs(urlparse(page.url).query)) <= {"of", "lock"}


def test_a_teacher_prepares_a_link_and_a_learner_opens_it(
    app_url: str, page: Page, new_page: PageMaker
):
    opened(page, app_url, lessons()[0], size="64")
    page.get_by_role("button", name="Prepare this lesson").click()
    page.get_by_role("combobox", name="Lock").click()
    page.get_by_role("option", name="Kernel").click()
    settled(page)
    page.keyboard.press("Escape")
    question = page.get_by_label("A question of your own")
    question.fill("Why?\nSay it in a word.")
    question.press("Control+Enter")
    code = page.get_by_test_id("stCode")
    expect(code).to_contain_text("ask=Why")
    settled(page)

    learner = new_page()
    learner.goto(code.inner_text().strip())
    expect(learner.get_by_text("Say it in a word.")).to_be_visible()
    expect(learner.get_by_role("slider", name="Kernel")).to_be_disabled()
    expect(learner.get_by_text("4,096 numbers")).to_be_visible()
    settled(learner)


def test_progress_is_counted_and_can_be_forgotten(fresh_app_url: str, page: Page):
    first = lessons()[0]
    opened(page, fresh_app_url, first)
    for check in first.checks:
        answered(page, first, check, check.right)
    page.get_by_role("link", name="All lessons").click()
    expect(page.get_by_text(f"1 of {len(lessons())} lessons done")).to_be_visible()
    settled(page)

    page.get_by_role("button", name="My progress").click()
    page.get_by_text("I want to begin from nothing").click()
    forget = page.get_by_role("button", name="Forget my progress")
    expect(forget).to_be_enabled()
    settled(page)
    forget.click()
    expect(page.get_by_text(f"0 of {len(lessons())} lessons done")).to_be_visible()
    settled(page)
    opened(page, fresh_app_url, first)
    expect(page.get_by_test_id("stAlert").filter(has_text="Right.")).to_have_count(0)


def test_a_lesson_opens_its_exact_network_in_build(app_url: str, page: Page):
    opened(page, app_url, lessons()[0], size="16", units="8")
    page.get_by_role("link", name="Open in Build").click()
    page.wait_for_url("**/build?net=*")
    expect(page.get_by_test_id("stMetric").filter(has_text="Parameters")).to_contain_text("80")
    settled(page)
