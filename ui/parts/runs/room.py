"""Disk space: a bar of what takes it, the limits that are set, and a way to make room, shown before
anything goes.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

import streamlit as st

from cnn.pictures.training.room_bar import Part, room_bar
from cnn.training.recipe.run import Run
from cnn.training.store.on_disk.store_file import store_file
from cnn.training.store.store_error import StoreError, shown_url
from cnn.training.upkeep import announced, making_room, room
from cnn.training.upkeep.room import LOST, MB, WORDS, Kept, Kind, Limits, Plan
from cnn.training.upkeep.shares import shares
from ui.components.picture import picture
from ui.parts.runs import runs
from ui.session import theme
from ui.session.dialog import open_dialog
from ui.session.words import plain

DONE, WHOLE, MOST = "room_made", "room_runs", "room_mb"
MOST_RUNS, MOST_MB = 1_000_000, 1_000_000_000


def offer() -> None:
    """A button that opens the dialog."""
    if st.button("Disk space", icon=":material/database:", type="tertiary", key="room"):
        for key in (DONE, WHOLE, MOST):
            st.session_state.pop(key, None)
        open_dialog("Disk space", look, icon=":material/database:")
    _announce()


def _announce() -> None:
    """Says what will go by limits that are new, and when, while it waits to be looked at."""
    store, wanted = runs.store(), room.limits()
    found = announced.waiting(store, wanted) if wanted else None
    over = room.plan(room.kept(store), wanted) if found else Plan()
    if found and over.going:
        at = time.strftime("%d %B %Y, %H:%M", time.localtime(found.acts_from)).lstrip("0")
        st.caption(
            f":material/rule_settings: {_size(over.all_bytes, about=True)} of what runs keep are "
            f"over the limits that are set here ({plain(_and(_names(wanted)))}). They go by "
            f"themselves from {at} on, or once *Disk space* has shown them."
        )


def removed_from(run: Run) -> None:
    """What of a run was removed to make room, said with the day, where something was."""
    found = making_room.gone(runs.store(), run.id)
    if not found:
        return
    day = time.strftime("%d %B %Y", time.localtime(max(found.values()))).lstrip("0")
    said = f"To make room, its {_and([WORDS[kind] for kind in found])} were removed, on {day}."
    if Kind.CURVES in found:
        said += " Its curve has the means of its epochs, and what is found out here rests on them."
    st.caption(f":material/database: {said}")


def look() -> None:
    """What is in the dialog: the bar, where the store is, the limits, and a way to make room."""
    store = runs.store()
    found = room.kept(store)
    parts = [
        Part(
            one.words,
            one.size_bytes,
            _size(one.size_bytes, about=not one.is_exact),
            one.is_free,
        )
        for one in shares(store, found)
    ]
    picture(room_bar(parts, dark=theme.is_dark()), key="room_bar", largest=1.2)
    _where(store.url)
    _set_limits(found)
    st.markdown("**Make room**")
    st.caption(
        "First the snapshots and weights of every epoch go, then checkpoints, then the single "
        "steps of curves and the gradient norms; the oldest runs first. Never a result, a curve "
        "over epochs, the weights that were tested, or what says how a run was made; and nothing "
        "of a run in training or of one that came from a file."
    )
    _make_room(found)


def _where(url: str) -> None:
    """Where the store is, and that its file alone is no copy of it."""
    said = f"The run store is {plain(shown_url(url))}."
    if store_file(url) is not None:
        said += (
            " What was written last stands in a file beside it, so copy it with "
            "`python -m cnn store backup FILE`. What is free in it is given back to the disk by "
            "`python -m cnn store compact`."
        )
    st.caption(said)


def _set_limits(found: Sequence[Kept]) -> None:
    """What whoever runs the program has set, and what goes by it."""
    wanted = room.limits()
    if not wanted:
        return
    over = room.plan(found, wanted)
    now = "Now nothing is."
    if over.going:
        size = _size(over.all_bytes, about=True)
        now = f"Now that is {size}, which goes when the next training ends or a worker starts:"
    st.info(
        f"Whoever runs this app has set {plain(_and(_names(wanted)))}: when a training ends, what "
        f"is over that goes by itself, in the order below. {now}\n{_what_goes(over)}",
        icon=":material/rule_settings:",
    )
    if over.going:
        with contextlib.suppress(StoreError):  # it cannot be written now: then it waits a day
            announced.met(runs.opened().hurried(), wanted, is_shown=True)


def _names(wanted: Limits) -> list[str]:
    """Limits as whoever runs the program has set them."""
    return [
        *([f"CNN_MAX_STORE_MB={wanted.most_bytes // MB}"] if wanted.most_bytes is not None else []),
        *([f"CNN_MAX_WHOLE_RUNS={wanted.whole_runs}"] if wanted.whole_runs is not None else []),
    ]


def _what_goes(wanted: Plan) -> str:
    """A line for each kind of what goes, and what is lost with it."""
    lines = []
    for kind, ids in wanted.going.items():
        size = _size(wanted.size_bytes[kind], about=kind is Kind.CURVES)
        many = f"{len(ids):,} run{'s' * (len(ids) > 1)}"
        lines.append(f"- {size}: {WORDS[kind]} of {many}. Gone with them: {LOST[kind]}.")
    return "\n".join(lines)


def _make_room(found: Sequence[Kept]) -> None:
    total = sum(room.total(found).values())
    st.session_state.setdefault(WHOLE, len(found))
    st.session_state.setdefault(MOST, -(-total // MB))
    with st.container(horizontal=True):
        whole = int(st.number_input("Newest runs kept whole", 0, MOST_RUNS, key=WHOLE, width=200))
        most = int(st.number_input("MB that runs keep, at most", 0, MOST_MB, key=MOST, width=200))
    wanted = room.plan(found, Limits(most * MB, whole))
    if said := st.session_state.get(DONE):
        st.success(said, icon=":material/check:")
    if not wanted.going:
        keep = f"Nothing goes: runs keep {_size(total, about=True)}."
        st.caption(f"{keep}{_too_little(wanted, most)}")
        return
    st.markdown(_what_goes(wanted))
    st.caption(f"There is no way back.{_too_little(wanted, most)}")
    st.button(
        f"Remove {_size(wanted.all_bytes, about=True)}",
        type="primary",
        icon=":material/delete:",
        key="room_remove",
        on_click=_remove,
        args=(wanted,),
    )


def _too_little(wanted: Plan, most: int) -> str:
    """Why it stays above what was asked for, where it does."""
    if wanted.left_bytes <= most * MB:
        return ""
    return (
        f" Runs then still keep {_size(wanted.left_bytes, about=True)}: what never goes, and what "
        "belongs to runs that may still go on."
    )


def _remove(wanted: Plan) -> None:
    """Removes just what was shown."""
    count = making_room.remove(runs.store(), wanted)
    size = _size(wanted.all_bytes, about=True)
    st.session_state[DONE] = (
        f"Removed: {size} of {count:,} run{'s' * (count != 1)}. That is free in the store for "
        "what comes next."
    )


def _size(size: int, *, about: bool) -> str:
    written = f"{size / MB:,.1f} MB" if size >= MB // 10 or not size else f"{size / 1_000:,.1f} kB"
    return f"{'about ' * about}{written}"


def _and(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
