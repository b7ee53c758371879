"""A line of figures, each with its label, its change and its explanation.

One element for the page to draw where `st.metric` is one for each: an edit redraws all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ui.components.component import component

_mount = component("figures", html='<dl class="figures"></dl>')


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is shown; `change` says by how much the last edit changed it."""

    label: str
    text: str
    change: str = ""
    help: str = ""


def figures(shown: Sequence[Figure], *, key: str) -> None:
    """Shows the figures side by side, in as many lines as they need."""
    _mount(key=key, data=[asdict(one) for one in shown])
