"""How cost grows with how much there is; draws `docs/growth.svg`.

Layers of a network, points and runs in the store, trainings that wait, images, sessions: from ten
to ten thousand of each, or as many as there may be. Measured is the time of the processor that the
app takes for them, the shortest of a few, which other programs hardly lengthen; of images it is
that of an epoch by the clock, of sessions the processors that the server uses. Beside each
curve is its slope on log-log paper over the last tenfold: 1 is twice as much for twice as many, 0
is always the same. Names choose some, and then nothing is drawn.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import build_page, compare_page, figures, goals, sessions
from benchmarks.said import edits_of_a_browser
from cnn.data import DatasetName, DatasetSpec, load
from cnn.data.portion import Portion
from cnn.network.trace import trace
from cnn.network.zoo import entry
from cnn.pictures.kit.palette import SERIES
from cnn.pictures.paper.drawn import drawn
from cnn.pictures.training import curves
from cnn.training.engine.fit import carry_out
from cnn.training.engine.tensorflow import stand_side_by_side
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Progress, State, Step
from cnn.training.store.run_list import Filter
from cnn.training.store.store import Store
from tests.browser import chromium
from tests.browser.driving import running

SIZES = (10, 100, 1_000) if goals.QUICK else (10, 30, 100, 300, 1_000, 3_000, 10_000)
ROUNDS = 5
NETWORK, SHAPE = "lenet-5", (28, 28, 1)
Found = dict[int, float]


@dataclass(frozen=True, slots=True)
class Growth:
    """What grows, what is done with it, and the highest slope that is wanted."""

    what: str
    done: str
    measured: Callable[[], Iterator[tuple[int, float]]]
    most: float


def shortest_s(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The processor's time of what is done, the shortest of a few."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def layers() -> Iterator[tuple[int, float]]:
    for many in (*(size for size in SIZES if size < 4_000), 4_000):
        network = build_page.network(many)
        yield many, shortest_s(lambda own=network: trace(replace(own)))


def points() -> Iterator[tuple[int, float]]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/runs.sqlite")
        for many in SIZES:
            run = store.add(entry(NETWORK).architecture, Configuration(epochs=10), worker="me")
            steps = [Step(i, i * 10 / many, 1 / i, 0.5, 0.01, i) for i in range(1, many + 1)]
            store.record(run.id, steps, Progress(10, many, many))

            def look(own: str = run.id) -> None:
                curve = curves.Curve("run", 10, store.steps(own), [])
                curves.one_run(curves.Metric.LOSS, curve, curves.Look(dark=False))

            yield many, shortest_s(look)
        store.close()


def runs() -> Iterator[tuple[int, float]]:
    for many in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            store = Store(f"sqlite:///{folder}/runs.sqlite")
            compare_page.fill(store, many, compared=0, other_points=1)
            yield many, shortest_s(lambda own=store: compare_page.list_of_runs(own, Filter()))
            store.close()


def waiting() -> Iterator[tuple[int, float]]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/runs.sqlite")
        had = 0
        for many in SIZES:
            for seed in range(had, many):
                store.add(entry(NETWORK).architecture, Configuration(seed=seed))
            had = many

            def claim() -> None:
                run = store.claim_next("me")
                assert run
                store.finish(run.id, State.STOPPED, "")

            yield many, shortest_s(claim)
            had -= ROUNDS
        store.close()


def images() -> Iterator[tuple[int, float]]:
    stand_side_by_side()
    every = len(load(DatasetSpec(DatasetName.MNIST), SHAPE).train)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/runs.sqlite")
        for many in (size for size in SIZES if size >= every * 0.001):
            spec = DatasetSpec(DatasetName.MNIST, portion=Portion(share=many / every))
            own = Configuration(spec, epochs=4, batch_size=32)
            run = carry_out(store, store.add(entry(NETWORK).architecture, own, worker="me"))
            assert run.state is State.FINISHED, run.message
            ends = [epoch.seconds for epoch in store.epochs([run.id])[run.id]]
            yield many, min(later - sooner for sooner, later in pairwise(ends))
        store.close()


def people() -> Iterator[tuple[int, float]]:
    if chromium.find() is None:
        sys.exit(chromium.MISSING)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as url:
        said = edits_of_a_browser(url, sessions.EDITS)
        sessions.measured(url, said, 1)  # what is loaded once is no session's
        for many in (10, 30, 100):
            _, share = sessions.measured(url, said, many)
            yield many, share


ALL = (
    Growth("layers", "a network's sizes, parameters and cost", layers, 1.1),
    Growth("points", "the curve of a run", points, 1.0),
    Growth("runs", "a page of the list of runs", runs, 1.0),
    Growth("waiting", "the next of the queue, taken", waiting, 1.0),
    Growth("images", "an epoch of LeNet-5, its validation too", images, 1.0),
    Growth("sessions", "processors that edits of 20 layers take", people, 1.2),
)


def slope(found: Found) -> float:
    """How steep the curve is on log-log paper, over the last tenfold."""
    last = max(found)
    before = max(size for size in found if size <= last / 9)
    return math.log(found[last] / found[before]) / math.log(last / before)


def figure(measured: dict[str, Found]) -> dict[str, object]:
    """All of them on one log-log paper, each beside what its smallest took."""
    traces = []
    for place, (what, found) in enumerate(measured.items()):
        first = found[min(found)]
        traces.append(
            {
                "name": f"{what}, slope {slope(found):.2f}",
                "mode": "lines+markers",
                "x": list(found),
                "y": [value / first for value in found.values()],
                "line": {"color": SERIES[False][place], "width": 4},
                "marker": {"size": 12, "symbol": "circle"},
            }
        )
    axes = {
        "xaxis": {"type": "log", "title": {"text": "how many"}},
        "yaxis": {"type": "log", "title": {"text": "times the smallest"}},
    }
    return {"data": traces, "layout": {"showlegend": True, **axes}}


def main() -> None:
    """Print a line for each size, its slope, and draw them."""
    wanted = sys.argv[1:] or [one.what for one in ALL]
    measured: dict[str, Found] = {}
    for one in ALL:
        if one.what not in wanted:
            continue
        print(f"{one.what}: {one.done}")
        found: Found = {}
        for many, value in one.measured():
            found[many] = value
            unit = "processors" if one.what == "sessions" else "ms"
            print(f"{many:>8,}{value * (1 if unit != 'ms' else 1e3):>12.3f} {unit}", flush=True)
        measured[one.what] = found
        goals.held(f"slope of {one.what}", slope(found), most=one.most, of=f"{len(found)} sizes")
    if len(measured) == len(ALL) and not goals.QUICK:
        about = "How cost grows with layers, points, runs, waiting trainings, images and sessions."
        figures.put("growth", drawn(figure(measured), about, figures.WIDTH, 300))
    goals.end()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_HOME"], os.environ["CNN_WORKERS"] = home, "0"
        main()
