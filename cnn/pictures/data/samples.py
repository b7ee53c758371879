"""A look at a data set: some images of each class, side by side, as one SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnn.data import Split
from cnn.data.summary import examples
from cnn.pictures.kit.inline import data_uri
from cnn.pictures.kit.label import shortened
from cnn.pictures.kit.palette import PAGE_FONT
from cnn.pictures.kit.svg import svg

TILE = 38.0
GAP = 2.0
BETWEEN = 6.0
WORDS = 18.0
ACROSS = 10
DOWN = 4
MOST_CLASSES = 20
STYLE = f"""
.samples text{{font:500 12px {PAGE_FONT};fill:currentColor}}
.samples image{{image-rendering:pixelated}}
.samples rect{{fill:none;stroke:currentColor;stroke-opacity:.16}}
"""


def first_of(classes: int) -> int:
    """How many images of each of so many classes are shown."""
    return max(1, ACROSS // min(classes, MOST_CLASSES)) * DOWN


def samples(split: Split, class_names: Sequence[str]) -> str:
    """The first images of each class in a block of its own, under the name of the class."""
    shown = list(class_names[:MOST_CLASSES])
    columns = first_of(len(shown)) // DOWN
    block = columns * (TILE + GAP) - GAP
    width = len(shown) * (block + BETWEEN) - BETWEEN
    height = WORDS + DOWN * (TILE + GAP) - GAP
    parts = []
    for label, name in enumerate(shown):
        x = label * (block + BETWEEN)
        room = max(1, int(block / 6.2))
        parts.append(
            f'<g><title>{escape(name)}</title><text x="{x + block / 2:.1f}" y="12" '
            f'text-anchor="middle">{escape(shortened(name, room))}</text></g>'
        )
        few = examples(split, label, columns * DOWN)
        for place, pixels in enumerate(few.pixels):
            left = x + place % columns * (TILE + GAP)
            top = WORDS + place // columns * (TILE + GAP)
            box = f'x="{left:.1f}" y="{top:.1f}" width="{TILE}" height="{TILE}"'
            parts.append(f'<image {box} href="{data_uri(pixels)}"/><rect {box} rx="1"/>')
    words = f"Examples of {', '.join(shown)}"
    return svg(parts, width, height, words, kind="samples", style=STYLE)
