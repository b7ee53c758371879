"""What several SVG pictures are written with: text, boxes, numbers, and the picture around them.

Text is escaped here, so that whatever a class or a layer is called stays text.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Words at a place; `kind` is the class that the picture's style knows."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def box(x: float, y: float, width: float, height: float) -> str:
    """Place and size as attributes of a `rect` or an `image`."""
    return f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'


def svg(
    parts: Sequence[str],
    width: float,
    height: float,
    about: str,
    *,
    kind: str,
    style: str,
    role: str = "img",
    margin: float = 0,
) -> str:
    """A picture of these parts; `kind` is its class, and `about` what it says to who cannot see."""
    view = f"{-margin:.0f} {-margin:.0f} {width + 2 * margin:.0f} {height + 2 * margin:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" role="{role}" '
        f'viewBox="{view}" width="{width:.0f}" height="{height:.0f}" '
        f'aria-label="{escape(about, quote=True)}"><style>{style}</style>{"".join(parts)}</svg>'
    )
