"""The address of a page, or the part of it that one part of the page owns: what somebody opened or
went back to is read, what somebody chose is written.

While a click is on its way the address is behind the widgets. So the last few that were written
are not read again, unless nothing was chosen since, for longer than a click is on its way: then
somebody went back to the older one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import streamlit as st

from ui.assets import script

Address = Mapping[str, list[str]]
REMEMBERED = 6
"""So many quick choices may be on their way, each with the address from before them all."""

ON_ITS_WAY_S = 0.15
"""A click that comes sooner after a choice was sent before its address was there."""

_mount = st.components.v2.component(
    "address_in_place",
    js=script(
        "address_in_place",
        """
export default function ({ data }) {
  const url = new URL(location.href);
  const flat = (entries) => JSON.stringify(entries.flatMap(([n, all]) => all.map((v) => [n, v])));
  const there = data.names.map((name) => [name, url.searchParams.getAll(name)]);
  const wanted = data.names.map((name) => [name, data.values[name] ?? []]);
  if (flat(there) === flat(wanted)) return;
  for (const [name, all] of wanted) {
    url.searchParams.delete(name);
    all.forEach((value) => url.searchParams.append(name, value));
  }
  history.replaceState(history.state, "", url);
}
""",
    ),
)


def arrived(key: str, names: Sequence[str] | None = None) -> Address | None:
    """The address, where it is another than the widgets show; to be asked before they are."""
    now = _now(names)
    went_back = st.session_state.pop(_back(key), False)
    if went_back or (now and now not in st.session_state.get(key, ())):
        st.session_state.pop(key, None)  # what was written before is no longer on its way
        return now
    return None


def keep(
    key: str,
    wanted: Mapping[str, str | list[str]],
    names: Sequence[str] | None = None,
) -> None:
    """Puts what the widgets say into the address, in place of what was there; or begins anew, with
    `arrived`, where somebody went back.
    """
    values = _listed(wanted)
    now, written = _now(names), st.session_state.get(key, ())
    was_there = time.monotonic() - st.session_state.get(_since(key), 0.0) > ON_ITS_WAY_S
    if now and now != values and (values, now) == written[:2] and was_there:
        st.session_state[_back(key)] = True
        st.rerun()
    if now != values:
        others = {
            name: st.query_params.get_all(name) for name in st.query_params if name not in now
        }
        st.query_params.from_dict(others | values)
    _remember(key, values)


def keep_in_place(key: str, wanted: Mapping[str, str | list[str]], names: Sequence[str]) -> None:
    """Puts what the widgets say into the address without an entry of its own in the history, which
    Streamlit makes for each change: who goes back means the page before, and no filter before.
    """
    values = _listed(wanted)
    _mount(key=f"{key}_in_place", data={"names": list(names), "values": values}, width=1, height=1)
    _remember(key, values)


def last(address: Address, name: str, usual: str = "") -> str:
    """The last value of that name, or the usual one."""
    return (address.get(name) or [usual])[-1]


def whole(address: Address, name: str, usual: int, least: int, most: int) -> int:
    """A whole number of the address, or the usual one where there is none within the limits."""
    text = last(address, name)
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else usual
    return wanted if least <= wanted <= most else usual


def _listed(wanted: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in wanted.items()}


def _remember(key: str, values: dict[str, list[str]]) -> None:
    written = st.session_state.get(key, ())
    if written[:1] != (values,):
        st.session_state[key] = (values, *written[: REMEMBERED - 1])
        st.session_state[_since(key)] = time.monotonic()


def _back(key: str) -> str:
    return f"{key}_back"


def _since(key: str) -> str:
    return f"{key}_since"


def _now(names: Sequence[str] | None) -> dict[str, list[str]]:
    return {
        name: st.query_params.get_all(name)
        for name in st.query_params
        if names is None or name in names
    }
