"""The workers of an app: started with it, started again when they die, ended with it.

Where trainings run on Ray, it is one process that hands the queue on.

Pages never meet this: what they show of workers and runs, they read from the store.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from cnn import log
from cnn.settings import Executor, executor, home, private_folder, store_url, whole_setting
from cnn.training.store.heartbeats import dismiss, dismiss_silent
from cnn.training.store.identity import identified
from cnn.training.store.on_disk.store_file import empty_log
from cnn.training.store.store import Store, StoreError

ROOT = Path(__file__).parents[3]
WATCH_S = 0.5
CLOSE_S = 15.0
SHORT_LIFE_S = 30.0
LONGEST_REST_S = 60.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Worker:
    name: str
    process: subprocess.Popen[bytes]
    since: float


class WorkerPool:
    """`CNN_WORKERS` workers (1; on Ray at most 1), watched by a thread from `start` to `close`."""

    def __init__(self, size: int | None = None, url: str | None = None) -> None:
        self.size = whole_setting("CNN_WORKERS", 1) if size is None else size
        if executor() is Executor.RAY:
            self.size = min(self.size, 1)
        self.url = url or store_url()
        self._store: Store | None = None
        self._workers: list[_Worker] = []
        self._short_lives = 0
        self._trouble = log.Trouble(_log)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="worker-pool", daemon=True)

    def start(self) -> None:
        if self.size > 0:
            self._thread.start()

    def close(self) -> None:
        """Ends the workers as this process' end would; then all they wrote is in the file."""
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
                worker.process.wait()
        empty_log(self.url)

    @property
    def process_ids(self) -> list[int]:
        return [worker.process.pid for worker in self._workers]

    def _watch(self) -> None:
        while not self._ended.is_set():
            dead = [worker for worker in self._workers if worker.process.poll() is not None]
            for worker in dead:
                self._workers.remove(worker)
                fell = worker.process.returncode != 0  # else it made room for another
                if fell:
                    status = worker.process.returncode
                    _log.warning("%s ended with status %d", worker.name, status)
                short = fell and time.monotonic() - worker.since < SHORT_LIFE_S
                self._short_lives = self._short_lives + 1 if short else 0
            try:
                self._store = self._store or Store(self.url)
                for worker in dead:
                    dismiss(self._store, worker.name)
                dismiss_silent(self._store)
                self._trouble.is_over()
            except StoreError as error:  # the pages say so too
                self._trouble.is_met(error)
            if dead and self._short_lives:
                self._ended.wait(min(2.0 ** (self._short_lives - 1), LONGEST_REST_S))
            with contextlib.suppress(OSError):  # no room for another process; there may be soon
                while len(self._workers) < self.size and not self._ended.is_set():
                    self._workers.append(self._hired())
                    _log.debug("%s is started", self._workers[-1].name)
            log.keep_small(home())
            self._ended.wait(WATCH_S)

    def _hired(self) -> _Worker:
        name = f"worker-{uuid.uuid4().hex[:8]}"
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        with contextlib.suppress(OSError):  # then their words go nowhere
            private_folder(home())
        with log.opened(home()) as words:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "cnn", "worker", "--name", name, "--with-parent"],
                stdin=subprocess.PIPE,  # its other end closes with this process, killed or not
                stdout=words,
                stderr=words,
                env=os.environ
                | {"CNN_STORE": self.url, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
                start_new_session=True,  # Ctrl-C in the terminal is for the app alone
            )
        return _Worker(identified(name, process.pid), process, time.monotonic())
