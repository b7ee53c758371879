"""The network drawn to scale, as SVG: every output a slab, skips and branches as they run.

Height and depth of a slab are those of the map; its thickness grows with the root of the channels.
Every layer carries its path (`data-path`) for clicks, and a sentence for hovering. Of long networks
blocks that come again are drawn once, with how often.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from math import sqrt

from cnn.network.errors import Path, path_text
from cnn.network.layers import Container, Layers, Residual
from cnn.network.layers.repeats import after_training, stretches
from cnn.network.shapes import Shape, shape_text
from cnn.network.trace import Row, Trace, params_text
from cnn.pictures.kit.svg import svg
from cnn.pictures.network.slabs import (
    DEPTH,
    STYLE,
    Slab,
    back_faces,
    front_face,
    kind_label,
    labels,
    percent,
    rectangle,
    scale_label,
    size_label,
    size_text,
    text,
)

TALLEST = 128
GAP = 16
LANE_GAP = 24
NODE = 7
LETTER = 6.9
MARGIN = 14
SIGNS = {
    "concatenate": tuple((shift, -3, "v6 ") for shift in (-3, 0, 3)),
    "add": ((-3.5, 0, "h7 "), (0, -3.5, "v7")),
    "multiply": ((-2.5, -2.5, "l5 5 "), (-2.5, 2.5, "l5 -5")),
    "maximum": ((-3, 2, "l3 -4.5 l3 4.5"),),
    "average": ((-3.5, 0, "h7 "), (-0.8, -3, "h1.6 "), (-0.8, 3, "h1.6")),
    "subtract": ((-3.5, 0, "h7"),),
}
"""What stands on the node of each merge: where each line begins from its middle, and its run."""

LONG = 60
"""With more layers than that, what comes again is drawn once."""

AGAIN = 24
"""The room above for the bracket of what comes again."""

LINE_BELOW = 14
"""That for one more line of words below a layer."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The room a part of the picture takes: along the way, above it, and below it."""

    width: float
    above: float
    below: float


Group = tuple[Row, ...]
"""A layer with the thin ones behind it (batch norm, activation, dropout), drawn as one piece."""


