"""What the server does beside showing pages: it keeps the workers, and serves Plotly's script.

Runs once per process, with the app. Whoever runs a page without the server (a test) gets neither.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from cnn.training.crew import Crew
from ui.plot.script import SCRIPT_FILE, script_path

SCRIPT_TYPE = "text/javascript"
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",  # the path has the version in it
    "Vary": "Accept-Encoding",
}


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Workers for as long as the app runs."""
    crew = Crew()
    crew.start()
    try:
        yield
    finally:
        await run_in_threadpool(crew.close)


async def _plotly(request: Request) -> Response:
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(SCRIPT_FILE, media_type=SCRIPT_TYPE, headers=HEADERS)
    content = await run_in_threadpool(_compressed)
    headers = HEADERS | {"Content-Encoding": "gzip"}
    return Response(content, media_type=SCRIPT_TYPE, headers=headers)


@functools.cache
def _compressed() -> bytes:
    """Done once: Streamlit would do it for every visitor, while all pages wait."""
    return gzip.compress(SCRIPT_FILE.read_bytes(), compresslevel=6)


ROUTES = [Route(script_path(), _plotly)]
