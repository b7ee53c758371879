"""Workers that make room for one another: real processes and a real pool, but trainings that are
only told of, so that there can be many of both.
"""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnn.network.zoo import entry
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import State
from cnn.training.store.store import Store
from cnn.training.workers import worker, worker_pool
from cnn.training.workers.worker_pool import WorkerPool
from tests.training.processes import ROOT, eventually

SETTINGS = Configuration(epochs=1)
DEMO = entry("shapes-demo").architecture
WORKER = """
import sys
from cnn.training.engine import fit, warming
from cnn.training.forecast import calibration
from cnn.training.workers import worker
from cnn.training.recipe.run import Progress, State, Step
from cnn.training.store.store import Store

def carry_out(store, run, is_gone):
    store.record(run.id, [Step(1, 1.0, 1.0, 0.5, 0.01, 0.1)], Progress(1, 1, 1), worker=run.worker)
    store.finish(run.id, State.FINISHED, worker=run.worker)

warming.warm_up, calibration.load, fit.carry_out = lambda _: None, lambda: True, carry_out
worker.MOST_RUNS, worker.MOST_BYTES = int(sys.argv[3]), int(sys.argv[4])
worker.work(Store(sys.argv[1]), sys.argv[2], parent=sys.stdin.fileno())
"""


@pytest.mark.parametrize(("most_runs", "most_bytes"), [(2, 10**12), (10**6, 1)])
@pytest.mark.proof
def test_no_run_is_lost_between_workers_that_are_replaced_after_a_few(
    most_runs: int, most_bytes: int, tmp_path: Path, monkeypatch
):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    hired: list[worker_pool._Worker] = []

    def hire(self: WorkerPool) -> worker_pool._Worker:
        name = f"worker-{len(hired)}"
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, store.url, name, str(most_runs), str(most_bytes)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
        )
        hired.append(worker_pool._Worker(name, process, time.monotonic()))
        return hired[-1]

    monkeypatch.setattr(WorkerPool, "_hired", hire)
    runs = [store.add(DEMO, SETTINGS) for _ in range(6)]
    two = WorkerPool(2, store.url)
    two.start()
    eventually("all trained", lambda: store.count([State.FINISHED]) == len(runs))
    two.close()
    for one in hired:
        assert one.process.stdin
        one.process.stdin.close()
        one.process.wait()

    trained = [store.get(run.id) for run in runs]
    by = [run.worker for run in trained if run]
    # After its first run each is too large; in the other case after its second.
    assert max(by.count(name) for name in by) <= (2 if most_runs == 2 else 1)
    assert len(hired) >= 3
    assert [len(store.steps(run.id)) for run in runs] == [1] * len(runs)
    store.close()


@pytest.mark.proof
def test_a_worker_stays_while_it_is_neither_old_nor_large(monkeypatch):
    monkeypatch.setattr(worker, "MOST_BYTES", 10**15)

    assert not worker._is_worn(worker.MOST_RUNS - 1)
    monkeypatch.setattr(worker, "MOST_BYTES", 1)
    assert not worker._is_worn(0)  # or it would be replaced for ever
    assert worker._is_worn(1) == Path("/proc/self/statm").exists()
