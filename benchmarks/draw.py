"""Times drawing in a real browser: until what is drawn is answered, and what Python does for that.

The browser's clock runs from the moment that a drawing is sent, as the pen moves and as it is up,
to the frame in which the answers of that very drawing are in the page. Medians and 95th
percentiles; the limits are those of the project's plan.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# As the app does, before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks import goals
from cnn.data.dataset import as_floats
from cnn.data.sets.mnist import load_sample
from cnn.insight.readings.disturbance import all_shifts
from cnn.insight.readings.reading import Reader
from cnn.insight.regions.occlusion import evidence
from cnn.shipped import shipped
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.drawing import DIGITS, draw
from tests.browser.driving import running, settled

ROUNDS = goals.rounds(4)
WATCH = """() => {
  const deep = (root) => [root, ...[...root.querySelectorAll("*")]
    .filter((each) => each.shadowRoot).flatMap((each) => deep(each.shadowRoot))];
  const roots = deep(document);
  const find = (selector) => roots.map((root) => root.querySelector(selector)).find(Boolean);
  window.took = [];
  const [ink, answers] = [find("canvas.ink"), find('.answers[aria-label="Answers"]')];
  const isAnswered = (sent) => Number(answers.dataset.answered) >= sent;
  const watch = () => {
    const [sent, started] = [Number(ink.dataset.sent), performance.now()];
    if (isAnswered(sent)) return;
    const look = () => {
      if (isAnswered(sent)) window.took.push(performance.now() - started);
      else if (performance.now() - started < 5000) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };
  // Noted as it is sent, by the pad's own word: at pen up that may have been answered already.
  new MutationObserver(watch).observe(ink, { attributeFilter: ["data-sent"] });
}"""


def answered_ms(page: Page, url: str) -> list[float]:
    """How long after each drawing that was sent the bars for it stood in the page."""
    page.goto(f"{url}/draw")
    expect(page.locator("canvas.ink")).to_be_visible()
    settled(page)
    page.evaluate(WATCH)
    for _ in range(ROUNDS):
        for strokes in DIGITS.values():
            draw(page, strokes[:1])
            page.wait_for_timeout(700)
            page.get_by_role("button", name="Clear", exact=True).click()
            page.wait_for_timeout(400)
    found: list[float] = page.evaluate("window.took")
    return found


def python_ms(run: Callable[[], object], times: int) -> list[float]:
    """How long a call took, each time but the first."""
    took = []
    for _ in range(times + 1):
        started = time.perf_counter()
        run()
        took.append((time.perf_counter() - started) * 1e3)
    return took[1:]


def main() -> None:
    """Print a line for each thing waited for."""
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    found = shipped()
    reader = Reader(found.architecture, found.weights, found.card.configuration.dataset)
    image = as_floats(load_sample().learn.pixels[0, :, :, 0])
    goals.waited_head()
    once = python_ms(lambda: reader.scores(image[None]), 200)
    goals.waited("forward pass of one image, ms", once, most=2)
    shifts = python_ms(lambda: reader.scores(all_shifts(image).reshape(-1, 28, 28)), 20)
    goals.waited("map of 225 shifts, ms", shifts, most=200)
    shown = python_ms(lambda: evidence(reader.scores, image), 20)
    goals.waited("evidence, ms", shown, most=200)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        with running(Path(folder)) as url:
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            goals.waited(
                "a drawing sent to the server's new bars, ms", answered_ms(page, url), most=100
            )
        browser.close()
    goals.end()


if __name__ == "__main__":
    main()
