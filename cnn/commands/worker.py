"""`python -m cnn worker`: a process that trains what others queue."""

from __future__ import annotations

import argparse
import contextlib
import sys
import uuid

from cnn.commands import refusals
from cnn.training.store import Store
from cnn.training.tables import shown_url
from cnn.training.worker import work


def worker(options: argparse.Namespace) -> int:
    """Works until told to end: by a signal, by Ctrl-C, or by the end of its parent."""
    parent = sys.stdin.fileno() if options.with_parent else None
    with refusals():
        store = Store(options.store)
        name = options.name or f"worker-{uuid.uuid4().hex[:8]}"
        if parent is None:
            print(f"{name} trains what is queued in {shown_url(store.url)}. Ctrl-C ends it.")
        with contextlib.suppress(KeyboardInterrupt):
            work(store, name, parent=parent)
    return 0
