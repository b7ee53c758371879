"""How one cell came to its value, as a picture: window, kernel, products, sum, bias, activation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cnn.insight.passes.operations import Array
from cnn.insight.readings.cell import Cell, Contributions, Mixed, Pooled, Products, Window
from cnn.numbers import fixed, number
from cnn.pictures.inside.cell_bars import channel_bars, contribution_bars, sign_colour
from cnn.pictures.kit.palette import FAINT, LIT, PAGE_FONT, hex_of
from cnn.pictures.kit.svg import svg, text

GAP = 34.0
HEAD = 20.0
LARGEST, SMALLEST, WORDS = 46.0, 9.0, 32.0
"""Pixels of a number's square; below `WORDS` the number has no room, but is told to a pointer."""

MOST_CELLS = 32
"""On a side; of a larger window the part is shown that counts most."""

WINDOW_NAMES = ("Window", "Kernel")
LINE = 440.0
STYLE = (
    f"""
.cell text{{font:500 12px {PAGE_FONT};fill:currentColor}}
.cell .won{{fill:none;stroke:{hex_of(LIT)};stroke-width:2.5}}
"""
    + """
.cell .number{font-size:11px;font-variant-numeric:tabular-nums}
.cell .faint{opacity:.7}
.cell .sign{font-size:20px;opacity:.75}
.cell .edge{fill:none;stroke:currentColor;stroke-opacity:.16}
.cell .outside{stroke-dasharray:3 2;stroke-opacity:.4}
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
    sums = _channel_sums(cell)
    match cell.detail:
        case Products() as found:
            names = ("Cells", "Their weights") if found.is_spread else WINDOW_NAMES
            kernel, products = found.kernel[..., channel], found.products[..., channel]
            parts, width, top = _grids(found.window, kernel, products, channel, names)
            title = f"Sums of the {len(sums):,} input channels"
            return _summed(cell, parts, width, top, sums, channel, title, found.window.channels)
        case Mixed() as found:
            parts, width, top = _grids(
                found.window,
                found.depthwise_kernel[:, :, channel, 0],
                found.depthwise[:, :, channel, 0],
                channel,
            )
            title = "Each channel's sum, times its pointwise weight"
            return _summed(cell, parts, width, top, sums, channel, title, found.window.channels)
        case Pooled() as found:
            return _pooled(cell, found)
        case Contributions() as found:
            parts, width, bottom = contribution_bars(found)
            return _svg([*parts, _ending(cell, bottom + 22)], width, bottom + 34, cell)
        case None:
            return ""


def _channel_sums(cell: Cell) -> npt.NDArray[np.float64]:
    match cell.detail:
        case Products() as found:
            return np.asarray(found.products.sum(axis=(0, 1), dtype=np.float64))
        case Mixed() as found:
            many = found.depthwise.shape[3]
            return np.asarray(found.products.reshape(-1, many).sum(axis=1, dtype=np.float64))
    return np.zeros(0)


def _grids(
    window: Window,
    kernel: Array,
    products: Array,
    channel: int,
    names: tuple[str, str] = WINDOW_NAMES,
) -> tuple[list[str], float, float]:
    """Window times kernel gives products, side by side; with the width and height they take."""
    part = _part(products.shape, int(np.abs(np.nan_to_num(products)).argmax()))
    height, width = kernel[part].shape
    side = _side(max(height, width))
    many = len(window.channels) > 1
    of = f", channel {window.channels[channel]}" if many else ""
    of += _of_all(part, kernel.shape)
    step = max(side * width, 92.0) + GAP
    middle = HEAD + side * height / 2
    parts = []
    for place, (name, values) in enumerate(
        (
            (f"{names[0]}{of}", window.values[..., channel][part]),
            (names[1], kernel[part]),
            ("Products", products[part]),
        )
    ):
        left = place * step
        inside = window.inside[part] if place == 0 else None
        parts.append(text(left, 12, name, "faint"))
        parts.append(_grid(values, left, HEAD, side, inside))
        if place < 2:
            sign = "×" if place == 0 else "="
            parts.append(text(left + step - GAP / 2, middle + 7, sign, "sign", "middle"))
    bottom = HEAD + side * height
    left = 2 * step
    words = "The channel adds up to" if many else "They add up to"
    parts.append(text(left, bottom + 16, words, "faint"))
    parts.append(text(left, bottom + 34, number(products.sum(dtype=np.float64)), "sum"))
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
        parts.append(text(0, top + 14, title, "faint"))
        parts.append(channel_bars(sums, channel, channels, top + 22, width))
        top += 22 + 62
    return _svg([*parts, _ending(cell, top + 20)], width, top + 30, cell)


def _ending(cell: Cell, y: float) -> str:
    """Sum, bias and activation as one line with its numbers."""
    detail = cell.detail
    assert isinstance(detail, Products | Mixed | Contributions)
    many = 1 if isinstance(detail, Contributions) else len(_channel_sums(cell))
    of = f"its {many:,} channels" if many > 1 else "sum"
    line = f"{of} {number(detail.total)}"
    if detail.bias is not None:
        sign, size = ("−", -detail.bias) if detail.bias < 0 else ("+", detail.bias)
        line += f" {sign} bias {number(size)} = {number(cell.linear)}"
    if cell.activation and cell.activation != "linear":
        line += f" → {cell.activation} → {number(cell.value)}"
    return text(0, y, line, "sum")


def _pooled(cell: Cell, found: Pooled) -> str:
    whole = found.window.values[..., 0]
    row = column = 0
    if found.winner is not None:
        row = found.window.lines.index(found.winner[0])
        column = found.window.columns.index(found.winner[1])
    part = _part(whole.shape, row * whole.shape[1] + column)
    values = whole[part]
    height, width = values.shape
    side = _side(max(height, width))
    of = _of_all(part, whole.shape)
    parts = [
        text(0, 12, f"Window, channel {found.window.channels[0]}{of}", "faint"),
        _grid(values, 0, HEAD, side, found.window.inside[part]),
    ]
    if found.winner is not None:
        row, column = row - part[0].start, column - part[1].start
        parts.append(
            f'<rect class="won" x="{column * side:.1f}" y="{HEAD + row * side:.1f}" '
            f'width="{side:.1f}" height="{side:.1f}" rx="2"/>'
        )
    left = max(side * width, 110) + 16
    word = "largest" if found.winner is not None else "mean"
    middle = HEAD + side * height / 2
    parts.append(text(left, middle - 3, word, "faint"))
    parts.append(text(left, middle + 15, number(cell.value), "sum"))
    return _svg(parts, left + 100, HEAD + side * height + 8, cell)


def _part(shape: tuple[int, ...], place: int) -> tuple[slice, slice]:
    """The lines and columns that are shown of a window: all, or those about a place in it."""
    at = divmod(place, shape[1])
    starts = [
        max(0, min(one - MOST_CELLS // 2, size - MOST_CELLS))
        for one, size in zip(at, shape, strict=True)
    ]
    lines, columns = (
        slice(start, min(start + MOST_CELLS, size))
        for start, size in zip(starts, shape, strict=True)
    )
    return lines, columns


def _of_all(part: tuple[slice, slice], shape: tuple[int, ...]) -> str:
    sizes = tuple(one.stop - one.start for one in part)
    if sizes == shape:
        return ""
    return f", {sizes[0]}×{sizes[1]} of {shape[0]}×{shape[1]}"


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
            about = "padding" if is_outside else number(value, 6)
            edge = "edge outside" if is_outside else "edge"
            shown = "" if is_outside and not np.isfinite(value) else _in_square(float(value))
            parts.append(
                f'<g data-path="number"><title>{about}</title>'
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" '
                f'height="{side:.1f}" fill="{sign_colour(float(value))}" '
                f'fill-opacity="{_strength(float(value), reach):.3f}"/>'
                f'<rect class="{edge}" x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" '
                f'width="{side - 1:.1f}" height="{side - 1:.1f}"/>'
                + (
                    text(x + side / 2, y + side / 2 + 4, shown, "number", "middle")
                    if side >= WORDS
                    else ""
                )
                + "</g>"
            )
    return "".join(parts)


def _strength(value: float, reach: float) -> float:
    return 0.0 if not np.isfinite(value) else 0.6 * min(abs(value) / reach, 1.0) ** FAINT


def _in_square(value: float) -> str:
    """As much of a number as has room in its square."""
    if value == 0 or abs(value) >= 100:
        return number(value, 3)
    return number(value, 1) if abs(value) < 0.001 else fixed(value, 3)[:6]


def _svg(parts: Sequence[str], width: float, height: float, cell: Cell) -> str:
    place = ", ".join(map(str, cell.place))
    about = f"How cell {place} of {cell.title} came to {number(cell.value)}"
    return svg(parts, width, height, about, kind="cell", style=STYLE, role="group", margin=1)
