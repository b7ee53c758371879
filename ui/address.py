"""The address of a page, or the part of it that one part of the page owns: what somebody opened or
went back to is read, what somebody chose is written.

While a click is on its way the address is behind the widgets. So the last two that were written
are not read again, unless nothing was chosen since: then somebody went back to the older one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

Address = Mapping[str, list[str]]


def arrived(key: str, names: Sequence[str] | None = None) -> Address | None:
    """The address, where it is another than the widgets show; to be asked before they are."""
    now = _now(names)
    if st.session_state.pop(_back(key), False):
        return now
    return now if now and now not in st.session_state.get(key, ()) else None


def keep(
    key: str,
    wanted: Mapping[str, str | list[str]],
    names: Sequence[str] | None = None,
    *,
    is_polled: bool = False,
) -> None:
    """Puts what the widgets say into the address, in place of what was there; or begins anew, with
    `arrived`, where somebody went back. A poll looks just so while a click is on its way, and
    therefore never does.
    """
    values = {name: value if isinstance(value, list) else [value] for name, value in wanted.items()}
    now, written = _now(names), st.session_state.get(key, ())
    if now and now != values and (values, now) == written and not is_polled:
        st.session_state[_back(key)] = True
        st.rerun()
    if now != values:
        others = {
            name: st.query_params.get_all(name) for name in st.query_params if name not in now
        }
        st.query_params.from_dict(others | values)
    if written[:1] != (values,):
        st.session_state[key] = (values, *written[:1])


def last(address: Address, name: str, usual: str = "") -> str:
    """The last value of that name, or the usual one."""
    return (address.get(name) or [usual])[-1]


def whole(address: Address, name: str, usual: int, least: int, most: int) -> int:
    """A whole number of the address, or the usual one where there is none within the limits."""
    text = last(address, name)
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else usual
    return wanted if least <= wanted <= most else usual


def _back(key: str) -> str:
    return f"{key}_back"


def _now(names: Sequence[str] | None) -> dict[str, list[str]]:
    return {
        name: st.query_params.get_all(name)
        for name in st.query_params
        if names is None or name in names
    }
