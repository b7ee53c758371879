"""What the server does beside showing pages: it keeps the workers, serves scripts and networks,
sends files that are saved, and answers whether Keras agrees with a network, and whether all is
ready.

Runs once per process, with the app. Whoever runs a page without the server (a test) has none of
that. A server answers as soon as Streamlit is there: what its first picture needs is read while the
browser reads Streamlit's own script, the rest and the workers come once a page is shown.
"""

from __future__ import annotations

import functools
import gzip
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import env_util

from cnn import log
from ui.components import scripts
from ui.components.plotly_script import SCRIPT_FILE, script_path
from ui.session.assets import CHECKS, HEADERS, NETWORKS, NEWS, NOTES, address, compressed_response
from ui.session.modules import module
from ui.shell import announce, sending
from ui.shell.changing import METHODS
from ui.shell.memory import collected, settle, uncollected
from ui.shell.origin import is_here
from ui.shell.start import first
from ui.shell.start.reading import read

if TYPE_CHECKING:
    from cnn.training.workers.worker_pool import WorkerPool

FIRST = ("ui.session.theme", "ui.components.focus", "ui.components.words")
"""What every page needs."""

REST = ("ui.views.home.ways_on", "ui.parts.runs.history")
"""What most pages need besides."""

TRAINS = "train"
"""The page whose first click waits for a worker, which then does not wait for the page."""

SWITCH_S = 0.0005
"""How long a thread that reads modules may keep another one waiting."""

CALM_S = 1.0
"""Garbage is looked for, while all else waits, once a browser has put up what it was sent."""


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Workers for as long as the app runs, and what there is to say of them on its terminal."""
    with log.heard(), collected():
        announce.announce()
        scripts.files()  # with them the first page names what it needs: they are read in no time
        crew = _Crew()
        try:
            yield
        finally:
            announce.conclude()
            await run_in_threadpool(crew.dismiss)


class _Crew:
    """What pages need first, then the workers: they come while the server answers already."""

    def __init__(self) -> None:
        self._pool: WorkerPool | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._come, daemon=True)
        self._thread.start()

    def _come(self) -> None:
        with uncollected():
            page = first.asked()
            usual_s = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH_S)
            if page == TRAINS:
                self._hire()
            self._read_for(page)
            first.wait()
            self._read_rest()
            sys.setswitchinterval(usual_s)
            if self._pool is None:
                self._hire()
            self._over.wait(CALM_S)
        settle()

    def _hire(self) -> None:
        self._pool = module("cnn.training.workers.worker_pool").WorkerPool()
        self._pool.start()

    def _read_for(self, page: str) -> None:
        for name in FIRST:
            module(name)
        read(page)
        if not page:
            module("ui.components.engine").offer_shipped()
        env_util.is_repl()  # Streamlit asks once, and looks through all modules for it

    def _read_rest(self) -> None:
        for name in REST:
            module(name)
        module("cnn.network.zoo").zoo()
        scripts.modules()

    def dismiss(self) -> None:
        self._over.set()
        first.is_shown()  # nobody comes any more
        self._thread.join()
        if self._pool is not None:
            self._pool.close()


async def _plotly(request: Request) -> Response:
    if is_here(request):  # there is no way to make short, and packing takes half a second
        plain = await run_in_threadpool(SCRIPT_FILE.read_bytes)
        as_it_is = {"Content-Encoding": "identity"}  # or Streamlit packs it
        return Response(plain, media_type="text/javascript", headers=HEADERS | as_it_is)
    packed, plain = await run_in_threadpool(_plotly_script)
    return compressed_response(request, packed, plain, "text/javascript")


@functools.cache
def _plotly_script() -> tuple[bytes, bytes]:
    """Packed once: Streamlit would do it for every visitor, while all pages wait."""
    plain = SCRIPT_FILE.read_bytes()
    return gzip.compress(plain, compresslevel=6), plain


def _by(named: str, name: str) -> Callable[[Request], Awaitable[Response]]:
    """What answers a request, from a module that is read with the first that comes."""

    async def answered(request: Request) -> Response:
        found = _read.get(named)
        if found is None:
            found = _read[named] = await run_in_threadpool(module, named)
        answer: Callable[[Request], Awaitable[Response]] = getattr(found, name)
        return await answer(request)

    return answered


_read: dict[str, ModuleType] = {}
"""The modules of these that were read to their end."""

_offered_network = _by("ui.components.engine", "answer")


async def _network(request: Request) -> Response:
    answer = await _offered_network(request)
    first.is_drawn()
    return answer


ROUTES = [
    Route(script_path(), _plotly),
    Route(address(CHECKS), _by("ui.shell.checked", "checked"), methods=METHODS),
    Route(address(f"{NETWORKS}/{{digest}}"), _network),
    Route(address(f"{NEWS}/{{id}}"), _by("ui.components.news", "answer")),
    Route(address(NOTES), _by("ui.shell.noted", "noted"), methods=METHODS),
    Route(address("/ready"), _by("ui.shell.health.ready", "ready")),
    Route(address("/metrics"), _by("ui.shell.health.ready", "metrics")),
    scripts.route(),
    sending.route(),
]
