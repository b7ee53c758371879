"""Learned kernels above the edge kernels nearest to them, as an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from cnn.lessons.shapes import Likeness
from cnn.pictures.inside.snapshots import signed_tile
from cnn.pictures.kit.palette import PAGE_FONT
from cnn.pictures.kit.svg import svg, text

TILE, STEP, ACROSS = 44, 58, 4
NAMES = 92
ROW = 2 * TILE + 46
STYLE = (
    f".edge-like text{{font:500 11.5px {PAGE_FONT};fill:currentColor}}"
    + """
.edge-like .quiet{fill-opacity:.7}
.edge-like image{image-rendering:pixelated}
.edge-like .frame{fill:none;stroke:currentColor;stroke-opacity:.2}
"""
)


def edge_likeness(found: Sequence[Likeness]) -> str:
    """Each kernel, the Sobel kernel turned to be nearest to it, and how alike they are."""
    full = max(float(np.abs(one.kernel).max()) for one in found)
    parts = []
    for place, one in enumerate(found):
        left, top = NAMES + place % ACROSS * STEP, place // ACROSS * ROW + 4
        if place % ACROSS == 0:
            parts.append(text(0, top + TILE / 2 + 4, "learned", "quiet"))
            parts.append(text(0, top + TILE * 1.5 + 10, "Sobel, turned", "quiet"))
            parts.append(text(0, top + 2 * TILE + 24, "alike", "quiet"))
        words = (
            f"filter {place}\n{one.cosine:.2f} alike with Sobel at {one.degrees:.0f} degrees\n"
            f"its weights add up to {one.total:.2f}, those of Sobel to 0"
        )
        parts.append(
            f'<g data-path="{place}"><title>{escape(words)}</title>'
            f"{signed_tile(one.kernel, left, top, TILE, full)}"
            f"{signed_tile(one.nearest, left, top + TILE + 6, TILE, full)}"
            f"{text(left + TILE / 2, top + 2 * TILE + 24, f'{one.cosine:.2f}', '', 'middle')}</g>"
        )
    rows = -(-len(found) // ACROSS)
    width, height = NAMES + ACROSS * STEP, rows * ROW
    about = f"{len(found)} learned kernels, and the edge kernel nearest to each"
    return svg(parts, width, height, about, kind="edge-like", style=STYLE)
