"""Training as a visitor lives through it: press Train, watch, leave, come back, find it all."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cnn.training.exchange.recorder import Begun, Recorder
from cnn.training.recipe.elsewhere import Told
from cnn.training.recipe.run import State
from tests.browser.driving import PageMaker, settled
from tests.browser.training import WORKER_MS, press_train
from tests.some import some

RANGE = "document.querySelector('.live-plot').layout.xaxis.range"
HIDDEN = "plot => plot._fullData.filter(t => t.visible === 'legendonly').map(t => t.name)"
# The last cell with images, where it lies in the plot, and what it is.
LAST_CELL = """plot => {
  const [wrong, right] = plot.data.map(trace => trace.text);
  const count = ([i, j]) => Number(wrong[i][j] || right[i][j]);
  const cells = [2, 1, 0].flatMap(i => [2, 1, 0].map(j => [i, j]));
  const [i, j] = cells.find(count);
  const { xaxis, yaxis } = plot._fullLayout;
  const names = xaxis.ticktext;
  return {
    x: xaxis._offset + xaxis.d2p(j), y: yaxis._offset + yaxis.d2p(i),
    count: count([i, j]), true: names[i], said: names[j], right: i === j,
  };
}"""
SHAPES = "train?network=shapes-demo&data=shapes"
OWN_SHAPES = f"{SHAPES}&seed=5"  # no run that Compare, which shares the store, would find


def test_shapes_are_trained_live_to_the_end_and_a_cell_of_their_matrix_shows_its_images(
    training_url: str, page: Page
):
    page.goto(f"{training_url}/{OWN_SHAPES}&epochs=2")
    last = page.get_by_text("Start from new weights")
    expect(last).to_be_visible()
    settled(page)
    last.evaluate("it => it.scrollIntoView()")
    press_train(page)

    expect(page.get_by_role("heading", name="Shapes demo on Shapes")).to_be_in_viewport()
    expect(page.get_by_text("Test accuracy")).to_be_visible(timeout=WORKER_MS)
    expect(page.get_by_text("300 images, used once, after training")).to_be_visible()
    for label in ("Loss over the epochs", "Accuracy over the epochs"):
        plot = page.get_by_role("figure", name=label)
        expect(plot.locator(".trace.scatter")).to_have_count(3)
    row = page.get_by_role("row", name=re.compile("Shapes demo")).first
    expect(row).to_contain_text("finished")
    settled(page)
    cell_shows_its_images(page)
    page.get_by_role("tab", name="Classes").click()
    expect(page.get_by_role("figure", name="Accuracy per class")).to_be_visible()
    expect(page.get_by_role("table", name="Figures of each class")).to_contain_text("triangle")
    settled(page)


def cell_shows_its_images(page: Page) -> None:
    matrix = page.get_by_role("figure", name="Confusion matrix of 300 test images")
    expect(matrix.locator(".heatmaplayer image").first).to_be_visible()
    expect(matrix).to_have_attribute("data-state", "shown")  # and it hears of clicks
    cell = matrix.evaluate(LAST_CELL)
    matrix.click(position={"x": cell["x"], "y": cell["y"]})  # once it stands still

    verdict = "right" if cell["right"] else f"taken for {cell['said']}"
    chosen = page.get_by_role("combobox", name=re.compile("Images of a cell"))
    expect(chosen).to_have_value(f"{cell['true']}, {verdict}: {cell['count']}")
    shown = page.locator(".gallery img")
    expect(shown).to_have_count(min(cell["count"], 40))
    for image in shown.all():
        expect(image).to_have_attribute("alt", re.compile(f": {cell['true']}, predicted"))
    expect(shown.first).to_have_js_property("naturalWidth", 16)


def test_a_training_of_another_program_comes_into_a_list_that_is_open(
    app_url: str, app_home: Path, page: Page
):
    page.goto(f"{app_url}/{SHAPES}")
    expect(page.get_by_role("button", name=re.compile(r"^Train( \(|$)"))).to_be_visible()
    settled(page)
    begun = Begun("theirs", Told(2), "no model", {}, is_design=False)
    recorder = Recorder(begun, f"sqlite:///{app_home / 'store' / 'runs.sqlite'}")

    row = page.get_by_role("row", name=re.compile("theirs"))
    expect(row).to_contain_text("trained elsewhere", timeout=WORKER_MS)
    recorder.end(State.FINISHED)
    expect(row).to_contain_text("finished", timeout=WORKER_MS)


@pytest.mark.proof
def test_a_run_goes_on_through_a_refresh_and_is_found_in_a_second_window(
    training_url: str, new_page: PageMaker
):
    page = new_page()
    page.goto(f"{training_url}/{SHAPES}&epochs=300")
    press_train(page)
    expect(page.get_by_text(re.compile(r"^Epoch \d+ of 300"))).to_be_visible(timeout=WORKER_MS)

    page.reload()
    expect(page.get_by_text(re.compile(r"^Epoch \d+ of 300"))).to_be_visible()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()

    other = new_page(color_scheme="dark", viewport={"width": 390, "height": 844})
    other.goto(page.url)
    expect(other.get_by_role("button", name="Resume")).to_be_visible()
    expect(other.locator(".live-plot .trace").first).to_be_visible()
    assert other.evaluate("document.documentElement.scrollWidth") == 390
    other.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True).click()

    for window in (other, page):
        expect(window.get_by_text("the test set was not looked at")).to_be_visible()
        settled(window)


@pytest.mark.proof
def test_zoom_stays_while_new_points_come(training_url: str, page: Page):
    page.goto(f"{training_url}/{SHAPES}&epochs=300")
    press_train(page)
    plot = page.get_by_role("figure", name="Loss over the epochs")
    expect(plot.locator(".trace").first).to_be_visible(timeout=WORKER_MS)

    drawn = plot.locator(".nsewdrag").first
    drawn.hover()  # which waits until Plotly has drawn it for good
    area = drawn.bounding_box()
    assert area
    middle = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + 20, middle)
    page.mouse.down()
    page.mouse.move(area["x"] + 120, middle, steps=4)
    page.mouse.up()
    zoomed = page.evaluate(RANGE)
    assert zoomed[1] < 150
    shown = page.get_by_text(re.compile(r"^Epoch \d+ of 300"))
    before = shown.inner_text()
    expect(shown).not_to_have_text(before)
    page.wait_for_timeout(1_200)  # two polls

    assert page.evaluate(RANGE) == zoomed
    page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("the test set was not looked at")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_a_rate_that_is_too_low_is_found_out_and_retried_in_one_click(
    training_url: str, page: Page
):
    page.goto(f"{training_url}/{OWN_SHAPES}&epochs=2&learning_rate=1e-06")
    press_train(page)
    expect(page.get_by_text("The learning rate is too low").first).to_be_visible(timeout=WORKER_MS)
    settled(page)
    before = page.url

    page.get_by_role("button", name="Train with rate 0.01").click()

    page.wait_for_url(lambda url: "run=" in url and url != before)
    expect(page.get_by_text("300 images, used once, after training")).to_be_visible(
        timeout=WORKER_MS
    )
    expect(page.get_by_text("The learning rate is too low")).to_have_count(0)
    settled(page)


@pytest.mark.proof
def test_a_line_that_was_hidden_stays_hidden_when_the_steps_are_smoothed(
    training_url: str, page: Page
):
    page.goto(f"{training_url}/{OWN_SHAPES}&epochs=2")
    press_train(page)
    expect(page.get_by_text("300 images, used once, after training")).to_be_visible(
        timeout=WORKER_MS
    )
    settled(page)
    plot = page.get_by_role("figure", name="Loss over the epochs")
    plot.locator(".legendtoggle").last.click()
    expect(plot.locator(".trace.scatter")).to_have_count(2)

    page.get_by_role("slider").press("End")

    expect(plot.get_by_text("smoothed")).to_be_visible()
    assert plot.evaluate(HIDDEN) == ["validation"]
    settled(page)


@pytest.mark.proof
def test_a_run_is_opened_from_the_list_and_deleted(training_url: str, page: Page):
    page.goto(f"{training_url}/train")
    rows = page.get_by_role("row", name=re.compile("Shapes demo"))
    expect(rows.first).to_be_visible()
    settled(page)
    many = rows.count()

    page.get_by_role("button", name="Show Shapes demo").last.click()
    page.wait_for_url("**/train?run=*")
    expect(page.get_by_role("heading", name="Shapes demo on Shapes")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("Choose Shapes demo")).last.check()
    page.get_by_role("button", name="Delete 1 run").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Delete 1 run").click()

    expect(rows).to_have_count(many - 1)
    settled(page)


@pytest.mark.proof
def test_a_visitor_watches_it_learn_trains_on_and_takes_the_model_away(
    training_url: str, page: Page, tmp_path: Path
):
    page.goto(f"{training_url}/{SHAPES}&epochs=4&seed=8")
    press_train(page)
    page.get_by_role("tab", name="Watch it learn").click()
    expect(page.get_by_text("300 images, used once, after training")).to_be_visible(
        timeout=WORKER_MS
    )
    settled(page)
    slider = page.get_by_role("slider")
    expect(slider).to_have_value("4")
    predictions = page.get_by_role("img", name="Predictions for 4 fixed validation images").first
    last = predictions.text_content() or ""
    assert "%" in last
    slider.press("Home")
    expect(slider).to_have_value("0")
    expect(predictions).not_to_have_text(last)  # before training it is sure of nothing

    page.get_by_role("tab", name="Take away").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"Save .*\.keras")).click()
    assert re.fullmatch(r"shapes-demo-\w{6}\.keras", download.value.suggested_filename)
    download.value.save_as(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as model:
        assert model.testzip() is None
    import keras

    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.output_shape == (None, 3)
    settled(page)

    before = page.url
    page.get_by_role("button", name="Train on").click()
    page.get_by_role("button", name="Train 4 more epochs").click()
    page.wait_for_url(lambda url: "run=" in url and url != before)
    expect(page.get_by_text("Continues another run after its step 40")).to_be_visible()
    expect(page.get_by_text("300 images, used again, after training")).to_be_visible(
        timeout=WORKER_MS
    )
    settled(page)
    page.get_by_role("button", name="Show that run").click()
    page.wait_for_url(before)
    expect(page.get_by_role("button", name="Train on")).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_a_stopped_run_is_resumed_and_goes_on_live_to_its_end(training_url: str, page: Page):
    page.goto(f"{training_url}/{SHAPES}&epochs=120&seed=9")
    press_train(page)
    expect(page.get_by_text(re.compile(r"^Epoch \d+ of 120"))).to_be_visible(timeout=WORKER_MS)
    page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("the test set was not looked at")).to_be_visible()
    settled(page)

    page.get_by_role("button", name="Resume").click()
    page.get_by_role("tab", name="Gradients").click()
    gradients = page.get_by_role("figure", name="Gradient norms over the steps")
    expect(gradients.locator(".trace.scatter").first).to_be_visible()

    expect(page.get_by_text("300 images, used once, after training")).to_be_visible(
        timeout=WORKER_MS
    )
    settled(page)


@pytest.mark.proof
def test_several_runs_of_the_list_are_shown_over_each_other(training_url: str, page: Page):
    for seed in (10, 11):
        page.goto(f"{training_url}/{SHAPES}&epochs=2&seed={seed}")
        press_train(page)
        expect(page.get_by_text("300 images, used once, after training")).to_be_visible(
            timeout=WORKER_MS
        )
        settled(page)
    boxes = page.get_by_role("checkbox", name=re.compile("Choose Shapes demo, finished"))
    expect(boxes.nth(1)).to_be_visible()
    for place in (0, 1):
        boxes.nth(place).check()
    page.get_by_role("button", name="Show together").click()

    page.wait_for_url(re.compile("run=.*&run="))
    plot = page.get_by_role("figure", name="Loss over the epochs")
    for seed in (10, 11):
        expect(plot.locator(".legend").get_by_text(f"Shapes demo, seed {seed}")).to_be_visible()
    settled(page)


@pytest.mark.parametrize("size", some(((1440, 900), (1280, 640), (390, 700)), (1280, 640)))
def test_the_button_is_in_view_before_anything_is_scrolled(
    app_url: str, new_page: PageMaker, size: tuple[int, int]
):
    width, height = size
    page = new_page(viewport={"width": width, "height": height})
    page.goto(f"{app_url}/train")

    button = page.get_by_role("button", name="Train", exact=True)
    expect(button).to_be_visible()
    settled(page)
    expect(button).to_be_in_viewport(ratio=1)
    page.get_by_role("spinbutton", name="Seed").scroll_into_view_if_needed()
    expect(button).to_be_in_viewport(ratio=1)
