"""What takes the room as one bar, and a line for each of its parts; an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from cnn.pictures.kit.palette import PAGE_FONT
from cnn.pictures.kit.svg import box, svg, text
from cnn.pictures.training.curves import colour

WIDTH, BAR, ROW = 360.0, 20.0, 21.0
STYLE = f"""
.room-bar text{{font:500 12.5px {PAGE_FONT};
               fill:currentColor}}
.room-bar .free{{fill:currentColor;fill-opacity:.2}}
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bar: its words, its bytes, and these as they are written; or what is free."""

    words: str
    size_bytes: int
    written: str
    is_free: bool = False


def room_bar(parts: Sequence[Part], *, dark: bool) -> str:
    """The parts side by side, each as wide as its share, and their names below.

    A part that takes nothing is left out; each has its colour by its place among all.
    """
    whole = sum(part.size_bytes for part in parts) or 1
    shown = [
        (part, 'class="free"' if part.is_free else f'fill="{colour(place, dark=dark)}"')
        for place, part in enumerate(parts)
        if part.size_bytes
    ]
    drawn, x = [], 0.0
    for line, (part, look) in enumerate(shown):
        wide = WIDTH * part.size_bytes / whole
        said = escape(f"{part.words}: {part.written}, {part.size_bytes / whole:.1%}")
        drawn.append(f"<rect {box(x, 0, wide, BAR)} {look}><title>{said}</title></rect>")
        x += wide
        y = BAR + 10 + line * ROW
        drawn.append(f'<rect {box(0, y + 2, 11, 11)} rx="2" {look}/>')
        drawn.append(text(18, y + 12, part.words))
        drawn.append(text(WIDTH, y + 12, part.written, anchor="end"))
    about = "; ".join(f"{part.words}: {part.written}" for part, _ in shown)
    height = BAR + 10 + len(shown) * ROW
    return svg(drawn, WIDTH, height, about, kind="room-bar", style=STYLE)
