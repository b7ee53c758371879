"""Home with a real hand: ink flows through the network in the browser, without the server."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from cnn.data.dataset import as_floats
from cnn.insight.passes.forward import predict
from cnn.insight.readings.answers import answer, in_words
from cnn.lessons.catalogue import lessons
from cnn.shipped import shipped
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import PageMaker, settled
from tests.some import some
from ui.parts.drawing.answers import NAMES, how_sure

SEEN = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data]
  .filter((_, place) => place % 4 === 0)"""
HEIGHTS = """(bars) => [...bars.querySelectorAll(".fill")]
  .map((one) => Number(one.style.transform.match(/[\\d.]+/)[0]))"""
EXAMPLE = "It is a 3."


def open_home(page: Page, url: str) -> None:
    page.goto(url)
    expect(ink(page)).to_be_visible()
    settled(page)


def ink(page: Page) -> Locator:
    return page.locator("canvas.ink[data-painted]")


def says(page: Page) -> Locator:
    return page.locator(".flow .says")


def painted(page: Page) -> int:
    return int(ink(page).get_attribute("data-painted") or 0)


def at_rest(page: Page) -> int:
    """How many images were painted, once no more are."""
    for _ in range(40):
        before = painted(page)
        page.wait_for_timeout(300)
        if painted(page) == before:
            return before
    raise AssertionError("the network runs on and on")


def brightest(page: Page) -> list[int]:
    """The brightest level of each stage's maps."""
    return [
        one.evaluate(
            "(canvas) => Math.max(...canvas.getContext('2d')"
            ".getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 === 0))"
        )
        for one in page.locator(".flow .maps").all()
    ]


@pytest.mark.proof
def test_a_digit_draws_itself_once_and_stops(app_url: str, page: Page):
    open_home(page, app_url)
    expect(says(page)).to_have_text(EXAMPLE)
    at_rest(page)
    expect(page.get_by_text("Draw a digit here")).to_be_visible()

    page.get_by_test_id("stSidebarNavLink").filter(has_text="Learn").click()
    expect(page).to_have_title("Learn · CNN Workbench")
    settled(page)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Home").click()
    expect(says(page)).to_have_text(EXAMPLE)
    assert at_rest(page) < 8, "shown whole, not drawn again"


@pytest.mark.proof
def test_who_wants_less_motion_sees_it_whole_at_once(app_url: str, new_page: PageMaker):
    page = new_page(reduced_motion="reduce")
    open_home(page, app_url)

    expect(says(page)).to_have_text(EXAMPLE)
    assert at_rest(page) < 8
    draw(page, DIGITS["7"])
    expect(says(page)).to_have_text("It is a 7.")
    assert page.locator(".flow .maps").first.evaluate("(one) => one.getAnimations().length") == 0


