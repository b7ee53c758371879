"""Times the networks that answer in the browser: what a frame costs on Home, and how long after the
pen the bars are there, on Home and on Draw.

A frame's cost is script, style, layout and paint on the page's main thread, from one frame in which
something is drawn to the next, as Chromium's own trace has it: by the clock, and in time of the
processor, which others on the machine do not lengthen as much. From pen to bars is from the
move of the pointer, by its own clock, until the frame with its answer is done.
"""

from __future__ import annotations

import sys
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.drawing import DIGITS, Strokes
from tests.browser.driving import running, settled

READY = "canvas.ink:is([data-painted], [data-sent])"
EXAMPLE_MS, NETWORK_MS, APART_MS = 3_000, 1_500, 12
TRACED = "devtools.timeline"
WATCH = """() => {
  const deep = (root) => [root, ...[...root.querySelectorAll("*")]
    .filter((one) => one.shadowRoot).flatMap((one) => deep(one.shadowRoot))];
  const find = (what) => deep(document).map((root) => root.querySelector(what)).find(Boolean);
  const done = new MessageChannel();
  let moved = null;
  let waits = [];
  window.took = [];
  done.port1.onmessage = () => {
    for (const at of waits.splice(0)) window.took.push(performance.now() - at);
  };
  const answered = () => {
    if (moved !== null) waits.push(moved);
    moved = null;
    done.port2.postMessage(null);
  };
  const marked = { attributes: true, attributeFilter: ["data-live", "data-painted"] };
  new MutationObserver(answered).observe(find(".answers") ?? find("canvas.ink"), marked);
  find("canvas.ink").addEventListener("pointermove", (event) => {
    if (event.buttons) moved ??= event.timeStamp;
  }, true);
}"""


def draw(page: Page, strokes: Strokes) -> None:
    """As fast as a hand that writes, a frame for most moves."""
    box = page.locator(READY).bounding_box()
    assert box is not None
    for stroke in strokes:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=3)
            page.wait_for_timeout(APART_MS)
        page.mouse.up()


def pen_to_bars_ms(page: Page) -> list[float]:
    """How long after a move of the pen its answer stood in the page."""
    page.evaluate(WATCH)
    for strokes in DIGITS.values():
        draw(page, strokes)
        page.get_by_role("button", name="Clear", exact=True).click()
        page.wait_for_timeout(300)
    found: list[float] = page.evaluate("window.took")
    return found


def frames_ms(page: Page) -> tuple[list[float], list[float]]:
    """What each frame cost in which something was drawn, by the clock and of the processor."""
    with traced(page) as events:
        for strokes in DIGITS.values():
            draw(page, strokes)
            page.wait_for_timeout(100)
            page.get_by_role("button", name="Clear", exact=True).click()
    drawn = [one for one in events if one["name"] == "FireAnimationFrame"]
    main = {(one["pid"], one["tid"]) for one in drawn}
    work = sorted(
        (one["ts"], -one.get("dur", 0), one.get("tdur", 0))
        for one in events
        if one["ph"] == "X" and TRACED in one["cat"] and (one["pid"], one["tid"]) in main
    )
    starts = sorted(one["ts"] for one in drawn)
    costs = [[0.0, 0.0] for _ in starts]
    end = 0
    for start, less, processor in work:
        if start < end:
            continue  # a part of what was counted
        end = start - less
        if place := bisect_right(starts, start):
            costs[place - 1][0] -= less / 1e3
            costs[place - 1][1] += processor / 1e3
    return [clock for clock, _ in costs], [processor for _, processor in costs]


@contextmanager
def traced(page: Page) -> Iterator[list[dict[str, Any]]]:
    """The events of Chromium's trace, there when it has ended."""
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    session = page.context.new_cdp_session(page)
    session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    config = {"includedCategories": [TRACED]}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
    yield events
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)


def main() -> None:
    """Print a line for each thing waited for."""
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    goals.waited_head()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        with running(Path(folder)) as url:
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            page.goto(url)
            expect(page.locator(READY)).to_be_visible()
            settled(page)
            page.wait_for_timeout(EXAMPLE_MS)
            clock, processor = frames_ms(page)
            goals.waited("Home, a frame while drawing, ms", clock, most=8)
            goals.waited("Home, a frame in time of the processor, ms", processor, most=8)
            goals.waited("Home, pen to bars, ms", pen_to_bars_ms(page), most=20)
            page.goto(f"{url}/draw")
            expect(page.locator(READY)).to_be_visible()
            settled(page)
            page.wait_for_timeout(NETWORK_MS)
            goals.waited("Draw, pen to bars, ms", pen_to_bars_ms(page), most=20)
        browser.close()
    goals.end()


if __name__ == "__main__":
    main()
