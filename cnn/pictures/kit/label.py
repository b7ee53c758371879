"""Names as Plotly is to show them: it reads some HTML, and puts numbers where it finds `%{`."""

from __future__ import annotations

from html import escape

from cnn.names import visible


def label(name: str) -> str:
    """A name as its letters and nothing else: no tag, no link, no place for a number."""
    return escape(visible(name), quote=False).replace("%{", "%&#123;")
