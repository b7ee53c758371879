"""The mark "checked against Keras" of a design: asks the server by itself, and never the page.

A run of the page only says which network is shown. The browser then asks the server's own route,
which asks the store, which a worker answers: neither edits nor the page wait for any of them.
"""

from __future__ import annotations

from cnn.network.errors import ArchitectureError
from cnn.network.link import encode
from cnn.network.trace import Trace
from ui.components.component import component
from ui.session.assets import CHECKS, address
from ui.session.ticket import ticket

LONGEST = 30_000
"""Letters of the longest link that is asked about."""

_mount = component(
    "mark", html='<details class="mark"><summary></summary><div class="words"></div></details>'
)


def keras_mark(trace: Trace) -> None:
    """Says whether Keras agrees with every number shown of this network."""
    given = {"address": address(CHECKS), "code": _code(trace), "ticket": ticket()}
    _mount(key="keras_mark", data=given)


def _code(trace: Trace) -> str:
    """The network as its link; empty where there is none to ask about."""
    if trace.fault is not None or not trace.rows:
        return ""
    try:
        code = encode(trace.architecture)
    except ArchitectureError:  # too large for a link
        return ""
    return code if len(code) <= LONGEST else ""
