"""The address of a page, or the part of it that one part of the page owns: what somebody opened or
went back to is read, what somebody chose is written.

While a choice is on its way the address is behind the widgets, on a busy machine for seconds. So
the last few that were written are not read again, unless the browser says that it took a step in
its history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Address = Mapping[str, list[str]]
REMEMBERED = 6
"""So many quick choices may be on their way, each with the address from before them all."""

_mount = st.components.v2.component(
    "address_in_place",
    js="""
export default function ({ parentElement, data: [{ names, values }] }) {
  parentElement.host.dataset.begun = ""; // as in ui/components/scripts.py
  const url = new URL(location.href);
  const flat = (entries) => JSON.stringify(entries.flatMap(([n, all]) => all.map((v) => [n, v])));
  const there = names.map((name) => [name, url.searchParams.getAll(name)]);
  const wanted = names.map((name) => [name, values[name] ?? []]);
  if (flat(there) === flat(wanted)) return;
  for (const [name, all] of wanted) {
    url.searchParams.delete(name);
    all.forEach((value) => url.searchParams.append(name, value));
  }
  history.replaceState(history.state, "", url);
}
""",
)


def arrived(key: str, names: Sequence[str] | None = None) -> Address | None:
    """The address, where it is another than the widgets show; to be asked before they are."""
    now, written = _now(names), st.session_state.get(key, ())
    if now and (now not in written or (went_back() and now != written[0])):
        st.session_state.pop(key, None)  # what was written before is no longer on its way
        return now
    return None


def keep(
    key: str,
    wanted: Mapping[str, str | list[str]],
    names: Sequence[str] | None = None,
) -> None:
    """Puts what the widgets say into the address, in place of what was there."""
    values, now = _listed(wanted), _now(names)
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
    told = [{"names": list(names), "values": values}]  # in a list, as `component` does
    _mount(key=f"{key}_in_place", data=told, width=1, height=1)
    _remember(key, values)


def last(address: Address, name: str, usual: str = "") -> str:
    """The last value of that name, or the usual one."""
    return (address.get(name) or [usual])[-1]


def whole(address: Address, name: str, usual: int, least: int, most: int) -> int:
    """A whole number of the address, or the usual one where there is none within the limits."""
    text = last(address, name)
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else usual
    return wanted if least <= wanted <= most else usual


def this_page(query: Iterable[tuple[str, str]]) -> str:
    """The address of the page that is open, as a link to hand out."""
    return f"{str(st.context.url or '').partition('?')[0]}?{urlencode([*query], safe=',')}"


def went_back() -> bool:
    """Whether the browser took a step in its history, back or forward."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def _listed(wanted: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in wanted.items()}


def _remember(key: str, values: dict[str, list[str]]) -> None:
    written = st.session_state.get(key, ())
    if written[:1] != (values,):
        st.session_state[key] = (values, *written[: REMEMBERED - 1])


def _now(names: Sequence[str] | None) -> dict[str, list[str]]:
    return {
        name: st.query_params.get_all(name)
        for name in st.query_params
        if names is None or name in names
    }
