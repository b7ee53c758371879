"""Words explained where they stand: under a pointer, by keys, under a finger; and all of them."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from cnn.lessons.words import Word, words
from tests.browser.driving import PageMaker, settled
from tests.some import some

BY_KEY = {word.key: word for word in words()}
WEIGHT, CONVOLUTION = BY_KEY["weight"], BY_KEY["convolution"]
CHANNEL, KERNEL = BY_KEY["channel"], BY_KEY["kernel"]


def card(page: Page) -> Locator:
    return page.locator(".word-card")


def link(page: Page, word: Word) -> Locator:
    return page.locator(f'a[href="words#{word.key}"]').first


def shows(page: Page, word: Word) -> None:
    """The card is there with the word's sentence, whole and within the view."""
    expect(card(page)).to_be_visible()
    expect(card(page)).to_contain_text(f"{word.term}: {word.says}")
    expect(card(page).get_by_role("link", name=word.place)).to_be_visible()
    box, view = card(page).bounding_box(), page.viewport_size
    assert box
    assert view
    assert box["x"] >= 0 <= box["y"]
    assert box["x"] + box["width"] <= view["width"]
    assert box["y"] + box["height"] <= view["height"]


def opened(page: Page, url: str, at: str = "lesson?of=why") -> None:
    page.goto(f"{url}/{at}")
    expect(page.get_by_test_id("stMain").get_by_role("heading").first).to_be_visible()
    settled(page)
    page.wait_for_function("CSS.highlights.has('word-label')")  # the script is at work


def test_a_word_under_the_pointer_is_explained_until_the_pointer_leaves_it_and_its_card(
    app_url: str, page: Page
):
    opened(page, app_url)
    expect(link(page, WEIGHT)).to_have_css("text-decoration-style", "dotted")
    expect(link(page, WEIGHT)).to_have_count(1)

    link(page, WEIGHT).hover()
    shows(page, WEIGHT)
    expect(link(page, WEIGHT)).to_have_accessible_description(re.compile(re.escape(WEIGHT.says)))
    card(page).hover()
    page.wait_for_timeout(600)  # longer than it stays without a pointer
    shows(page, WEIGHT)
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()

    page.get_by_text("Channels", exact=True).hover()
    shows(page, CHANNEL)
    page.get_by_role("heading", name="Why convolution").hover()
    expect(card(page)).to_be_hidden()


@pytest.mark.proof
def test_a_click_on_a_word_leads_to_it_and_its_link_to_the_lesson_without_loading_the_app_anew(
    app_url: str, page: Page
):
    opened(page, app_url)
    page.evaluate("window.isTheSame = true")

    link(page, CONVOLUTION).click()
    expect(page).to_have_url(f"{app_url}/words#{CONVOLUTION.key}")
    term = page.get_by_role("heading", name=CONVOLUTION.term, exact=True)
    expect(term).to_be_in_viewport()
    settled(page)
    page.get_by_role("link", name=CONVOLUTION.place).first.click()
    expect(page.get_by_role("heading", name="Convolution, cell by cell")).to_be_visible()
    settled(page)
    page.go_back()
    expect(term).to_be_visible()
    settled(page)
    assert page.evaluate("window.isTheSame"), "one page, from first to last"
    assert len(page.context.pages) == 1


def test_a_word_is_explained_to_keys_at_its_link_and_read_out_at_its_control(
    app_url: str, page: Page
):
    opened(page, app_url)
    page.get_by_role("link", name="All lessons").focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        if link(page, WEIGHT).evaluate("one => one === document.activeElement"):
            break
    expect(link(page, WEIGHT)).to_be_focused()
    shows(page, WEIGHT)
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()

    slider = page.get_by_role("slider", name="Channels")
    page.get_by_role("slider", name="Image size").focus()
    page.keyboard.press("Tab")
    expect(slider).to_be_focused()
    expect(card(page)).to_be_hidden()
    expect(slider).to_have_accessible_description(re.compile(re.escape(CHANNEL.says)))
    page.keyboard.press("Tab")
    expect(slider).not_to_have_accessible_description(re.compile(re.escape(CHANNEL.says)))
    page.keyboard.press("Shift+Tab")
    page.get_by_text("Channels", exact=True).hover()
    shows(page, CHANNEL)
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()

    link(page, WEIGHT).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{app_url}/words#{WEIGHT.key}")
    settled(page)


@pytest.mark.parametrize("scheme", some(("light", "dark"), "dark"))
def test_a_finger_sees_the_card_first_and_goes_on_by_it(
    app_url: str, new_page: PageMaker, scheme: str
):
    page = new_page(color_scheme=scheme, viewport={"width": 390, "height": 844}, has_touch=True)
    opened(page, app_url, "lesson?of=convolution")

    link(page, WEIGHT).tap()
    shows(page, WEIGHT)
    assert page.url.endswith("lesson?of=convolution")
    page.get_by_text("Input channels", exact=True).tap()
    shows(page, CHANNEL)
    page.get_by_text("Kernel", exact=True).first.tap()  # which brings its list the focus
    shows(page, KERNEL)
    page.get_by_role("heading", name="Convolution, cell by cell").tap()
    expect(card(page)).to_be_hidden()

    link(page, WEIGHT).tap()
    shows(page, WEIGHT)
    card(page).get_by_role("link").tap()
    expect(page.get_by_role("heading", name="Why convolution")).to_be_visible()
    expect(card(page)).to_be_hidden()
    settled(page)


def test_the_page_of_words_finds_them_by_what_they_say(app_url: str, page: Page):
    opened(page, app_url, "words")
    headings = page.get_by_test_id("stMain").get_by_role("heading", level=2)
    expect(headings).to_have_count(len(words()))

    page.get_by_role("searchbox", name="Find a word").fill("by heart")
    expect(headings).to_have_text(["overfitting"])
    page.get_by_role("searchbox", name="Find a word").fill("qwertz")
    expect(page.get_by_text("No word has that in it.")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_a_link_leads_to_its_part_of_a_lesson_each_time_and_the_next_lesson_begins_at_its_top(
    app_url: str, page: Page
):
    part = page.get_by_role("heading", name="Maps made larger: the transposed convolution")
    for word in ("transposed", "max-pooling"):
        opened(page, app_url, f"words#{word}")
        page.get_by_role("link", name=BY_KEY["transposed"].place).last.click()
        expect(page).to_have_url(f"{app_url}/lesson?of=backpropagation#larger-maps")
        expect(part).to_be_in_viewport()
        expect(page.locator(".spread .cell").first).to_be_visible()
        settled(page)
        expect(part).to_be_in_viewport()

    page.get_by_role("button", name="Next:").click()
    expect(page).to_have_url(f"{app_url}/lesson?of=shapes")
    settled(page)
    page.wait_for_function("document.querySelector('[data-testid=\"stMain\"]').scrollTop === 0")
