"""The milestones of a history side by side, to be clicked; as one SVG."""

from __future__ import annotations

from html import escape

from cnn.lessons.history import Milestone
from cnn.pictures.slabs import PAGE_FONT

CARD, GAP, TOP, HEIGHT = 178, 12, 34, 106
STYLE = f"""
.timeline text{{font:500 13px {PAGE_FONT};fill:currentColor}}
.timeline .year{{font-size:15px;font-weight:700;fill:#6366f1}}
.timeline .name{{font-size:15px;font-weight:650}}
.timeline .quiet{{fill-opacity:.72}}
.timeline .line{{stroke:currentColor;stroke-opacity:.3;stroke-width:2}}
.timeline .card{{fill:currentColor;fill-opacity:.035;stroke:currentColor;stroke-opacity:.2}}
.timeline g[data-path]{{cursor:pointer}}
.timeline g[data-path]:hover .card{{stroke-opacity:.6}}
.timeline .chosen .card{{fill:#6366f1;fill-opacity:.13;stroke:#6366f1;stroke-opacity:1;
stroke-width:2}}
.timeline .dot{{fill:#6366f1}}
"""


def timeline(milestones: tuple[Milestone, ...], chosen: str) -> str:
    """Year, name, depth, parameters and error of each, the chosen one marked."""
    width = len(milestones) * (CARD + GAP) - GAP
    cards = "".join(
        _card(one, place * (CARD + GAP), one.key == chosen) for place, one in enumerate(milestones)
    )
    words = "Timeline: " + ", ".join(f"{one.year} {one.name}" for one in milestones)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="timeline" role="group" '
        f'viewBox="-2 0 {width + 4} {TOP + HEIGHT + 4}" width="{width + 4}" '
        f'height="{TOP + HEIGHT + 4}" aria-label="{escape(words, quote=True)}">'
        f'<style>{STYLE}</style><path class="line" d="M0,24 H{width}"/>{cards}</svg>'
    )


def _card(one: Milestone, x: int, is_chosen: bool) -> str:
    about = escape(f"{one.year}: {one.name}", quote=True)
    lines = (f"{one.depth} layers", f"{one.params:,} parameters", f"{one.error:g} % {one.of}")
    words = "".join(
        f'<text class="quiet" x="{x + 12}" y="{TOP + 46 + 20 * place}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    return (
        f'<g data-path="{escape(one.key, quote=True)}" role="button" tabindex="0" '
        f'class="{"chosen" if is_chosen else ""}" aria-label="{about}">'
        f'<text class="year" x="{x + 12}" y="15">{one.year}</text>'
        f'<circle class="dot" cx="{x + 5}" cy="24" r="{7 if is_chosen else 5}"/>'
        f'<rect class="card" x="{x}" y="{TOP}" width="{CARD}" height="{HEIGHT}" rx="8"/>'
        f'<text class="name" x="{x + 12}" y="{TOP + 23}">{escape(one.name)}</text>{words}</g>'
    )
