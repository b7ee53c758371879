"""Files that a page offers to save, by addresses that name neither them nor the session.

One is made when it is asked for, as a file on the disk, so that none is held in memory or kept for
later. Who may ask, and how many at a time, is in `ui/shell/sending.py`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.session.assets import address
from ui.session.ticket import is_open, sign

ROUTE = "/saved"
MOST_OF_ONE, MOST_OF_ALL = 20, 2_000
"""What a session may have offered; a page has eight such files."""

Make = Callable[[IO[bytes]], object]
"""Writes the file; raises `Gone` where there is nothing to write any more."""

_lock = threading.Lock()
_offers: OrderedDict[str, Offer] = OrderedDict()


class Gone(Exception):
    """What was offered is not there any more; says so."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A file by the name it is saved under, offered to a session."""

    session: str
    name: str
    make: Make


def offer(name: str, make: Make) -> str:
    """The address of a file, for as long as the page's session is open."""
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    mark = sign(f"{session}\n{name}")
    with _lock:
        _offers[mark] = Offer(session, name, make)
        _offers.move_to_end(mark)
        _let_go(session)
    return address(f"{ROUTE}/{mark}")


def offered(mark: str) -> Offer | None:
    """What is at an address."""
    return _offers.get(mark)


def _let_go(session: str) -> None:
    """Forgets what nobody can ask for any more, and the oldest of what is too much."""
    others = {one.session for one in _offers.values()} - {session}
    closed = {one for one in others if not is_open(one)}
    gone = [mark for mark, one in _offers.items() if one.session in closed]
    mine = [mark for mark, one in _offers.items() if one.session == session]
    for mark in (*gone, *mine[:-MOST_OF_ONE]):
        del _offers[mark]
    while len(_offers) > MOST_OF_ALL:
        _offers.popitem(last=False)
