"""Whose session it is: that of a person with an account, or of a browser that nobody signs in to,
known by a random key in a cookie.

The gate has the browser keep the key (`ui/shell/gate.py`), where scripts cannot read it. It is in
no address, no log and no store, which knows it by its digest. Who a person is comes from
`ui/shell/people/who.py` alone, which takes out of a request what it says of that itself.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from pathlib import Path
from typing import Any

import streamlit as st

from cnn.people.person import LOCAL, LOCAL_ID, Person
from cnn.people.ways import accounts
from cnn.settings import images_folder, store_url

COOKIE = "cnn_person"
HEADER = "X-Cnn-Person"
"""Where the server says who sends a request."""

LASTS_S = 400 * 24 * 3_600
"""As long as a browser keeps a cookie at most; each visit begins it anew."""

NOBODY = "You are signed out, or were turned out. Reload this page to come in again."

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
    if has_accounts():
        return who_id()
    key = key_in(_cookies())
    return profile_of(key) if key else ""


def has_accounts() -> bool:
    """Whether people sign in here, and see what is theirs alone."""
    return accounts().are_on


def who_id() -> str:
    """The id of whoever sits here, where people have accounts; nothing of nobody."""
    return st.context.headers.get(HEADER) or ""


def somebody() -> Person:
    """Whoever sits here; a page that nobody is let in to says so, and ends there."""
    found = who()
    if found is None:
        st.error(NOBODY, icon=":material/person_off:")
        st.stop()
    return found


def may_share() -> bool:
    """Whether there is a class that whoever is here can show something: whoever runs the server
    has all of them.
    """
    person = somebody()
    return has_accounts() and (person.sees_all or person.class_name != "")


def whose_name(owner: str) -> str:
    """What is said of whom something is from."""
    if owner == LOCAL_ID:  # it was there before there were accounts
        return "those who run this server"
    found = named(owner)
    return found.name if found else "somebody who is gone"


def own_folder() -> Path:
    """Where the images that whoever is here brought are kept: one folder each where people have
    accounts, but for operators, who have the one of before.
    """
    person = somebody()
    return images_folder("" if person.sees_all else person.id)


def who() -> Person | None:
    """Whoever sits here; None where nobody is let in."""
    return named(who_id()) if has_accounts() else LOCAL


def named(person_id: str) -> Person | None:
    """The person of that id, as looked up a few seconds ago at most."""
    return _named(store_url(), person_id) if person_id else None


@st.cache_resource(show_spinner=False, ttl=2, max_entries=10_000)
def _named(url: str, person_id: str) -> Person | None:
    from cnn.people.accounts import find

    return find(_of_everybody(url), person_id)


@st.cache_resource(show_spinner=False)
def _of_everybody(url: str) -> Any:
    from cnn.training.store.store import Store

    return Store(url)


def profile_of(key: str) -> str:
    """What the store calls the holder of a key, from which the key cannot be found."""
    return hashlib.sha256(key.encode()).hexdigest()


def _cookies() -> str:
    return "; ".join(st.context.headers.get_all("Cookie"))
