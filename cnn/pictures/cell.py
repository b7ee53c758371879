"""How one cell came to its value, as a picture: window, kernel, products, sum, bias, activation."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from cnn.insight.cell import Cell, Contributions, Mixed, Pooled, Products, Window
from cnn.insight.operations import Array
from cnn.pictures.slabs import PAGE_FONT
from cnn.pictures.snapshots import ABOVE, BELOW

GAP = 34.0
HEAD = 20.0
LARGEST, SMALLEST, WORDS = 46.0, 9.0, 32.0
"""Pixels of a number's square; below `WORDS` the number has no room, but is told to a pointer."""

WIDE, LINE = 190.0, 440.0
MOST_BARS = 64
BAR = 19.0
STYLE = (
    f"""
.cell text{{font:500 12px {PAGE_FONT};fill:currentColor}}
"""
    + """
.cell .number{font-size:11px;font-variant-numeric:tabular-nums}
.cell .faint{opacity:.7}
.cell .sign{font-size:20px;opacity:.75}
.cell .edge{fill:none;stroke:currentColor;stroke-opacity:.16}
.cell .outside{stroke-dasharray:3 2;stroke-opacity:.4}
.cell .won{fill:none;stroke:#22a0b8;stroke-width:2.5}
.cell .chosen{fill:currentColor;opacity:.1}
.cell .sum{font-size:14px;font-weight:600;font-variant-numeric:tabular-nums}
"""
)


def channel_shown(cell: Cell, wanted: int | None = None) -> int:
    """The input channel whose numbers are shown: the wanted one, else that which counts most."""
    sums = _channel_sums(cell)
    if wanted is not None and 0 <= wanted < len(sums):
        return wanted
    return int(np.abs(sums).argmax()) if len(sums) else 0


def cell_picture(cell: Cell, channel: int) -> str:
    """The cell's making with the numbers of one input channel; `data-path` names the others."""
    match cell.detail:
        case Products() as found:
            sums = found.products.sum(axis=(0, 1), dtype=np.float64)
            parts, width, top = _grids(
                found.window, found.kernel[..., channel], found.products[..., channel], channel
            )
            title = f"Sums of the {len(sums):,} input channels"
            return _summed(cell, parts, width, top, sums, channel, title, found.window.channels)
        case Mixed() as found:
            parts, width, top = _grids(
                found.window,
                found.depthwise_kernel[:, :, channel, 0],
                found.depthwise[:, :, channel, 0],
                channel,
            )
            many = found.depthwise.shape[3]
            sums = found.products.reshape(-1, many).sum(axis=1, dtype=np.float64)
            title = "Each channel's sum, times its pointwise weight"
            return _summed(cell, parts, width, top, sums, channel, title, found.window.channels)
        case Pooled() as found:
            return _pooled(cell, found)
        case Contributions() as found:
            return _contributions(cell, found)
        case None:
            return ""


def _channel_sums(cell: Cell) -> npt.NDArray[np.float64]:
    match cell.detail:
        case Products() as found:
            return np.asarray(found.products.sum(axis=(0, 1), dtype=np.float64))
        case Mixed() as found:
            many = found.depthwise.shape[3]
            sums = found.products.reshape(-1, many).sum(axis=1, dtype=np.float64)
            return np.asarray(sums)
    return np.zeros(0)


def _grids(
    window: Window, kernel: Array, products: Array, channel: int
) -> tuple[list[str], float, float]:
    """Window times kernel gives products, side by side; with the width and height they take."""
    height, width = kernel.shape
    side = _side(max(height, width))
    many = len(window.channels) > 1
    of = f", channel {window.channels[channel]}" if many else ""
    step = max(side * width, 92.0) + GAP
    middle = HEAD + side * height / 2
    parts = []
    for place, (name, values) in enumerate(
        (
            (f"Window{of}", window.values[..., channel]),
            ("Kernel", kernel),
            ("Products", products),
        )
    ):
        left = place * step
        inside = window.inside if place == 0 else None
        parts.append(_text(left, 12, name, "faint"))
        parts.append(_grid(values, left, HEAD, side, inside))
        if place < 2:
            sign = "×" if place == 0 else "="
            parts.append(_text(left + step - GAP / 2, middle + 7, sign, "sign", "middle"))
    bottom = HEAD + side * height
    left = 2 * step
    words = "The channel adds up to" if many else "They add up to"
    parts.append(_text(left, bottom + 16, words, "faint"))
    parts.append(_text(left, bottom + 34, _n(products.sum(dtype=np.float64)), "sum"))
    return parts, max(left + max(side * width, 130.0), LINE), bottom + 38


def _summed(
    cell: Cell,
    parts: list[str],
    width: float,
    top: float,
    sums: npt.NDArray[np.float64],
    channel: int,
    title: str,
    channels: Sequence[int],
) -> str:
    """The channels' sums as bars below the grids, then the sum of all, bias and activation."""
    if len(sums) > 1:
        parts.append(_text(0, top + 14, title, "faint"))
        parts.append(_columns(sums, channel, channels, top + 22, width))
        top += 22 + 62
    return _svg([*parts, _ending(cell, top + 20)], width, top + 30, cell)


def _columns(
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
            f"<title>channel {channels[place]}\n{_n(value)}</title>"
            f'<rect {back} x="{place * step:.1f}" y="{top:.1f}" width="{step:.1f}" '
            f'height="{2 * half:.1f}"/><rect x="{place * step + step * 0.15:.1f}" y="{y:.1f}" '
            f'width="{step * 0.7:.1f}" height="{max(high, 0.6):.1f}" fill="{_fill(value, reach)}" '
            f'fill-opacity=".9"/></g>'
        )
    if shown < len(sums):
        parts.append(_text(width, top + 8, f"{len(sums) - shown:,} more", "faint", "end"))
    return "".join(parts)


