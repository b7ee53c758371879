"""A table of our own: sorted by a click on a column, rows chosen by boxes, opened by their name.

Streamlit's own is drawn on a canvas, where neither a screen reader nor a test can read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import streamlit as st

from ui.components.component import component

_mount = component("table", state=("chosen", "opened", "pressed"))


@dataclass(frozen=True, slots=True)
class Column:
    """A column; a `minor` one is left out where there is little room."""

    key: str
    label: str
    help: str = ""
    is_number: bool = False
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a row: words, what they are sorted by, a note below them, and how they look.

    `tone` colours a badge (`good`, `busy`, `warn`, `bad`, `calm`), `swatch` is the colour of a dot
    before the words, `is_best` marks the best of a column.
    """

    text: str
    sort: float | str | None = None
    note: str = ""
    tone: str = ""
    swatch: str = ""
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row by its id; `title` is the name of what its box and its first cell are for."""

    id: str
    title: str
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picked:
    """What a person did: the rows that are chosen now, and the one just opened."""

    chosen: tuple[str, ...]
    opened: str | None


def table(
    label: str,
    columns: Sequence[Column],
    rows: Sequence[TableRow],
    *,
    key: str,
    can_choose: bool = False,
    can_open: bool = False,
    current: Sequence[str] = (),
    on_press: Callable[[str], None] | None = None,
    name_stays: bool = False,
) -> Picked:
    """Shows the rows; those in `current` are marked as the ones shown elsewhere on the page.

    With `on_press`, a row itself can be clicked, which is heard of before the page runs again.
    With `name_stays`, the first column stays in view where the others have to be scrolled.
    """
    known = {row.id for row in rows}

    def heard() -> None:
        id = st.session_state[key].pressed
        if on_press is not None and id in known:
            on_press(id)

    data: dict[str, Any] = {
        "key": key,
        "label": label,
        "columns": [asdict(column) for column in columns],
        **told(rows),
        "canChoose": can_choose,
        "canOpen": can_open,
        "nameStays": name_stays,
        "canPress": on_press is not None,
        "current": list(current),
        "chosen": _chosen(st.session_state.get(key)),
    }
    result = _mount(key=key, data=data, pressed=heard)
    opened = result.opened if isinstance(result.opened, str) else None
    return Picked(
        tuple(id for id in _chosen(result) if id in known),
        opened if opened in known else None,
    )


def told(rows: Sequence[TableRow]) -> dict[str, Any]:
    """What a table is told to show while the page does not run (`ui/components/news`)."""
    return {"rows": [asdict(row) for row in rows]}


def _chosen(result: Any) -> list[str]:
    chosen = getattr(result, "chosen", None)
    return [id for id in chosen if isinstance(id, str)] if isinstance(chosen, list) else []
