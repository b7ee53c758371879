"""The Draw page with a real hand: mouse, keys, files and the clipboard."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from cnn.data.picture.centring import centred
from cnn.data.picture.ink import ink_of
from cnn.data.picture.opening import LIMIT_BYTES
from cnn.data.sets.mnist import load_sample
from cnn.insight.passes.forward import predict
from cnn.shipped import shipped
from scripts.drawings import LETTERS
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import PageMaker, settled
from tests.some import some
from ui.shell.held import LONG_BYTES

INK = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const ink = data.filter((_, place) => place % 4 === 3);
  let text = "";
  for (const value of ink) text += String.fromCharCode(value);
  return btoa(text);
}"""
SEEN = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data]
  .filter((_, place) => place % 4 === 0)"""


def open_draw(page: Page, url: str) -> None:
    page.goto(f"{url}/draw")
    expect(page.locator("canvas.ink")).to_be_visible()
    expect(says(page)).to_have_text("Nothing drawn yet.")
    settled(page)


def says(page: Page) -> Locator:
    return page.get_by_label("Answers", exact=True).locator(".says").first


def seen(page: Page) -> np.ndarray:
    return np.array(page.locator("canvas.seen").evaluate(SEEN), np.uint8).reshape(28, 28)


def likeliest(page: Page) -> Locator:
    return page.locator(".answers .row.best .label").first


def answered(page: Page) -> str:
    """The likeliest digit, once the server has answered to all that is drawn."""
    said_last(page)
    settled(page)
    return likeliest(page).inner_text()


def said_last(page: Page) -> None:
    """Waits until the server has answered to what the pad says now, or to what it says once more
    when the pen rests.
    """
    sent = int(page.locator("canvas.ink").get_attribute("data-sent") or 0)
    answers = page.get_by_label("Answers", exact=True)
    expect(answers).to_have_attribute("data-answered", re.compile(f"^({sent}|{sent + 1})$"))


@pytest.mark.proof
def test_all_ten_digits_are_drawn_with_the_mouse_and_at_least_nine_read(page: Page, app_url: str):
    open_draw(page, app_url)
    read = {}
    for digit, strokes in DIGITS.items():
        draw(page, strokes)
        read[digit] = answered(page)
        page.get_by_role("button", name="Clear", exact=True).click()
        expect(says(page)).to_have_text("Nothing drawn yet.")
    assert sum(digit == answer for digit, answer in read.items()) >= 9, read


@pytest.mark.parametrize("name", some(("4", "1", "8", "3", "A", "dot"), "4"))
def test_the_browser_and_python_ink_and_centre_the_same_strokes_alike(
    page: Page, app_url: str, name: str
):
    open_draw(page, app_url)
    draw(page, {"A": LETTERS["A"], "dot": [[(0.4, 0.5)]]}.get(name) or DIGITS[name])
    strokes = page.evaluate("JSON.parse(sessionStorage['cnn-workbench-drawing'])")
    inked = page.locator("canvas.ink").evaluate(INK)
    ink = np.frombuffer(base64.b64decode(inked), np.uint8).reshape(560, 560)
    (width,) = {stroke["width"] for stroke in strokes}
    ours = ink_of([np.array(stroke["points"]) for stroke in strokes], width)
    assert ink.max() == 255
    assert np.abs(ours.astype(int) - ink).sum() < 0.02 * ink.sum(dtype=int)
    if name in DIGITS:
        # Where the mass of a symmetric shape lies on half a pixel, a grain of it decides.
        np.testing.assert_allclose(seen(page).astype(int), centred(ink).astype(int), atol=1)
    settled(page)


@pytest.mark.proof
def test_of_a_letter_and_a_dot_it_is_said_that_they_are_unlike_digits(page: Page, app_url: str):
    open_draw(page, app_url)
    sentence = page.get_by_label("Answers", exact=True).locator(".sentence")
    for strokes in (LETTERS["A"], [[(0.5, 0.5)]]):
        draw(page, strokes)
        expect(sentence).to_contain_text("softmax has to choose among ten, so it still says")
        expect(says(page)).to_contain_text("It has to choose")
        page.get_by_role("button", name="Clear", exact=True).click()
        expect(says(page)).to_have_text("Nothing drawn yet.")
    draw(page, DIGITS["4"])
    expect(sentence).to_have_text("Like MNIST's digits.")
    page.get_by_role("button", name="What counts as unlike?").click()
    expect(page.get_by_text("beyond the line")).to_be_visible()
    settled(page)


def test_undo_takes_a_stroke_back_and_clear_all_of_them(page: Page, app_url: str):
    open_draw(page, app_url)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    draw(page, DIGITS["4"][:1])
    first = seen(page)
    draw(page, DIGITS["4"][1:])
    whole = seen(page)
    assert (first != whole).any()

    undo.focus()
    page.keyboard.press("Enter")
    np.testing.assert_array_equal(seen(page), first)
    draw(page, DIGITS["4"][1:])
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(says(page)).to_have_text("Nothing drawn yet.")
    assert not seen(page).any()
    undo.focus()
    page.keyboard.press("Control+z")
    np.testing.assert_array_equal(seen(page), whole)
    assert answered(page) == "4"


@pytest.mark.proof
def test_a_drawing_is_still_there_after_another_page_and_after_a_refresh(page: Page, app_url: str):
    open_draw(page, app_url)
    draw(page, DIGITS["7"])
    before = seen(page)
    assert answered(page) == "7"
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Build").click()
    expect(page).to_have_title(re.compile("Build"))
    settled(page)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Draw").click()
    expect(says(page)).to_have_text("It is a 7.")
    np.testing.assert_array_equal(seen(page), before)
    settled(page)
    page.reload()
    expect(says(page)).to_have_text("It is a 7.")
    np.testing.assert_array_equal(seen(page), before)
    settled(page)


def test_an_image_is_brought_as_a_file_and_drawing_replaces_it(
    page: Page, app_url: str, tmp_path: Path
):
    sample = load_sample().test
    assert sample is not None
    place = int(np.flatnonzero(sample.labels == 3)[4])
    photo = 255 - np.kron(sample.pixels[place, :, :, 0], np.ones((9, 9), np.uint8))
    good, bad = tmp_path / "three.png", tmp_path / "words.png"
    Image.fromarray(photo).save(good)
    bad.write_text("no picture at all")
    open_draw(page, app_url)
    upload = page.locator("input.file")

    upload.set_input_files(bad)
    expect(page.get_by_text("The image is not a picture in a known format")).to_be_visible()
    upload.set_input_files(good)
    expect(says(page)).to_have_text("It is a 3.")
    expect(page.get_by_text("three.png: dark on light paper, so inverted")).to_be_visible()
    expect(page.get_by_text("not a picture in a known format")).to_have_count(0)

    draw(page, DIGITS["1"])
    expect(says(page)).to_have_text("It is a 1.")
    expect(page.get_by_text("three.png")).to_have_count(0)
    settled(page)


@pytest.mark.parametrize("is_picture", [True, False])
@pytest.mark.proof
def test_the_largest_file_is_taken_and_is_not_what_is_said_last(
    page: Page, app_url: str, tmp_path: Path, is_picture: bool
):
    """The server keeps what is said last, and counts it: `ui/shell/held.py`."""
    file = tmp_path / "größte 数字 😀.png"
    noise = np.random.default_rng(0).integers(0, 256, (1_800, 1_840, 3), np.uint8)
    Image.fromarray(noise).save(file)
    content = file.read_bytes()[:LIMIT_BYTES] if is_picture else bytes(LIMIT_BYTES)
    file.write_bytes(content)
    assert len(content) > 0.98 * LIMIT_BYTES
    said: list[int] = []
    page.on("websocket", lambda talk: talk.on("framesent", lambda one: said.append(len(one))))
    open_draw(page, app_url)

    page.locator("input.file").set_input_files(file)

    news = "größte 数字 😀.png: " if is_picture else "not a picture in a known format"
    expect(page.get_by_text(news)).to_be_visible()
    for _ in range(50):
        if said[-1] < max(said):
            break
        page.wait_for_timeout(100)
    settled(page)
    assert max(said) > 1.3 * LIMIT_BYTES
    assert said[-1] < LONG_BYTES


@pytest.mark.proof
def test_an_image_is_pasted(page: Page, app_url: str):
    sample = load_sample().test
    assert sample is not None
    image = sample.pixels[np.flatnonzero(sample.labels == 5)[0], :, :, 0]
    written = io.BytesIO()
    Image.fromarray(image).save(written, "PNG")
    open_draw(page, app_url)
    page.evaluate(
        """(text) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
          document.body.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData, bubbles: true, composed: true }));
        }""",
        base64.b64encode(written.getvalue()).decode(),
    )
    expect(says(page)).to_have_text("It is a 5.")
    np.testing.assert_array_equal(seen(page), image)
    settled(page)


@pytest.mark.proof
def test_it_is_said_why_and_a_click_on_the_map_moves_the_drawing(page: Page, app_url: str):
    open_draw(page, app_url)
    draw(page, DIGITS["7"])
    expect(page.get_by_label("What in the drawing speaks for 7")).to_be_visible()
    page.get_by_role("tab", name="Fool it").click()
    cell = page.locator('[data-path="-7,6"]')
    expect(cell).to_be_visible()
    cell.click()
    fooled = page.get_by_label("Answers to the changed image").locator(".says")
    expect(page.get_by_role("slider", name="Move down")).to_have_value("6")
    expect(page.get_by_role("slider", name="Move right")).to_have_value("-7")
    expect(fooled).not_to_have_text("It is a 7.")
    expect(says(page)).to_have_text("It is a 7.")
    page.get_by_role("button", name="As it was").click()
    expect(fooled).to_have_text("It is a 7.")
    settled(page)


@pytest.mark.proof
def test_a_digit_is_drawn_with_keys_alone(page: Page, app_url: str):
    open_draw(page, app_url)
    page.get_by_label("Drawing area").focus()
    expect(page.get_by_text("Space puts the pen down and up")).to_be_visible()
    along, down = ["ArrowRight"] * 8, ["ArrowDown", "ArrowDown", "ArrowLeft"] * 3
    for key in (*["ArrowLeft"] * 4, "Space", *along, *down, *["ArrowDown"] * 4):
        page.keyboard.press(key)
    expect(page.locator("output.said")).to_have_text("The pen is down.")
    page.keyboard.press("Space")
    assert answered(page) == "7"
    page.keyboard.press("Delete")
    expect(says(page)).to_have_text("Nothing drawn yet.")
    settled(page)


def test_a_finger_draws_and_does_not_scroll_the_page(app_url: str, new_page: PageMaker):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    open_draw(page, app_url)
    canvas = page.locator("canvas.ink")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    for stroke in DIGITS["4"]:
        for place, (x, y) in enumerate(stroke):
            point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            kind = "touchMove" if place else "touchStart"
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(likeliest(page)).to_have_text("4")
    said_last(page)
    settled(page)
    assert canvas.bounding_box() == box
    settled(page)


@pytest.mark.parametrize("palm_first", [True, False])
@pytest.mark.proof
def test_a_pen_draws_and_the_palm_of_its_hand_does_not(page: Page, app_url: str, palm_first: bool):
    open_draw(page, app_url)
    canvas = page.locator("canvas.ink")
    canvas.hover()
    box = canvas.bounding_box()
    assert box is not None
    canvas.evaluate("""(canvas) => {
      window.pointers = new Set();
      canvas.addEventListener("pointerdown", (event) => pointers.add(event.pointerType));
    }""")
    hand = page.context.new_cdp_session(page)
    resting = {"x": box["x"] + 0.9 * box["width"], "y": box["y"] + 0.9 * box["height"]}

    def palm(kind: str, *points: dict[str, float]) -> None:
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def pen(kind: str, x: float, y: float) -> None:
        at = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        held = {"pointerType": "pen", "button": "left", "buttons": 1, "force": 0.4}
        hand.send("Input.dispatchMouseEvent", {"type": kind, "clickCount": 1, **at, **held})

    (stroke,) = DIGITS["7"]
    if palm_first:
        palm("touchStart", resting)
    pen("mousePressed", *stroke[0])
    pen("mouseMoved", *stroke[1])
    if not palm_first:
        palm("touchStart", resting)
    palm("touchEnd")
    for point in stroke[2:]:
        pen("mouseMoved", *point)
    pen("mouseReleased", *stroke[-1])
    assert set(page.evaluate("[...pointers]")) == {"pen", "touch"}
    assert answered(page) == "7"
    assert page.evaluate("JSON.parse(sessionStorage['cnn-workbench-drawing']).length") == 1
    settled(page)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.proof
def test_of_two_networks_bars_stand_beside_bars_however_long_their_words_are(
    app_url: str, new_page: PageMaker, width: int
):
    page = new_page(viewport={"width": width, "height": 900})
    open_draw(page, app_url)

    cards = page.get_by_label("Answers", exact=True).evaluate(
        """(root) => {
          const first = root.querySelector(".card");
          const second = first.cloneNode(true);
          second.querySelector(".says").textContent = "It is not sure at all whether: 8 or 6?";
          second.querySelector(".name").textContent = "A network with a name of many, many words";
          root.append(second);
          root.dataset.count = 2;
          const of = (card, part) => card.querySelector(part).getBoundingClientRect();
          return [first, second].map((card) => ({
            left: card.getBoundingClientRect().left,
            height: card.getBoundingClientRect().height,
            parts: [".bars", ".name", ".note"].map((part) => of(card, part).top),
          }));
        }"""
    )

    first, second = cards
    assert first["left"] < second["left"]
    assert first["parts"] == pytest.approx(second["parts"])
    assert first["height"] == pytest.approx(second["height"])


@pytest.mark.proof
def test_on_a_phone_the_answer_is_in_view_beside_the_pad(app_url: str, new_page: PageMaker):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    open_draw(page, app_url)
    expect(says(page)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


HOLD = """() => {
  const send = WebSocket.prototype.send;
  window.held = [];
  window.letGo = () => { WebSocket.prototype.send = send; };
  WebSocket.prototype.send = function (said) { window.held.push(said); };
}"""
SHARES = """(bars) => [...bars.querySelectorAll(".fill")]
  .map((one) => Number(one.style.transform.match(/[\\d.]+/)[0]))"""


def test_the_browser_answers_before_the_server_and_the_server_says_the_same(
    page: Page, app_url: str
):
    with page.expect_response("**/networks/*") as network:
        open_draw(page, app_url)
    network.value.finished()
    answers = page.get_by_label("Answers", exact=True)
    bars, then = answers.locator(".bars"), answers.locator(".words .then")
    page.evaluate(HOLD)
    draw(page, DIGITS["4"])
    expect(says(page)).to_have_text("It is a 4.")
    early, words = bars.evaluate(SHARES), then.inner_text()
    assert page.evaluate("held.length") > 0
    assert answers.get_attribute("data-answered") == "0"

    page.evaluate("letGo()")
    draw(page, [[(0.05, 0.05)]])
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(300)  # the pen rests
    said_last(page)
    settled(page)

    np.testing.assert_allclose(bars.evaluate(SHARES), early, atol=2e-4)  # both have four decimals
    expect(then).to_have_text(words)
    image = seen(page)[None, ..., None] / 255
    (shares,) = predict(shipped().architecture, shipped().weights, image)
    np.testing.assert_allclose(early, shares, atol=6e-5)
