"""Views with something in them by name: what a visitor sees who has done something there.

For `test_every_state.py` and for `make screenshots ARGS=--all`. The views as they open are in
`every_view.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, expect

from cnn.lessons.catalogue import lessons
from cnn.network.link import encode
from cnn.network.zoo import entry
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import choose_radio, settled
from tests.browser.every_view import ARRIVED_MS, drawn
from tests.browser.parts.test_own_images import stripes
from tests.browser.training import WORKER_MS, press_train

SHAPES = "train?network=shapes-demo&data=shapes"
SWEEP = (
    "experiments?tab=sweep&network=shapes-demo&field=filters&value=0.5&value=1&data=shapes"
    "&epochs=1&seeds=2"
)
COMPARED = "compare?with=lenet-5&with=resnet-lite&data=shapes&epochs=1&seeds=2"
ASSIGNED = (
    'assignment={"data":{"name":"shapes"},"goals":"params<20000","question":"Why so few?",'
    '"title":"Small and sure"}'
)
FINISHED, ASSIGNED_RUN = "{finished}", "{assigned}"
"""Runs of a world, in an address."""


@dataclass(frozen=True, slots=True)
class World:
    """An app where something was done: its address, its runs, and a folder for files."""

    url: str
    folder: Path
    finished: str = ""
    assigned: str = ""

    def made(self, page: Page) -> World:
        """The same app, once runs were trained, own images brought and networks compared."""
        ended = page.get_by_text("300 images, used once, after training")
        _train(page, self.url, f"{SHAPES}&epochs=4")
        expect(ended).to_be_visible(timeout=WORKER_MS)
        finished = page.url.rpartition("run=")[2]
        for address in (SWEEP, COMPARED):
            _open(page, self.url, address)
            page.get_by_role("button", name="Train all").click()
            words = re.compile(r"^(\d+) of \1 trainings finished")
            expect(page.get_by_text(words)).to_be_visible(timeout=WORKER_MS)
            settled(page)
        _train(page, self.url, f"{SHAPES}&epochs=2&seed=3&{ASSIGNED}")
        expect(ended).to_be_visible(timeout=WORKER_MS)
        assigned = re.findall(r"run=(\w+)", page.url)[-1]
        page.evaluate("sessionStorage.clear()")
        read_images(page, self)
        page.get_by_role("button", name="Use these images").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        settled(page)
        return World(self.url, self.folder, finished, assigned)


State = Callable[[Page, World], None]


def _open(page: Page, url: str, address: str) -> None:
    page.goto(f"{url}/{address}")
    main = page.get_by_test_id("stMain")
    expect(main.get_by_test_id("stElementContainer").first).to_be_visible(timeout=ARRIVED_MS)
    drawn(page)


def _train(page: Page, url: str, address: str) -> None:
    _open(page, url, address)
    press_train(page)


def at(
    address: str,
    *tabs: str,
    radios: tuple[str, ...] = (),
    buttons: tuple[str, ...] = (),
    summaries: bool = False,
) -> State:
    """A view by its address, once all this was pressed; with `summaries`, what unfolds is open."""

    def state(page: Page, world: World) -> None:
        filled = address.replace(FINISHED, world.finished).replace(ASSIGNED_RUN, world.assigned)
        _open(page, world.url, filled)
        for name in tabs:
            page.get_by_role("tab", name=name, exact=True).first.click()
            settled(page)
        for name in radios:
            page.get_by_role("radiogroup").get_by_text(name, exact=True).click()
            settled(page)
        for name in buttons:
            page.get_by_role("button", name=name).first.click()
            settled(page)
        if summaries:
            open_all(page)

    return state


def open_all(page: Page) -> None:
    """Opens whatever can be unfolded."""
    main = page.get_by_test_id("stMain")
    shut = main.locator("details:not([open]) > summary").filter(visible=True)
    for _ in range(shut.count()):
        shut.first.click()
        settled(page)


def read_images(page: Page, world: World) -> None:
    """The dialog of own images with a file in it."""
    _open(page, world.url, "train?network=shapes-demo&data=digits&epochs=3")
    page.get_by_role("button", name="Add your own images").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="A zip or npz file").click()
    dialog.locator("input[type=file]").set_input_files(stripes(world.folder))
    expect(dialog.get_by_text("40 pictures of 2 kinds were read.")).to_be_visible()
    settled(page)


def drawing(page: Page, world: World, tab: str = "Why?") -> None:
    """Draw with ink on the pad."""
    _open(page, world.url, "draw")
    draw(page, DIGITS["7"])
    expect(page.locator(".answers .row.best .label").first).to_have_text("7")
    page.get_by_role("tab", name=tab).click()
    page.wait_for_timeout(2_000)
    settled(page)


def answered(page: Page, world: World) -> None:
    """A lesson whose questions are answered, the last of them wrong."""
    first = lessons()[0]
    _open(page, world.url, f"lesson?of={first.key}")
    for check in first.checks:
        wrong = (check.right + 1) % 2
        place = wrong if check is first.checks[-1] else check.right
        box = page.locator(f".st-key-question_{first.key}_{check.key}")
        choose_radio(box.get_by_role("radio").nth(place))
        expect(box.get_by_test_id("stAlert")).to_be_visible()
        settled(page)


def explained(page: Page, world: World) -> None:
    """A word's card over a lesson."""
    _open(page, world.url, "lesson?of=convolution")
    page.wait_for_function("CSS.highlights.has('word-label')")  # the script is at work
    page.locator('a[href="words#weight"]').first.hover()
    expect(page.locator(".word-card")).to_be_visible()


