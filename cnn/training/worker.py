"""The process that trains: takes runs from the store one by one, and ends with its parent.

A worker started by the app holds the read end of a pipe whose other end only the app holds. When
the app ends, killed or not, the pipe closes and the worker knows: it ends the run as interrupted.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import IO

from cnn.training.store import Store, StoreError

IDLE_POLL_S = 0.25
HEARTBEAT_S = 2.0
ROOT = Path(__file__).parents[2]


def work(store: Store, *, worker: str, parent: IO[bytes] | None = None) -> None:
    """Carries out queued runs until the parent is gone; without a parent, until interrupted."""
    gone = threading.Event()
    if parent is not None:
        threading.Thread(target=_wait_for_end, args=(parent, gone), daemon=True).start()
    threading.Thread(target=_beat, args=(store, worker), daemon=True).start()
    store.mark_interrupted()
    from cnn.training.fit import carry_out, warm_up

    warm_up()
    try:
        while not gone.is_set():
            run = store.claim_next(worker)
            if run is None:
                time.sleep(IDLE_POLL_S)
            else:
                carry_out(store, run, is_gone=gone.is_set)
    finally:
        store.mark_interrupted(worker)


def _wait_for_end(parent: IO[bytes], gone: threading.Event) -> None:
    while parent.read(1024):
        pass
    gone.set()


def _beat(store: Store, worker: str) -> None:
    while True:
        with contextlib.suppress(StoreError):  # the run itself reports what is wrong with the store
            store.beat(worker)
        time.sleep(HEARTBEAT_S)


class WorkerProcess:
    """A worker of this process: started when first needed, and again when it has died."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._process: subprocess.Popen[bytes] | None = None
        self._name = ""
        self._lock = threading.Lock()

    def ensure(self) -> None:
        """Sees to it that the worker runs; what a dead one left behind is marked interrupted."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            if self._process is not None:
                self._store.mark_interrupted(self._name)
            self._name = f"worker-{uuid.uuid4().hex[:8]}"
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cnn", "worker", "--name", self._name, "--with-parent"],
                stdin=subprocess.PIPE,
                cwd=ROOT,
                env={**os.environ, "CNN_STORE": self._store.url, "TF_CPP_MIN_LOG_LEVEL": "2"},
            )

    def close(self) -> None:
        """Ends the worker as the end of this process would."""
        with self._lock:
            if self._process is None or self._process.stdin is None:
                return
            self._process.stdin.close()
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
