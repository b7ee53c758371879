"""The milestones of a history, side by side or below one another, to be clicked; as one SVG."""

from __future__ import annotations

from html import escape

from cnn.lessons.history import Milestone
from cnn.numbers import exact
from cnn.pictures.kit.palette import ABOVE, PAGE_FONT, hex_of

CARD, GAP, TOP, HEIGHT = 178, 12, 34, 126
ROW, ROW_GAP, ROW_LEFT, ROW_WIDTH = 72, 10, 78, 270
"""A milestone below another: its height, the room for its year, and its width."""
CHOSEN = hex_of(ABOVE)
STYLE = f"""
.timeline text{{font:500 13px {PAGE_FONT};fill:currentColor}}
.timeline .year{{font-size:15px;font-weight:700;fill:{CHOSEN}}}
.timeline .name{{font-size:15px;font-weight:650}}
.timeline .quiet{{fill-opacity:.72}}
.timeline .line{{stroke:currentColor;stroke-opacity:.3;stroke-width:2}}
.timeline .card{{fill:currentColor;fill-opacity:.035;stroke:currentColor;stroke-opacity:.2}}
.timeline g[data-path]{{cursor:pointer}}
.timeline g[data-path]:hover .card{{stroke-opacity:.6}}
.timeline .chosen .card{{fill:{CHOSEN};fill-opacity:.13;stroke:{CHOSEN};stroke-opacity:1;
stroke-width:2}}
.timeline .dot{{fill:{CHOSEN}}}
"""


def timeline(milestones: tuple[Milestone, ...], chosen: str) -> str:
    """Year, name, depth, parameters and error of each, the chosen one marked."""
    width = len(milestones) * (CARD + GAP) - GAP
    cards = "".join(
        _card(one, place * (CARD + GAP), one.key == chosen) for place, one in enumerate(milestones)
    )
    line = f'<path class="line" d="M0,24 H{width}"/>'
    return _svg(milestones, width, TOP + HEIGHT, line + cards)


def narrow_timeline(milestones: tuple[Milestone, ...], chosen: str) -> str:
    """The same for a phone: the milestones below one another."""
    step = ROW + ROW_GAP
    rows = "".join(
        _row(one, place * step, one.key == chosen) for place, one in enumerate(milestones)
    )
    height = len(milestones) * step - ROW_GAP
    line = f'<path class="line" d="M8,{ROW / 2:.1f} V{height - ROW / 2:.1f}"/>'
    return _svg(milestones, ROW_LEFT + ROW_WIDTH, height, line + rows)


def _svg(milestones: tuple[Milestone, ...], width: float, height: float, drawn: str) -> str:
    words = "Timeline: " + ", ".join(f"{one.year} {one.name}" for one in milestones)
    size = f'viewBox="-2 0 {width + 4} {height + 4}" width="{width + 4}" height="{height + 4}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="timeline" role="group" {size} '
        f'aria-label="{escape(words, quote=True)}"><style>{STYLE}</style>{drawn}</svg>'
    )


def _part(one: Milestone, is_chosen: bool, drawn: str) -> str:
    about = escape(f"{one.year}: {one.name}", quote=True)
    return (
        f'<g data-path="{escape(one.key, quote=True)}" role="button" tabindex="0" '
        f'class="{"chosen" if is_chosen else ""}" aria-label="{about}">'
        f"<title>{escape(one.params_text)}</title>{drawn}</g>"
    )


def _lines(one: Milestone) -> tuple[str, str, str, str]:
    error = f"{exact(one.error)} % {one.of}"
    averaged = f"{one.averaged} networks averaged" if one.averaged > 1 else ""
    return f"{one.depth} layers", f"{one.params:,} parameters", error, averaged


def _card(one: Milestone, x: int, is_chosen: bool) -> str:
    words = "".join(
        f'<text class="quiet" x="{x + 12}" y="{TOP + 46 + 20 * place}">{escape(line)}</text>'
        for place, line in enumerate(_lines(one))
    )
    return _part(
        one,
        is_chosen,
        f'<text class="year" x="{x + 12}" y="15">{one.year}</text>'
        f'<circle class="dot" cx="{x + 5}" cy="24" r="{7 if is_chosen else 5}"/>'
        f'<rect class="card" x="{x}" y="{TOP}" width="{CARD}" height="{HEIGHT}" rx="8"/>'
        f'<text class="name" x="{x + 12}" y="{TOP + 23}">{escape(one.name)}</text>{words}',
    )


def _row(one: Milestone, y: int, is_chosen: bool) -> str:
    layers, params, error, _ = _lines(one)
    error += f", {one.averaged} averaged" if one.averaged > 1 else ""
    words = "".join(
        f'<text class="quiet" x="{ROW_LEFT + 12}" y="{y + 42 + 20 * place}">{escape(line)}</text>'
        for place, line in enumerate((f"{layers}, {params}", error))
    )
    middle = y + ROW / 2
    return _part(
        one,
        is_chosen,
        f'<text class="year" x="24" y="{middle + 5:.1f}">{one.year}</text>'
        f'<circle class="dot" cx="8" cy="{middle:.1f}" r="{7 if is_chosen else 5}"/>'
        f'<rect class="card" x="{ROW_LEFT}" y="{y + 1}" width="{ROW_WIDTH}" height="{ROW}" '
        f'rx="8"/><text class="name" x="{ROW_LEFT + 12}" y="{y + 22}">{escape(one.name)}</text>'
        f"{words}",
    )
