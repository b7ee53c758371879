"""What the Compare page and the list of runs cost the server: `python benchmarks/compare_page.py`.

Five networks over ten seeds, 50 runs with 1,000 points and 1,000 predictions each, are compared in
stores that hold 50, 100 and 1,000 runs; wanted are 200 ms for the page. The list of runs is asked
for and made into rows as the Train page does it, with 10, 100 and 1,000 runs, a third of them
archived and each tagged; wanted are 100 ms. Median and worst of n. The page is run by AppTest, so
its time is that of the script, without the browser.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks import goals
from cnn.data import DatasetName, DatasetSpec, fingerprint, load
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import PREDICTIONS, Epoch, Progress, Result, State, Step
from cnn.training.store import labels, run_list
from cnn.training.store.arrays import arrays_to_bytes
from cnn.training.store.run_list import Filter
from cnn.training.store.store import Store

ROOT = Path(__file__).parents[1]
NETWORKS = ("lenet-5", "alexnet-lite", "vgg-lite", "resnet-lite", "simple-cnn")
SEEDS, POINTS, EPOCHS, PER_PAGE = 10, 1_000, 20, 15
PAGE_MS, LIST_MS = 200, 100
SETTINGS = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=EPOCHS)


def fill(store: Store, many: int, compared: int = SEEDS, other_points: int = 100) -> None:
    """Puts finished runs into a store, those of the comparison first, of so many seeds."""
    data = load(SETTINGS.dataset, (28, 28, 1))
    test, mark = data.test.labels, fingerprint(data)
    images = {name: len(split) for name, split in data.splits.items()}
    random = np.random.default_rng(0)
    for place in range(many):
        seed, network = divmod(place, len(NETWORKS))
        is_compared = seed < compared
        settings = replace(SETTINGS, seed=seed)
        run = store.add(entry(NETWORKS[network]).architecture, settings, worker="me")
        store.freeze(run.id, mark, images, {"keras": "3", "processors": 2})
        points = POINTS if is_compared else other_points
        steps = [
            Step(i, i * EPOCHS / points, float(random.random()), 0.5, 0.01, i / 100)
            for i in range(1, points + 1)
        ]
        store.record(run.id, steps, Progress(EPOCHS, points, points))
        for i in range(1, EPOCHS + 1):
            store.record_epoch(run.id, Epoch(i, 1 / i, 0.9, 1 / i, 0.9 + 0.001 * network, i))
        if is_compared:
            wrong = random.random(len(test)) < 0.02 * (network + 1)
            scores = np.eye(10, dtype=np.float16)[np.where(wrong, (test + 1) % 10, test)]
            kept = arrays_to_bytes({"scores": scores, "labels": test})
            store.keep_file(run.id, PREDICTIONS, kept)
        accuracy = 1 - 0.02 * (network + 1)
        done = Result(0.1, accuracy, len(test), 5_000, 1_000, 20.0, 5_000.0, EPOCHS)
        store.finish(run.id, State.FINISHED, "", done)
        labels.put_tags(store, run.id, [f"tag {place % 7}"])
        if place % 3 == 2:
            labels.archive(store, [run.id])


def list_of_runs(store: Store, wanted: Filter) -> None:
    """What `ui/parts/runs/history.py` asks for, and makes of it."""
    from ui.parts.runs.history import rows

    run_list.choices(store)
    store.count()
    run_list.count(store, wanted)
    rows(store, run_list.page(store, wanted, PER_PAGE))


def timed(ask: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The median and the worst, in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1_000)
    return statistics.median(took), max(took)


def page(steps: bool, rounds: int) -> tuple[float, float, float]:
    """The first visit to the comparison, and the median and the worst of later ones."""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(str(ROOT / "pages" / "compare.py"))
    app.query_params["with"] = list(NETWORKS)
    for name, value in (("seeds", SEEDS), ("data", "mnist-sample"), ("epochs", EPOCHS)):
        app.query_params[name] = str(value)
    app.session_state["compare_on"] = "training, steps" if steps else "validation"
    first, _ = timed(app.run, 1)
    median, worst = timed(app.run, rounds)
    said = [one.text for one in app.get("progress")]
    assert not app.exception, app.exception
    assert any("50 of 50 trainings finished" in one for one in said), said
    return first, median, worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    print(f"Milliseconds, median / worst of {options.rounds}.")
    print()
    print(f"{'runs':>6}{'list':>16}{'tag':>16}{'words':>16}{'page':>16}{'first':>9}{'steps':>16}")
    for many in (10, 50, 100, 1_000):
        with tempfile.TemporaryDirectory() as home:
            os.environ["CNN_HOME"], os.environ["CNN_WORKERS"] = home, "0"
            store = Store()
            fill(store, many)
            asked = [Filter(), Filter(tag="tag 3"), Filter(words="lenet")]
            figures = [
                timed(partial(list_of_runs, store, wanted), options.rounds) for wanted in asked
            ]
            line = f"{many:>6,}" + "".join(_cell(*figure) for figure in figures)
            wanted = [("list", max(figure[0] for figure in figures), LIST_MS)]
            if many >= SEEDS * len(NETWORKS):
                first, *drawn = page(False, options.rounds)
                _, *by_step = page(True, options.rounds)
                line += f"{_cell(*drawn)}{first:>9.0f}{_cell(*by_step)}"
                wanted.append(("Compare", max(drawn[0], by_step[0]), PAGE_MS))
            store.close()
        print(line, flush=True)
        for what, ms, most in wanted:
            told, times = f"{what} with {many:,} runs", f"{options.rounds} times"
            goals.held(told, ms, most=most, unit=" ms", of=times)
    print(f"\nLoad average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")
    goals.end()


def _cell(median: float, worst: float) -> str:
    return f"{f'{median:.1f} / {worst:.1f}':>16}"


if __name__ == "__main__":
    main()
