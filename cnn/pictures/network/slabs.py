"""The pieces of the network's picture: a slab for each output, and the words beside it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from cnn.network.layers import Container
from cnn.network.shapes import Shape, shape_text
from cnn.network.trace import Row
from cnn.numbers import exact
from cnn.pictures.kit.palette import COLOUR_OF_FAMILY, FONT, NEUTRAL, PAGE_FONT, TEXT

DEPTH = 0.30
RISE = 0.6


@dataclass(frozen=True, slots=True)
class Slab:
    """One output as a body: front `width` x `height`, and how far its depth reaches back."""

    width: float
    height: float
    depth: float

    @property
    def rise(self) -> float:
        return self.depth * RISE


def back_faces(body: Slab, x: float, y: float) -> str:
    """Top and side of a slab whose front's middle is on the way."""
    if not body.depth:
        return ""
    top, back, rise = y - body.height / 2, body.depth, body.rise
    right = x + body.width
    over = (
        f"M{x:.1f},{top:.1f} l{back:.1f},{-rise:.1f} H{right + back:.1f} L{right:.1f},{top:.1f} z"
    )
    side = (
        f"M{right:.1f},{top:.1f} l{back:.1f},{-rise:.1f} v{body.height:.1f} "
        f"l{-back:.1f},{rise:.1f} z"
    )
    return f'<path class="top" d="{over}"/><path class="side" d="{side}"/>'


def front_face(row: Row, slab: Slab, x: float, y: float) -> str:
    front = rectangle("front", x, y, slab.width, slab.height)
    if row.layer.is_thin or not row.layer.activation:
        return front
    return front + rectangle("bend", x + slab.width - 2, y, 2, slab.height)


def rectangle(name: str, x: float, y: float, width: float, height: float) -> str:
    place = f'x="{x:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{name}" {place}/>'


def labels(row: Row, slab: Slab, x: float, y: float) -> str:
    above = text(x, y - slab.height / 2 - slab.rise - 5, size_label(row))
    below = kind_label(row) if not row.layer.is_thin else ""
    return above + text(x, y + slab.height / 2 + 15, below)


def percent(share: float) -> str:
    """A share that is neither nothing nor all never reads as 0 % or 100 %."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def scale_label(row: Row) -> str:
    """What is written at the node of a sum whose body is scaled."""
    layer = row.layer
    return f"×{exact(layer.scale)}" if isinstance(layer, Container) and layer.scale != 1 else ""


def size_label(row: Row) -> str:
    """The output's size, where this layer changed it."""
    return size_text(row.output_shape) if row.output_shape != row.input_shape else ""


def kind_label(row: Row) -> str:
    """What the layer is, in a word or two: `conv 5x5`."""
    word = row.layer.word
    window = getattr(row.layer, "kernel_size", None) or getattr(row.layer, "pool_size", None)
    return f"{word} {size_text(window)}" if window else word


def size_text(shape: Shape) -> str:
    return shape_text(shape).replace("x", "×")


STYLE = (
    f".network text{{font:12px {PAGE_FONT};fill:currentColor;fill-opacity:.75}}"
    ".network .wire{fill:none;stroke:currentColor;stroke-opacity:.35;stroke-width:1.2}"
    ".network .bracket{fill:none;stroke:currentColor;stroke-opacity:.4}"
    ".network .part{font-weight:600;fill-opacity:.95}"
    ".network .front{stroke:currentColor;stroke-opacity:.25;stroke-width:.6}"
    ".network .top{fill-opacity:.55}.network .side{fill-opacity:.75}"
    f".network .input{{fill:{NEUTRAL}}}"
    f".network .bend{{fill:{COLOUR_OF_FAMILY['activation']}}}"
    ".network .sign{stroke:#fff;stroke-width:1.6;fill:none}"
    ".network .layer{cursor:pointer}.network .layer:hover{filter:brightness(1.15)}"
    ".network .selected .front,.network .selected circle"
    "{stroke:currentColor;stroke-opacity:1;stroke-width:2}"
    + "".join(f".network .{name}{{fill:{colour}}}" for name, colour in COLOUR_OF_FAMILY.items())
)


def standalone(svg: str) -> str:
    """The SVG with its words in dark ink and in a usual font; on a page, both are the page's."""
    return svg.replace("<svg ", f'<svg color="{TEXT[False]}" ', 1).replace(PAGE_FONT, FONT)
