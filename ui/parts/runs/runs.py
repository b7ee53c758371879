"""The run store of the pages, and the runs that the address names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import streamlit as st
from sqlalchemy import Connection
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnn.data import title as data_title
from cnn.people.person import LOCAL_ID, Person
from cnn.settings import store_url
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import CLAIMED, Run
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store.store import Store, StoreError
from ui.session.person import has_accounts, somebody, whose_name
from ui.session.words import plain

ADDRESS = "run"
MOST_SHOWN = 8
TAB, CURVES = "run_tab", "Curves"
"""Which look at a run is open; it stays from run to run."""


class _PageStore(Store):
    """A store whose page, or whose part of one, says why it cannot be used, and ends there."""

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        try:
            with super().begin() as connection:
                yield connection
        except StoreError as error:
            _end_with(error)


def store() -> Store:
    """The store by setting; a page that cannot have it, now or later, says why and ends there."""
    try:
        return _of_whoever_is_here(_page_store)
    except StoreError as error:
        _end_with(error)


def _end_with(error: StoreError) -> NoReturn:
    # Where a file is made for a page, there is none to say it.
    if get_script_run_ctx(suppress_warning=True) is None:
        raise error
    st.error(plain(str(error)), icon=":material/database_off:")
    st.stop()


def opened() -> Store:
    """The store by setting; raises `StoreError` for a page that can do without."""
    return _of_whoever_is_here(_store)


def _of_whoever_is_here(made: Callable[[str], Store]) -> Store:
    """The store as the person before the page sees it; without accounts, all of it."""
    if not has_accounts():
        return made(store_url())
    return _theirs(made is _page_store, store_url(), somebody())


def is_mine(run: Run | Elsewhere) -> bool:
    """Whether whoever is here may change it."""
    person = store().person
    return person.sees_all or run.owner == person.id


def whose(run: Run | Elsewhere) -> list[str]:
    """Who it is from, where that is somebody else, and whether others may open it."""
    if not has_accounts():
        return []
    if run.owner == store().person.id:
        return ["shared"] if run.is_shared else []
    if run.owner == LOCAL_ID and store().person.sees_all:
        return []
    return [f"by {whose_name(run.owner)}"]


@st.cache_resource(show_spinner=False, max_entries=1_000)
def _theirs(is_of_page: bool, url: str, who: Person) -> Store:
    return (_page_store if is_of_page else _store)(url).seen_by(who)


@st.cache_resource(show_spinner=False)
def _page_store(url: str) -> Store:
    return _PageStore(url)


@st.cache_resource(show_spinner=False)
def _store(url: str) -> Store:
    return Store(url)


def seen(run_id: str) -> Run | Elsewhere | None:
    """The run, wherever it was trained, if it is there and can be read."""
    found = store().look_up(run_id)
    return found if isinstance(found, Run | Elsewhere) else None


def readable(run_id: str) -> Run | None:
    """The run, if it is there; of one that cannot be read that is said, with a way to delete it."""
    found = store().look_up(run_id)
    if isinstance(found, Unreadable):
        say(found)
    elif isinstance(found, Elsewhere):
        st.warning(plain(sentence(found)), icon=":material/cloud_download:")
    return found if isinstance(found, Run) else None


def say(one: Unreadable) -> None:
    """Says that a run cannot be read and why, and deletes it where a person wants that."""
    st.warning(plain(sentence(one)), icon=":material/history:")
    if one.state in CLAIMED:
        return  # another version is at work with it
    with st.popover("Delete this run", icon=":material/delete:", type="tertiary"):
        st.markdown("Curves, weights and results go with it. There is no way back.")
        st.button(
            "Delete it",
            type="primary",
            key=f"delete_unreadable_{one.id}",
            on_click=_delete,
            args=(one.id,),
        )


def sentence(one: Elsewhere | Unreadable) -> str:
    """What is said of a run of which nothing can be made here."""
    return f"{one.words[0].upper()}{one.words[1:]}"


def _delete(run_id: str) -> None:
    store().remove(run_id)
    st.query_params[ADDRESS] = [id for id in shown() if id != run_id]


def shown() -> list[str]:
    """The ids of the runs that the address names, unchecked."""
    return list(dict.fromkeys(st.query_params.get_all(ADDRESS)))[:MOST_SHOWN]


def show(*run_ids: str) -> None:
    """Puts runs into the address, in place of all that was there; none means a new training."""
    st.query_params.from_dict({ADDRESS: list(run_ids)} if run_ids else {})


def show_new(run_id: str) -> None:
    """Shows a run that was just put into the queue, with its curves, where it is to be followed."""
    st.session_state[TAB] = CURVES
    show(run_id)


def epoch_text(run: Run) -> str:
    """Which epoch is under way; of how many, only where it is known beforehand."""
    epoch, settings = max(run.progress.epoch, 1), run.configuration
    return f"Epoch {epoch}" if settings.seconds else f"Epoch {epoch} of {settings.epochs}"


def title(run: Run | Elsewhere) -> str:
    """What a run is called: its network and its data."""
    if isinstance(run, Elsewhere):
        return run.name
    return f"{run.name} on {data_title(run.configuration.dataset)}"
