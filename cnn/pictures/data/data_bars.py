"""What a data set is made of, as two small SVG pictures: images per class, and their pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from cnn.numbers import exact
from cnn.pictures.kit.label import shortened
from cnn.pictures.kit.palette import PAGE_FONT
from cnn.pictures.kit.svg import svg
from cnn.pictures.training.curves import colour

WIDTH = 400.0
ROW = 19.0
MOST_CLASSES = 20
NAMES = 84.0
NUMBERS = 46.0
PLOT = 150.0
LEFT = 34.0
STYLE = f"""
.data-bars text{{font:500 12px {PAGE_FONT};fill:currentColor}}
.data-bars .quiet{{fill-opacity:.72}}
.data-bars line{{stroke:currentColor;stroke-opacity:.18}}
"""


def class_bars(
    class_names: Sequence[str], counts: Mapping[str, Sequence[int]], *, dark: bool
) -> str:
    """A bar for each class, made of its training, validation and test images."""
    shown = list(class_names[:MOST_CLASSES])
    hidden = len(class_names) - len(shown)
    totals = [sum(split[label] for split in counts.values()) for label in range(len(class_names))]
    longest, room = max(totals, default=1) or 1, WIDTH - NAMES - NUMBERS
    parts, x = [], 0.0
    for place, (name, split) in enumerate(counts.items()):
        words = f"{name} {sum(split):,}"
        parts.append(_box(x, 3, 10, 10, colour(place, dark=dark), words))
        parts.append(_text(x + 15, 12, words))
        x += 32 + 6.6 * len(words)
    for label, name in enumerate(shown):
        y = 26 + label * ROW
        parts.append(_text(NAMES - 6, y + 11, shortened(name, 13), "end", title=name))
        x = NAMES
        for place, (split_name, split) in enumerate(counts.items()):
            width = room * split[label] / longest
            said = f"{name}: {split[label]:,} {split_name}"
            parts.append(_box(x, y, width, ROW - 5, colour(place, dark=dark), said))
            x += width
        parts.append(_text(x + 6, y + 11, f"{totals[label]:,}", style="quiet"))
    height = 26 + len(shown) * ROW
    if hidden:
        parts.append(_text(NAMES, height + 12, f"and {hidden:,} more classes", style="quiet"))
        height += ROW
    said = ", ".join(f"{sum(split):,} {name}" for name, split in counts.items())
    return _svg(height, f"Images of {len(class_names)} classes: {said}", parts)


def pixel_bars(
    edges: Sequence[float], counts: Sequence[int], *, dark: bool, what: str = "Pixels"
) -> str:
    """How many pixels have which value, as bars whose heights are logarithms of the counts."""
    highest, total = max(counts, default=0), sum(counts) or 1
    decades = max(1, math.ceil(math.log10(highest))) if highest > 1 else 1
    room = WIDTH - LEFT - 8
    parts = []
    for decade in range(0, decades + 1, 1 if decades <= 5 else 2):
        y = 8 + PLOT * (1 - decade / decades)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(LEFT - 5, y + 4, _power(decade), "end", style="quiet"))
    for low, high, count in zip(edges, edges[1:], counts, strict=False):
        tall = PLOT * max(math.log10(count) / decades, 0.012) if count else 0.0
        said = f"{low:.2f} to {high:.2f}: {count:,} pixels ({count / total:.1%})"
        x, width = LEFT + room * low, room * (high - low)
        box = (x + 0.5, 8 + PLOT - tall, max(width - 1, 0.5), tall)
        parts.append(_box(*box, colour(0, dark=dark), said))
    parts += [
        _text(LEFT + room * value, PLOT + 24, exact(value), "middle")
        for value in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    return _svg(PLOT + 30, f"{what} by their value from 0 to 1, counts on a log scale", parts)


def _power(decade: int) -> str:
    """A power of ten as briefly as it can be read: 1, 10, 100, 1 k, 10 k, 1 M."""
    unit, power = divmod(decade, 3)
    return f"{10**power}{' kMGT'[unit] if unit else ''}"


def _box(x: float, y: float, width: float, height: float, fill: str, title: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1.5" '
        f'fill="{fill}"><title>{escape(title)}</title></rect>'
    )


def _text(
    x: float, y: float, words: str, anchor: str = "start", style: str = "", title: str = ""
) -> str:
    hover = f"<title>{escape(title)}</title>" if title and title != words else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}">'
        f"{escape(words)}{hover}</text>"
    )


def _svg(height: float, label: str, parts: Sequence[str]) -> str:
    return svg(parts, WIDTH, height, label, kind="data-bars", style=STYLE)
