"""A histogram as a small SVG: how many numbers lie where, with the ends and zero marked."""

from __future__ import annotations

from cnn.insight.readings.layer_statistics import Histogram
from cnn.numbers import number
from cnn.pictures.kit.palette import ABOVE, PAGE_FONT, hex_of
from cnn.pictures.kit.svg import svg, text

WIDE, HIGH, BELOW = 360.0, 84.0, 18.0
STYLE = (
    f".histogram text{{font:500 11px {PAGE_FONT};fill:currentColor;opacity:.75}}"
    f".histogram .bar{{fill:{hex_of(ABOVE)};fill-opacity:.8}}"
    ".histogram .back{fill:transparent}"
    ".histogram .zero{stroke:currentColor;stroke-opacity:.5;stroke-dasharray:3 2}"
)


def histogram_picture(found: Histogram, name: str) -> str:
    """Bars from the smallest number to the largest; a bar tells its range and count."""
    most = max(max(found.counts, default=0), 1)
    step = WIDE / max(len(found.counts), 1)
    span = (found.high - found.low) / max(len(found.counts), 1)
    parts = []
    for place, count in enumerate(found.counts):
        high = count / most * HIGH
        start = found.low + place * span
        words = f"{number(start, 3)} to {number(start + span, 3)}\n{count:,}"
        parts.append(
            f'<g data-path="bar"><title>{words}</title>'
            f'<rect class="back" x="{place * step:.2f}" y="0" width="{step:.2f}" height="{HIGH}"/>'
            f'<rect class="bar" x="{place * step + 0.5:.2f}" y="{HIGH - high:.2f}" '
            f'width="{step - 1:.2f}" height="{high:.2f}"/></g>'
        )
    if found.low < 0 < found.high:
        x = -found.low / (found.high - found.low) * WIDE
        parts.append(f'<path class="zero" d="M{x:.1f} 0V{HIGH}"/>')
        if 40 < x < WIDE - 40:
            parts.append(text(x, HIGH + 13, "0", anchor="middle"))
    parts.append(
        f'<path d="M0 {HIGH}H{WIDE}" stroke="currentColor" stroke-opacity=".35"/>'
        + text(0, HIGH + 13, number(found.low, 3))
        + text(WIDE, HIGH + 13, number(found.high, 3), anchor="end")
    )
    about = f"Histogram of {name}, from {number(found.low, 3)} to {number(found.high, 3)}"
    return svg(parts, WIDE, HIGH + BELOW, about, kind="histogram", style=STYLE)
