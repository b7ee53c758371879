"""What adds up to a cell, as bars: the sums of its input channels, or its largest contributions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cnn.insight.readings.cell import Contributions
from cnn.numbers import number
from cnn.pictures.kit.palette import ABOVE, BELOW
from cnn.pictures.kit.svg import text

WIDE = 190.0
MOST_BARS = 64
BAR = 19.0


def channel_bars(
    sums: npt.NDArray[np.float64], chosen: int, channels: Sequence[int], top: float, width: float
) -> str:
    """A bar for each channel, up or down from zero; a click chooses its channel."""
    shown = min(len(sums), MOST_BARS)
    step, half = width / max(shown, 8), 28.0
    reach = float(np.abs(sums[:shown]).max()) or 1.0
    parts = [
        f'<path d="M0 {top + half:.1f}h{width:.0f}" stroke="currentColor" stroke-opacity=".25"/>'
    ]
    for place in range(shown):
        value = float(sums[place])
        high = abs(value) / reach * half
        y = top + half - (high if value > 0 else 0)
        back = 'class="chosen"' if place == chosen else 'fill="transparent"'
        parts.append(
            f'<g data-path="channel:{place}" style="cursor:pointer">'
            f"<title>channel {channels[place]}\n{number(value)}</title>"
            f'<rect {back} x="{place * step:.1f}" y="{top:.1f}" width="{step:.1f}" '
            f'height="{2 * half:.1f}"/><rect x="{place * step + step * 0.15:.1f}" y="{y:.1f}" '
            f'width="{step * 0.7:.1f}" height="{max(high, 0.6):.1f}" fill="{sign_colour(value)}" '
            f'fill-opacity=".9"/></g>'
        )
    if shown < len(sums):
        parts.append(text(width, top + 8, f"{len(sums) - shown:,} more", "faint", "end"))
    return "".join(parts)


def contribution_bars(found: Contributions) -> tuple[list[str], float, float]:
    """The features that moved the sum most, as bars to the left and right of zero; their size."""
    lines = [
        (f"feature {one.feature}", f"{number(one.value)} × {number(one.weight)}", one.product)
        for one in found.largest
    ]
    if found.rest_count:
        lines.append((f"{found.rest_count:,} others", "together", found.rest))
    reach = max((abs(product) for *_, product in lines), default=0.0) or 1.0
    zero = 210 + WIDE / 2
    parts = []
    for place, (name, sum_, product) in enumerate(lines):
        y = place * BAR
        long = abs(product) / reach * WIDE / 2
        left = zero if product > 0 else zero - long
        parts.append(
            text(0, y + 13, name, "faint")
            + text(200, y + 13, sum_, "number", "end")
            + f'<rect x="{left:.1f}" y="{y + 3:.1f}" width="{max(long, 0.6):.1f}" '
            f'height="{BAR - 6:.1f}" rx="1" fill="{sign_colour(product)}"/>'
            + text(zero + WIDE / 2 + 8, y + 13, number(product), "number")
        )
    bottom = len(lines) * BAR
    axis = f'<path d="M{zero} 0V{bottom}" stroke="currentColor" stroke-opacity=".3"/>'
    return [*parts, axis], 480, bottom


def sign_colour(value: float) -> str:
    """The colour of what is below zero, or of what is not."""
    return f"rgb{BELOW if value < 0 else ABOVE}".replace(" ", "")
