"""Whole visits, each to an app that nobody has used yet: a newcomer, a teacher, an engineer, and
somebody who comes back. Nothing may go wrong on the way, not even where it would not be seen: see
the guards of `new_page` and `running`.
"""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cnn.lessons.catalogue import lessons, whole_way
from cnn.network.architecture import Architecture
from cnn.network.keras.model import build
from cnn.network.trace import trace
from cnn.network.zoo import entry
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import PageMaker, choose_radio, running, settled
from tests.browser.training import WORKER_MS, press_train
from tests.needs import TORCH

BOTH_MS = 300_000
PARAMETERS = """
import importlib.util, sys, torch
spec = importlib.util.spec_from_file_location("exported", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
model = next(
    one for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, torch.nn.Module) and one is not torch.nn.Module
)()
print(sum(one.numel() for one in model.parameters()), *model(torch.zeros(2, 1, 28, 28)).shape)
"""


def go(page: Page, name: str) -> None:
    """By the navigation, as one does who has no addresses."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    expect(page).to_have_title(f"{name} · CNN Workbench")
    settled(page)


def parameters(page: Page, count: str) -> None:
    expect(page.locator(".figure").filter(has_text="Parameters")).to_contain_text(count)
    settled(page)


@pytest.mark.proof
def test_a_newcomer_learns_builds_trains_draws_and_compares(fresh_training_url: str, page: Page):
    page.goto(fresh_training_url)
    expect(page.get_by_text("Start from a classic")).to_be_visible()
    settled(page)

    page.get_by_role("button", name="Begin with lesson 0").click()
    first = lessons()[0]
    expect(page.get_by_role("heading", name=first.title, exact=True)).to_be_visible()
    settled(page)
    for check in first.checks:
        question = page.locator(f".st-key-question_{first.key}_{check.key}")
        choose_radio(question.get_by_role("radio").nth(check.right))
        expect(question.get_by_test_id("stAlert")).to_contain_text("Right.")
        settled(page)

    go(page, "Build")
    page.get_by_role("button", name="Start from").click()
    page.get_by_role("button", name=re.compile("^Shapes demo")).click()
    parameters(page, "9,571")
    page.get_by_label("filters, Conv2D #1", exact=True).fill("12")
    page.get_by_label("filters, Conv2D #1", exact=True).press("Enter")
    expect(page.locator(".figure").filter(has_text="Parameters")).not_to_contain_text("9,571")
    settled(page)

    page.get_by_role("button", name="Train this").click()
    press_train(page)
    expect(page.get_by_text("300 images, used once, after training")).to_be_visible(
        timeout=WORKER_MS
    )
    settled(page)

    go(page, "Draw")
    draw(page, DIGITS["7"])
    best = page.locator(".answers .row.best .label").first
    expect(best).to_have_text("7")
    settled(page)

    go(page, "Compare")
    page.get_by_role("button", name="Open the ready-made comparison").click()
    expect(page.get_by_text("25 of 25 trainings finished")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("ResNet-lite")).first).to_be_visible()
    settled(page)

    go(page, "Learn")
    expect(page.get_by_text(f"1 of {len(whole_way())} lessons done")).to_be_visible()
    go(page, "Home")
    expect(page.get_by_role("row", name=re.compile("Shapes demo.*finished"))).to_be_visible()
    settled(page)


@pytest.mark.proof
def test_a_teachers_locked_lesson_opens_in_an_app_elsewhere(
    fresh_app_url: str, app_url: str, new_page: PageMaker
):
    teacher = new_page()
    teacher.goto(f"{fresh_app_url}/lesson?of=why&size=64")
    settled(teacher)
    teacher.get_by_role("button", name="Prepare this lesson").click()
    expect(teacher.get_by_role("heading", name="Teacher's desk")).to_be_visible()
    settled(teacher)
    teacher.get_by_role("radiogroup", name="Kernel").get_by_text("locked").click()
    settled(teacher)
    question = teacher.get_by_label("A question of your own")
    question.fill("How many weights?\nIn a dense layer, that is.")
    question.press("Control+Enter")
    link = teacher.get_by_test_id("stCode")
    expect(link).to_contain_text("ask=How")
    settled(teacher)

    learner = new_page(color_scheme="dark", viewport={"width": 390, "height": 844})
    learner.goto(link.inner_text().strip().replace(fresh_app_url, app_url))
    expect(learner.get_by_text("How many weights?\nIn a dense layer, that is.")).to_be_visible()
    expect(learner.get_by_role("slider", name="Kernel")).to_be_disabled()
    expect(learner.get_by_role("slider", name="Image size")).to_be_enabled()
    expect(learner.get_by_text("4,096 numbers")).to_be_visible()
    settled(learner)


@pytest.mark.proof
def test_an_engineer_halves_a_keras_network_at_equal_accuracy_and_takes_it_to_pytorch(
    fresh_training_url: str, new_page: PageMaker, tmp_path: Path
):
    first, *others = entry("lenet-5").architecture.layers
    theirs = Architecture("Theirs", (28, 28, 1), (replace(first, filters=8), *others))
    whole, halved = 62_558, 208 + 3_216 + 401 * 54 + 55 * 84 + 850
    assert trace(theirs).total_params == whole > 2 * halved
    file = tmp_path / "theirs.keras"
    build(theirs).save(file)
    page = new_page(accept_downloads=True)
    page.goto(f"{fresh_training_url}/build")
    settled(page)
    page.get_by_role("button", name="Start from").click()
    page.get_by_role("tab", name="A file").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    parameters(page, f"{whole:,}")
    page.keyboard.press("Escape")
    settled(page)
    page.get_by_role("button", name="Add to comparison").click()
    expect(page).to_have_title("Compare · CNN Workbench")
    settled(page)

    go(page, "Build")
    parameters(page, f"{whole:,}")
    units = page.get_by_label("units, Dense #1", exact=True)
    units.fill("54")
    units.press("Enter")
    parameters(page, f"{halved:,}")
    page.get_by_role("textbox", name="Name").fill("Half")
    page.get_by_role("textbox", name="Name").press("Enter")
    settled(page)
    page.get_by_role("button", name="Add to comparison").click()
    expect(page).to_have_title("Compare · CNN Workbench")
    expect(page.get_by_text("Half").first).to_be_visible()
    settled(page)

    remove = page.get_by_role("button", name="Remove LeNet-5", exact=True)
    remove.click()
    expect(remove).to_have_count(0)
    settled(page)
    page.get_by_role("button", name="Train all").click()
    expect(page.get_by_text("2 of 2 trainings finished")).to_be_visible(timeout=BOTH_MS)
    settled(page)
    shares = []
    for name in ("Theirs", "Half"):
        row = page.get_by_role("row", name=re.compile(name)).first
        found = re.search(r"(\d+\.\d)\s%", row.inner_text())
        assert found, row.inner_text()
        shares.append(float(found[1]))
    assert min(shares) > 95
    assert abs(shares[0] - shares[1]) < 1.5, shares

    go(page, "Build")
    parameters(page, f"{halved:,}")
    page.get_by_role("tab", name="Take away").click()
    page.get_by_role("radio", name="PyTorch").or_(
        page.get_by_role("button", name="PyTorch", exact=True)
    ).first.click()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save half.py").click()
    module = tmp_path / "half.py"
    download.value.save_as(module)
    settled(page)
    TORCH.or_skip()
    command = [sys.executable, "-c", PARAMETERS, str(module)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.stdout.split() == [str(halved), "2", "10"], ran.stderr


@pytest.mark.proof
def test_somebody_who_comes_back_after_a_restart_in_mid_training_finds_everything(
    tmp_path: Path, new_page: PageMaker
):
    shapes = entry("shapes-demo").architecture
    with running(tmp_path, workers=1) as url:
        page = new_page()
        page.goto(f"{url}/build")
        settled(page)
        page.get_by_role("button", name="Start from").click()
        page.get_by_role("button", name=re.compile("^Shapes demo")).click()
        parameters(page, f"{trace(shapes).total_params:,}")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved as Shapes demo")).to_be_visible()
        settled(page)
        page.goto(f"{url}/train?network=shapes-demo&data=shapes&epochs=2")
        press_train(page)
        expect(page.get_by_text("300 images, used once, after training")).to_be_visible(
            timeout=WORKER_MS
        )
        finished = page.url.removeprefix(url)
        page.goto(f"{url}/train?network=shapes-demo&data=shapes&epochs=900&seed=4")
        press_train(page)
        expect(page.get_by_text(re.compile(r"^Epoch \d+ of 900"))).to_be_visible(timeout=WORKER_MS)
        cut_off = page.url.removeprefix(url)
        settled(page)
        page.close()  # which complains of a server that goes

    with running(tmp_path, workers=1) as url:
        page = new_page()
        page.goto(f"{url}{finished}")
        expect(page.get_by_text("300 images, used once, after training")).to_be_visible()
        settled(page)
        page.goto(f"{url}{cut_off}")
        expect(page.get_by_text("interrupted").first).to_be_visible()
        resume = page.get_by_role("button", name="Resume")
        expect(resume).to_be_visible()
        settled(page)
        before = _points(page)[:3]
        assert before
        resume.click()
        shown = page.get_by_text(re.compile(r"^Epoch \d+ of 900"))
        expect(shown).to_be_visible(timeout=WORKER_MS)
        settled(page)
        assert _points(page)[: len(before)] == before
        page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_text("the test set was not looked at")).to_be_visible()
        settled(page)

        go(page, "Build")
        page.get_by_role("button", name="Start from").click()
        page.get_by_role("tab", name="Saved").click()
        expect(page.get_by_role("button", name="Shapes demo · 9,571")).to_be_visible()
        settled(page)
        page.close()


def _points(page: Page) -> list[float]:
    """The loss of each finished epoch, as the chart has it."""
    plot = page.get_by_role("figure", name="Loss over the epochs")
    expect(plot.locator(".trace").first).to_be_visible()
    found: list[float] = plot.evaluate("plot => [...plot.data.at(-1).y]")
    return found
