"""The run store of the pages, and the runs that the address names."""

from __future__ import annotations

import streamlit as st

from cnn.data import title as data_title
from cnn.training.places import store_url
from cnn.training.run import Run
from cnn.training.store import Store, StoreError

ADDRESS = "run"
MOST_SHOWN = 8


def store() -> Store:
    """The store by setting; a page that cannot have it says why, and ends there."""
    try:
        return _store(store_url())
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        st.stop()


def opened() -> Store:
    """The store by setting; raises `StoreError` for a page that can do without."""
    return _store(store_url())


@st.cache_resource(show_spinner=False)
def _store(url: str) -> Store:
    return Store(url)


def shown() -> list[str]:
    """The ids of the runs that the address names, unchecked."""
    return list(dict.fromkeys(st.query_params.get_all(ADDRESS)))[:MOST_SHOWN]


def show(*run_ids: str) -> None:
    """Puts runs into the address, in place of all that was there; none means a new training."""
    st.query_params.from_dict({ADDRESS: list(run_ids)} if run_ids else {})


def title(run: Run) -> str:
    """What a run is called: its network and its data."""
    return f"{run.name} on {data_title(run.configuration.dataset)}"
