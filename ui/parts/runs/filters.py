"""Which runs the list shows: the filter behind a click, and what of it is in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from cnn.data import CATALOGUE, DatasetName
from cnn.names import visible
from cnn.training.recipe.run import State
from cnn.training.store import run_list
from cnn.training.store.run_list import Choices, Filter
from ui.parts.runs import runs
from ui.session.address import arrived, keep_in_place, last
from ui.session.words import plain

WORDS, TAG, NETWORK, DATA, STATE, ARCHIVED = (
    f"filter_{name}" for name in ("words", "tag", "network", "dataset", "state", "archived")
)
PAGE = "runs_page"
ADDRESSES = "filter_addresses"
NAMES = {
    WORDS: "list-words",
    TAG: "list-tag",
    NETWORK: "list-network",
    DATA: "list-data",
    STATE: "list-state",
    ARCHIVED: "list-archived",
}
"""What the address calls them, which has names of its own for what is trained next."""


def chosen_filter() -> Filter:
    """The controls, and the filter they make."""
    there = run_list.choices(runs.store())
    _arrive()
    _drop_what_is_gone(there)
    with st.popover("Filter", icon=":material/filter_list:", key="filter_runs"):
        st.text_input(
            "Name or note",
            key=WORDS,
            placeholder="Words to look for",
            on_change=_to_first_page,
            persist_state="session",
        )
        _choice("Tag", TAG, there.tags)
        _choice("Network", NETWORK, there.networks)
        _choice("Data", DATA, there.datasets, data_name)
        _choice("State", STATE, [state.value for state in State])
        if there.archived or st.session_state.get(ARCHIVED):
            st.toggle(
                f"Archived runs ({there.archived:,})",
                key=ARCHIVED,
                on_change=_to_first_page,
                help="Runs that were put away. They still count on Compare.",
                persist_state="session",
            )
    wanted = _wanted()
    if wanted != run_list.EVERYTHING:
        st.caption(plain(_said(wanted)), width="content")
        st.button("Show all", key="filter_clear", type="tertiary", on_click=clear)
    keep_in_place(ADDRESSES, _in_address(), list(NAMES.values()))
    return wanted


def _arrive() -> None:
    """Takes the filter of an address that somebody opened."""
    given = arrived(ADDRESSES, list(NAMES.values()))
    if given is None:
        return
    for key, name in NAMES.items():
        text = visible(last(given, name))
        st.session_state[key] = bool(text) if key == ARCHIVED else text or None
    st.session_state[WORDS] = st.session_state[WORDS] or ""


def _in_address() -> dict[str, str | list[str]]:
    values = {name: st.session_state.get(key) for key, name in NAMES.items()}
    return {name: "yes" if value is True else str(value) for name, value in values.items() if value}


def clear() -> None:
    """Takes all filters away; to be called before the controls are shown."""
    for key in (WORDS, TAG, NETWORK, DATA, STATE, ARCHIVED, PAGE):
        st.session_state.pop(key, None)


def data_name(id: str) -> str:
    """What a data set is called in a list, by its id."""
    known = {name.value: CATALOGUE[name].title for name in DatasetName}
    return known.get(id, id.removeprefix("own:"))


def _wanted() -> Filter:
    def value(key: str) -> str:
        return st.session_state.get(key) or ""

    state = value(STATE)
    return Filter(
        words=value(WORDS).strip(),
        tag=value(TAG),
        network=value(NETWORK),
        dataset=value(DATA),
        states=(State(state),) if state else (),
        is_archived=bool(st.session_state.get(ARCHIVED)),
    )


def _said(wanted: Filter) -> str:
    parts = [
        "archived" if wanted.is_archived else "",
        f"with “{wanted.words}”" if wanted.words else "",
        f"tagged {wanted.tag}" if wanted.tag else "",
        wanted.network,
        f"on {data_name(wanted.dataset)}" if wanted.dataset else "",
        *wanted.states,
    ]
    return f"Only: {', '.join(filter(None, parts))}"


def _choice(
    label: str, key: str, options: Sequence[str], words: Callable[[str], str] = str
) -> None:
    if options:
        st.selectbox(
            label,
            options,
            index=None,
            key=key,
            format_func=words,
            placeholder="Any",
            on_change=_to_first_page,
            persist_state="session",
        )


def _drop_what_is_gone(there: Choices) -> None:
    """A tag that nobody has any more would be an error in a list that does not offer it."""
    states = [state.value for state in State]
    for key, options in (
        (TAG, there.tags),
        (NETWORK, there.networks),
        (DATA, there.datasets),
        (STATE, states),
    ):
        if st.session_state.get(key) not in (None, *options):
            del st.session_state[key]


def _to_first_page() -> None:
    st.session_state[PAGE] = 1
