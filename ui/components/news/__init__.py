"""Has a part of a page run again as soon as what it shows is out of date.

The browser asks the server whether it is, which costs a millisecond; a part that runs again costs
server and browser a tenth of a second, which a training beside them lacks.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cnn.training.store.store_error import StoreError
from ui.components.component import component
from ui.session.assets import NEWS, address

MOST = 5_000
"""Parts of pages that are asked about; of one that was shown longest ago nothing is told."""

HEADERS = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class News:
    """What is there now, as a text that is another one once it is to be shown, and after how many
    seconds to ask again.
    """

    stamp: str
    again_s: float


Look = Callable[[], News]

_mount = component("news", state=("came",))
_lock = threading.Lock()
_looks: OrderedDict[str, Look] = OrderedDict()


def when_new(key: str, look: Look, every_s: float | None = None) -> None:
    """Has the part of the page that this stands in run again once `look` gives another stamp, and
    every so many seconds in any case.

    It is to come before what is shown, so that nothing is missed in between. `look` is called by
    threads of the server, which know of no page.
    """
    id = st.session_state.setdefault(f"{key}_asked_by", secrets.token_urlsafe(16))
    with _lock:
        _looks[id] = look
        _looks.move_to_end(id)
        while len(_looks) > MOST:
            _looks.popitem(last=False)
    now = look()
    told = {"address": address(f"{NEWS}/{id}"), "stamp": now.stamp, "again_ms": 1e3 * now.again_s}
    every_ms = every_s and 1e3 * every_s
    _mount(key=key, data=told | {"every_ms": every_ms, "turn": time.monotonic_ns()})


async def answer(request: Request) -> Response:
    """What is there now of a part that somebody looks at. Where that cannot be told, no stamp, and
    the page, which runs again then, says why.
    """
    look = _looks.get(request.path_params["id"])
    now = None
    if look is not None:
        with suppress(StoreError):
            now = await run_in_threadpool(look)
    told = {"stamp": now.stamp, "again_ms": 1e3 * now.again_s} if now else {"stamp": None}
    return JSONResponse(told, headers=HEADERS)
