"""The list of runs, the latest first: open one, follow several, delete what is not needed."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from cnn.data import CATALOGUE
from cnn.training.run import LIVE, Epoch, Run, State
from ui.shell import PAGES
from ui.table import Cell, Column, Picked, TableRow, table
from ui.training import runs
from ui.words import ago, duration, percent

PER_PAGE = 15
POLL_S = 1.0
TONES = {
    State.RUNNING: "busy",
    State.PAUSED: "warn",
    State.FINISHED: "good",
    State.DIVERGED: "bad",
    State.FAILED: "bad",
    State.INTERRUPTED: "warn",
}
COLUMNS = (
    Column("name", "Run"),
    Column("state", "State"),
    Column("validation", "Validation", "Accuracy on validation images, last epoch", is_number=True),
    Column("test", "Test", "Accuracy on test images, looked at once", is_number=True),
    Column("settings", "Settings", is_minor=True),
    Column("time", "Time", "Time spent training", is_number=True, is_minor=True),
    Column("created", "Started", is_number=True, is_minor=True),
)


def history() -> None:
    """The list, shown anew every second while something in the store is live."""
    live = runs.store().count(LIVE) > 0
    st.fragment(run_every=POLL_S if live else None)(_history)(live)


def latest(count: int) -> None:
    """The newest runs, each a way to its curves; nothing at all where there are none."""
    found = runs.store().latest(count)
    if not found:
        return
    st.subheader("Latest runs", anchor=False)
    epochs = runs.store().epochs([run.id for run in found])
    lines = [_row(run, epochs[run.id]) for run in found]
    picked = table("Latest runs", COLUMNS, lines, key="latest", can_open=True)
    if picked.opened:
        st.switch_page(PAGES / "train.py", query_params={runs.ADDRESS: picked.opened})


def _history(was_live: bool) -> None:
    store = runs.store()
    if was_live and not store.count(LIVE):
        st.rerun()
    total = store.count()
    if not total:
        return
    st.subheader("Runs", anchor=False)
    pages = -(-total // PER_PAGE)
    page = st.session_state["runs_page"] = min(int(st.session_state.get("runs_page", 1)), pages)
    found = store.latest(PER_PAGE, PER_PAGE * (page - 1))
    epochs = store.epochs([run.id for run in found])
    actions = st.container(horizontal=True, vertical_alignment="center")
    picked = table(
        "Runs, the latest first",
        COLUMNS,
        [_row(run, epochs[run.id]) for run in found],
        key="history",
        can_choose=True,
        can_open=True,
        current=runs.shown(),
    )
    if picked.opened:
        runs.show(picked.opened)
        st.rerun()
    with actions:
        _actions(picked)
    if pages > 1:
        st.number_input("Page", 1, pages, key="runs_page", width=120)
        st.caption(f"{total:,} runs, page {page} of {pages}")


def _actions(picked: Picked) -> None:
    many = len(picked.chosen)
    if not many:
        st.caption("Open a run by its name; choose several to see them together.")
        return
    if st.button(
        "Show together", icon=":material/stacked_line_chart:", disabled=many > runs.MOST_SHOWN
    ):
        runs.show(*picked.chosen)
        st.rerun()
    label = f"Delete {many} run{'s' * (many > 1)}"
    with st.popover(label, icon=":material/delete:"):
        st.markdown("Curves, weights and results go with them. There is no way back.")
        if st.button(label, type="primary", key="delete_for_good"):
            for id in picked.chosen:
                runs.store().remove(id)
            left = [id for id in runs.shown() if id not in picked.chosen]
            runs.show(*left)
            st.rerun()


def _row(run: Run, epochs: Sequence[Epoch]) -> TableRow:
    settings = run.configuration
    last = epochs[-1].val_accuracy if epochs else None
    tested = run.result.test_accuracy if run.result else None
    seconds = run.result.seconds if run.result else run.progress.seconds
    state = run.state.value
    if run.state is State.RUNNING and run.progress.steps:
        state = f"{run.progress.share:.0%}"
    sizes = run.images
    return TableRow(
        run.id,
        f"{run.name}, {run.state.value}",
        {
            "name": Cell(run.name, note=CATALOGUE[settings.dataset.name].title),
            "state": Cell(state, tone=TONES.get(run.state, "calm")),
            "validation": Cell(percent(last), last, _of(sizes.get("validation"), last)),
            "test": Cell(percent(tested), tested, _of(sizes.get("test"), tested)),
            "settings": Cell(
                f"{settings.epochs} epochs, {settings.optimizer}",
                note=f"{settings.schedule}, rate {settings.peak_rate:g}, seed {settings.seed}",
            ),
            "time": Cell(duration(seconds) if seconds else "", seconds or None),
            "created": Cell(ago(time.time() - run.created_at), run.created_at),
        },
    )


def _of(images: int | None, figure: float | None) -> str:
    return f"of {images:,}" if images and figure is not None else ""
