"""A dense unit and a filter before the same image, and their parameters as bars, as one SVG."""

from __future__ import annotations

from html import escape
from math import log10

from cnn.lessons.why import Compared
from cnn.pictures.kit.palette import COLOUR_OF_FAMILY, PAGE_FONT
from cnn.pictures.kit.svg import svg

WIDTH, ROW, TOP = 480, 132, 8
MOST_CELLS = 16
"""Pixels a side that are drawn of a larger image."""
SIDE = 96.0
LEFT = 150.0
ROOM = WIDTH - LEFT - 4
DECADES = 9.1
"""Bars are as long as the number has zeros: the longest of the lesson's, 1.07 billion, has 9.03. So
a bar shows by itself how its layer grows, whatever the other does.
"""
MARKS = {3: "1,000", 6: "1 million", 9: "1 billion"}
STYLE = f"""
.dense-or text{{font:500 12.5px {PAGE_FONT};fill:currentColor}}
.dense-or .quiet{{fill-opacity:.7}}
.dense-or .number{{font-size:20px;font-weight:650}}
.dense-or .cell{{fill:currentColor;fill-opacity:.07}}
.dense-or .mark{{stroke:currentColor;stroke-opacity:.25}}
.dense-or .small{{font-size:10.5px;fill-opacity:.7}}
.dense-or .wire{{stroke-opacity:.35;stroke-width:.7}}
"""


def dense_or_convolution(compared: Compared) -> str:
    """What one unit and one filter are connected to, and how many parameters each layer has."""
    dense, convolution = compared.dense_params, compared.convolution_params
    side = min(compared.size, MOST_CELLS)
    seen = min(compared.kernel, side)
    patch = range((side - seen) // 2, (side - seen) // 2 + seen)
    rows = (
        ("dense", "Dense", "every pixel, its own weight", range(side), dense),
        ("convolution", "Convolution", _patch_words(compared), patch, convolution),
    )
    parts = [_row(place, *row, side=side) for place, row in enumerate(rows)]
    parts += [_mark(zeros, words) for zeros, words in MARKS.items()]
    if side < compared.size:
        size = compared.size
        words = f"Drawn: {side}×{side} of the {size}×{size} pixels"
        parts.append(f'<text class="quiet" x="0" y="{TOP + 2 * ROW - 14}">{words}</text>')
    height = TOP + 2 * ROW - 8
    said = f"Dense {dense:,} parameters, convolution {convolution:,} parameters"
    return svg(parts, WIDTH, height, said, kind="dense-or", style=STYLE)


def _patch_words(compared: Compared) -> str:
    kernel = compared.kernel
    return f"one {kernel}×{kernel} patch, shared weights"


def _row(
    place: int, family: str, name: str, words: str, lit: range, params: int, *, side: int
) -> str:
    colour, top, cell = COLOUR_OF_FAMILY[family], TOP + place * ROW, SIDE / side
    cells, wires = [], []
    unit = LEFT - 22, top + SIDE / 2
    for y in range(side):
        for x in range(side):
            is_lit = x in lit and y in lit
            fill = f'fill="{colour}"' if is_lit else 'class="cell"'
            left, high = x * cell, top + y * cell
            cells.append(
                f'<rect x="{left:.1f}" y="{high:.1f}" width="{cell - 1:.1f}" '
                f'height="{cell - 1:.1f}" rx="1" {fill}/>'
            )
            if is_lit and x == lit[-1]:
                wires.append(
                    f'<line class="wire" stroke="{colour}" x1="{left + cell / 2:.1f}" '
                    f'y1="{high + cell / 2:.1f}" x2="{unit[0]:.1f}" y2="{unit[1]:.1f}"/>'
                )
    width = _length(log10(params))
    about = escape(f"{name}: {params:,} parameters", quote=True)
    return (
        "".join(cells + wires)
        + f'<circle cx="{unit[0]:.1f}" cy="{unit[1]:.1f}" r="7" fill="{colour}"/>'
        + f'<text x="{LEFT}" y="{top + 14}">{escape(name)}: '
        f'<tspan class="quiet">{escape(words)}</tspan></text>'
        + f'<text class="number" x="{LEFT}" y="{top + 44}">{params:,} parameters</text>'
        + f'<g data-path="{family}"><title>{about}</title><rect class="cell" x="{LEFT}" '
        f'y="{top + 58}" width="{ROOM}" height="26" rx="4"/><rect x="{LEFT}" y="{top + 58}" '
        f'width="{width:.1f}" height="26" rx="{min(4, width / 2):.1f}" fill="{colour}"/></g>'
    )


def _length(zeros: float) -> float:
    return ROOM * zeros / DECADES


def _mark(zeros: int, words: str) -> str:
    """A line through both bars where the number has so many zeros, with its name between them."""
    x, first, second = LEFT + _length(zeros), TOP + 58, TOP + ROW + 58
    anchor = "end" if zeros == max(MARKS) else "middle"
    return (
        "".join(
            f'<line class="mark" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{top + 26}"/>'
            for top in (first, second)
        )
        + f'<text class="small" text-anchor="{anchor}" x="{x:.1f}" y="{first + 39}">{words}</text>'
    )