@dataclass(slots=True)
class _Drawing:
    """The picture while it is drawn."""

    trace: Trace
    selected: Path | None
    shut: Collection[Path] = ()
    is_folded: bool = False
    rows: dict[Path, Row] = field(default_factory=dict)
    scale: float = 1.0
    parts: list[str] = field(default_factory=list)
    again: dict[Path, tuple[Path, int]] = field(default_factory=dict)
    """Of the first layer of what comes again: the last one, and how often."""
    words: Mapping[Path, str] = field(default_factory=dict)
    """What is written below layers, and is their class in place of their family."""
    starts: dict[Path, float] = field(default_factory=dict)
    """Where on the way each layer was drawn that stands in no block."""

    def __post_init__(self) -> None:
        self.rows = {row.path: row for row in self.trace.rows}
        shapes = [self.trace.architecture.input, *(row.output_shape for row in self.trace.rows)]
        self.scale = TALLEST / max(max(shape[:2]) for shape in shapes if len(shape) == 3)

    def slab(self, shape: Shape, thin: bool = False) -> Slab:
        if len(shape) == 1:
            height = min(max(4.5 * sqrt(shape[0]), 8.0), TALLEST)
            return Slab(4 if thin else 11, height, 0)
        height, width, channels = shape
        thickness = 4.0 if thin else min(max(2.6 * sqrt(channels), 3.0), 48.0)
        return Slab(thickness, max(height * self.scale, 5.0), max(width * self.scale, 5.0) * DEPTH)

    # How much room a part takes -------------------------------------------------------------

    def groups(self, layers: Layers, path: Path) -> list[Group]:
        """The layers of a series that the trace reached, thin ones put to the one before."""
        found: list[Group] = []
        for index in self.drawn(layers, path):
            row = self.rows.get((*path, index))
            if row is None:
                break
            if row.layer.is_thin and found and self.may_join(row, found[-1]):
                found[-1] = (*found[-1], row)
            else:
                found.append((row,))
        return found

    def may_join(self, row: Row, before: Group) -> bool:
        """Whether a thin layer is drawn with those before it: not over an end of what is folded."""
        is_apart = row.path in self.again or any(
            before[-1].path == last for last, _ in self.again.values()
        )
        return not (is_apart or isinstance(before[0].layer, Container))

    def drawn(self, layers: Layers, path: Path) -> list[int]:
        """The places of a series without those that are as others before them."""
        if not self.is_folded or (*path, len(layers) - 1) not in self.rows:
            return list(range(len(layers)))
        places: list[int] = []
        for one in stretches(layers, after_training):
            first, last = (*path, one.start), (*path, one.start + one.length - 1)
            folds = one.times > 1 and self.keeps_size(first, last)
            places += range(one.start, one.start + one.length if folds else one.end)
            if folds:
                self.again[first] = last, one.times
        return places

    def drawn_for(self, path: Path) -> Path:
        """The layer that is drawn in place of that one, which may come again."""
        for first, (last, times) in self.again.items():
            *series, start = first
            place = len(series)
            if list(path[:place]) != series or len(path) <= place:
                continue
            at, length = int(path[place]) - int(start), int(last[-1]) - int(start) + 1
            if 0 <= at < length * times:
                path = (*series, int(start) + at % length, *path[place + 1 :])
        return path

    def folds(self) -> int:
        """How many stretches of the outermost series are drawn once."""
        self.drawn(self.trace.architecture.layers, ())
        return len(self.again)

    def keeps_size(self, first: Path, last: Path) -> bool:
        """Whether a map comes out as large as it goes in, however many channels it has."""
        before, after = self.rows[first].input_shape, self.rows[last].output_shape
        return len(before) == len(after) and before[:-1] == after[:-1]

    def extent(self, groups: list[Group]) -> Extent:
        rooms = [self.group_extent(group) for group in groups]
        return Extent(
            sum(room.width for room in rooms),
            max((room.above for room in rooms), default=0.0),
            max((room.below for room in rooms), default=0.0),
        )

    def group_extent(self, group: Group) -> Extent:
        row = group[0]
        if self.is_open(row):
            lanes = self.lanes(row)
            total = sum(lane.above + lane.below for lane in lanes) + LANE_GAP * (len(lanes) - 1)
            above = self.above_way(row, lanes)
            width = max(lane.width for lane in lanes) + 2 * GAP + 2 * NODE
            width += len(scale_label(row)) * LETTER
            return Extent(width, above, max(total - above, 2.0 * NODE))
        slabs = [self.slab(one.output_shape, one.layer.is_thin) for one in group]
        width = sum(slab.width for slab in slabs) + slabs[0].depth + GAP
        words = max(len(size_label(row)), len(kind_label(row)) if not row.layer.is_thin else 0)
        words = max(words, len(self.words.get(row.path, "")))
        tallest = max(slab.height for slab in slabs) / 2
        return Extent(
            max(width, words * LETTER + 8),
            tallest + max(slab.rise for slab in slabs) + 20,
            tallest + 20 + (LINE_BELOW if self.words else 0),
        )

    def is_open(self, row: Row) -> bool:
        """Whether it holds layers that are drawn; one that is shut is a slab like any layer."""
        return isinstance(row.layer, Container) and row.path not in self.shut

    def lanes(self, row: Row) -> list[Extent]:
        """The room of each series held, from top to bottom; a bare wire takes a little too."""
        return [
            self.extent(self.groups(held, path)) if held else Extent(2 * GAP, 6, 6)
            for path, held in self.held(row)
        ]

    def held(self, row: Row) -> list[tuple[Path, Layers]]:
        """Each series a container holds; a residual's shortcut runs above its body."""
        assert isinstance(row.layer, Container)
        series = [(row.path + part, layers) for part, layers in row.layer.series()]
        return series[::-1] if isinstance(row.layer, Residual) else series

    def above_way(self, row: Row, lanes: list[Extent]) -> float:
        """How far the top is above the way: a residual's body stays on it, branches centre."""
        if isinstance(row.layer, Residual):
            return lanes[0].above + lanes[0].below + LANE_GAP + lanes[1].above
        return (sum(lane.above + lane.below for lane in lanes) + LANE_GAP * (len(lanes) - 1)) / 2

    # Drawing --------------------------------------------------------------------------------

    def draw(self, groups: list[Group], x: float, y: float) -> float:
        """Draws the groups one after the other; returns where the way goes on."""
        begun: dict[Path, tuple[float, int]] = {}
        tops: list[float] = []
        for group in groups:
            room = self.group_extent(group)
            if again := self.again.get(group[0].path):
                begun[again[0]], tops = (x, again[1]), []
            tops.append(y - room.above)
            if self.is_open(group[0]):
                self.draw_container(group[0], x, y, room)
            else:
                self.wire([(x, y), (x + room.width, y)])
                self.draw_group(group, x, y)
            x += room.width
            if ended := begun.pop(group[-1].path, None):
                self.draw_again(ended[0], x, min(tops), ended[1])
        return x

    def draw_again(self, x: float, end: float, top: float, times: int) -> None:
        """A bracket over what comes again, with how often it stands there."""
        self.parts.append(
            f'<path class="bracket" d="M{x + 2:.1f},{top:.1f} v-5 H{end - 6:.1f} v5"/>'
            f'<text class="part" x="{x + 2:.1f}" y="{top - 10:.1f}">×{times}</text>'
        )

    def draw_group(self, group: Group, x: float, y: float) -> None:
        slabs = [self.slab(row.output_shape, row.layer.is_thin) for row in group]
        body = replace(slabs[0], width=sum(slab.width for slab in slabs))
        for row, slab in zip(group, slabs, strict=True):
            if len(row.path) == 1:
                self.starts[row.path] = x - (GAP / 2 if row is group[0] else 0)
            faces = back_faces(body, x, y) + labels(row, slab, x, y) if row is group[0] else ""
            if row is group[0] and (said := self.words.get(row.path)):
                faces += text(x, y + slab.height / 2 + 15 + LINE_BELOW, said)
            self.parts.append(self.group(row, faces + front_face(row, slab, x, y)))
            x += slab.width

    def draw_container(self, row: Row, x: float, y: float, room: Extent) -> None:
        lanes = self.lanes(row)
        if len(row.path) == 1:
            self.starts[row.path] = x
        start, node = x + GAP / 2, x + room.width - NODE - GAP / 2
        node -= len(scale_label(row)) * LETTER
        top = y - self.above_way(row, lanes)
        self.wire([(x, y), (start, y)])
        for (path, layers), lane in zip(self.held(row), lanes, strict=True):
            level = top + lane.above
            self.wire([(start, y), (start, level), (start + GAP / 2, level)])
            reached = self.draw(self.groups(layers, path), start + GAP / 2, level)
            self.wire([(reached, level), (node, level), (node, y)])
            top += lane.above + lane.below + LANE_GAP
        self.draw_node(row, node, y)
        self.wire([(node + NODE, y), (x + room.width, y)])

    def wire(self, points: list[tuple[float, float]]) -> None:
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline class="wire" points="{way}"/>')

    def draw_node(self, row: Row, x: float, y: float) -> None:
        assert isinstance(row.layer, Container)
        lines = SIGNS[row.layer.merge]
        sign = "".join(f"M{x + left:.1f},{y + up:.1f} {run}" for left, up, run in lines)
        circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{NODE}"/>'
        circle += f'<path class="sign" d="{sign}"/>'
        scale = text(x + NODE + 2, y + 14, scale_label(row)) if scale_label(row) else ""
        self.parts.append(self.group(row, circle + scale))

    def group(self, row: Row, inner: str) -> str:
        holds_it = row.path in self.shut and (self.selected or ())[: len(row.path)] == row.path
        is_selected = row.path == self.selected or holds_it
        own = class_of(self.words.get(row.path, "")) if self.words else row.layer.family
        classes = f"layer {own}" + " selected" * is_selected
        path = escape(path_text(row.path), quote=True)
        return (
            f'<g class="{classes}" data-path="{path}" tabindex="-1">'
            f"<title>{escape(hover_text(row))}</title>{inner}</g>"
        )


