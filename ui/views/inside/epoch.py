"""The time in a run's training that a network is looked at: as it was tested, or after an epoch."""

from __future__ import annotations

import streamlit as st

from cnn.comparing.mean_curves import moment
from cnn.training.recipe.run import WEIGHTS_AFTER, Epoch, Run
from ui.parts.runs import runs
from ui.session.kept import kept
from ui.session.words import percent

TESTED = "as tested"
WANTED = "inside_epoch_wanted"
"""The epoch that an address names, as a word, until the run's control is shown."""


def choose_epoch(run: Run, key: str) -> int | None:
    """A slider over the epochs whose weights were kept; None for those that were tested."""
    wanted = st.session_state.pop(WANTED, None)  # of this run alone: the next one has its own
    kept = _kept(runs.opened().url, key, run.id)
    if not kept:
        return None
    options: list[int | str] = [*kept, TESTED]
    name = f"inside_epoch_{key}"
    if wanted is not None:
        st.session_state[name] = int(wanted) if wanted.isdecimal() else TESTED
    if st.session_state.get(name) not in options:
        st.session_state[name] = TESTED
    chosen = st.select_slider(
        "Time in its training",
        options,
        format_func=_said,
        key=name,
        persist_state="session",
        help="What is shown below is then of the network as it was at that time; Through training "
        "shows the others too.",
    )
    return chosen if isinstance(chosen, int) else None


def is_kept(run: Run, key: str) -> bool:
    """Whether the weights of any time before its end were kept."""
    return bool(_kept(runs.opened().url, key, run.id))


def said_of_epoch(run: Run, key: str, epoch: int) -> str:
    """What the network was at that time, and how much of which images it then got right."""
    if epoch == 0:
        return (
            "Before the first step of its training: kernels are random numbers, and all else is as "
            "it begins, 0 or 1."
        )
    found = {one.epoch: one for one in _epochs(runs.opened().url, key, run.id)}
    said = f"After {moment(run, epoch)} of its training."
    images = run.result.validation_images if run.result else 0
    if epoch in found:
        said += f" {percent(found[epoch].val_accuracy)} of {images:,} validation images were right."
    return said


def _said(one: int | str) -> str:
    if one == 0:
        return "untrained"
    return f"epoch {one}" if isinstance(one, int) else one


# By the end of the run too: one that is taken up again has other epochs.
@kept(most=32)
def _kept(url: str, key: str, run_id: str) -> list[int]:
    return runs.opened().snapshots(run_id, WEIGHTS_AFTER)


@kept(most=32)
def _epochs(url: str, key: str, run_id: str) -> list[Epoch]:
    return runs.opened().epochs([run_id])[run_id]
