"""Networks that run in the browser: offered under an address that changes with them, and served.

`cnn/insight/passes/in_browser.py` writes them; the scripts beside this file read and run them.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from functools import cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from cnn.insight.passes.in_browser import in_browser
from cnn.shipped import shipped
from ui.session.assets import HEADERS, NETWORKS, address

MOST_BYTES = 16_000_000
"""Of all that is offered; what was offered longest ago goes first."""

_lock = threading.Lock()
_offered: OrderedDict[str, bytes] = OrderedDict()


def offer(network: bytes) -> str:
    """Where the network can be had from now on."""
    digest = hashlib.sha256(network).hexdigest()[:32]
    with _lock:
        _offered[digest] = network
        _offered.move_to_end(digest)
        while len(_offered) > 1 and sum(map(len, _offered.values())) > MOST_BYTES:
            _offered.popitem(last=False)
    return address(f"{NETWORKS}/{digest}")


def offer_shipped() -> str:
    """Where the network that ships can be had, whichever server of ours is asked."""
    return offer(_shipped())


@cache
def _shipped() -> bytes:
    return in_browser(shipped().architecture, shipped().weights)


async def answer(request: Request) -> Response:
    """Sends a network that is offered."""
    digest = request.path_params["digest"]
    if digest not in _offered:
        await run_in_threadpool(offer_shipped)  # its page may have come from another server
    network = _offered.get(digest)
    if network is None:
        return Response("No such network. Load the page again.", status_code=404)
    return Response(network, media_type="application/octet-stream", headers=HEADERS)
