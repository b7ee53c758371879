"""One image as its numbers: every pixel a cell, one row of them lit, as an SVG picture."""

from __future__ import annotations

from cnn.data.dataset import Pixels
from cnn.numbers import number
from cnn.pictures.kit.palette import LIT, PAGE_FONT, hex_of
from cnn.pictures.kit.svg import svg

CELL = 15
LEFT, TOP = 22, 18
STYLE = f"""
.drawing text{{font:500 9.5px {PAGE_FONT};fill:currentColor;
              fill-opacity:.6}}
.drawing .cell{{stroke:currentColor;stroke-opacity:.14}}
.drawing .lit{{fill:none;stroke:{hex_of(LIT)};stroke-width:2.5}}
"""


def drawing(pixels: Pixels, row: int, about: str) -> str:
    """An image `[height, width, 1]`, dark as in the array, with its row and column numbers."""
    height, width = pixels.shape[:2]
    parts = [
        f'<text x="{LEFT + x * CELL + CELL / 2}" y="12" text-anchor="middle">{x}</text>'
        for x in range(width)
    ]
    for y in range(height):
        parts.append(f'<text x="{LEFT - 5}" y="{TOP + y * CELL + 11}" text-anchor="end">{y}</text>')
        for x in range(width):
            grey = int(pixels[y, x, 0])
            parts.append(
                f'<g data-path="{y},{x}"><title>row {y}, column {x}: '
                f"{number(grey / 255, 3)}</title>"
                f'<rect class="cell" x="{LEFT + x * CELL}" y="{TOP + y * CELL}" width="{CELL}" '
                f'height="{CELL}" fill="rgb({grey},{grey},{grey})"/></g>'
            )
    parts.append(
        f'<rect class="lit" x="{LEFT - 1}" y="{TOP + row * CELL}" width="{width * CELL + 2}" '
        f'height="{CELL}" rx="2"/>'
    )
    wide, high = LEFT + width * CELL + 3, TOP + height * CELL + 3
    return svg(parts, wide, high, about, kind="drawing", style=STYLE)
