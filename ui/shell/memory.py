"""When garbage is collected: now and then, and of what may be garbage.

Streamlit would collect after every run of a page and of each live part of it. On what a page has
loaded that takes 60 to 150 ms, in which the next edit waits; where many look on, it was half of
what the server did. So what will never be garbage is taken out of the collector's sight, and a
thread collects the rest, whenever something was done. What is large is not waited for:
`ui/session/kept.py`.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PACE_S, SHARE = 2.0, 0.05
"""So often at most, and at most this share of the time."""

FEW = 10
"""Collections of the youngest alone: where there were fewer, nothing was done."""

_settled_with = [0]


def settle() -> None:
    """Has the collector forget all that is loaded by now, whenever more modules are."""
    loaded = len(sys.modules)
    if gc.isenabled() and loaded > _settled_with[0]:
        _settled_with[0] = loaded
        gc.collect()
        gc.freeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """While the block runs, which reads modules, Python does not look through them again and again,
    and nothing settles.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def collected() -> Iterator[None]:
    """While the block runs, garbage is collected."""
    over = threading.Event()
    collecting = threading.Thread(target=_collect, args=(over,), daemon=True)
    collecting.start()
    try:
        yield
    finally:
        over.set()
        collecting.join()


def _collect(over: threading.Event) -> None:
    wait_s, before = PACE_S, _begun()
    while not over.wait(wait_s):
        if _begun() - before < FEW:
            continue
        began = time.perf_counter()
        gc.collect()
        wait_s = max(PACE_S, (time.perf_counter() - began) / SHARE)
        before = _begun()


def _begun() -> int:
    """How often the youngest were collected so far, which Python does by itself."""
    return int(gc.get_stats()[0]["collections"])
