"""What one training takes: time on all processors of this machine, and room in the run store.

Each classic is trained with the page's defaults, five epochs of the MNIST sample, in a process that
has trained before. The store is closed after each, so that its file holds all there is: curve,
gradient norms, checkpoint, weights and snapshots of every epoch, predictions and the `.keras` file.
Nothing is wanted of these figures: `docs/scaling.md` reckons with them.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

from cnn.data import DatasetName, DatasetSpec, load
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from cnn.training.engine.fit import carry_out
from cnn.training.engine.tensorflow import stand_side_by_side
from cnn.training.engine.warming import warm_up
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import fit_to
from cnn.training.recipe.run import State
from cnn.training.store.store import Store

SETTINGS = Configuration(DatasetSpec(DatasetName.MNIST_SAMPLE), epochs=5)


def main() -> None:
    """Print a line for each network, and one for all of them."""
    cores = os.cpu_count() or 1
    line = "{:14} {:>11} {:>9} {:>24} {:>12}"
    print(line.format("network", "parameters", "seconds", "trainings a core-hour", "MB in store"))
    seconds, sizes = [], []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "runs.sqlite"
        Store(f"sqlite:///{file}").close()
        stand_side_by_side()
        warm_up()
        for name in CLASSICS:
            before = file.stat().st_size
            one = entry(name).architecture
            architecture = fit_to(one, load(SETTINGS.dataset, one.input)).architecture
            store = Store(f"sqlite:///{file}")
            began = time.perf_counter()
            run = carry_out(store, store.add(architecture, SETTINGS, worker="me"))
            seconds.append(time.perf_counter() - began)
            store.close()
            assert run.state is State.FINISHED, run.message
            sizes.append((file.stat().st_size - before) / 1e6)
            parameters = f"{trace(architecture).total_params:,}"
            print(_figures(line, name, parameters, seconds[-1], sizes[-1], cores), flush=True)
    count = len(CLASSICS)
    print(_figures(line, "mean", "", sum(seconds) / count, sum(sizes) / count, cores))


def _figures(line: str, name: str, params: str, seconds: float, size: float, cores: int) -> str:
    hourly = f"{3_600 / (seconds * cores):,.0f}"
    return line.format(name, params, f"{seconds:.1f}", hourly, f"{size:.1f}")


if __name__ == "__main__":
    main()
