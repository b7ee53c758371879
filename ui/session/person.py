"""Whose session it is: that of a browser, known by a random key in a cookie. Nobody signs in.

The gate has the browser keep the key (`ui/shell/gate.py`), where scripts cannot read it. It is in
no address, no log and no store, which knows it by its digest.
"""

from __future__ import annotations

import hashlib
import re
import secrets

import streamlit as st

COOKIE = "cnn_person"
LASTS_S = 400 * 24 * 3_600
"""As long as a browser keeps a cookie at most; each visit begins it anew."""

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(32)


def key_in(cookies: str) -> str:
    """The key in what a browser sends as its cookies, if one is there that looks like ours.

    Where several do, the first is that of the longest path, and so this server's.
    """
    for one in cookies.split(";"):
        name, _, value = one.strip().partition("=")
        if name == COOKIE and _KEY.fullmatch(value):
            return value
    return ""


def profile() -> str:
    """What the store calls whoever sits here; nothing where the browser keeps no cookies."""
    key = key_in(_cookies())
    return profile_of(key) if key else ""


def profile_of(key: str) -> str:
    """What the store calls the holder of a key, from which the key cannot be found."""
    return hashlib.sha256(key.encode()).hexdigest()


def _cookies() -> str:
    return "; ".join(st.context.headers.get_all("Cookie"))
