"""How far one or several plans are, and the buttons that train what is missing or stop it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from cnn.comparing.comparison import Entrant, Group, Plan, all_missing, groups
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.run import State, Wish
from cnn.training.workers.queue import Wanted, put
from ui.parts.runs import runs
from ui.parts.setup import expectation
from ui.parts.setup.controls import waiting_for
from ui.session.words import plain


def progress(plans: Sequence[Plan], found: Sequence[Sequence[Group]], every: str = "all") -> None:
    """One bar over all runs, what is under way, and the button for what is missing.

    `every` is what the button calls them where none is there yet: `all`, or `both`.
    """
    together = [group for own in found for group in own]
    all_runs = [run for group in together for run in group.runs]
    to_train = all_missing(plans, found)
    live = [run for group in together for run in group.live]
    done = sum(1.0 for run in all_runs if run and not run.is_live and run.state is State.FINISHED)
    share = (done + sum(run.progress.share for run in live)) / len(all_runs)
    with st.container(horizontal=True, vertical_alignment="center"):
        if to_train:
            some = "the one missing" if len(to_train) == 1 else f"the {len(to_train)} missing"
            many = some if len(to_train) < len(all_runs) else every
            label = f"Train {many}" if len(all_runs) > 1 else "Train"
            if st.button(label, type="primary", icon=":material/play_arrow:"):
                _queue(to_train)
        if live and st.button("Stop all", icon=":material/stop:"):
            for run in live:
                runs.store().want(run.id, Wish.STOP)
        if live or done:
            st.progress(min(share, 1.0), text=_progress_text(together, int(done), len(all_runs)))
        elif to_train:
            one = "One training" if len(to_train) == 1 else f"{len(to_train)} trainings"
            st.caption(f"{one} to come.")


def left_out(plans: Sequence[Plan]) -> None:
    """Says which trainings of these plans are there, but cannot be read."""
    for one in runs.store().unreadable([recipe for plan in plans for recipe in plan.recipes()]):
        st.warning(f"Left out: {plain(one.words)}", icon=":material/history:")


def expected(plans: Sequence[Plan], images: Callable[[Configuration], Mapping[str, int]]) -> None:
    """What the trainings that are missing will take; nothing where none is. `images` are those of
    each split that a training has.
    """
    found = [groups(plan, runs.store().find(plan.recipes())) for plan in plans]
    todo = [(one.architecture, settings) for one, settings in all_missing(plans, found)]
    if not todo:
        return
    wanted = sum(len(group.runs) for own in found for group in own if group.entrant.run is None)
    many = f"The {len(todo)} missing" if len(todo) < wanted else f"All {len(todo)} trainings"
    what = f"{many}, {expectation.in_turn()}: " if len(todo) > 1 else "One training: "
    of_each = [images(settings) for _, settings in todo]
    expectation.show(expectation.of_each(todo, of_each), what)


def _progress_text(found: Sequence[Group], done: int, wanted: int) -> str:
    said = f"{done} of {wanted} trainings finished"
    busy = [run for group in found for run in group.live if run.state is not State.QUEUED]
    for run in busy:
        said += (
            f" · {plain(run.architecture.name)}, seed {run.configuration.seed}: "
            f"{runs.epoch_text(run).lower()}"
        )
    if not busy and any(group.live for group in found):
        said += f" · {waiting_for()}"
    return said


def _queue(to_train: Sequence[tuple[Entrant, Configuration]]) -> None:
    wanted = [
        Wanted(one.architecture, settings, one.changes, one.files if settings.start else {})
        for one, settings in to_train
    ]
    try:
        put(runs.store(), wanted)
    except ConfigurationError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.rerun()
