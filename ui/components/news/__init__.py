"""Has a part of a page run again as soon as what it shows is out of date.

The browser asks the server whether it is, which costs a millisecond; a part that runs again costs
server and browser a fifth of a second, which a training beside them lacks. So what moves all the
time, a bar, figures, curves, is told to what shows it, and nothing runs.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cnn.training.store.store_error import StoreError
from ui.components.component import component
from ui.session.assets import NEWS, address

MOST = 5_000
"""Parts of pages that are asked about; of one that was shown longest ago nothing is told."""

OLD = "old"
"""What a browser adds to its question once what it shows is old."""

HEADERS = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class News:
    """What is there now, as a text that is another one once it is to be shown; after how many
    seconds to ask again; and after how many what is shown is old in any case.
    """

    stamp: str
    again_s: float
    every_s: float | None = None

    @property
    def told(self) -> dict[str, Any]:
        """As the browser is told it."""
        every_ms = self.every_s and 1e3 * self.every_s
        return {"stamp": self.stamp, "again_ms": 1e3 * self.again_s, "every_ms": every_ms}


Look = Callable[[], News]
Parts = Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about a part of a page, which shows what had that stamp."""

    look: Look
    parts: Parts | None
    stamp: str


_mount = component("news", state=("came",))
_lock = threading.Lock()
_looks: OrderedDict[str, Asked] = OrderedDict()


def when_new(
    key: str, look: Look, parts: Parts | None = None, *, runs_when_old: bool = True
) -> None:
    """Has the part of the page that this stands in run again once `look` gives another stamp, or
    once it is old. `parts` is told beforehand, by the keys of what shows it, and where nothing
    `runs_when_old`, in place of that.

    It is to come before what is shown, so that nothing is missed in between. `look` and `parts` are
    called by threads of the server, which know of no page.
    """
    id = st.session_state.setdefault(f"{key}_asked_by", secrets.token_urlsafe(16))
    now = look()
    with _lock:
        _looks[id] = Asked(look, parts, now.stamp)
        _looks.move_to_end(id)
        while len(_looks) > MOST:
            _looks.popitem(last=False)
    asks = {"address": address(f"{NEWS}/{id}"), "runs": runs_when_old}
    _mount(key=key, data=now.told | asks | {"turn": time.monotonic_ns()})


async def answer(request: Request) -> Response:
    """What is there now of a part that somebody looks at, and what it shows where that is another
    stage of it or is asked for. Where that cannot be told there is no stamp, and the page, which
    runs again then, says why.
    """
    one = _looks.get(request.path_params["id"])
    told: dict[str, Any] = {"stamp": None}
    if one is not None:
        with suppress(StoreError):
            told = (await run_in_threadpool(one.look)).told
            is_asked_for = OLD in request.query_params or told["stamp"] != one.stamp
            if one.parts is not None and is_asked_for:
                told["parts"] = await run_in_threadpool(one.parts)
    return JSONResponse(told, headers=HEADERS)
