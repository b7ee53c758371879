"""Going on with a run that has ended: where it was cut off, or for more epochs."""

from __future__ import annotations

import streamlit as st

from cnn.training.forecast import limits
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.earlier import changes_if_continued
from cnn.training.recipe.run import Run, State
from cnn.training.workers.resuming import RESUMABLE, ContinuationError, extend, resume
from ui.parts.runs import runs
from ui.session.words import plain


def can_resume(run: Run) -> bool:
    """Whether it was cut off, and kept a checkpoint to go on from."""
    return run.state in RESUMABLE and run.checkpoint is not None


def resume_button(run: Run) -> None:
    """Puts the run back into the queue, to go on from its checkpoint."""
    at = run.checkpoint
    assert at is not None
    st.button(
        "Resume",
        icon=":material/play_arrow:",
        key=f"resume_{run.id}",
        on_click=_resume,
        args=(run.id,),
        help=f"From its checkpoint: {at.step:,} steps are done, the next is one of epoch "
        f"{at.epoch}. What came after is done again.",
    )


def train_on(run: Run) -> None:
    """More epochs for a finished run, as a run of its own that continues it."""
    is_whole = run.state is State.FINISHED and not run.configuration.has_budget
    if not is_whole or run.checkpoint is None:
        return
    done, most = run.checkpoint.epoch - 1, limits.most_epochs()
    if done >= most:
        st.button(
            "Train on",
            icon=":material/fast_forward:",
            key=f"no_more_epochs_{run.id}",
            disabled=True,
            help=f"It has {done:,} epochs, and no more than {most:,} are trained here.",
        )
        return
    with st.popover("Train on", icon=":material/fast_forward:"):
        st.caption(
            "A new run, which begins with the weights, the optimizer's state and the curve of "
            "this one. Its learning rate schedule begins anew, over the epochs that are added."
        )
        for change in changes_if_continued(run):
            st.caption(plain(change))
        key = f"more_epochs_{run.id}"
        usual = min(run.configuration.epochs, most - done)
        more = int(st.number_input("More epochs", 1, most - done, usual, key=key))
        st.button(
            f"Train {more:,} more epoch{'s' * (more > 1)}",
            type="primary",
            icon=":material/play_arrow:",
            key=f"extend_{run.id}",
            on_click=_extend,
            args=(run.id, more),
        )


def origin(run: Run) -> None:
    """Which run this one continues, or began with, with a way to it."""
    start = run.configuration.start
    if not run.begun_with:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if run.continues:
            st.caption(
                f"Continues another run after its step {run.first_step:,}; its learning rate "
                "schedule began anew there."
            )
        elif start:
            said = "; ".join(start.phrases(run.architecture))
            st.caption(plain(f"Starts from {run.begun_with}; {said}."))
        id = run.continues or (start.run if start else "")
        if not id:
            return
        before = runs.store().look_up(id)
        if before:
            # Not a page link: one to the page it stands on changes nothing there.
            st.button(
                "Show that run",
                type="tertiary",
                icon=":material/history:",
                key=f"origin_{run.id}",
                on_click=runs.show,
                args=(id,),
            )
        else:
            st.caption("That run is not in this store.")


def _resume(run_id: str) -> None:
    try:
        resume(runs.store(), run_id)
    except (ContinuationError, ConfigurationError) as error:
        _refused(error)


def _extend(run_id: str, more_epochs: int) -> None:
    try:
        runs.show_new(extend(runs.store(), run_id, more_epochs).id)
    except (ContinuationError, ConfigurationError) as error:
        _refused(error)


def _refused(error: ValueError) -> None:
    words = str(error)
    st.toast(plain(words[0].upper() + words[1:]), icon=":material/error:")
