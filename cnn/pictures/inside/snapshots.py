"""A network at one moment of its training: its first kernels, and what it says of fixed images.

The scale is given by the caller, so that it can stay the same from one moment to the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Pixels
from cnn.numbers import number
from cnn.pictures.kit.inline import Numbers, data_uri, signed_pixels
from cnn.pictures.kit.label import shortened
from cnn.pictures.kit.palette import BELOW, LIT, PAGE_FONT, RIGHT, hex_of
from cnn.pictures.kit.svg import box, svg, text

TILE = 44.0
GAP = 9.0
BETWEEN = 2.0
ACROSS = 8
LARGEST = 128
MOST_TILES = 32
MOST_CHANNELS = 3
SCALE = 26.0

CARD, BAR, NAMES = 118.0, 11.0, 62.0
MOST_BARS = 10
STYLE = (
    f"""
.snapshot text{{font:500 11px {PAGE_FONT};fill:currentColor}}
.snapshot .chosen{{fill:transparent;stroke:{hex_of(LIT)};stroke-width:2.5}}
.snapshot .right{{fill:{RIGHT}}}
.snapshot .wrong{{fill:{hex_of(BELOW)}}}
"""
    + """
.snapshot .faint{opacity:.68}
.snapshot image{image-rendering:pixelated}
.snapshot .frame{fill:none;stroke:currentColor;stroke-opacity:.16}
.snapshot .choice{fill:transparent}
.snapshot .track{fill:currentColor;opacity:.07}
.snapshot .other{fill:currentColor;opacity:.35}
"""
)


def largest_weight(kernels: Sequence[Numbers]) -> float:
    """The largest weight of either sign: a scale for all these moments."""
    return max((float(np.abs(one).max()) for one in kernels if one.size), default=0.0)


def kernels_picture(
    kernels: Numbers, *, limit: float | None = None, chosen: int | None = None
) -> str:
    """Each kernel `[height, width, channels, kernels]` as a small image, one below the other for
    its channels. 0 is transparent; `limit` is the weight with the full colour. Where one is
    `chosen` it is framed, and each has its place as `data-path`.
    """
    height, width, channels, count = kernels.shape
    deep = min(channels, MOST_CHANNELS)
    about = f"{min(count, MOST_TILES)} of {count} kernels of {height}x{width}" + (
        f", {deep} of {channels} channels" if channels > 1 else ""
    )
    full = largest_weight([kernels]) if limit is None else limit
    return _tiles(kernels[:, :, :deep], "kernel", about, full, chosen)


def kernels_beside_maps(kernels: Numbers, maps: Numbers) -> Pixels:
    """Each kernel `[side, side, 3, kernels]` in colour, and beside it its map of `[side, side,
    kernels]`, an image for each with a gap that is clear: grey is a weight of 0, black a 0 of a
    map, and the largest number of all kernels, or of all maps, is full.
    """
    side, gap = math.lcm(kernels.shape[0], maps.shape[0]), 4
    weights = 0.5 + np.moveaxis(kernels, -1, 0) / (2 * max(largest_weight([kernels]), 1e-12))
    found = np.moveaxis(maps, -1, 0)[..., None] / max(largest_weight([maps]), 1e-12)
    pixels = np.zeros((len(weights), side, 2 * side + gap, 4), np.uint8)
    for left, part in ((0, weights), (side + gap, found.clip(0))):
        times = side // part.shape[1]
        large = part.repeat(times, axis=1).repeat(times, axis=2)
        pixels[:, :, left : left + side, :3] = np.rint(255 * large)
        pixels[:, :, left : left + side, 3] = 255
    return pixels


def maps_picture(maps: Numbers, *, limit: float | None = None) -> str:
    """The feature maps `[height, width, channels]` that a layer makes of one image."""
    height, width, count = maps.shape
    about = f"{min(count, MOST_TILES)} of {count} feature maps of {height}x{width}"
    full = largest_weight([maps]) if limit is None else limit
    return _tiles(maps[:, :, None], "map", about, full)


def _tiles(values: Numbers, word: str, about: str, full: float, chosen: int | None = None) -> str:
    height, width, deep, count = values.shape
    shown = min(count, MOST_TILES)
    across = min(ACROSS, shown)
    down = math.ceil(shown / across)
    tile = TILE, TILE * height / width
    row = deep * (tile[1] + BETWEEN) - BETWEEN + GAP
    parts = []
    for place in range(shown):
        left, top = place % across * (TILE + GAP), place // across * row
        inside = "".join(
            f"<image {at} "
            f'href="{signed_uri(values[:, :, channel, place], full)}"/>'
            f'<rect class="frame" {at}/>'
            for channel in range(deep)
            for at in [box(left, top + channel * (tile[1] + BETWEEN), *tile)]
        )
        words = f"{word} {place}: {_range(values[..., place])}"
        if chosen is not None:
            high = row - GAP
            inside += (
                f'<rect class="{"chosen" if place == chosen else "choice"}" '
                f'{box(left - 3, top - 3, TILE + 6, high + 6)} rx="3"/>'
            )
        path = "" if chosen is None else f' data-path="{place}" style="cursor:pointer"'
        parts.append(f"<g{path}><title>{escape(words)}</title>{inside}</g>")
    wide = max(across * (TILE + GAP) - GAP, 4 * TILE)
    parts.append(_scale(full, down * row + 4, wide))
    return _svg(parts, wide, down * row + SCALE, f"{about}, values up to {number(full, 3)}")


def predictions_picture(
    images: Pixels,
    probabilities: Numbers,
    labels: npt.NDArray[np.integer[Any]],
    class_names: Sequence[str],
    *,
    across: int = 4,
) -> str:
    """Fixed images with the likeliest classes as bars: green the true, orange a wrong one."""
    bars = min(MOST_BARS, len(class_names))
    across = max(1, min(across, len(images)))
    wide = NAMES + CARD
    high = TILE + 8 + bars * BAR + 16
    parts = []
    for place, (pixels, scores, label) in enumerate(
        zip(images, probabilities, labels, strict=True)
    ):
        left, top = place % across * (wide + 16), place // across * high
        parts.append(_card(pixels, scores, int(label), class_names, bars, left, top))
    width = across * (wide + 16) - 16
    height = math.ceil(len(images) / across) * high
    return _svg(parts, width, height, f"Predictions for {len(images)} fixed validation images")


def _card(
    pixels: Pixels,
    scores: Numbers,
    label: int,
    class_names: Sequence[str],
    bars: int,
    left: float,
    top: float,
) -> str:
    said = int(scores.argmax())
    verdict = "right" if said == label else "wrong"
    at = box(left, top, TILE, TILE)
    beside = left + TILE + 8
    parts = [
        f'<image {at} href="{data_uri(pixels)}"/><rect class="frame" {at}/>',
        text(beside, top + 14, shortened(class_names[label], 18)),
        text(
            beside,
            top + 29,
            f"{shortened(class_names[said], 11)} {float(scores[said]):.0%}",
            "faint" if said == label else "wrong",
        ),
    ]
    for row, shown in enumerate(_shown(scores, label, bars)):
        y = top + TILE + 8 + row * BAR
        share = min(max(float(scores[shown]), 0.0), 1.0)
        kind = "right" if shown == label else "wrong" if shown == said else "other"
        parts.append(
            text(left + NAMES - 6, y + 8, shortened(class_names[shown], 9), "faint", "end")
            + f'<rect class="track" {box(left + NAMES, y, CARD, BAR - 3)} rx="2"/>'
            f'<rect class="{kind}" {box(left + NAMES, y, share * CARD, BAR - 3)} rx="2"/>'
        )
    words = f"{class_names[label]}, {verdict}: {class_names[said]} {float(scores[said]):.1%}"
    return f"<g><title>{escape(words)}</title>{''.join(parts)}</g>"


def _shown(scores: Numbers, label: int, bars: int) -> list[int]:
    """The classes that get a bar: all where there is room, else the likeliest and the true one."""
    if len(scores) <= bars:
        return list(range(len(scores)))
    likeliest = np.argsort(-scores, kind="stable")[:bars].tolist()
    return sorted(likeliest if label in likeliest else [*likeliest[:-1], label])


def _scale(full: float, top: float, wide: float) -> str:
    """From the full colour below zero to the one above, through nothing."""
    ramp = np.linspace(-1, 1, 65, dtype=np.float32)[None]
    width = wide - 2 * TILE
    return (
        text(TILE - 6, top + 9, number(-full, 2), "faint", "end")
        + f'<image {box(TILE, top, width, 10)} preserveAspectRatio="none" '
        f'href="{signed_uri(ramp, 1.0)}"/>'
        f'<rect class="frame" {box(TILE, top, width, 10)}/>'
        + text(wide - TILE + 6, top + 9, number(full, 2), "faint")
    )


def signed_uri(values: Numbers, full: float) -> str:
    """Values as colours, the more opaque the farther from 0; of many, every n-th."""
    every = -(-max(values.shape) // LARGEST)
    return data_uri(signed_pixels(values[::every, ::every], full))


def signed_tile(values: Numbers, x: float, y: float, side: float, full: float) -> str:
    """A kernel as a framed square of such colours; its `frame` is the picture's to style."""
    at = box(x, y, side, side)
    return (
        f'<image {at} preserveAspectRatio="none" href="{signed_uri(values, full)}"/>'
        f'<rect class="frame" {at}/>'
    )


def _range(values: Numbers) -> str:
    return f"{number(values.min(), 3)} to {number(values.max(), 3)}"


def _svg(parts: Sequence[str], width: float, height: float, about: str) -> str:
    return svg(parts, width, height, about, kind="snapshot", style=STYLE, margin=5)
