"""The app's stand-in and its worker as processes of their own, for tests that end them badly."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cnn.training.recipe.run import Run, State
from cnn.training.store.store import Store

ROOT = Path(__file__).parents[2]
PATIENCE_S = 300.0
"""A process that loads TensorFlow beside others that train may need a while."""
NONE: Mapping[str, str] = MappingProxyType({})
APP = """
import sys
from cnn.training.workers.worker_pool import WorkerPool
pool = WorkerPool(int(sys.argv[2]), sys.argv[1])
pool.start()
sys.stdin.read()
pool.close()
"""


@dataclass
class App:
    """What stands in for the app: its process, and the store where it is met."""

    process: subprocess.Popen[bytes]
    store: Store
    home: Path

    @classmethod
    def started(
        cls, store: Store, home: Path, *, workers: int = 1, settings: Mapping[str, str] = NONE
    ) -> "App":
        process = subprocess.Popen(
            [sys.executable, "-c", APP, store.url, str(workers)],
            cwd=ROOT,
            env=os.environ | {"CNN_HOME": str(home), **settings},
            stdin=subprocess.PIPE,
        )
        return cls(process, store, home)

    def workers(self) -> list[int]:
        """The processes that work for this store, by what they were started with."""
        found = []
        for folder in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if b"worker" in command and self.store.url.encode() in environment:
                found.append(int(folder.name))
        return found

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdin
        self.process.stdin.close()

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()


def eventually(what: str, is_so: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, f"not within {patience_s:g} s: {what}"
        time.sleep(0.05)


def current(store: Store, run: Run) -> Run:
    found = store.get(run.id)
    assert found
    return found


def trains(store: Store, run: Run) -> Callable[[], bool]:
    return lambda: current(store, run).progress.step > 0


def is_in(store: Store, run: Run, state: State) -> Callable[[], bool]:
    return lambda: current(store, run).state is state
