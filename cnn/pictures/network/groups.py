"""Which channels each filter of a grouped convolution reads: lines between the two, as one SVG."""

from __future__ import annotations

from cnn.network.layers import Conv2D
from cnn.pictures.kit.palette import MORE, PAGE_FONT, SERIES
from cnn.pictures.kit.svg import svg, text

WIDTH, STEP, RADIUS, TOP = 300.0, 24.0, 7.0, 30.0
STYLE = f"""
.groups text{{font:500 12.5px {PAGE_FONT};fill:currentColor}}
.groups line{{stroke-width:1.2;stroke-opacity:.6}}
"""


def reads(layer: Conv2D, channels: int) -> list[tuple[int, ...]]:
    """The channels that each filter reads, in order."""
    held, made = channels // layer.groups, layer.filters // layer.groups
    return [
        tuple(range(place // made * held, (place // made + 1) * held))
        for place in range(layer.filters)
    ]


def groups(layer: Conv2D, channels: int, words: tuple[str, str], about: str, *, dark: bool) -> str:
    """Channels at the left, filters at the right, each group in a colour of its own."""
    colours = SERIES[dark] + MORE[dark]
    size = max(channels, layer.filters)
    left, right = RADIUS + 2, WIDTH - RADIUS - 2
    lines, points = [], []
    for place, seen in enumerate(reads(layer, channels)):
        own = colours[seen[0] * layer.groups // channels % len(colours)]
        y = _place(place, layer.filters, size)
        lines += [
            f'<line x1="{left}" y1="{_place(one, channels, size)}" x2="{right}" y2="{y}" '
            f'stroke="{own}"/>'
            for one in seen
        ]
        points.append(f'<circle cx="{right}" cy="{y}" r="{RADIUS}" fill="{own}"/>')
        points += [
            f'<circle cx="{left}" cy="{_place(one, channels, size)}" r="{RADIUS}" fill="{own}"/>'
            for one in seen
        ]
    heads = [text(0, 14, words[0]), text(WIDTH, 14, words[1], anchor="end")]
    height = TOP + size * STEP
    return svg([*heads, *lines, *points], WIDTH, height, about, kind="groups", style=STYLE)


def _place(at: int, many: int, size: int) -> float:
    """The height of a point, so that the shorter row stands in the middle of the longer one."""
    return TOP + STEP * (at + 0.5 + (size - many) / 2)
