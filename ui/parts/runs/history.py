"""The list of runs, the latest first: open one, follow several, put away what is not needed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnn.data import title
from cnn.network.errors import ArchitectureError
from cnn.numbers import number
from cnn.training.recipe.configuration import epochs_text
from cnn.training.recipe.elsewhere import MARK, Elsewhere
from cnn.training.recipe.run import CLAIMED, LIVE, Epoch, Run, State
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store import labels, run_list
from cnn.training.store.run_list import Filter
from cnn.training.store.store import Store
from ui.components.news import Look, News, when_new
from ui.components.table import Cell, Column, TableRow, table, told
from ui.parts.comparison import choice
from ui.parts.runs import room, runs
from ui.parts.runs.filters import PAGE, chosen_filter
from ui.parts.runs.labels import edit, tag_several, tag_text
from ui.session import dialog
from ui.session.pages import PAGES
from ui.session.words import ago, duration, percent, plain

Listed = Run | Elsewhere | Unreadable
PER_PAGE = 15
NOTE_LETTERS = 40
LIST = "history"
EVERY_S = 3.0
"""How often the list says how far runs are while something in the store is live."""

ASKED_EVERY_S, ASKED_QUIETLY_S = 1.0, 4.0
"""How often it is asked whether anything has begun or ended."""

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
    Column(
        "test",
        "Test",
        "Accuracy on test images, used once for each run, after training",
        is_number=True,
    ),
    Column("settings", "Settings", is_minor=True),
    Column("time", "Time", "Time spent training", is_number=True, is_minor=True),
    Column("created", "Started", is_number=True, is_minor=True),
)


def history() -> None:
    """The list, shown anew every few seconds while something in the store is live; and once
    anything begins to be, here, in another window or in another program.
    """
    live = runs.store().count(LIVE) > 0
    if not live:
        st.fragment(_until_live)()
    st.fragment(_history)(live)
    if runs.store().count():
        room.offer()  # not within the fragment, whose next turn would close what it opens


def _live_runs(again_s: float, every_s: float | None = None) -> Look:
    store = runs.store()
    return lambda: News(f"{store.count(LIVE)} live", again_s, every_s)


def _until_live() -> None:
    when_new("news_of_beginnings", _live_runs(ASKED_QUIETLY_S))
    if runs.store().count(LIVE) and not dialog.is_open():
        st.rerun()


def latest(count: int) -> None:
    """The newest runs, each a way to its curves; nothing at all where there are none."""
    found = run_list.page(runs.store(), limit=count)
    if not found:
        return
    st.header("Latest runs", anchor=False)
    lines = rows(runs.store(), found)
    picked = table("Latest runs", _columns(lines), lines, key="latest", can_open=True)
    if picked.opened:
        st.switch_page(PAGES / "train.py", query_params={runs.ADDRESS: picked.opened})


def _history(was_live: bool) -> None:
    store = runs.store()
    lines: list[TableRow] = []

    def now() -> dict[str, object]:
        return {LIST: told(_moved(store, lines))}

    if was_live:
        when_new("news_of_list", _live_runs(ASKED_EVERY_S, EVERY_S), now, runs_when_old=False)
    if was_live and not store.count(LIVE) and not dialog.is_open():
        st.rerun()
    if not store.count():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Runs", anchor=False, width="content")
        wanted = chosen_filter()
    total = run_list.count(store, wanted)
    pages = max(-(-total // PER_PAGE), 1)
    page = st.session_state[PAGE] = min(int(st.session_state.get(PAGE, 1)), pages)
    found = run_list.page(store, wanted, PER_PAGE, PER_PAGE * (page - 1))
    if not found:
        st.caption(_nothing(wanted))
        return
    lines += rows(store, found)
    actions = st.container(horizontal=True, vertical_alignment="center")
    picked = table(
        "Runs, the latest first",
        _columns(lines),
        lines,
        key=LIST,
        can_choose=True,
        can_open=True,
        current=runs.shown(),
    )
    if picked.opened:
        runs.show(picked.opened)
        st.rerun()
    with actions:
        _actions([run for run in found if run.id in picked.chosen])
    if pages > 1:
        st.number_input("Page", 1, pages, key=PAGE, width=120)
        st.caption(f"{total:,} runs, page {page} of {pages}")


def _nothing(wanted: Filter) -> str:
    if wanted.is_archived:
        return "No archived run is like that."
    if wanted == run_list.EVERYTHING:
        return "All runs are archived. They are behind Filter."
    return "No run is like that. Archived runs are looked for apart, behind Filter."


def _actions(chosen: Sequence[Listed]) -> None:
    many, ids = len(chosen), [run.id for run in chosen]
    readable = [run for run in chosen if isinstance(run, Run)]
    seen = [run for run in chosen if isinstance(run, Run | Elsewhere)]
    if not many:
        st.caption("Open a run by its name; choose several to see them together.")
        return
    if st.button(
        "Show together", icon=":material/stacked_line_chart:", disabled=many > runs.MOST_SHOWN
    ):
        runs.show(*ids)
        st.rerun()
    if readable and len(seen) == many and all(run.state is State.FINISHED for run in readable):
        compare = st.button(
            "Compare",
            icon=":material/compare_arrows:",
            help="Side by side, nothing trained anew. Runs with the conditions of the first stand "
            "for their networks; others stand as they were trained.",
        )
        if compare and _put_to_compare(seen):
            st.switch_page(PAGES / "compare.py")
    if many == 1 and seen:
        edit(seen[0], "list")
    else:
        tag_several(ids)
    back = chosen[0].is_archived
    st.button(
        "Bring back" if back else "Archive",
        icon=f":material/{'unarchive' if back else 'archive'}:",
        help="Back into the list." if back else "Leaves them out of the list, and keeps them.",
        on_click=_archive,
        args=(ids, back),
        key="archive_runs",
    )
    label = f"Delete {many} run{'s' * (many > 1)}"
    with st.popover(label, icon=":material/delete:"):
        busy = [run for run in chosen if run.state in CLAIMED]
        ends = " What is in training ends." * any(not _is_elsewhere(run) for run in busy)
        ends += " What another program trains goes on." * any(map(_is_elsewhere, busy))
        st.markdown(f"Curves, weights and results go with them. There is no way back.{ends}")
        if st.button(label, type="primary", key="delete_for_good"):
            for id in ids:
                runs.store().remove(id)
            left = [id for id in runs.shown() if id not in ids]
            runs.show(*left)
            st.rerun()


def _is_elsewhere(run: Listed) -> bool:
    return isinstance(run, Elsewhere)


def _put_to_compare(chosen: Sequence[Run | Elsewhere]) -> bool:
    try:
        choice.put_runs(chosen)
    except ArchitectureError as error:  # too large for an address
        st.toast(plain(str(error)), icon=":material/error:")
        return False
    return True


def _archive(ids: Sequence[str], back: bool) -> None:
    labels.archive(runs.store(), ids, back=back)


def _columns(lines: Sequence[TableRow]) -> Sequence[Column]:
    """With one for tags and notes, where there are any."""
    if not any(line.cells["labels"].text or line.cells["labels"].note for line in lines):
        return COLUMNS
    return (COLUMNS[0], Column("labels", "Tags and note", is_minor=True), *COLUMNS[1:])


def rows(store: Store, found: Sequence[Listed]) -> list[TableRow]:
    """The lines of these runs."""
    ids = [run.id for run in found]
    epochs, tags = store.epochs(ids), labels.tags_of(store, ids)
    return [_row_of(run, epochs[run.id], tags[run.id]) for run in found]


def _row_of(run: Listed, epochs: Sequence[Epoch], tags: Sequence[str]) -> TableRow:
    match run:
        case Run():
            return _row(run, epochs, tags)
        case Elsewhere():
            return _elsewhere_row(run, epochs, tags)
        case _:
            return _unreadable_row(run, tags)


def _elsewhere_row(run: Elsewhere, epochs: Sequence[Epoch], tags: Sequence[str]) -> TableRow:
    """What is known of a training that another program does."""
    called = f"{run.network}, {MARK}" if run.network not in ("", run.name) else MARK
    known = {
        "name": Cell(run.name, note=called),
        "labels": Cell(tag_text(tags), note=_cut(run.note)),
        "settings": Cell(epochs_text(run.epochs_wanted), note=run.told.optimizer),
        "created": Cell(ago(time.time() - run.created_at), run.created_at),
    }
    left = {column.key: Cell("") for column in COLUMNS}
    cells = left | known | _how_far(run, epochs)
    return TableRow(run.id, f"{run.name}, {MARK}, {run.state.value}", cells)


def _unreadable_row(run: Unreadable, tags: Sequence[str]) -> TableRow:
    """What is known of a run that cannot be read; opened, it says why."""
    created = ago(time.time() - run.created_at) if run.created_at else ""
    known = {
        "name": Cell(run.name, note=_cut(run.reason)),
        "labels": Cell(tag_text(tags), note=_cut(run.note)),
        "state": Cell("unreadable", tone="bad"),
        "created": Cell(created, run.created_at),
    }
    left = {column.key: Cell("") for column in COLUMNS}
    return TableRow(run.id, f"{run.name}, unreadable", left | known)


def _row(run: Run, epochs: Sequence[Epoch], tags: Sequence[str]) -> TableRow:
    settings = run.configuration
    tested = run.result.test_accuracy if run.result else None
    return TableRow(
        run.id,
        f"{run.name}, {run.state.value}",
        {
            "name": Cell(run.name, note=_what(run)),
            "labels": Cell(tag_text(tags), note=_cut(run.note)),
            "test": Cell(percent(tested), tested, _of(run.images.get("test"), tested)),
            "settings": Cell(
                f"{settings.length}, {settings.optimizer}",
                note=f"{settings.schedule}, rate {number(settings.peak_rate)}, "
                f"seed {settings.seed}{_begun(run)}",
            ),
            "created": Cell(ago(time.time() - run.created_at), run.created_at),
        }
        | _how_far(run, epochs),
    )


def _how_far(run: Run | Elsewhere, epochs: Sequence[Epoch]) -> dict[str, Cell]:
    """What changes while it is trained."""
    is_busy = run.state is State.RUNNING and run.progress.steps
    last = epochs[-1].val_accuracy if epochs else None
    seconds = run.progress.seconds
    if isinstance(run, Run):
        counted = _of(run.images.get("validation"), last)
        seconds = run.result.seconds if run.result else seconds
    else:
        last = last if run.told.val_accuracy else None
        counted = "by its own count" if last is not None else ""
    return {
        "state": Cell(
            f"{run.progress.share:.0%}" if is_busy else run.state.value,
            tone=TONES.get(run.state, "calm"),
        ),
        "validation": Cell(percent(last), last, counted),
        "time": Cell(duration(seconds) if seconds else "", seconds or None),
    }


def _moved(store: Store, lines: Sequence[TableRow]) -> list[TableRow]:
    """The lines with how far their runs are by now."""
    found = [store.look_up(line.id) for line in lines]
    seen = {run.id: run for run in found if isinstance(run, Run | Elsewhere)}
    epochs = store.epochs(list(seen))
    now = {id: _how_far(run, epochs[id]) for id, run in seen.items()}
    return [replace(line, cells={**line.cells, **now.get(line.id, {})}) for line in lines]


def _what(run: Run) -> str:
    """What was trained on what, as far as the name does not say it, and by whom."""
    network, data = run.architecture.name, title(run.configuration.dataset)
    trained = data if run.name == network else f"{network} on {data}"
    by = [one for one in runs.whose(run) if one != "shared"]
    return ", ".join([trained, *by])


def _begun(run: Run) -> str:
    """Whose weights it began with, where they were not new."""
    return f", from {run.begun_with}" if run.begun_with else ""


def _cut(note: str) -> str:
    line = " ".join(note.split())
    return line if len(line) <= NOTE_LETTERS else f"{line[: NOTE_LETTERS - 1]}…"


def _of(images: int | None, figure: float | None) -> str:
    return f"of {images:,}" if images and figure is not None else ""