def faulty(page: Page, world: World) -> None:
    """A stack that cannot be."""
    _open(page, world.url, "build?net=1.8x8x1.c4k9-f-d2.end")


def saved_twice(page: Page, world: World) -> None:
    """The dialog that asks which of two designs of one name is meant."""
    for link in (encode(entry("lenet-5").architecture), "1.LeNet-5.8x8x1.f-d2.end"):
        _open(page, world.url, f"build?net={link}")
        page.get_by_role("button", name="Save", exact=True).click()
        settled(page)
    expect(page.get_by_role("dialog")).to_be_visible()


def live(page: Page, world: World) -> None:
    """A run in training."""
    _train(page, world.url, f"{SHAPES}&epochs=300&seed=4")
    expect(page.get_by_text(re.compile(r"^Epoch \d+ of 300"))).to_be_visible(timeout=WORKER_MS)


def own_chosen(page: Page, world: World) -> None:
    """Train with images of one's own chosen."""
    _open(page, world.url, "train?network=shapes-demo&data=shapes")
    page.get_by_test_id("stMain").get_by_text("stripes (yours)").first.click()
    settled(page)


RESNET = encode(entry("resnet-18").architecture)
RUN = f"train?run={FINISHED}"
STATES: dict[str, State] = {
    "learn-progress": at("learn", buttons=("My progress",)),
    "learn-open": at("learn", summaries=True),
    "lesson-answered": answered,
    "lesson-word": explained,
    "desk-assignment": at("desk", radios=("An assignment",)),
    "train-assigned": at(f"{SHAPES}&{ASSIGNED}"),
    "run-hand-in": at(f"train?run={ASSIGNED_RUN}"),
    "build-start": at("build", buttons=("Start from",)),
    "build-layer": at("build", "Layer"),
    "build-cost": at("build", "Cost"),
    "build-difference": at("build", "Difference"),
    "build-code": at("build", "Take away"),
    "build-json": at("build", "Take away", radios=("JSON",)),
    "build-table": at("build", "Take away", radios=("Table",)),
    "build-page": at("build", "Take away", radios=("Web page",)),
    "build-long": at(f"build?net={RESNET}", summaries=True),
    "build-long-cost": at(f"build?net={RESNET}", "Cost"),
    "build-faulty": faulty,
    "build-saved-twice": saved_twice,
    **{
        f"data-{tab.lower().replace(' ', '-')}": at("data", tab)
        for tab in ("Balance", "In common", "Twice", "Nearly alike", "Change")
    },
    "train-open": at("train", summaries=True),
    "train-own": own_chosen,
    "own-images": read_images,
    "photos": at("train", buttons=("Add your own images",)),
    "disk-space": at("train", buttons=("Disk space",)),
    "runs-filter": at("train", buttons=("Filter",)),
    "run-live": live,
    **{
        f"run-{tab.lower().replace(' ', '-')}": at(RUN, tab)
        for tab in (
            "Curves",
            "Gradients",
            "Watch it learn",
            "Learning rate",
            "Facts",
            "Take away",
            "Worst mistakes",
            "Classes",
        )
    },
    "run-labels": at(RUN, buttons=("Name, tags, note",)),
    "runs-together": at(f"train?run={FINISHED}&run={ASSIGNED_RUN}"),
    "compare-results": at(COMPARED, summaries=True),
    "compare-open": at("compare?open=shipped", summaries=True),
    "experiments-originals": at("experiments?tab=originals", "Original and lite", summaries=True),
    "experiments-depth": at("experiments", "Depth", buttons=("Show the results that come along",)),
    "experiments-sweep": at(SWEEP, summaries=True),
    "experiments-transfer": at("experiments", "Transfer"),
    "experiments-labels": at("experiments", "Labels"),
    "draw-why": drawing,
    "draw-fool": partial(drawing, tab="Fool it"),
    "draw-network": partial(drawing, tab="The built-in network"),
    **{
        f"inside-{tab}": at(f"inside?tab={tab}", summaries=True)
        for tab in ("filters", "layers", "where", "errors", "training")
    },
    "inside-run": at(f"inside?run={FINISHED}&tab=training"),
    "atlas-vgg": at("atlas?id=vgg-16"),
}
