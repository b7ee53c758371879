"""The address of an experiment: it holds the whole state of the tab that is open.

An address that this session has not written itself is a link somebody opened, and is read.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

TAB = "tab"
KEY = "experiments_addresses"

Address = Mapping[str, list[str]]


def arrived() -> Address | None:
    """The address, where it is not one of the last two this session has written.

    Two, as a run that a click cuts short may leave the older one there.
    """
    now = _now()
    return now if now and now not in st.session_state.get(KEY, ()) else None


def keep(tab: str, wanted: Mapping[str, str | list[str]]) -> None:
    """Puts the state of a tab into the address, in place of all that was there."""
    values = {
        name: value if isinstance(value, list) else [value]
        for name, value in ({TAB: tab} | dict(wanted)).items()
    }
    if values != _now():
        st.query_params.from_dict(values)
        st.session_state[KEY] = (values, *st.session_state.get(KEY, ())[:1])
    elif not st.session_state.get(KEY):
        st.session_state[KEY] = (values,)


def last(address: Address, name: str, usual: str = "") -> str:
    """The last value of that name, or the usual one."""
    return (address.get(name) or [usual])[-1]


def whole(address: Address, name: str, usual: int, least: int, most: int) -> int:
    """A whole number of the address, or the usual one where there is none within the limits."""
    text = last(address, name)
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else usual
    return wanted if least <= wanted <= most else usual


def _now() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}