def _ending(cell: Cell, y: float) -> str:
    """Sum, bias and activation as one line with its numbers."""
    detail = cell.detail
    assert isinstance(detail, Products | Mixed | Contributions)
    many = 1 if isinstance(detail, Contributions) else len(_channel_sums(cell))
    of = f"all {many:,} channels" if many > 1 else "sum"
    line = f"{of} {_n(detail.total)}"
    if detail.bias is not None:
        sign, size = ("−", -detail.bias) if detail.bias < 0 else ("+", detail.bias)
        line += f" {sign} bias {_n(size)} = {_n(cell.linear)}"
    if cell.activation and cell.activation != "linear":
        line += f" → {cell.activation} → {_n(cell.value)}"
    return _text(0, y, line, "sum")


def _pooled(cell: Cell, found: Pooled) -> str:
    values = found.window.values[..., 0]
    height, width = values.shape
    side = _side(max(height, width))
    parts = [
        _text(0, 12, f"Window, channel {found.window.channels[0]}", "faint"),
        _grid(values, 0, HEAD, side, found.window.inside),
    ]
    if found.winner is not None:
        row = found.window.lines.index(found.winner[0])
        column = found.window.columns.index(found.winner[1])
        parts.append(
            f'<rect class="won" x="{column * side:.1f}" y="{HEAD + row * side:.1f}" '
            f'width="{side:.1f}" height="{side:.1f}" rx="2"/>'
        )
    left = max(side * width, 110) + 16
    word = "largest" if found.winner is not None else "mean"
    middle = HEAD + side * height / 2
    parts.append(_text(left, middle - 3, word, "faint"))
    parts.append(_text(left, middle + 15, _n(cell.value), "sum"))
    return _svg(parts, left + 100, HEAD + side * height + 8, cell)


def _contributions(cell: Cell, found: Contributions) -> str:
    """The features that moved the sum most, as bars to the left and right of zero."""
    lines = [
        (f"feature {one.feature}", f"{_n(one.value)} × {_n(one.weight)}", one.product)
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
            _text(0, y + 13, name, "faint")
            + _text(200, y + 13, sum_, "number", "end")
            + f'<rect x="{left:.1f}" y="{y + 3:.1f}" width="{max(long, 0.6):.1f}" '
            f'height="{BAR - 6:.1f}" rx="1" fill="{_fill(product, reach)}"/>'
            + _text(zero + WIDE / 2 + 8, y + 13, _n(product), "number")
        )
    bottom = len(lines) * BAR
    axis = f'<path d="M{zero} 0V{bottom}" stroke="currentColor" stroke-opacity=".3"/>'
    return _svg([*parts, axis, _ending(cell, bottom + 22)], 480, bottom + 34, cell)


def _side(cells: int) -> float:
    return max(SMALLEST, min(LARGEST, 168.0 / max(cells, 1)))


def _grid(
    values: Array, left: float, top: float, side: float, inside: npt.NDArray[np.bool_] | None
) -> str:
    finite = values[np.isfinite(values)]
    reach = (float(np.abs(finite).max()) if finite.size else 0.0) or 1.0
    parts = []
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            x, y = left + column * side, top + row * side
            is_outside = inside is not None and not inside[row, column]
            about = "padding" if is_outside else _n(value, 6)
            edge = "edge outside" if is_outside else "edge"
            number = "" if is_outside and not np.isfinite(value) else _in_square(float(value))
            parts.append(
                f'<g data-path="number"><title>{about}</title>'
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" '
                f'height="{side:.1f}" fill="{_fill(float(value), reach)}" '
                f'fill-opacity="{_strength(float(value), reach):.3f}"/>'
                f'<rect class="{edge}" x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" '
                f'width="{side - 1:.1f}" height="{side - 1:.1f}"/>'
                + (
                    _text(x + side / 2, y + side / 2 + 4, number, "number", "middle")
                    if side >= WORDS
                    else ""
                )
                + "</g>"
            )
    return "".join(parts)


def _fill(value: float, reach: float) -> str:
    return f"rgb{BELOW if value < 0 else ABOVE}".replace(" ", "")


def _strength(value: float, reach: float) -> float:
    return 0.0 if not np.isfinite(value) else 0.6 * min(abs(value) / reach, 1.0)


def _n(value: float | np.floating, digits: int = 4) -> str:
    """So many significant digits, no zeros at the end, and a true minus."""
    number = float(value) + 0.0 or 0.0  # no minus before 0
    text = f"{number:.{digits}g}".replace("-", "−")
    return text.replace("e−0", "e−").replace("e+0", "e")


def _in_square(value: float) -> str:
    """As much of a number as has room in its square."""
    if value == 0 or abs(value) >= 100:
        return _n(value, 3)
    return _n(value, 1) if abs(value) < 0.001 else f"{value:.3f}"[:6].replace("-", "−")


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def _svg(parts: Sequence[str], width: float, height: float, cell: Cell) -> str:
    about = f"How cell {', '.join(map(str, cell.place))} of {cell.title} came to {_n(cell.value)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="cell" role="group" '
        f'viewBox="-1 0 {width + 2:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'aria-label="{escape(about, quote=True)}"><style>{STYLE}</style>{"".join(parts)}</svg>'
    )
