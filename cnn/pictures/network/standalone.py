"""A picture made for a page, as a file of its own: on paper, with nothing left to the page."""

from __future__ import annotations

from cnn.pictures.network.slabs import PAGE_FONT

INK = "#1b1f2a"
FONT = "'Source Sans 3','Helvetica Neue',Arial,'Liberation Sans',sans-serif"


def standalone(svg: str) -> str:
    """The SVG with its words in dark ink and in a usual font; on a page, both are the page's."""
    return svg.replace("<svg ", f'<svg color="{INK}" ', 1).replace(PAGE_FONT, FONT)
