"""`python -m cnn worker`: a process that trains what others queue, or hands it on to Ray."""

from __future__ import annotations

import argparse
import contextlib
import sys
import uuid

from cnn.commands import refusals
from cnn.commands.terminal import quiet
from cnn.training.identity import identified
from cnn.training.places import Executor, executor
from cnn.training.ray_dispatcher import dispatch
from cnn.training.store import Store
from cnn.training.store_error import shown_url
from cnn.training.worker import work


def worker(options: argparse.Namespace) -> int:
    """Works until told to end: by a signal, by Ctrl-C, or by the end of its parent."""
    name = identified(options.name or f"worker-{uuid.uuid4().hex[:8]}")
    with refusals(), contextlib.suppress(KeyboardInterrupt):
        is_on_ray = executor() is Executor.RAY
        go, does = (dispatch, "hands on to Ray") if is_on_ray else (work, "trains")
        store = Store(options.store)
        if options.with_parent:  # whose words go to a file
            go(store, name, parent=sys.stdin.fileno())
        else:
            where = shown_url(store.url)
            print(f"{name} {does} what is queued in {where}. Ctrl-C ends it.", flush=True)
            with contextlib.nullcontext() if is_on_ray else quiet():  # it says what it meets
                go(store, name)
    return 0
