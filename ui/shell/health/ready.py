"""Readiness for whoever runs the server: `/ready` as JSON, `/metrics` as Prometheus reads it.

Streamlit's own `/_stcore/health` says whether pages are served, and `/_stcore/metrics` what its
sessions and caches take. Who gets an answer is for the gate to say. It looks once a second, however
often it is asked, as it tries the store by writing to it, and counts every ten seconds.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cnn.settings import store_url
from cnn.training.store.store import Store
from cnn.training.store.store_error import StoreError
from cnn.training.workers.metrics import Metric, as_text, counted
from cnn.training.workers.readiness import Readiness, readiness
from ui.shell.health.attendance import here

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
FRESH_S, COUNTED_S = 1.0, 10.0
Found = TypeVar("Found")
NOW = {"Cache-Control": "no-store"}


async def ready(_request: Request) -> Response:
    return await run_in_threadpool(_as_json)


async def metrics(_request: Request) -> Response:
    return await run_in_threadpool(_as_metrics)


class _Look(Generic[Found]):
    """What was found out less than some seconds ago, or is found out now."""

    def __init__(self, what: Callable[[], Found]) -> None:
        self._one_at_a_time = threading.Lock()
        self._what = what
        self._last: tuple[float, Found] | None = None

    def __call__(self, fresh_s: float) -> Found:
        with self._one_at_a_time:
            if self._last is None or time.monotonic() - self._last[0] >= fresh_s:
                found = self._what()
                self._last = time.monotonic(), found
            return self._last[1]


def _readiness() -> Readiness:
    return readiness(opened)


def _counted() -> list[Metric]:
    try:
        return counted(opened())
    except StoreError:  # that it cannot be read is among what readiness says
        return []


_look, _count = _Look(_readiness), _Look(_counted)


def _as_json() -> Response:
    found = _look(FRESH_S)
    status = 200 if found.is_ready else 503
    return JSONResponse(found.to_dict(time.time()), status_code=status, headers=NOW)


def _as_metrics() -> Response:
    found = [*_look(FRESH_S).metrics(), *_count(COUNTED_S), *_of_this_process()]
    return Response(as_text(found), media_type=PROMETHEUS, headers=NOW)


def _of_this_process() -> list[Metric]:
    return [
        Metric("open_sessions", "Pages that are open in browsers, of this process.", here.open),
        Metric(
            "people_active",
            "People whose page asked for something within 5 minutes, of this process.",
            here.active(),
        ),
    ]


def opened() -> Store:
    """The store by setting, opened once; raises `StoreError`."""
    return _store(store_url())


@functools.lru_cache(maxsize=1)
def _store(url: str) -> Store:
    return Store(url)
