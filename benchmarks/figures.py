"""What `docs/` shows of a benchmark: on paper of its own, so that it is read on dark pages too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cnn.pictures.kit.palette import INK, LINE, PAPER, SERIES, TEXT
from cnn.pictures.paper.sheet import SIZE, Area, Line, Shape, Sheet, Words, text_width
from cnn.pictures.paper.vectors import svg

DOCS = Path(__file__).parents[1] / "docs"
WIDTH, ROW, THICK, GAP = 460.0, 20.0, 12.0, 5.0
SQUARE, LEGEND_ROW, REACH = 7.0, 12.0, 2.5
MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A whole in its parts, as large as they may be; `marked` is a share of the whole."""

    name: str
    end: str
    parts: Mapping[str, float]
    marked: float


def put(name: str, sheet: Sheet, folder: Path = DOCS) -> None:
    """Writes the figure into `docs/`."""
    (folder / f"{name}.svg").write_text(svg(on_paper(sheet)), "utf-8")


def on_paper(sheet: Sheet) -> Sheet:
    """The sheet with a ground."""
    return replace(
        sheet, shapes=(_box(0, 0, sheet.width, sheet.height, PAPER[False]), *sheet.shapes)
    )


def stacked(bars: Sequence[Bar], about: str, whole: str, mark: str) -> Sheet:
    """A bar for each, all of one length, and in it its parts; what they and the mark are, above."""
    kinds = list(dict.fromkeys(kind for bar in bars for kind in bar.parts))
    colours = dict(zip(kinds, SERIES[False], strict=False))
    legend, top = _legend(colours, mark)
    left = max(text_width(bar.name, SIZE) for bar in bars) + 2 * GAP
    right = WIDTH - max(text_width(bar.end, SIZE) for bar in bars) - 2 * GAP
    bottom = top + ROW * len(bars)
    shapes: list[Shape] = []
    for share in MARKS:
        x = left + share * (right - left)
        shapes.append(Line(((x, top), (x, bottom)), LINE[False], 0.5))
        said = f"{share:.0%}".replace("%", " %")
        shapes.append(Words((x, bottom + SIZE + 2), said, "middle", colour=INK[False]))
    shapes.append(
        Words(((left + right) / 2, bottom + 2 * SIZE + 6), whole, "middle", colour=INK[False])
    )
    for place, bar in enumerate(bars):
        middle = top + ROW * (place + 0.5)
        shapes += _bar(bar, colours, left, right, middle)
    height = bottom + 2 * SIZE + 10
    return Sheet(WIDTH, height, about, (*shapes, *legend))


def _bar(
    bar: Bar, colours: Mapping[str, str], left: float, right: float, middle: float
) -> Iterator[Shape]:
    yield Words((left - GAP, middle + SIZE * 0.35), bar.name, "end")
    at, total = left, sum(bar.parts.values())
    for kind, part in bar.parts.items():
        wide = part / total * (right - left)
        yield _box(at, middle - THICK / 2, wide, THICK, colours[kind])
        at += wide
    yield from _mark(left + bar.marked * (right - left), middle)
    yield Words((right + GAP, middle + SIZE * 0.35), bar.end)


def _mark(x: float, middle: float) -> Iterator[Shape]:
    """A line across a bar, with an edge that parts it from any colour."""
    reach = THICK / 2 + REACH
    for colour, width in ((PAPER[False], 4.0), (TEXT[False], 1.6)):
        yield Line(((x, middle - reach), (x, middle + reach)), colour, width)


def _legend(colours: Mapping[str, str], mark: str) -> tuple[list[Shape], float]:
    """The names of the parts and of the mark, and where they end."""
    shapes: list[Shape] = []
    x, y = GAP, LEGEND_ROW
    for name, colour in (*colours.items(), (mark, "")):
        room = SQUARE + 3 + text_width(name, SIZE) + 2 * GAP
        if x > GAP and x + room > WIDTH:
            x, y = GAP, y + LEGEND_ROW
        if colour:
            shapes.append(_box(x, y - SQUARE / 2, SQUARE, SQUARE, colour))
        else:
            shapes.append(Line(((x + 3, y - 5), (x + 3, y + 5)), TEXT[False], 1.6))
        shapes.append(Words((x + SQUARE + 3, y + SIZE * 0.35), name))
        x += room
    return shapes, y + LEGEND_ROW


def _box(x: float, y: float, wide: float, high: float, colour: str) -> Area:
    return Area(((x, y), (x + wide, y), (x + wide, y + high), (x, y + high)), colour)
