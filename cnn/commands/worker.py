"""`python -m cnn worker`: a process that trains what others queue."""

from __future__ import annotations

import argparse
import contextlib
import sys
import uuid

from cnn.commands import refusals
from cnn.commands.terminal import quiet
from cnn.training.identity import identified
from cnn.training.store import Store
from cnn.training.store_error import shown_url
from cnn.training.worker import work


def worker(options: argparse.Namespace) -> int:
    """Works until told to end: by a signal, by Ctrl-C, or by the end of its parent."""
    name = identified(options.name or f"worker-{uuid.uuid4().hex[:8]}")
    with refusals(), contextlib.suppress(KeyboardInterrupt):
        store = Store(options.store)
        if options.with_parent:  # whose words go to a file
            work(store, name, parent=sys.stdin.fileno())
        else:
            where = shown_url(store.url)
            print(f"{name} trains what is queued in {where}. Ctrl-C ends it.", flush=True)
            with quiet():
                work(store, name)
    return 0
