"""The teacher's desk with a real hand: links are set, seen beforehand, copied and opened."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import PageMaker, settled


def copied(page: Page) -> str:
    """The link on the desk, by the button at its corner."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link = page.get_by_test_id("stCode").first
    link.hover()
    link.get_by_role("button").click()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text.strip()


def choice(page: Page, group: str, name: str) -> Locator:
    return page.get_by_role("radiogroup", name=group).get_by_text(name, exact=True)


@pytest.mark.proof
def test_a_lesson_is_prepared_on_the_desk_and_is_what_the_preview_shows(
    app_url: str, new_page: PageMaker
):
    teacher = new_page()
    teacher.goto(f"{app_url}/lesson?of=why&size=64")
    settled(teacher)
    teacher.get_by_role("button", name="Prepare this lesson").click()
    teacher.wait_for_url("**/desk?**")
    settled(teacher)
    preview = teacher.locator(".st-key-learner_gets")
    expect(preview.get_by_text("4,096 numbers")).to_be_visible()

    choice(teacher, "Kernel", "locked").click()
    settled(teacher)
    choice(teacher, "Units, or filters", "hidden").click()
    settled(teacher)
    expect(preview.get_by_role("slider", name="Kernel")).to_be_disabled()
    expect(preview.get_by_role("slider", name="Units, or filters")).to_have_count(0)
    preview.get_by_role("slider", name="Image size").press("ArrowRight")
    expect(preview.get_by_text("4,225 numbers")).to_be_visible()
    settled(teacher)
    question = teacher.get_by_label("A question of your own")
    question.fill("How many weights?\nIn a dense layer, that is.")
    question.press("Control+Enter")
    expect(preview.get_by_text("How many weights?")).to_be_visible()
    settled(teacher)

    learner = new_page(color_scheme="dark", viewport={"width": 390, "height": 844})
    learner.goto(copied(teacher))
    expect(learner.get_by_text("How many weights?\nIn a dense layer, that is.")).to_be_visible()
    expect(learner.get_by_role("slider", name="Kernel")).to_be_disabled()
    expect(learner.get_by_role("slider", name="Image size")).to_be_enabled()
    expect(learner.get_by_role("slider", name="Units, or filters")).to_have_count(0)
    expect(learner.get_by_text("4,225 numbers")).to_be_visible()
    settled(learner)


@pytest.mark.proof
def test_a_challenge_is_set_on_the_desk_and_met_in_build(app_url: str, new_page: PageMaker):
    teacher = new_page()
    teacher.goto(f"{app_url}/desk")
    settled(teacher)
    choice(teacher, "A link to", "A challenge").click()
    settled(teacher)
    limit = teacher.get_by_label("Limit", exact=True)
    limit.fill("few")
    limit.press("Enter")
    expect(teacher.get_by_text("Goal 1: 'few' is no limit.")).to_be_visible()
    settled(teacher)
    limit.fill("15,000")
    limit.press("Enter")
    goals = teacher.locator(".st-key-challenge")
    expect(goals).to_contain_text("Parameters < 15,000, now 20,490")
    settled(teacher)

    learner = new_page()
    learner.goto(copied(teacher))
    met = learner.locator(".st-key-challenge")
    expect(met).to_contain_text("Parameters < 15,000, now 20,490")
    expect(met).to_contain_text("Test accuracy > 98 %")
    expect(met).to_contain_text("on MNIST sample")
    settled(learner)
