"""The workers of an app: started with it, started again when they die, ended with it.

Where trainings run on Ray, it is one process that hands the queue on.

Pages never meet this: what they show of workers and runs, they read from the store.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cnn.training.identity import identified
from cnn.training.places import Executor, executor, home, store_url, whole_setting
from cnn.training.presence import dismiss, dismiss_silent
from cnn.training.store import Store, StoreError

ROOT = Path(__file__).parents[2]
WATCH_S = 0.5
CLOSE_S = 15.0
SHORT_LIFE_S = 30.0
LONGEST_REST_S = 60.0


@dataclass(slots=True)
class _Worker:
    name: str
    process: subprocess.Popen[bytes]
    since: float


class Crew:
    """So many workers (`CNN_WORKERS`, 1; on Ray at most 1), watched by a thread from `start` to
    `close`.
    """

    def __init__(self, size: int | None = None, url: str | None = None) -> None:
        self.size = whole_setting("CNN_WORKERS", 1) if size is None else size
        if executor() is Executor.RAY:
            self.size = min(self.size, 1)
        self.url = url or store_url()
        self._store: Store | None = None
        self._workers: list[_Worker] = []
        self._short_lives = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="crew", daemon=True)

    def start(self) -> None:
        if self.size > 0:
            self._thread.start()

    def close(self) -> None:
        """Ends the workers as the end of this process would, and waits for them."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join(CLOSE_S)
        for worker in self._workers:
            assert worker.process.stdin is not None
            worker.process.stdin.close()
        for worker in self._workers:
            try:
                worker.process.wait(CLOSE_S)
            except subprocess.TimeoutExpired:
                worker.process.kill()

    @property
    def process_ids(self) -> list[int]:
        return [worker.process.pid for worker in self._workers]

    def _watch(self) -> None:
        while not self._ended.is_set():
            dead = [worker for worker in self._workers if worker.process.poll() is not None]
            for worker in dead:
                self._workers.remove(worker)
                fell = worker.process.returncode != 0  # else it made room for another
                short = fell and time.monotonic() - worker.since < SHORT_LIFE_S
                self._short_lives = self._short_lives + 1 if short else 0
            with contextlib.suppress(StoreError):  # the pages say what is wrong with the store
                self._store = self._store or Store(self.url)
                for worker in dead:
                    dismiss(self._store, worker.name)
                dismiss_silent(self._store)
            if dead and self._short_lives:
                self._ended.wait(min(2.0 ** (self._short_lives - 1), LONGEST_REST_S))
            with contextlib.suppress(OSError):  # no room for another process; there may be soon
                while len(self._workers) < self.size and not self._ended.is_set():
                    self._workers.append(self._hired())
            self._ended.wait(WATCH_S)

    def _hired(self) -> _Worker:
        name = f"worker-{uuid.uuid4().hex[:8]}"
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        with _log(home()) as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "cnn", "worker", "--name", name, "--with-parent"],
                stdin=subprocess.PIPE,  # its other end closes with this process, killed or not
                stdout=log,
                stderr=log,
                env=os.environ
                | {"CNN_STORE": self.url, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
                start_new_session=True,  # Ctrl-C in the terminal is for the app alone
            )
        return _Worker(identified(name, process.pid), process, time.monotonic())


def _log(folder: Path) -> IO[bytes]:
    """Where a worker's words go: into a file for the curious, where one can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / "worker.log").open("ab")
    except OSError:
        return Path(os.devnull).open("ab")