def class_of(words: str) -> str:
    """The class of layers with these words below; of those without, one of their own."""
    return words.replace(" ", "-") or "unmarked"


def hover_text(row: Row) -> str:
    """What hovering a layer says: its name, what it makes of what, and what it costs."""
    lines = [
        f"{row.title}: {shape_text(row.input_shape)} to {shape_text(row.output_shape)}",
        row.formula,
        f"{params_text(row.params, row.trainable_params)}, {row.macs:,} MACs",
        f"sees {shape_text(row.receptive_field.size)} input pixels",
    ]
    return "\n".join(lines)


def sections(trace: Trace) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """The rows in their three parts: features (maps), flattening, head (vectors)."""
    top = [row for row in trace.rows if len(row.path) == 1]
    turn = next((i for i, row in enumerate(top) if len(row.output_shape) == 1), len(top))
    parts = (
        ("features", top[:turn]),
        ("flattening", top[turn : turn + 1]),
        ("head", top[turn + 1 :]),
    )
    inside: dict[int | str, list[Row]] = {}
    for row in trace.rows:
        inside.setdefault(row.path[0], []).append(row)
    return tuple(
        (name, tuple(row for one in rows for row in inside[one.path[0]]))
        for name, rows in parts
        if rows
    )


def is_long(trace: Trace) -> bool:
    """Whether what comes again is drawn once, unless all is asked for."""
    return len(trace.rows) > LONG and bool(_Drawing(trace, None, is_folded=True).folds())


