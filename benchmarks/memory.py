"""What a row of trainings leaves in a worker's memory: `python benchmarks/memory.py`.

Short trainings go through a worker process one after the other, as from a queue in the app, and
after each its resident memory is read. TensorFlow keeps some of every compiled function, so that
it grows; a worker that has grown too large or too old makes room for another between two runs.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import goals
from cnn.data import DatasetName, DatasetSpec, load
from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.fitting import fit_to
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from cnn.training.workers.worker import MOST_BYTES, MOST_RUNS
from cnn.training.workers.worker_pool import WorkerPool


def resident_mb(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("networks", nargs="*", default=["lenet-5"])
    options = parser.parse_args()
    spec = DatasetSpec(DatasetName.MNIST_SAMPLE)
    found: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_HOME"] = home
        store = Store(f"sqlite:///{home}/runs.sqlite")
        pool = WorkerPool(1, store.url)
        pool.start()
        print(f"{'run':>4} {'network':14}{'worker':>10}{'memory':>12}{'more':>10}", flush=True)
        for place in range(options.runs):
            one = entry(options.networks[place % len(options.networks)]).architecture
            architecture = fit_to(one, load(spec, one.input)).architecture
            run = store.add(architecture, Configuration(spec, epochs=options.epochs, seed=place))
            while (now := store.get(run.id)) and now.is_live:
                time.sleep(0.05)
            assert now is not None
            assert now.state is State.FINISHED, now.message
            process = pool.process_ids[0]
            found.append((process, resident_mb(process)))
            same = len(found) > 1 and found[-2][0] == process
            more = f"{found[-1][1] - found[-2][1]:+.0f} MB" if same else ""
            memory = f"{found[-1][1]:,.0f} MB"
            print(f"{place + 1:>4} {run.name:14}{process:>10}{memory:>12}{more:>10}", flush=True)
        pool.close()
        store.close()
    workers, most = len({process for process, _ in found}), max(mb for _, mb in found)
    print(
        f"\n{options.runs} runs, {workers} worker(s), at most {most:,.0f} MB. A worker is replaced"
    )
    print(f"after {MOST_RUNS} runs or above {MOST_BYTES / 1e6:,.0f} MB between two.")
    goals.held(
        "memory of a worker", most, most=MOST_BYTES / 1e6, unit=" MB", of=f"{options.runs} runs"
    )
    print(f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")

    goals.end()


if __name__ == "__main__":
    main()