@pytest.mark.parametrize("digit", some(("0", "4", "7"), "4"))
def test_the_answer_to_a_drawing_is_that_of_numpy_and_nothing_is_sent(
    app_url: str, page: Page, digit: str
):
    open_home(page, app_url)
    at_rest(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.on("websocket", lambda talk: sent.append(talk.url))
    page.evaluate(
        "() => { const own = WebSocket.prototype.send;"
        "window.told = 0; WebSocket.prototype.send = function (...all) {"
        "window.told += 1; return own.apply(this, all); }; }"
    )

    draw(page, DIGITS[digit])
    at_rest(page)

    assert sent == []
    assert page.evaluate("window.told") == 0
    pixels = np.array(page.locator("canvas.seen").evaluate(SEEN), np.uint8).reshape(1, 28, 28, 1)
    (shares,) = predict(shipped().architecture, shipped().weights, as_floats(pixels))
    expect(says(page)).to_have_text(in_words(answer(shares), NAMES))
    expect(page.locator(".flow .then")).to_have_text(how_sure(shares, NAMES))
    heights = page.locator(".flow .bars").evaluate(HEIGHTS)
    np.testing.assert_allclose(heights, shares, atol=6e-5)  # written with four decimals
    best = page.locator(".flow .bar.best .label")
    expect(best).to_have_text(digit)
    expect(page.locator(".flow .said")).to_have_text(re.compile(f"^It is an? {digit}\\."))
    assert brightest(page) == [252] * 6


@pytest.mark.proof
def test_all_ten_digits_are_drawn_with_the_mouse_and_at_least_nine_read(app_url: str, page: Page):
    open_home(page, app_url)
    read = {}
    for digit, strokes in DIGITS.items():
        draw(page, strokes)
        read[digit] = page.locator(".flow .bar.best .label").inner_text()
        page.get_by_role("button", name="Clear", exact=True).click()
        expect(says(page)).to_have_text("Draw a digit.")
    assert sum(digit == found for digit, found in read.items()) >= 9, read
    assert brightest(page) == [12] * 6, "empty maps are dark"


@pytest.mark.proof
def test_a_finger_draws_on_a_phone_and_the_page_stays_where_it_is(
    app_url: str, new_page: PageMaker
):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    open_home(page, app_url)
    at_rest(page)
    pad = ink(page)
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    main = page.get_by_test_id("stMain")
    before = main.evaluate("(one) => one.scrollTop")

    for stroke in DIGITS["4"]:
        points = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in stroke
        ]
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    expect(says(page)).to_have_text("It is a 4.")
    assert main.evaluate("(one) => one.scrollTop") == before
    answer_box, pad_box = says(page).bounding_box(), pad.bounding_box()
    assert answer_box is not None
    assert pad_box is not None
    assert answer_box["y"] + answer_box["height"] < 844, "the answer is seen while one draws"
    settled(page)


@pytest.mark.proof
def test_a_digit_is_drawn_with_keys_alone(app_url: str, page: Page):
    open_home(page, app_url)
    at_rest(page)
    said = page.get_by_text("Space puts the pen down and up")
    expect(said).to_be_hidden()
    page.get_by_test_id("stMain").evaluate("(one) => one.scrollTo(0, 400)")
    ink(page).focus()
    expect(said).to_be_visible()
    box, header = ink(page).bounding_box(), page.get_by_test_id("stHeader").bounding_box()
    assert box is not None
    assert header is not None
    assert box["y"] >= header["y"] + header["height"]
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")

    expect(says(page)).to_have_text("It is a 1.")
    page.keyboard.press("Delete")
    expect(says(page)).to_have_text("Draw a digit.")
    page.keyboard.press("Control+z")
    expect(says(page)).to_have_text("It is a 1.")


@pytest.mark.proof
def test_the_drawing_goes_along_to_draw_which_reads_it_alike(app_url: str, page: Page):
    open_home(page, app_url)
    draw(page, DIGITS["5"])
    expect(says(page)).to_have_text("It is a 5.")
    then = page.locator(".flow .then").inner_text()

    page.get_by_role("link", name="Why? Fool it").click()

    card = page.get_by_label("Answers", exact=True)
    expect(card.locator(".says").first).to_have_text("It is a 5.")
    expect(card.locator(".then").first).to_have_text(then)
    settled(page)


def test_a_network_that_does_not_arrive_is_said(app_url: str, page: Page):
    page.route("**/networks/*", lambda route: route.fulfill(status=204))
    page.goto(app_url)

    expect(says(page)).to_have_text("The network did not arrive. Load the page again.")
    settled(page)


@pytest.mark.proof
def test_the_doors_lead_to_the_first_lesson_and_to_own_photos(app_url: str, page: Page):
    open_home(page, app_url)
    page.get_by_role("button", name="Begin with lesson 0").click()
    expect(page.get_by_role("heading", name=lessons()[0].title, exact=True)).to_be_visible()
    settled(page)

    open_home(page, app_url)
    page.get_by_role("button", name="Bring photos").click()
    expect(page.get_by_role("dialog", name="Your own images")).to_be_visible()
    settled(page)
