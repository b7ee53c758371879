"""What the server does beside showing pages: it keeps the workers, serves scripts and networks,
sends files that are saved, and answers whether Keras agrees with a network, and whether all is
ready.

Runs once per process, with the app. Whoever runs a page without the server (a test) has none of
that. A server answers as soon as Streamlit is there: what else it needs is read while the browser
reads Streamlit's own script.
"""

from __future__ import annotations

import functools
import gzip
import importlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import env_util

from cnn import log
from ui.components import scripts
from ui.components.plotly_script import SCRIPT_FILE, script_path
from ui.session.assets import CHECKS, NETWORKS, address, compressed_response
from ui.shell import announce, sending
from ui.shell.changing import METHODS
from ui.shell.memory import settle

if TYPE_CHECKING:
    from cnn.training.workers.worker_pool import WorkerPool

FIRST = ("pandas", "ui.parts.runs.history", "ui.views.home.ways_on")
"""What the first page needs, and Streamlit with its first component."""


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Workers for as long as the app runs, and what there is to say of them on its terminal."""
    with log.heard():
        announce.announce()
        crew = _Crew()
        try:
            yield
        finally:
            announce.conclude()
            await run_in_threadpool(crew.dismiss)


class _Crew:
    """The workers, and what pages need first: both come while the server answers already."""

    def __init__(self) -> None:
        self._pool: WorkerPool | None = None
        self._thread = threading.Thread(target=self._come, daemon=True)
        self._thread.start()

    def _come(self) -> None:
        from cnn.training.workers.worker_pool import WorkerPool

        scripts.modules()
        for name in FIRST:
            importlib.import_module(name)
        from cnn.network.zoo import zoo
        from ui.components import engine

        engine.offer_shipped()
        zoo()
        env_util.is_repl()  # Streamlit asks once, and looks through all modules for it
        settle()
        self._pool = WorkerPool()
        self._pool.start()

    def dismiss(self) -> None:
        self._thread.join()
        if self._pool is not None:
            self._pool.close()


async def _plotly(request: Request) -> Response:
    packed, plain = await run_in_threadpool(_plotly_script)
    return compressed_response(request, packed, plain, "text/javascript")


@functools.cache
def _plotly_script() -> tuple[bytes, bytes]:
    """Packed once: Streamlit would do it for every visitor, while all pages wait."""
    plain = SCRIPT_FILE.read_bytes()
    return gzip.compress(plain, compresslevel=6), plain


def _by(module: str, name: str) -> Callable[[Request], Awaitable[Response]]:
    """What answers a request, from a module that is read with the first that comes."""

    async def answered(request: Request) -> Response:
        found = await run_in_threadpool(importlib.import_module, module)
        answer: Callable[[Request], Awaitable[Response]] = getattr(found, name)
        return await answer(request)

    return answered


ROUTES = [
    Route(script_path(), _plotly),
    Route(address(CHECKS), _by("ui.shell.checked", "checked"), methods=METHODS),
    Route(address(f"{NETWORKS}/{{digest}}"), _by("ui.components.engine", "answer")),
    Route(address("/ready"), _by("ui.shell.ready", "ready")),
    Route(address("/metrics"), _by("ui.shell.ready", "metrics")),
    scripts.route(),
    sending.route(),
]
