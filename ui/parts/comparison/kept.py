"""Runs that stand in a comparison as they were trained, with conditions of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnn.comparing.comparison import MOST_SEEDS, Entrant
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.elsewhere import MARK, Elsewhere
from cnn.training.recipe.run import Run
from cnn.training.recipe.unreadable import Unreadable
from ui.parts.runs import runs
from ui.session.words import plain

NAMES = "compare_run_names"
_ID = re.compile(r"run-([0-9a-f]{12})")


def id_of(run: Run | Elsewhere) -> str:
    """What a comparison and its address call a run."""
    return f"run-{run.id}"


def is_run(id: str) -> bool:
    """Whether this is the id of a run, there or deleted, and not that of a network."""
    return _ID.fullmatch(id) is not None


def run_id(id: str) -> str:
    """The run that such an id names."""
    return id.removeprefix("run-")


def entrant(id: str) -> Entrant | None:
    """The run of an id as it stands; None where it was deleted, or cannot be read."""
    found = _ID.fullmatch(id)
    run = runs.store().get(found[1]) if found else None
    return Entrant(id, run.architecture, run.changes, run=run) if run else None


def name_of(id: str) -> str:
    """What a run is called in a list: as at first, since a list takes another name for another
    choice, and a run may be renamed or deleted meanwhile.
    """
    names: dict[str, str] = st.session_state.setdefault(NAMES, {})
    if id not in names:
        found = entrant(id)
        names[id] = f"{found.name} (as trained)" if found else _name_of_missing(id)
    return names[id]


def _name_of_missing(id: str) -> str:
    is_there = runs.store().look_up(run_id(id))
    if isinstance(is_there, Elsewhere):
        return f"{is_there.name} ({MARK})"
    return f"{id.replace('-', ' ')} ({'unreadable' if is_there else 'deleted'})"


def said_missing(id: str) -> None:
    """Why a run cannot stand in the comparison: it was deleted, or cannot be read."""
    one = runs.store().look_up(run_id(id))
    if isinstance(one, Unreadable):
        st.warning(plain(f"Left out: {one.words}"), icon=":material/history:")
    else:
        gone = f"Left out: {name_of(id)}. The run was deleted."
        st.warning(plain(gone), icon=":material/delete:")


def conditions(chosen: Sequence[Run]) -> Configuration:
    """Those of the first run that others can be trained under as well, else of the first."""
    first = next((run for run in chosen if _can_be_repeated(run)), chosen[0])
    return replace(first.configuration, seed=0, steps=0, seconds=0.0, start=None)


def is_found(run: Run, under: Configuration) -> bool:
    """Whether a comparison under these conditions finds the run by itself."""
    return _can_be_repeated(run) and replace(run.configuration, seed=0) == under


def _can_be_repeated(run: Run) -> bool:
    """One that began with the weights of another is none that begins with new ones; a budget is
    laid for whole comparisons.
    """
    own = run.configuration
    return not run.begun_with and not own.has_budget and own.seed < MOST_SEEDS


def said(kept: Sequence[Entrant]) -> None:
    """That these runs are not under the conditions chosen."""
    names = ", ".join(one.name for one in kept)
    stands = "stands as it was" if len(kept) == 1 else "stand as they were"
    st.caption(
        plain(
            f"{names} {stands} trained, whatever is chosen above. To have the network under these "
            "conditions as well, choose it in the list without (as trained), or open the run in "
            "Train, go on to Build, and add it from there."
        )
    )
