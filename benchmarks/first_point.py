"""From Train to the first point on the curve, by a warm worker: `python benchmarks/first_point.py`.

A worker of its own process waits, as in the app. A run is queued, and the store is asked every few
milliseconds how far it is: until the first step is there, and in which phase the time went; then
until the second, before which the steps are compiled. The first round of a network is shown for
itself: in later ones the worker has its compiled steps already.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from cnn.data import DatasetName, DatasetSpec, load
from cnn.network.zoo import entry
from cnn.training.forecast import calibration
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import fit_to
from cnn.training.recipe.run import Wish, WorkerState
from cnn.training.store.heartbeats import worker_states
from cnn.training.store.store import Store
from cnn.training.workers.worker_pool import WorkerPool

LOOK_S = 0.005
PHASES = ("waiting", "loading the data", "building the network")
COLUMNS = (*PHASES, "first point", "second point")
FIRST_S, SECOND_S = 0.7, {"lenet-5": 1.0, "resnet-lite": 2.0}


def timed(store: Store, network: str, configuration: Configuration) -> Mapping[str, float]:
    """The seconds in each phase up to the first step, and those in all."""
    data = load(configuration.dataset, entry(network).architecture.input)
    run = store.add(fit_to(entry(network).architecture, data).architecture, configuration)
    began, last, phase = time.perf_counter(), time.perf_counter(), "waiting"
    spent = dict.fromkeys(PHASES, 0.0)
    first = 0.0
    while True:
        now = store.get(run.id)
        assert now is not None
        assert not now.message, now.message
        at = time.perf_counter()
        spent[phase if phase in spent else PHASES[-1]] += 0.0 if first else at - last
        last, phase = at, now.progress.phase or phase
        first = first or (at - began if now.progress.step else 0.0)
        if now.progress.step > 1:
            break
        time.sleep(LOOK_S)
    store.want(run.id, Wish.STOP)
    while store.count(["running"]):  # type: ignore[list-item]
        time.sleep(LOOK_S)
    return {**spent, COLUMNS[-2]: first, COLUMNS[-1]: at - began}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="mnist-sample")
    parser.add_argument("--rounds", type=int, default=goals.rounds(5, 2))
    parser.add_argument("networks", nargs="*", default=list(SECOND_S))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_HOME"] = home
        store = Store(f"sqlite:///{home}/runs.sqlite")
        pool = WorkerPool(1, store.url)
        pool.start()
        # Measuring the machine is the worker's first work; a run would wait for a part of it.
        while worker_states(store) != [WorkerState.READY] or calibration.load() is None:
            time.sleep(0.1)
        spec = DatasetSpec(DatasetName(options.dataset))
        configuration = Configuration(spec, epochs=50)
        rows = {
            name: [
                timed(store, name, replace(configuration, seed=seed))
                for seed in range(options.rounds)
            ]
            for name in options.networks
        }
        pool.close()
        store.close()
    print(f"Seconds from queued to the first step, {options.dataset}, {options.rounds} rounds;")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.\n")
    print(f"{'':14}{'':14}" + "".join(f"{one:>22}" for one in COLUMNS))
    for name, found in rows.items():
        for word, of, among in (
            ("first round", min, found[:1]),
            ("later, min", min, found[1:] or found),
            ("later, median", statistics.median, found[1:] or found),
        ):
            values = [of([one[column] for one in among]) for column in COLUMNS]
            print(f"{name:14}{word:14}" + "".join(f"{one:>22.2f}" for one in values))
        (first, second), once = [found[0][column] for column in COLUMNS[-2:]], "one first round"
        goals.held(f"{name}, first point", first, most=FIRST_S, unit=" s", of=once)
        most = SECOND_S.get(name, float("inf"))
        goals.held(f"{name}, second point", second, most=most, unit=" s", of=once)
        print()
    goals.end()


if __name__ == "__main__":
    main()
