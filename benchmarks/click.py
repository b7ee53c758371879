"""From *Train* to the end, as a person sees it: LeNet-5, five epochs of the MNIST sample.

In a browser, from the click: until the page that was left is gone, until the curve has its first
point, and until the run is said to be finished, its test accuracy there. Once each by an app that
was just started (the click comes as soon as the page is there), and then with a worker that is
warm, each time with another seed. What the page had said before, of time, stands beside it.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from cnn.training.recipe.run import WorkerState
from cnn.training.store.heartbeats import worker_states
from cnn.training.store.store import Store
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.driving import running, settled

STARTS, ROUNDS = goals.rounds(5), goals.rounds(5, 2)
PATIENCE_MS, IDLE_S = 240_000, 4.0
ADDRESS = "train?network=lenet-5&data=mnist-sample&epochs=5&seed={seed}"
SEEN = """
() => new Promise((resolve, reject) => {
  const deep = (root) => [root, ...[...root.querySelectorAll("*")]
    .filter((one) => one.shadowRoot).flatMap((one) => deep(one.shadowRoot))];
  const marks = {
    gone: () => !document.querySelector(".st-key-launch")
      ?.checkVisibility({ visibilityProperty: true }),
    first: () => deep(document).some((root) => [...root.querySelectorAll(".js-plotly-plot")]
      .some((plot) => (plot.data ?? []).some((trace) => trace.y?.some(Number.isFinite)))),
    finished: () => [...document.querySelectorAll(".stMarkdownBadge")]
      .some((one) => one.textContent.trim().endsWith("finished")),
  };
  const seen = {};
  const button = document.querySelector(".st-key-train_button button");
  const began = performance.now();
  button.click();
  const look = () => {
    for (const [name, is] of Object.entries(marks)) {
      if (!(name in seen) && is()) seen[name] = (performance.now() - began) / 1000;
    }
    if (Object.keys(seen).length === Object.keys(marks).length) resolve(seen);
    else if (performance.now() - began > 200000) reject(new Error(JSON.stringify(seen)));
    else setTimeout(look, 20);
  };
  look();
})
"""
WORDS = {"gone": "the old page gone", "first": "first point", "finished": "finished"}
WANTED_S = {
    "just started": {"gone": 0.3, "first": 3.0},
    "warm": {"gone": 0.3, "first": 0.7, "finished": 4.0},
}


def clicked(page: Page, url: str, seed: int) -> tuple[dict[str, float], str]:
    """How long each took from the click, in seconds, and what had been said of time."""
    page.goto(f"{url}/{ADDRESS.format(seed=seed)}")
    expect(page.locator(".st-key-train_button button")).to_be_visible()
    settled(page)
    said = page.get_by_text(re.compile(r"from the first step to the test")).inner_text()
    found: dict[str, float] = page.evaluate(SEEN)
    return found, said.split(" of memory")[0]


def is_warm(store: Store) -> bool:
    return worker_states(store) == [WorkerState.READY]


def started(browser: Browser, seed: int) -> tuple[dict[str, float], str]:
    """The same by an app that was just started."""
    with tempfile.TemporaryDirectory() as home, running(Path(home), workers=1) as url:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        found = clicked(page, url, seed)
        page.close()
        return found


def main() -> None:
    """Print each way's line, and what is wanted of it."""
    executable = chromium.find()
    if executable is None:
        sys.exit(chromium.MISSING)
    found: dict[str, list[dict[str, float]]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for seed in range(STARTS):
            took, said = started(browser, seed)
            print(f"just started  {told(took)}   {said}", flush=True)
            found.setdefault("just started", []).append(took)
        with tempfile.TemporaryDirectory() as home, running(Path(home), workers=1) as url:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            store = Store(f"sqlite:///{home}/store/runs.sqlite")
            clicked(page, url, 0)
            for seed in range(1, ROUNDS + 1):
                while not is_warm(store):
                    time.sleep(0.1)
                time.sleep(IDLE_S)
                took, said = clicked(page, url, seed)
                print(f"warm          {told(took)}   {said}", flush=True)
                found.setdefault("warm", []).append(took)
            store.close()
        browser.close()
    for way, times in found.items():
        for name, most in WANTED_S[way].items():
            values = [one[name] for one in times]
            goals.held(f"click to {WORDS[name]}, {way}", values, most=most, unit=" s")
    goals.end()


def told(took: dict[str, float]) -> str:
    return "".join(f"{WORDS[name]} {took[name]:6.2f} s   " for name in WORDS)


if __name__ == "__main__":
    main()
