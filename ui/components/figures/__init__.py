"""A line of figures, each with its label, its change or a note, and its explanation.

One element for the page to draw where `st.metric` is one for each: an edit redraws all of them.
What it shows may be told while the page does not run (`ui/components/news`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ui.components.component import component

_mount = component("figures", html='<dl class="figures"></dl>')


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is shown; `change` says by how much the last edit changed it, `note` on what
    it was measured.
    """

    label: str
    text: str
    change: str = ""
    help: str = ""
    note: str = ""


def figures(shown: Sequence[Figure], *, key: str) -> None:
    """Shows the figures side by side, in as many lines as they need."""
    _mount(key=key, data={"key": key, "shown": told(shown)})


def told(shown: Sequence[Figure]) -> list[dict[str, Any]]:
    """What the line is told to show."""
    return [asdict(one) for one in shown]
