"""Names as pictures show them: as what they are to Plotly too, and as short as there is room."""

from __future__ import annotations

from html import escape

from cnn.names import visible


def label(name: str) -> str:
    """A name as its letters and nothing else: Plotly reads some HTML, and puts numbers where it
    finds `%{`.
    """
    return escape(visible(name), quote=False).replace("%{", "%&#123;")


def shortened(name: str, longest: int) -> str:
    """The name, or as much of it as fits before an ellipsis."""
    return name if len(name) <= longest else f"{name[: max(longest - 1, 1)]}…"
