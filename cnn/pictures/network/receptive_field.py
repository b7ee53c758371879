"""What one cell of a layer sees of the input, as an SVG picture."""

from __future__ import annotations

from html import escape

from cnn.network.shapes import Shape
from cnn.network.trace import Row
from cnn.pictures.kit.palette import colour_of

SIDE = 196
GRID_UP_TO = 40


def field_picture(row: Row, input_shape: Shape) -> str:
    """The input as a grid, with the field of the layer's middle cell on it."""
    height, width = input_shape[:2]
    cell = SIDE / max(height, width)
    frame_width, frame_height = width * cell, height * cell
    (top, bottom), (left, right) = _middle_field(row)
    top, left = max(top, 0), max(left, 0)
    bottom, right = min(bottom, height - 1), min(right, width - 1)
    field = _box("field", left, top, right + 1 - left, bottom + 1 - top, cell)
    label = f"receptive field of {row.title} on the {height}x{width} input"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="seen" role="img" '
        f'viewBox="-1 -1 {frame_width + 2:.0f} {frame_height + 2:.0f}" '
        f'aria-label="{escape(label, quote=True)}"><style>{_style(row)}</style>'
        f"<title>{escape(label)}</title>"
        f'<rect class="input" width="{frame_width:.1f}" height="{frame_height:.1f}"/>'
        f"{field}{_grid(height, width, cell)}</svg>"
    )


def _middle_field(row: Row) -> tuple[tuple[float, float], tuple[float, float]]:
    if len(row.output_shape) != 3:
        return row.receptive_field.span(0, 0)
    return row.receptive_field.span(row.output_shape[0] // 2, row.output_shape[1] // 2)


def _box(name: str, x: float, y: float, width: float, height: float, cell: float) -> str:
    numbers = zip(("x", "y", "width", "height"), (x, y, width, height), strict=True)
    places = " ".join(f'{side}="{value * cell:.1f}"' for side, value in numbers)
    return f'<rect class="{name}" {places}/>'


def _grid(height: int, width: int, cell: float) -> str:
    if max(height, width) > GRID_UP_TO:
        return ""
    lines = [f"M0,{y * cell:.1f} H{width * cell:.1f}" for y in range(height + 1)]
    lines += [f"M{x * cell:.1f},0 V{height * cell:.1f}" for x in range(width + 1)]
    return f'<path class="grid" d="{" ".join(lines)}"/>'


def _style(row: Row) -> str:
    return (
        ".seen .input{fill:currentColor;fill-opacity:.06}"
        ".seen .grid{stroke:currentColor;stroke-opacity:.16;stroke-width:.6;fill:none}"
        f".seen .field{{fill:{colour_of(row.kind)};fill-opacity:.45;"
        f"stroke:{colour_of(row.kind)};stroke-width:1.5}}"
    )
