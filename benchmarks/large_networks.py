"""Times the largest networks on the Build page, in a real browser: how soon they open, and an edit.

They open by a click in the atlas, and by a link in a page of its own, each until totals, the last
card of the list, the last layer of the picture and the tab below it are there. An edit is timed
from the change of the first convolution's filters to the moment that its card and the picture show
it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from benchmarks.build_page import TIMER, VIEWPORT
from cnn.network.atlas import atlas, design
from cnn.network.layers import Conv2D
from cnn.network.link import encode
from cnn.network.shapes import shape_text
from cnn.network.trace import trace
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.driving import running, settled

NETWORKS = ("resnet-152", "efficientnet-b7")
OPENINGS, EDITS = 5, 20
OPENED = """
([button, wanted]) => new Promise((resolve, reject) => {
  const deep = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
    element.shadowRoot ? [element.shadowRoot, ...deep(element.shadowRoot)] : []);
  const isMissing = (roots) => ([selector, text]) => !roots.some((root) =>
    [...root.querySelectorAll(selector)].some((one) => one.textContent.includes(text)));
  const started = performance.now();
  button?.click();
  const look = () => {
    const missing = wanted.filter(isMissing([document, ...deep(document)]));
    const took = performance.now() - started;
    if (missing.length === 0) resolve(took);
    else if (took > 60000) reject(new Error(JSON.stringify(missing)));
    else setTimeout(look, 20);
  };
  look();
})
"""


def wanted_of(id: str) -> list[tuple[str, str]]:
    """What shows that a network is open, all of it: an element of each part, and its words."""
    last = len(design(id).layers)
    return [
        ("dd.value", f"{atlas()[id].params / 1e6:.1f}"),
        (f'.stack [aria-level="1"][aria-posinset="{last}"] .kind', "Dense"),
        (f'.picture svg [data-path="layers[{last - 1}]"]', ""),
        ('[role="tabpanel"]', "To follow an image at every edit"),
    ]


def clicks_s(page: Page, url: str, id: str) -> Iterator[float]:
    """How long each click in the atlas took."""
    for _ in range(OPENINGS):
        page.goto(f"{url}/atlas?id={id}")
        settled(page)
        button = page.get_by_role("button", name="Open in Build").element_handle()
        yield page.evaluate(OPENED, [button, wanted_of(id)]) / 1e3
        settled(page)


def links_s(browser: Browser, url: str, id: str) -> Iterator[float]:
    """How long each link took in a new page, from the address on; the browser knows the scripts."""
    context = browser.new_context(viewport=VIEWPORT)
    for opening in range(OPENINGS + 1):
        page = context.new_page()
        started = time.perf_counter()
        page.goto(f"{url}/build?net={encode(design(id))}", wait_until="commit")
        page.evaluate(OPENED, [None, wanted_of(id)])
        if opening:
            yield time.perf_counter() - started
        page.close()
    context.close()


def edits_ms(page: Page, id: str) -> dict[str, list[float]]:
    """How long each edit of the network that is open took to show, by where it shows."""
    first = next(row for row in trace(design(id)).rows if isinstance(row.layer, Conv2D))
    assert isinstance(first.layer, Conv2D)
    label = page.get_by_label("filters, Conv2D #1", exact=True)
    expect(label).to_be_visible()
    took: dict[str, list[float]] = {}
    for edit in range(EDITS):
        filters = 65 + edit % 7
        side = shape_text(first.output_shape[:2]).replace("x", "×")
        wanted = {
            "numbers": [
                '.card[aria-label^="Conv2D #1,"] .params',
                f"{first.params // first.layer.filters * filters:,}",
            ],
            "diagram": [".picture svg", f"{side}×{filters}"],
        }
        for name, ms in page.evaluate(
            TIMER, [label.element_handle(), str(filters), wanted]
        ).items():
            took.setdefault(name, []).append(ms)
        settled(page)
    return took


def main() -> None:
    """Print a line for each thing waited for."""
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    goals.waited_head()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        with running(Path(folder)) as url:
            page = browser.new_page(viewport=VIEWPORT)
            for id in NETWORKS:
                title = atlas()[id].title
                goals.waited(f"{title} from the atlas, s", list(clicks_s(page, url, id)), most=2)
                for name, ms in edits_ms(page, id).items():
                    goals.waited(f"{title}, edit to {name}, ms", ms, most=500, p95=500)
                goals.waited(f"{title} by a link, s", list(links_s(browser, url, id)), most=2)
        browser.close()
    goals.end()


if __name__ == "__main__":
    main()
