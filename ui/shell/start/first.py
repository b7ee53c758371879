"""Which page is asked for first since the server is there, and whether it was shown: what it begins
with is read meanwhile, and what no page begins with waits for it.
"""

from __future__ import annotations

import threading
import time

COMES_S = 0.3
"""A browser that was only waiting for the server asks within this time."""

PICTURE_S, DRAWING_S = 0.3, 0.1
"""So long what stands below the first picture waits at most until a browser has what it is drawn
from, and then until it is drawn.
"""

PATIENCE_S = 3.0
"""Where nobody comes, nothing waits for longer."""

_asked = threading.Event()
_drawn = threading.Event()
_shown = threading.Event()
_page = [""]


def is_asked(page: str) -> None:
    """A browser has got the script that asks for a page, by its name in the address."""
    if not _asked.is_set():
        _page[0] = page
        _asked.set()


def asked() -> str:
    """The name of that page; nothing, as that of Home, where nobody comes at once."""
    _asked.wait(COMES_S)
    return _page[0]


def is_drawn() -> None:
    """A browser has what it draws the first picture from."""
    _drawn.set()


def wait_for_picture() -> None:
    """On the first page of all, until a browser has drawn: it would put up all else before."""
    if not _shown.is_set() and _drawn.wait(PICTURE_S):
        time.sleep(DRAWING_S)


def is_shown() -> None:
    """A page has sent all that it shows."""
    _shown.set()


def wait() -> None:
    """Until a page is shown, if somebody comes soon."""
    _shown.wait(PATIENCE_S)
