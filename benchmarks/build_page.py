"""Times the app's start and the Build page in a real browser: edits, cascade, the server's memory.

A start is timed in a browser that is already open, from the server's command to Home, whose network
is there to be drawn for, or to Train with its button, the worker starting beside it. The page notes
the frame with it by its own clock: to be asked from outside takes up to half a second more.

An edit is timed inside the browser, from the change of a field to the moment that number, diagram
and cascade show it, beside the least that Streamlit can do in the same browser: a button and a line
of text that it changes. Medians and 95th percentiles over many edits; the limits are those of the
project's own plan.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from cnn.network.architecture import Architecture
from cnn.network.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
)
from cnn.network.link import encode
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.driving import RUN_MS, running, settled

VIEWPORT = ViewportSize(width=1440, height=1000)
STARTS, EDITS = goals.rounds(5, 2), goals.rounds(40, 10)
TIMER = """
([field, value, wanted]) => new Promise((resolve, reject) => {
  const deep = (root, out) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) { out.push(element.shadowRoot); deep(element.shadowRoot, out); }
    }
    return out;
  };
  const roots = [document, ...deep(document, [])];
  const find = (selector) => roots.map((root) => root.querySelector(selector)).find(Boolean);
  const seen = {};
  const started = performance.now();
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  const look = () => {
    for (const [name, [selector, text]] of Object.entries(wanted)) {
      if (!(name in seen) && find(selector)?.textContent.includes(text)) {
        seen[name] = performance.now() - started;
      }
    }
    if (Object.keys(seen).length === Object.keys(wanted).length) resolve(seen);
    else if (performance.now() - started > 20000) reject(new Error(JSON.stringify(seen)));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})
"""

SEEN = """
(() => {
  const deep = (root) => [root, ...[...root.querySelectorAll("*")]
    .filter((one) => one.shadowRoot).flatMap((one) => deep(one.shadowRoot))];
  const look = () => {
    if (deep(document).some((root) => root.querySelector(SIGN))) {
      requestAnimationFrame(() => { window.seenAt = performance.timeOrigin + performance.now(); });
    } else requestAnimationFrame(look);
  };
  look();
})();
"""
FIRST_PAGES = {
    "Home": ("", "canvas.ink[data-painted]", 2.0),
    "Train, opened first": ("train", ".st-key-train_button button", 3.0),
}
BARE = """
import streamlit as st

st.session_state.count = st.session_state.get("count", 0)
if st.button("Count"):
    st.session_state.count += 1
st.text(f"count {st.session_state.count}")
"""
BARE_TIMER = """
(wanted) => new Promise((resolve) => {
  const started = performance.now();
  const line = document.querySelector('[data-testid="stText"]');
  document.querySelector(".stButton button").click();
  const look = () => line.textContent.trim() === wanted
    ? resolve(performance.now() - started) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})
"""


def network(layers: int) -> Architecture:
    """So many layers: blocks of convolution, normalisation and relu, pooled twice on the way."""
    body: list[Layer] = []
    while len(body) < layers - 2:
        body += [Conv2D(8, 3, padding="same"), BatchNormalization(), Activation("relu")]
        if len(body) in (6, 13):
            body.append(MaxPooling2D(2))
    return Architecture(
        "timed", (28, 28, 1), (*body[: layers - 2], GlobalAveragePooling2D(), Dense(10))
    )


def edit_times_ms(page: Page, url: str, layers: int) -> dict[str, list[float]]:
    """How long each of many edits of the first layer's filters took to show, by where it shows."""
    page.goto(f"{url}/build?net={encode(network(layers))}")
    expect(page.locator('.card[data-path="layers[0]"]')).to_be_visible()
    settled(page)
    field = page.get_by_label("filters, Conv2D #1", exact=True).element_handle()
    took: dict[str, list[float]] = {}
    for edit in range(EDITS):
        filters = 9 + edit % 7
        wanted = {
            "numbers": [".stack .card .params", f"{10 * filters}"],
            "diagram": [".picture svg", f"28×28×{filters}"],
            "cascade": ['.card[data-path="layers[0]"] .size', f"28×28×{filters}"],
        }
        for name, ms in page.evaluate(TIMER, [field, str(filters), wanted]).items():
            took.setdefault(name, []).append(ms)
        settled(page)
    return took


def bare_times_ms(browser: Browser) -> list[float]:
    """How long each click on a page of nothing but a button and a line took to show."""
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "bare.py"
        app.write_text(BARE, "utf-8")
        with running(Path(folder), app) as url:
            page = browser.new_page(viewport=VIEWPORT)
            page.goto(url)
            expect(page.get_by_text("count 0")).to_be_visible()
            took = []
            for count in range(1, EDITS + 1):
                settled(page)
                took.append(page.evaluate(BARE_TIMER, f"count {count}"))
            page.close()
    return took[1:]


def start_times_s(browser: Browser, path: str, sign: str) -> list[float]:
    """How long each of some starts took until the sign was on a page, each with a fresh store."""
    took = []
    for _ in range(STARTS):
        page = browser.new_page(viewport=VIEWPORT)
        page.add_init_script(SEEN.replace("SIGN", json.dumps(sign)))
        with tempfile.TemporaryDirectory() as folder:
            started = time.time()
            with running(Path(folder), workers=1) as url:
                page.goto(f"{url}/{path}")
                seen = page.wait_for_function("window.seenAt", polling=100, timeout=RUN_MS)
                seen_ms = seen.json_value()
                took.append(seen_ms / 1000 - started)
        page.close()
    return took


def server_bytes(url: str) -> int:
    """Memory in use by the process that serves the pages; Linux alone says so in this way."""
    port = f"--server.port={url.rsplit(':', 1)[1]}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        if port in (folder / "cmdline").read_bytes():
            return int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def main() -> None:
    """Print a line for each thing waited for."""
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    goals.waited_head()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        for name, (path, sign, most) in FIRST_PAGES.items():
            took = start_times_s(browser, path, sign)
            goals.waited(f"server's start to {name}, s", took, most=most)
        with running(Path(folder)) as url:
            page = browser.new_page(viewport=VIEWPORT)
            for layers, most, p95 in ((20, 150, 300), (100, 500, 500)):
                for name, ms in edit_times_ms(page, url, layers).items():
                    later = 300 if name == "cascade" else 0
                    what = f"edit of {layers} layers to {name}, ms"
                    goals.waited(what, ms, most=most + later, p95=p95 + later)
                    if layers == 20 and name == "numbers":
                        more = statistics.median(ms) - statistics.median(bare_times_ms(browser))
                        told, of = "edit of 20 layers, beyond a bare page", f"{EDITS} each"
                        goals.held(told, more, most=30, unit=" ms", of=of)
            goals.held(
                "memory of the pages' process", server_bytes(url) / 1e6, most=250, unit=" MB"
            )
        browser.close()
    goals.end()


if __name__ == "__main__":
    main()
