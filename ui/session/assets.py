"""Where our own server answers, and how it sends what a browser fetches once.

What is sent so has an address that changes with its content.
"""

from __future__ import annotations

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

CHECKS, NETWORKS, NEWS, NOTES = "/checks", "/networks", "/news", "/notes"
"""Where a network is checked against Keras, where those are that run in the browser, where it is
asked whether a page is out of date, and what stands beside the layers of a stack.
"""

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",  # the address changes with the content
    "Vary": "Accept-Encoding",
}


def address(path: str) -> str:
    """Where our server answers for a path such as `/checks`."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{f'/{base}' if base else ''}{path}"


def compressed_response(request: Request, packed: bytes, plain: bytes, media_type: str) -> Response:
    """The packed content for a browser that reads it, which all do; else the plain one."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(plain, media_type=media_type, headers=HEADERS)
    headers = HEADERS | {"Content-Encoding": "gzip"}
    return Response(packed, media_type=media_type, headers=headers)