def diagram(
    trace: Trace,
    selected: Path | None = None,
    shut: Collection[Path] = (),
    *,
    is_whole: bool = False,
) -> str:
    """The picture as one SVG text; colours are set inside it, words take the page's colour.

    Of containers that are `shut` what they hold is not drawn; `is_whole` draws what comes again.
    """
    drawing = _Drawing(trace, selected, shut, len(trace.rows) > LONG and not is_whole)
    width, height = _drawn(drawing)
    return svg(drawing.parts, width, height, _spoken(trace), kind="network", style=STYLE)


def marked_diagram(
    trace: Trace,
    words: Mapping[Path, str],
    border: int,
    said: str,
    *,
    style: str,
    about: str,
    shut: Collection[Path] = (),
) -> str:
    """The whole picture with words below layers, which give them their colour by `style` in place
    of their kind, and a border: what stands before that many layers is shaded, and `said` of it.
    """
    drawing = _Drawing(trace, None, shut, words=words)
    width, height = _drawn(drawing)
    at = drawing.starts.get((border,), width - MARGIN) if border else 0.0
    behind = (
        f'<rect class="shaded" x="0" y="0" width="{at:.1f}" height="{int(height)}"/>'
        f'<path class="border" d="M{at:.1f},0 V{int(height)}"/>{text(MARGIN, 16, said)}'
    )
    parts = [behind, *drawing.parts] if border else drawing.parts
    return svg(parts, width, height, about, kind="network", style=STYLE + style)


def _drawn(drawing: _Drawing) -> tuple[float, float]:
    """Draws all of the network; the width and the height it takes."""
    trace, selected = drawing.trace, drawing.selected
    shape = trace.architecture.input
    slab, size = drawing.slab(shape), size_text(shape)
    whole = drawing.extent(drawing.groups(trace.architecture.layers, ()))
    drawing.selected = drawing.drawn_for(selected) if selected else None
    head = AGAIN if drawing.again or drawing.words else 0
    y = MARGIN + head + max(whole.above, slab.height / 2 + slab.rise + 20)
    below = y + max(whole.below, slab.height / 2 + 20) + 8
    x = MARGIN + max(slab.width + slab.depth + GAP, len(size) * LETTER + 10)
    drawing.wire([(MARGIN, y), (x, y)])
    front = rectangle("front", MARGIN, y, slab.width, slab.height)
    top = y - slab.height / 2 - slab.rise - 5
    words = text(MARGIN, top, size) + text(MARGIN, y + slab.height / 2 + 15, "input")
    drawing.parts.append(f'<g class="input">{back_faces(slab, MARGIN, y)}{front}{words}</g>')
    for name, rows in sections(trace):
        x = _draw_section(drawing, name, rows, x, y, below)
    return x + MARGIN, below + 47


def _draw_section(
    drawing: _Drawing, name: str, rows: tuple[Row, ...], x: float, y: float, below: float
) -> float:
    """One part of the network with its bracket and its share of the parameters."""
    params, total = sum(row.params for row in rows), drawing.trace.total_params
    share = f"{params:,} ({percent(params / total)})" if params else "0 params"
    inside = {row.path for row in rows}
    groups = drawing.groups(drawing.trace.architecture.layers, ())
    reached = drawing.draw([group for group in groups if group[0].path in inside], x, y)
    end = max(reached, x + max(len(name), len(share)) * (LETTER + 0.7) + 10)
    if name != "head":
        drawing.wire([(reached, y), (end, y)])
    drawing.parts.append(
        f'<path class="bracket" d="M{x:.1f},{below:.1f} v5 H{end - 8:.1f} v-5"/>'
        f'<text class="part" x="{x:.1f}" y="{below + 20:.1f}">{name}</text>'
        f'<text x="{x:.1f}" y="{below + 35:.1f}">{escape(share)}</text>'
    )
    return end


def _spoken(trace: Trace) -> str:
    steps = [f"{row.kind} to {shape_text(row.output_shape)}" for row in trace.rows]
    shown = steps if len(steps) <= 40 else [*steps[:40], f"and {len(steps) - 40} more"]
    return f"{trace.architecture.name}: input {shape_text(trace.architecture.input)}, " + ", ".join(
        shown
    )
