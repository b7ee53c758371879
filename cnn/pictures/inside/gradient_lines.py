"""The gradient's length layer by layer, with and without shortcuts, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import log10

from cnn.lessons.residual import DEPTHS, Norms, median_at
from cnn.numbers import number
from cnn.pictures.kit.palette import ABOVE, BELOW, PAGE_FONT, hex_of
from cnn.pictures.kit.svg import svg

WIDTH, NARROW, HEIGHT = 640, 440, 320
LEFT, RIGHT, TOP, BOTTOM = 58, 128, 14, 40
LOW, HIGH = -8, 4
"""The powers of ten at the lower and the upper end: the same for every depth."""
COLOURS = (hex_of(BELOW), hex_of(ABOVE))
NAMES = ("without shortcuts", "with shortcuts")
STYLE = f"""
.gradient-lines text{{font:500 12.5px {PAGE_FONT};
fill:currentColor}}
.gradient-lines .grid{{stroke:currentColor;stroke-opacity:.13}}
.gradient-lines .quiet{{fill-opacity:.72}}
.gradient-lines .one{{fill:none;stroke-width:1;stroke-opacity:.35}}
.gradient-lines .median{{fill:none;stroke-width:3;stroke-linejoin:round}}
"""


def power(value: float) -> str:
    """Two digits of a number, over many powers of ten: `5.7e-7`, `0.14`, `9,100`."""
    rounded = float(f"{value:.1e}")
    return f"{rounded:,.0f}" if 100 <= abs(rounded) < 1e5 else number(rounded, 2)


def gradient_lines(plain: Sequence[Norms], skips: Sequence[Norms], width: int = WIDTH) -> str:
    """A thin line for each start and a thick one for the median, for both kinds of network."""
    medians = [median_at(tuple(found)) for found in (plain, skips)]
    lines = "".join(
        _lines(found, middle, colour, name, width)
        for found, middle, colour, name in zip((plain, skips), medians, COLOURS, NAMES, strict=True)
    )
    first = [power(middle[0]) for middle in medians]
    words = (
        f"Gradient by layer at depth {len(medians[0])}: the first layer's is {first[0]} "
        f"{NAMES[0]} and {first[1]} {NAMES[1]}"
    )
    parts = [_grid(width), lines]
    return svg(parts, width, HEIGHT, words, kind="gradient-lines", style=STYLE)


def _x(layer: int, width: int) -> float:
    return LEFT + (layer - 1) / (max(DEPTHS) - 1) * (width - LEFT - RIGHT)


def _y(value: float) -> float:
    return TOP + (HIGH - log10(value)) / (HIGH - LOW) * (HEIGHT - TOP - BOTTOM)


def _grid(width: int) -> str:
    end = width - RIGHT
    lines = [
        f'<path class="grid" d="M{LEFT},{_y(10**at):.1f} H{end}"/>'
        f'<text class="quiet" x="{LEFT - 8}" y="{_y(10**at) + 4:.1f}" text-anchor="end">'
        f"{number(10.0**at, 1)}</text>"
        for at in range(LOW, HIGH + 1, 2)
    ]
    lines += [
        f'<text class="quiet" x="{_x(at, width):.1f}" y="{HEIGHT - BOTTOM + 17}" '
        f'text-anchor="middle">{at}</text>'
        for at in (1, *DEPTHS)
    ]
    middle = (LEFT + end) / 2
    lines.append(
        f'<text class="quiet" x="{middle}" y="{HEIGHT - 5}" text-anchor="middle">'
        "layer, from the image on: length of the gradient at its kernel</text>"
    )
    return "".join(lines)


def _lines(
    found: Sequence[Norms], middle: Sequence[float], colour: str, name: str, width: int
) -> str:
    thin = "".join(
        f'<path class="one" stroke="{colour}" d="{_way(one.at, width)}"/>' for one in found
    )
    thick = f'<path class="median" stroke="{colour}" d="{_way(middle, width)}"/>'
    dots = "".join(
        f'<g data-path="{layer}"><title>{escape(f"Layer {layer}, {name}")}\n'
        f"{escape(f'{power(value)}, median of {len(found)} starts')}</title>"
        f'<circle cx="{_x(layer, width):.1f}" cy="{_y(value):.1f}" r="8" fill="transparent"/>'
        f'<circle cx="{_x(layer, width):.1f}" cy="{_y(value):.1f}" r="3" fill="{colour}"/></g>'
        for layer, value in enumerate(middle, start=1)
    )
    label = (
        f'<text x="{_x(len(middle), width) + 10:.1f}" y="{_y(middle[-1]) + 4:.1f}" '
        f'style="fill:{colour};font-weight:650">{escape(name)}</text>'
    )
    return thin + thick + dots + label


def _way(values: Sequence[float], width: int) -> str:
    places = enumerate(values, start=1)
    points = (f"{_x(layer, width):.1f},{_y(value):.1f}" for layer, value in places)
    return "M" + " L".join(points)
