"""Readiness for whoever runs the server: `/ready` as JSON, `/metrics` as Prometheus reads it.

Streamlit's own `/_stcore/health` says whether pages are served, and `/_stcore/metrics` what its
sessions and caches take. Who gets an answer is for the gate to say. It looks once a second, however
often it is asked, as it tries the store by writing to it.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cnn.settings import store_url
from cnn.training.store.store import Store
from cnn.training.workers.readiness import Readiness, readiness

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
FRESH_S = 1.0
NOW = {"Cache-Control": "no-store"}


async def ready(_request: Request) -> Response:
    return await _answer(_as_json)


async def metrics(_request: Request) -> Response:
    return await _answer(_as_metrics)


async def _answer(written: Callable[[Readiness], Response]) -> Response:
    return written(await run_in_threadpool(_look))


class _Look:
    """Looks whether all is ready, unless that was found out less than a second ago."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._found, self._at = Readiness(is_writable=False), -FRESH_S

    def __call__(self) -> Readiness:
        with self._one_at_a_time:
            if time.monotonic() - self._at >= FRESH_S:
                self._found = readiness(opened)
                self._at = time.monotonic()
            return self._found


_look = _Look()


def _as_json(found: Readiness) -> Response:
    status = 200 if found.is_ready else 503
    return JSONResponse(found.to_dict(time.time()), status_code=status, headers=NOW)


def _as_metrics(found: Readiness) -> Response:
    return Response(found.to_metrics(), media_type=PROMETHEUS, headers=NOW)


def opened() -> Store:
    """The store by setting, opened once; raises `StoreError`."""
    return _store(store_url())


@functools.lru_cache(maxsize=1)
def _store(url: str) -> Store:
    return Store(url)
