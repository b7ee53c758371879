"""Where a request comes from, by what a browser says of it: the name it used, and the page that
sent it. Streamlit looks at both, but only where a conversation begins; the gate at every request.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import HTTPConnection
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

__all__ = [
    "is_here",
    "is_host_allowed",
    "is_loopback",
    "is_of_no_other_site",
    "is_origin_allowed",
    "shown_port",
]

LOCAL = ("localhost", "127.0.0.1", "::1")
BY_PROXY = (
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-real-ip",
    "via",
    "cf-connecting-ip",
)


def is_here(visit: HTTPConnection) -> bool:
    """Whether a request comes from this very machine, and not for somebody else.

    By its address, by the name it calls the server, which a page that was led here by its own name
    server cannot choose, and by the traces of a proxy, behind which anybody may stand.
    """
    is_local = visit.client is not None and is_loopback(visit.client.host)
    is_called_so = _host(visit.headers.get("host", "")) in LOCAL
    return is_local and is_called_so and not any(name in visit.headers for name in BY_PROXY)


def _host(header: str) -> str | None:
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


def is_origin_allowed(origin: str, host: str) -> bool:
    """Whether the page that sent a request is one of this server, or one that a setting names.

    Another port of this machine is another server: Streamlit would let its pages in.
    """
    if not st.get_option("server.enableCORS"):  # somebody chose to let every page in
        return True
    listed = {str(one).strip() for one in st.get_option("server.corsAllowedOrigins") or ()}
    if origin in listed:
        return True
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def is_of_no_other_site(headers: Mapping[str, str]) -> bool:
    """Whether no page of another server made a request, as far as the browser says; all of today
    do.
    """
    return headers.get("sec-fetch-site", "none") in ("none", "same-origin")


def is_loopback(address: str | None) -> bool:
    """Whether an address is reached from this machine alone; where nothing is known, it is not."""
    if address == "localhost":
        return True
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def shown_port(host: str, *, is_secure: bool) -> int:
    """The port in a browser's address bar, which tells two servers on one machine apart."""
    usual = 443 if is_secure else 80
    try:
        return urlsplit(f"//{host}").port or usual
    except ValueError:
        return usual
