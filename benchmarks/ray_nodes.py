"""A comparison on a Ray cluster: the four classics, three seeds each, on one node and on two.

Each node has one processor, and all of them are on this machine, which needs two to itself. The
clock runs from the first training in the queue to the end of the last one, on nodes that have
loaded TensorFlow already. Twice the nodes would halve it at best: what is missing to that is what
both share (the machine's memory, the store, the app) and what each has to compile for itself.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from cnn.data import DatasetName, DatasetSpec
from cnn.network.architecture import Architecture
from cnn.network.zoo import CLASSICS, entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Run, State, Wish
from cnn.training.store.store import Store
from tests.training import ray_nodes
from tests.training.processes import App, current, eventually, is_in, trains

NODES = (1, 2)
SEEDS, EPOCHS = 3, 3
PATIENCE_S = 3_600.0
DATA = DatasetSpec(DatasetName.MNIST_SAMPLE)


def main() -> None:
    """Print how long each took, and the speed-up beside the ideal."""
    options = _options()
    networks = [entry(name).architecture for name in options.networks]
    print(
        f"{len(networks)} networks, {options.seeds} seeds, {options.epochs} epochs on the MNIST "
        "sample; nodes of 1 processor"
    )
    conditions = [Configuration(DATA, options.epochs, seed=seed) for seed in range(options.seeds)]
    took = {count: _measured(count, networks, conditions) for count in NODES}
    first, last = NODES[0], NODES[-1]
    print(f"Speed-up: {took[first] / took[last]:.2f}; {last / first:.1f} would be ideal.")
    what, of = f"{last} nodes of Ray", f"{len(networks) * options.seeds} trainings"
    goals.held(what, took[first] / took[last], least=1.5, beside=f"{first} node", of=of)
    goals.end()


def _measured(
    nodes: int, networks: Sequence[Architecture], conditions: Sequence[Configuration]
) -> float:
    """How long a cluster of so many nodes takes for all of it."""
    with tempfile.TemporaryDirectory() as home, ray_nodes.cluster(nodes) as cluster:
        store = Store(f"sqlite:///{home}/runs.sqlite")
        app = App.started(store, Path(home), settings=cluster.settings)
        try:
            _warm(store, nodes)
            began = time.perf_counter()
            runs = [store.add(network, one) for one in conditions for network in networks]
            for run in runs:
                eventually("trained", partial(_is_done, store, run), PATIENCE_S)
            took = time.perf_counter() - began
            results = [current(store, run).result for run in runs]
        finally:
            app.end()
            store.close()
    alone = sum(result.seconds for result in results if result)
    print(
        f"{nodes} node{'s' * (nodes > 1)}: {took:6.1f} s for {len(runs)} trainings; "
        f"{alone:6.1f} s of training in all",
        flush=True,
    )
    return took


def _warm(store: Store, nodes: int) -> None:
    """Sees to it that each node has trained: as many at once as there are nodes."""
    settings = Configuration(DATA, epochs=1_000)
    runs = [store.add(entry("shapes-demo").architecture, settings) for _ in range(nodes)]
    for run in runs:
        eventually("trains", trains(store, run), PATIENCE_S)
    for run in runs:
        store.want(run.id, Wish.STOP)
        eventually("stopped", is_in(store, run, State.STOPPED))


def _is_done(store: Store, run: Run) -> bool:
    now = current(store, run)
    if now.state is not State.FINISHED and not now.is_live:
        sys.exit(f"{now.name}: {now.state}. {now.message}")
    return now.state is State.FINISHED


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=list(CLASSICS))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
