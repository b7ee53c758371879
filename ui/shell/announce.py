"""Says where the app is reached as it starts, with the token where one is asked for.

In place of Streamlit's own words, which know of no token, and ask a server on the internet for
this machine's address where the app is to be reached from elsewhere.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import socket
import sys
import threading
import time
import webbrowser
from dataclasses import replace
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config
from streamlit.web.server.server_util import get_url

from cnn import log
from cnn.commands.start import OPENS
from cnn.entry import Asked, Entry, entry, forget_address, keep_address
from cnn.people.ways import accounts
from ui.shell.origin import is_loopback

LOGGER = logging.getLogger(f"{log.NAME}.app")
EVERYWHERE = {"", "0.0.0.0", "::"}
OPENING_TRIES = 100


@functools.cache
def here() -> Entry:
    """How one comes into this server, read once: its token is another one each time."""
    found = entry()
    if accounts().are_on and not found.is_given:
        return replace(found, asked=Asked.NEVER)  # each has a link of their own
    return found


def announce() -> None:
    """Prints the addresses of the app, and opens a browser where the command that started it says
    so: without a token, which all users of the machine would see as the browser is started.
    """
    is_local = is_loopback(st.get_option("server.address"))
    if here().asked is Asked.ALWAYS or (here().asked is Asked.OF_OTHERS and not is_local):
        tell_token()
        return
    is_open = not is_local and not accounts().are_on
    _say(urls(), "CNN_TOKEN is off: whoever reaches this port is in." if is_open else "")
    if OPENS in sys.argv[1:]:
        threading.Thread(target=_open, args=urls()[:1], daemon=True).start()


def _open(url: str) -> None:
    """Opens a browser once the server answers."""
    where = urlsplit(url)
    for _ in range(OPENING_TRIES):
        with contextlib.suppress(OSError):
            socket.create_connection((where.hostname, where.port), timeout=1).close()
            webbrowser.open(url)
            return
        time.sleep(0.1)


@functools.cache
def tell_token() -> None:
    """Prints the addresses with the token, and keeps them where the owner can read them."""
    if here().is_given:
        _say(urls(), "Add ?token= and what CNN_TOKEN gives, once in each browser.")
        return
    found = _with_token()
    keep_address(st.get_option("server.port"), "\n".join(found))
    if log.is_json():  # who gathers logs is not to come in by them
        _say(urls(), "It asks for a token: python -m cnn address prints both.")
        return
    _say(found, "The token is new at each start. This is printed again by: python -m cnn address")


def conclude() -> None:
    """Forgets the addresses, as the server ends."""
    forget_address(st.get_option("server.port"), "\n".join(_with_token()))


def urls() -> list[str]:
    """The addresses of the app under each name that it goes by, as a browser would take them."""
    if config.is_manually_set("browser.serverAddress"):
        names = [str(st.get_option("browser.serverAddress"))]
    else:
        bound = str(st.get_option("server.address") or "")
        names = _names() if bound in EVERYWHERE else [bound]
    return [get_url(f"[{name}]" if ":" in name else name) for name in names]


def _with_token() -> list[str]:
    return [f"{url}/?token={here().token}" for url in urls()]


def _names() -> list[str]:
    """What a server that listens everywhere may be called; one name is enough for this machine."""
    allowed = [str(one) for one in st.get_option("server.allowedHosts") or ()]
    named = [one for one in allowed if "*" not in one]
    if len(named) < len(allowed) or not allowed:
        named += ["localhost", socket.gethostname()]
    local = [one for one in named if is_loopback(one)]
    first = ["localhost"] if "localhost" in local else local[:1]
    return [*first, *(one for one in named if one not in local)]


def _say(addresses: list[str], more: str = "") -> None:
    if log.is_json():
        LOGGER.info("%s", f"CNN Workbench is at {', '.join(addresses)} {more}".rstrip())
        return
    first, *others = addresses
    lines = [f"CNN Workbench is at  {first}", *(f"{'':21}{one}" for one in others)]
    lines += [more] if more else []
    print("\n".join(["", *(f"  {line}" for line in lines), ""]), flush=True)
