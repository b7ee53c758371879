"""The network on the bench: one per session, kept in the session and in the address.

The stack editor may hold what is not a network yet (a field half typed, layers that do not fit),
so a design is plain values; `traced` says how far it is a network, and what is wrong where.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import streamlit as st

from cnn.network.architecture import Architecture, layers_from_list
from cnn.network.errors import ArchitectureError
from cnn.network.feed import Feed
from cnn.network.link import decode, encode
from cnn.network.shapes import MapShape
from cnn.network.trace import Trace, trace
from cnn.network.zoo import entry, zoo
from ui.session.address import went_back

KEY = "design"
ADDRESS = "net"
FIRST = "lenet-5"
PROBLEM = "design_problem"
PINNED = "pinned_design"
"""The network that the one on the bench is compared with, in the session."""
TAB = "bench_tab"
"""Which tab of the bench is in view."""
FROM_FILE = "design_from_file"
"""The layers of a file that was opened here without its trained weights, in the session."""
REMEMBERED = 30
"""So many edits may be on their way, each with the address from before them all."""


@dataclass(frozen=True, slots=True)
class Design:
    """A network as it is being edited.

    `rev` grows where another network is put in its place. `addresses` are the last codes this
    session has written into the address, the newest first: while edits are on their way, on a busy
    machine for seconds, an older one is there, and must not be taken for a link just opened.
    """

    name: str
    input: MapShape
    layers: tuple[dict[str, Any], ...]
    rev: int = 1
    addresses: tuple[str, ...] = ()
    feed: Feed | None = None

    @classmethod
    def of(cls, architecture: Architecture, rev: int) -> Design:
        layers = tuple(architecture.to_dict()["layers"])
        return cls(architecture.name, architecture.input, layers, rev, feed=architecture.feed)

    @property
    def is_own(self) -> bool:
        """Whether it is another than all that come with the program, whatever it is called."""
        mine = (self.input, self.layers, self.feed)
        return all((one.input, one.layers, one.feed) != mine for one in _shipped())

    def at(self, code: str) -> Design:
        """The same design, with the code that stands in the address for it."""
        if self.addresses[:1] == (code,):
            return self
        return replace(self, addresses=(code, *self.addresses[: REMEMBERED - 1]))


@cache
def _shipped() -> tuple[Design, ...]:
    return tuple(Design.of(one.architecture, 1) for one in zoo().values())


def current() -> Design:
    """The design of this session: as it was left, from the address, or LeNet-5 to begin with."""
    design: Design | None = st.session_state.get(KEY)
    if design is None:
        design = _opened(st.query_params.get(ADDRESS, ""), None)
        st.session_state[KEY] = design
    return design


def arrive() -> str | None:
    """Opens the link that the page was reached by, or what the reader went back to, where it is
    another; says what went wrong.

    For whole runs of a page alone: while edits are on their way, the address is behind them.
    """
    design, code = current(), st.query_params.get(ADDRESS, "")
    is_written, is_newest = code in design.addresses, (code,) == design.addresses[:1]
    if code and (not is_written or (went_back() and not is_newest)):
        st.session_state[KEY] = _opened(code, design)
    found: str | None = st.session_state.pop(PROBLEM, None)
    return found


def _opened(code: str, before: Design | None) -> Design:
    rev = before.rev + 1 if before else 1
    if code:
        try:
            return Design.of(decode(code), rev).at(code)
        except ArchitectureError as error:
            st.session_state[PROBLEM] = f"The link could not be opened: {error}"
    return (before or Design.of(entry(FIRST).architecture, rev)).at(code)


def put(architecture: Architecture) -> None:
    """Puts another network on the bench."""
    now = current()
    new = Design.of(architecture, now.rev + 1)
    st.session_state[KEY] = replace(new, addresses=now.addresses)


def put_beside(before: Architecture, architecture: Architecture) -> None:
    """Puts a network on the bench, with its difference to another in view."""
    put(architecture)
    st.session_state[PINNED] = before
    st.session_state[TAB] = "Difference"


def change(**values: Any) -> None:
    """Changes name, input, layers or feed of the network on the bench."""
    st.session_state[KEY] = replace(current(), **values)


def keep_in_address(trace: Trace) -> None:
    """Writes the whole design into the address, once it is a network; else the last one stays."""
    if isinstance(trace.fault, UnreadableLayer):
        return
    try:
        code = encode(trace.architecture)
    except ArchitectureError:  # too large for a link; the JSON file remains
        return
    st.session_state[KEY] = current().at(code)
    if code != st.query_params.get(ADDRESS):
        st.query_params[ADDRESS] = code


class UnreadableLayer(ArchitectureError):
    """A layer whose fields are not valid yet; what stands before it can be traced."""


def traced(design: Design) -> Trace:
    """The trace of the design as far as it goes; raises only where name or input are wrong."""
    try:
        layers = layers_from_list(list(design.layers))
    except ArchitectureError as error:
        path = error.path or (0,)
        whole = layers_from_list(list(design.layers[: int(path[0])]))
        before = trace(Architecture(design.name, design.input, whole, design.feed), partial=True)
        if before.fault is not None:
            return before
        fault = UnreadableLayer(error.problem, where=error.where, path=path)
        return Trace(before.architecture, before.rows, fault)
    return trace(Architecture(design.name, design.input, layers, design.feed), partial=True)
