"""A block that weighs channels, as pictures: maps with their gates, the answer before and after a
gate was changed, and the mean gates of each class.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from cnn.lessons.squeeze_excite import Weighed
from cnn.numbers import fixed
from cnn.pictures.inside.maps import Array, largest
from cnn.pictures.kit.inline import data_uri, pixels_uri, signed_pixels
from cnn.pictures.kit.palette import ABOVE, BELOW, LIT, PAGE_FONT, hex_of
from cnn.pictures.kit.svg import box, svg, text

MAP, BETWEEN, BAR = 38.0, 6.0, 6.0
CARD, CARD_HEIGHT = 2 * MAP + BETWEEN, 66.0
GAP = 12.0
ACROSS, ACROSS_NARROW = 8, 4
IMAGE, LINE, BARS, ROOM, VALUE = 100.0, 22.0, 138.0, 220.0, 58.0
CELL, CELL_NARROW, LABEL = 23.0, 30.0, 26.0
PALEST = 0.05
STYLE = f"""
.gates text{{font:500 11px {PAGE_FONT};fill:currentColor}}
.gates .large{{font-size:13px}}
.gates .quiet{{fill-opacity:.7}}
.gates image{{image-rendering:pixelated}}
.gates .room{{fill:currentColor;fill-opacity:.08}}
.gates .frame{{fill:none;stroke:currentColor;stroke-opacity:.25}}
.gates .above{{fill:{hex_of(ABOVE)}}}
.gates .below{{fill:{hex_of(BELOW)}}}
.gates .before{{stroke:currentColor;stroke-width:2}}
.gates .chosen{{fill:none;stroke:{hex_of(LIT)};stroke-width:2.5}}
.gates [data-path]{{cursor:pointer}}
"""


class Heat(StrEnum):
    """What the colour of a mean gate says: how far open it is, or against the other classes."""

    MEAN = "mean"
    BESIDE = "beside"


def channels(found: Weighed, order: Sequence[int], chosen: int, *, narrow: bool = False) -> str:
    """Each channel's gate and its map before and after, a `data-path` each, in this order."""
    across = ACROSS_NARROW if narrow else ACROSS
    parts = []
    for place, channel in enumerate(order):
        line, column = divmod(place, across)
        left, top = column * (CARD + GAP), line * (CARD_HEIGHT + GAP)
        inside = _card(found, channel, is_chosen=channel == chosen)
        parts.append(_part(channel, left, top, inside, is_chosen=channel == chosen))
    lines = -(-len(order) // across)
    width, height = across * (CARD + GAP) - GAP, lines * (CARD_HEIGHT + GAP) - GAP
    about = f"The gates of {len(order)} channels, and their maps before and after"
    return svg(parts, width, height, about, kind="gates", style=STYLE, role="group", margin=6)


def shares(
    image: Array, now: Array, before: Array, names: Sequence[str], words: Sequence[str]
) -> str:
    """The image `[height, width, 1]`, a bar for each class's share with its `words`, and a line at
    what it was before.
    """
    parts = [f'<image {box(0, 0, IMAGE, IMAGE)} href="{pixels_uri(image)}"/>']
    for place, (name, share, was) in enumerate(zip(names, now, before, strict=True)):
        top, mark = place * LINE, BARS + ROOM * float(was)
        parts += [
            text(BARS - 8, top + 15, name, "large", "end"),
            f'<rect class="room" {box(BARS, top + 3, ROOM, LINE - 7)} rx="3"/>',
            f'<rect class="above" {box(BARS, top + 3, ROOM * float(share), LINE - 7)} rx="3"/>',
            f'<line class="before" x1="{mark:.1f}" x2="{mark:.1f}" y1="{top + 1:.1f}" '
            f'y2="{top + LINE - 2:.1f}"/>',
            text(BARS + ROOM + VALUE, top + 15, words[place], "large", "end"),
        ]
    about = ", ".join(f"{name}: {said}" for name, said in zip(names, words, strict=True))
    width = BARS + ROOM + VALUE
    return svg(parts, width, len(names) * LINE, about, kind="gates", style=STYLE, margin=2)


def gate_map(
    gates: Array,
    names: Sequence[str],
    heat: Heat,
    *,
    digit: int,
    chosen: int,
    narrow: bool = False,
) -> str:
    """The mean gates `[class, channel]`: classes as rows, or where it is `narrow` as columns."""
    mean = gates.mean(axis=0)
    apart = gates - mean
    colours = gates if heat is Heat.MEAN else apart / max(float(np.abs(apart).max()), 1e-12)
    wide, high = (CELL_NARROW, CELL) if narrow else (CELL, CELL)
    parts = []
    for channel in range(gates.shape[1]):
        cells = []
        for place, name in enumerate(names):
            x, y = (place * wide, 0.0) if narrow else (0.0, place * high)
            tip = (
                f"channel {channel}, {name}: {fixed(gates[place, channel], 2)}\n"
                f"over all digits: {fixed(mean[channel], 2)}"
            )
            inside = _cell(float(colours[place, channel]), wide, high)
            cells.append(_part(channel, x, y, inside, tip))
        along = LABEL + channel * (high if narrow else wide)
        at = (LABEL, along) if narrow else (along, LABEL)
        parts.append(f'<g transform="translate({at[0]:.1f} {at[1]:.1f})">{"".join(cells)}</g>')
        label = (LABEL - 6, along + high / 2 + 4) if narrow else (along + wide / 2, LABEL - 8)
        anchor = "end" if narrow else "middle"
        parts.append(text(*label, str(channel), "" if channel == chosen else "quiet", anchor))
    for place, name in enumerate(names):
        along = LABEL + (place + 0.5) * (wide if narrow else high)
        at = (along, LABEL - 8) if narrow else (LABEL - 8, along + 4)
        kind = "large" if place == digit else "large quiet"
        parts.append(text(*at, name, kind, "middle" if narrow else "end"))
    classes, count = len(names) * (wide if narrow else high), gates.shape[1]
    length = count * (high if narrow else wide)
    size = (classes, length) if narrow else (length, classes)
    parts += _frames(size, narrow, digit, chosen, wide, high)
    about = f"The mean gate of {count} channels for each of {len(names)} classes"
    return svg(
        parts,
        LABEL + size[0],
        LABEL + size[1],
        about,
        kind="gates",
        style=STYLE,
        role="group",
        margin=3,
    )


def _card(found: Weighed, channel: int, *, is_chosen: bool) -> str:
    gate, full = float(found.gates[channel]), largest([found.before[..., channel]])
    under = CARD_HEIGHT - MAP
    parts = [
        text(0, 10, f"channel {channel}", "" if is_chosen else "quiet"),
        text(CARD, 10, fixed(gate, 2), "", "end"),
        f'<rect class="room" {box(0, 15, CARD, BAR)} rx="2"/>',
        f'<rect class="above" {box(0, 15, CARD * gate, BAR)} rx="2"/>',
    ]
    for left, maps in ((0.0, found.before), (MAP + BETWEEN, found.after)):
        place = box(left, under, MAP, MAP)
        address = data_uri(signed_pixels(maps[..., channel], full))
        parts += [f'<image {place} href="{address}"/>', f'<rect class="frame" {place}/>']
    if is_chosen:
        parts.append(
            f'<rect class="chosen" {box(-5, -3, CARD + 10, CARD_HEIGHT + 8)} rx="5" '
            'pointer-events="none"/>'
        )
    return "".join(parts)


def _cell(value: float, wide: float, high: float) -> str:
    kind = "above" if value >= 0 else "below"
    opacity = PALEST + (1 - PALEST) * min(abs(value), 1)
    place = box(0, 0, wide - 1, high - 1)
    return f'<rect class="{kind}" {place} rx="2" fill-opacity="{opacity:.3f}"/>'


def _part(
    channel: int, left: float, top: float, inside: str, tip: str = "", *, is_chosen: bool = False
) -> str:
    """What a click on chooses that channel; it takes clicks between its shapes, too."""
    kind = ' class="selected"' if is_chosen else ""
    says = f"<title>{tip}</title>" if tip else ""
    hold = "" if tip else f'<rect {box(0, 0, CARD, CARD_HEIGHT)} fill="transparent"/>'
    return (
        f'<g{kind} data-path="{channel}" transform="translate({left:.1f} {top:.1f})">'
        f"{says}{hold}{inside}</g>"
    )


def _frames(
    size: tuple[float, float], narrow: bool, digit: int, chosen: int, wide: float, high: float
) -> list[str]:
    """Around the class of the image, and around the channel that is chosen."""
    row, column = (chosen, digit) if narrow else (digit, chosen)
    places = (
        box(LABEL - 1, LABEL + row * high - 1, size[0] + 1, high + 1),
        box(LABEL + column * wide - 1, LABEL - 1, wide + 1, size[1] + 1),
    )
    return [f'<rect class="chosen" {place} rx="3" pointer-events="none"/>' for place in places]
