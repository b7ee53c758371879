"""What the server does beside showing pages: it keeps the workers, serves scripts and networks,
sends files that are saved, and answers whether Keras agrees with a network, and whether all is
ready.

Runs once per process, with the app. Whoever runs a page without the server (a test) has none of
that.
"""

from __future__ import annotations

import functools
import gzip
import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cnn import log
from cnn.network.errors import ArchitectureError
from cnn.network.link import decode
from cnn.training.recipe.run import CLAIMED, WorkerState
from cnn.training.store.heartbeats import worker_states
from cnn.training.store.store import Store, StoreError
from cnn.training.workers import checks
from cnn.training.workers.ray_cluster import WRONG
from cnn.training.workers.worker_pool import WorkerPool
from ui.components import engine, scripts
from ui.components.mark import ROUTE
from ui.components.plot.script import SCRIPT_FILE, script_path
from ui.session.assets import address, compressed_response
from ui.shell import announce, ready, sending
from ui.shell.changing import METHODS, changing, take_turn
from ui.shell.rate import Rate

QUESTIONS = Rate(60, 0.5)
"""How often a session may ask; its mark asks once after an edit, then at most twice a second."""

NEW_OF_ONE = Rate(20, 3.0)
NEW_OF_ALL = Rate(60, 1.0)
"""How often a worker may be asked about another network, by one session and by all."""


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Workers for as long as the app runs, and what there is to say of them on its terminal."""
    with log.heard():
        pool = WorkerPool()
        pool.start()
        announce.announce()
        threading.Thread(target=_load_ahead, daemon=True).start()
        try:
            yield
        finally:
            announce.conclude()
            await run_in_threadpool(pool.close)


def _load_ahead() -> None:
    """What the first page needs, while the browser is still at Streamlit's script: the parts that
    Streamlit imports with its first component, and the network that Home offers.
    """
    for name in ("pandas", "ui.parts.runs.history", "ui.views.home.ways_on"):
        importlib.import_module(name)
    engine.offer_shipped()


async def _plotly(request: Request) -> Response:
    packed, plain = await run_in_threadpool(_plotly_script)
    return compressed_response(request, packed, plain, "text/javascript")


@functools.cache
def _plotly_script() -> tuple[bytes, bytes]:
    """Packed once: Streamlit would do it for every visitor, while all pages wait."""
    plain = SCRIPT_FILE.read_bytes()
    return gzip.compress(plain, compresslevel=6), plain


def _checked(session: str, asked: dict[str, Any]) -> Response:
    """What is known of the network whose link is asked about; a worker is told where nothing is."""
    try:
        store = ready.opened()
        architecture = decode(str(asked.get("net", "")))
        found = checks.known(store, architecture)
        if found is None:
            take_turn(NEW_OF_ONE, session)
            take_turn(NEW_OF_ALL, "")
            found = checks.want(store, architecture)
        standing, words = found.standing.value, found.words
        if found.standing in checks.WAITING:
            standing, words = _waiting_for(store)
    except (ArchitectureError, StoreError) as error:
        return JSONResponse({"standing": "failed", "words": [str(error)]})
    return JSONResponse({"standing": standing, "words": words})


def _waiting_for(store: Store) -> tuple[str, tuple[str, ...]]:
    """A name the mark knows, and what it says in place of its own words where there is more."""
    states = worker_states(store)
    if WorkerState.DISPATCHING in states:
        return "waiting", ()  # never for a training: on Ray it is a task beside them
    if WorkerState.READY in states:
        return "busy" if store.count(CLAIMED) else "waiting", ()
    if WorkerState.STARTING in states:
        return "starting", ()
    return "away", tuple(WRONG[state].replace("`", "") for state in states if state in WRONG)


ROUTES = [
    Route(script_path(), _plotly),
    Route(address(ROUTE), changing(_checked, QUESTIONS), methods=METHODS),
    scripts.route(),
    engine.route(),
    sending.route(),
    *ready.ROUTES,
]
