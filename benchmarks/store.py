"""What the pages ask of the run store, however much is in it: `python benchmarks/store.py`.

The Train page asks twice a second for the run that it follows, and once a second for its list of
runs. Stores with 10, 100 and 1,000 runs are filled with 100,000 points each, one of the runs being
very long, and every question is asked as the pages ask it; median and worst of n. A second process
adds to that run as a training does, at the same time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from cnn.data import DatasetName, DatasetSpec
from cnn.network.zoo import entry, zoo
from cnn.pictures.training import curves
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import (
    LIVE,
    Epoch,
    GradientNorms,
    Progress,
    Result,
    State,
    Step,
    WorkerState,
)
from cnn.training.store.heartbeats import beat, worker_states
from cnn.training.store.store import Store

POINTS, PER_PAGE, EPOCHS = 100_000, 15, 20
POLL_MS, LIST_MS = 30, 100
WEIGHTS_BYTES = 250_000
WRITER = """
import sys, time
from cnn.training.recipe.run import Progress, Step
from cnn.training.store.store import Store
store, step = Store(sys.argv[1]), int(sys.argv[3])
while True:
    new = [Step(step + i, step, 0.1, 0.9, 0.01, 1.0) for i in range(1, 21)]
    store.record(sys.argv[2], new, Progress(1, step, 10**6))
    step += 20
    time.sleep(0.25)
"""


def filled(store: Store, many: int, share: float) -> str:
    """Puts runs into a store, and returns that with its share of all points, which goes on."""
    spec = DatasetSpec(DatasetName.MNIST_SAMPLE)
    networks = [entry(id).architecture for id in zoo()]
    points = [int(POINTS * share)] + [int(POINTS * (1 - share)) // many] * (many - 1)
    ids = []
    for place, count in enumerate(points):
        configuration = Configuration(spec, epochs=EPOCHS, seed=place)
        run = store.add(networks[place % len(networks)], configuration, worker="me")
        steps = [
            Step(i, i * EPOCHS / count, 2.3 / (1 + i % 97), 0.5, 0.01, i / 100)
            for i in range(1, count + 1)
        ]
        norms = [
            GradientNorms(i, {f"conv2d_{row}": 0.1 for row in range(8)})
            for i in range(1, min(count, 1_000))
        ]
        store.freeze(run.id, "f" * 64, {"train": 5_000, "validation": 1_000, "test": 1_000}, {})
        store.record(run.id, steps, Progress(EPOCHS, count, count), gradients=norms)
        for i in range(1, EPOCHS + 1):
            store.record_epoch(run.id, Epoch(i, 1 / i, 0.9, 1 / i, 0.9, i))
        if place < 50:
            store.keep_file(run.id, "weights", os.urandom(WEIGHTS_BYTES))
        store.finish(run.id, State.FINISHED, "", Result(0.1, 0.9, 1_000, 5_000, 1_000, 20, 5_000))
        ids.append(run.id)
    beat(store, "me", WorkerState.READY)
    return ids[0]


def watch(store: Store, id: str) -> None:
    """What `ui/parts/runs/live.py` asks at every poll."""
    store.get(id)
    store.epochs([id])
    store.steps(id)
    worker_states(store)


def draw(store: Store, id: str) -> None:
    """What it makes of that: three figures, as text."""
    curve = curves.Curve("run", EPOCHS, store.steps(id), store.epochs([id])[id])
    look = curves.Look(dark=False)
    for metric in curves.Metric:
        json.dumps(curves.one_run(metric, curve, look), default=list)
    json.dumps(curves.learning_rate(curve.steps, EPOCHS, dark=False), default=list)


def history(store: Store) -> None:
    """What `ui/parts/runs/history.py` asks for its list."""
    store.count(LIVE)
    store.count()
    store.epochs([run.id for run in store.latest(PER_PAGE)])


def timed(ask: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The median and the worst, in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1_000)
    return statistics.median(took), max(took)


def measured(many: int, share: float, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        store = Store(f"sqlite:///{home}/runs.sqlite")
        followed = filled(store, many, share)
        asked: dict[str, Callable[[], object]] = {
            "poll": lambda: watch(store, followed),
            "and figures": lambda: draw(store, followed),
            "get": lambda: store.get(followed),
            "epochs": lambda: store.epochs([followed]),
            "steps": lambda: store.steps(followed),
            "8 runs": lambda: [store.steps(run.id) for run in store.latest(8)],
            "list": lambda: history(store),
            "latest 200": lambda: store.latest(200),
        }
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, store.url, followed, str(int(POINTS * share))],
            cwd=Path(__file__).parents[1],
        )
        try:
            while store.count(LIVE) == 0 and writer.poll() is None:
                time.sleep(0.1)
            first, _ = timed(asked["poll"], 1)
            figures = [timed(ask, rounds) for ask in asked.values()]
            assert writer.poll() is None, "nothing was written meanwhile"
        finally:
            writer.kill()
            writer.wait()
            store.close()
    if many == 10 and share == 0.5:
        names = ("first poll", *asked)
        print(f"{'runs':>6}{'its points':>12}" + "".join(f"{name:>16}" for name in names))
    cells = "".join(f"{f'{median:.1f} / {worst:.1f}':>16}" for median, worst in figures)
    (poll, _), (drawn, _), (listed, _) = figures[0], figures[1], figures[6]
    print(f"{many:>6,}{int(POINTS * share):>12,}{first:>16.1f}{cells}", flush=True)
    where = f"in {many:,} runs, {int(POINTS * share):,} points"
    goals.held(
        f"look at a run {where}", poll + drawn, most=POLL_MS, unit=" ms", of=f"{rounds} times"
    )
    goals.held(f"list of runs {where}", listed, most=LIST_MS, unit=" ms", of=f"{rounds} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=goals.rounds(30, 5))
    options = parser.parse_args()
    print(f"Milliseconds, median / worst of {options.rounds}, {POINTS:,} points in each store.")
    print()
    for share in (0.5, 1.0):
        for many in (10, 100, 1_000):
            measured(many, share, options.rounds)
    print(f"\nLoad average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")
    goals.end()


if __name__ == "__main__":
    main()
