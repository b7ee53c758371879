"""Learned kernels beside those made by hand: a table of pictures with their correlations."""

from __future__ import annotations

from html import escape

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.insight.readings.kernels import GALLERY, placed
from cnn.insight.readings.likeness import BY_HAND, Correlations
from cnn.numbers import fixed
from cnn.pictures.inside.snapshots import signed_tile
from cnn.pictures.kit.palette import ABOVE, BELOW, LIT, PAGE_FONT, hex_of
from cnn.pictures.kit.svg import svg, text

TILE, STEP, LEFT, HIGH = 38.0, 46.0, 128.0, 44.0
MOST = 16
STYLE = (
    f".likeness text{{font:500 12px {PAGE_FONT};fill:currentColor}}"
    ".likeness .number{font-size:11.5px;font-variant-numeric:tabular-nums}"
    ".likeness image{image-rendering:pixelated}"
    ".likeness .frame{fill:none;stroke:currentColor;stroke-opacity:.16}"
    f".likeness .best{{fill:none;stroke:{hex_of(LIT)};stroke-width:2}}"
)


def likeness_picture(kernels: Array, found: Correlations) -> str:
    """A column for each learned kernel, the most alike first, a row for each made by hand."""
    order = np.argsort(-np.abs(found).max(axis=1), kind="stable")[:MOST]
    mean = kernels.mean(axis=2)
    parts = []
    for column, filter_ in enumerate(order):
        x = LEFT + column * STEP
        shown = mean[..., filter_]
        words = f"Filter {filter_}, the mean of its channels"
        parts.append(_tile(shown, x, 0, words))
        parts.append(text(x + TILE / 2, TILE + 14, str(filter_), "number", "middle"))
        best = int(np.abs(found[filter_]).argmax())
        for row, value in enumerate(found[filter_]):
            y = TILE + 24 + row * HIGH
            own = ABOVE if value > 0 else BELOW
            parts.append(
                f'<g data-path="likeness"><title>Filter {filter_} and {escape(BY_HAND[row])}\n'
                f"correlation {_signed(float(value), 3)}</title>"
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{TILE}" height="{HIGH - 8}" rx="3" '
                f'fill="rgb{own}" fill-opacity="{abs(float(value)) * 0.75:.3f}"/>'
                + (
                    f'<rect class="best" x="{x:.1f}" y="{y:.1f}" width="{TILE}" '
                    f'height="{HIGH - 8}" rx="3"/>'
                    if row == best
                    else ""
                )
                + text(x + TILE / 2, y + HIGH / 2, _signed(float(value), 2), "number", "middle")
                + "</g>"
            )
    for row, name in enumerate(BY_HAND):
        y = TILE + 24 + row * HIGH
        shown = placed(GALLERY[name], (*kernels.shape[:2], 1))[..., 0]
        parts.append(text(0, y + HIGH / 2, name))
        parts.append(_tile(shown, LEFT - 50, y - 1, name, HIGH - 6))
    width, height = LEFT + len(order) * STEP, TILE + 24 + len(BY_HAND) * HIGH
    about = f"Correlation of {len(order)} learned kernels with {', '.join(BY_HAND)}"
    return svg(parts, width, height, about, kind="likeness", style=STYLE, role="group", margin=2)


def _tile(values: Array, x: float, y: float, words: str, side: float = TILE) -> str:
    full = float(np.abs(values).max())
    return f"<g><title>{escape(words)}</title>{signed_tile(values, x, y, side, full)}</g>"


def _signed(value: float, digits: int) -> str:
    return fixed(value, digits)
