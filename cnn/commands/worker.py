"""`python -m cnn worker`: a process that trains what others queue, or hands it on to Ray."""

from __future__ import annotations

import argparse
import contextlib
import sys
import uuid

from cnn import log
from cnn.commands import refusals
from cnn.commands.terminal import quiet
from cnn.settings import Executor, executor
from cnn.training.store.identity import identified
from cnn.training.store.on_disk.store_file import empty_log, store_file
from cnn.training.store.store import Store
from cnn.training.store.store_error import shown_url
from cnn.training.workers.ray_dispatcher import dispatch
from cnn.training.workers.worker import work


def worker(options: argparse.Namespace) -> int:
    """Works until told to end: by a signal, by Ctrl-C, or by the end of its parent."""
    name = identified(options.name or f"worker-{uuid.uuid4().hex[:8]}")
    with refusals(), contextlib.suppress(KeyboardInterrupt):
        is_on_ray = executor() is Executor.RAY
        go, does = (dispatch, "hands on to Ray") if is_on_ray else (work, "trains")
        store = Store(options.store)
        try:
            if options.with_parent:  # whose words go to a file
                with log.heard():
                    go(store, name, parent=sys.stdin.fileno())
            else:
                print(_first_words(name, does, store.url), flush=True)
                # On Ray it says what it meets; else what TensorFlow has to say is lost.
                hushed = contextlib.nullcontext() if is_on_ray else quiet()
                with hushed as terminal, log.heard(terminal):
                    go(store, name)
        finally:
            store.close()
            empty_log(store.url)
    return 0


def _first_words(name: str, does: str, url: str) -> str:
    copy = " To copy it: python -m cnn store backup FILE." if store_file(url) else ""
    return f"{name} {does} what is queued in {shown_url(url)}.{copy} Ctrl-C ends it."
