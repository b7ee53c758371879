"""What speaks for and against an answer, and what becomes of it at every shift, as SVG pictures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from cnn.insight.regions.occlusion import Cover, Evidence
from cnn.pictures.kit.palette import ABOVE, BELOW, SCREEN, hex_of

Numbers = npt.NDArray[np.float32]

CELL = 11
FAINTEST = 0.04
WEAKEST = 0.25
"""Log odds: where nothing is worth more than that, colours stay pale."""


def evidence_picture(image: Numbers, found: Evidence, names: Sequence[str]) -> str:
    """The drawing, its ink coloured by what it is worth; the strongest places are framed."""
    height, width = image.shape
    strongest = max(float(np.abs(found.map * (image > FAINTEST)).max()), WEAKEST)
    cells = [
        f'<rect x="{x * CELL}" y="{y * CELL}" width="{CELL}" height="{CELL}" '
        f'fill="{_ink(float(image[y, x]), float(found.map[y, x]) / strongest)}"/>'
        for y, x in np.argwhere(image > FAINTEST)
    ]
    name, rival = names[found.label], names[found.rival]
    label = f"What in the drawing speaks for {name} (indigo) and for {rival} (orange)"
    frames = _frame(found.strongest_for, ABOVE) + _frame(found.strongest_against, BELOW)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {width * CELL} {height * CELL}" shape-rendering="crispEdges">'
        f'<rect width="{width * CELL}" height="{height * CELL}" rx="10" fill="{SCREEN}"/>'
        f"{''.join(cells)}{frames}</svg>"
    )


def _ink(brightness: float, worth: float) -> str:
    """Grey where a pixel is worth nothing, else the colour of its side, as bright as the ink."""
    hue = ABOVE if worth > 0 else BELOW
    strength = min(abs(worth), 1.0) ** 0.6
    light = 0.15 + 0.85 * brightness
    red, green, blue = (round(light * (150 + strength * (part - 150))) for part in hue)
    return hex_of((red, green, blue))


def _frame(cover: Cover | None, hue: tuple[int, int, int]) -> str:
    if cover is None:
        return ""
    rows, columns = cover.rows, cover.columns
    return (
        f'<rect x="{columns.start * CELL + 1}" y="{rows.start * CELL + 1}" '
        f'width="{(columns.stop - columns.start) * CELL - 2}" '
        f'height="{(rows.stop - rows.start) * CELL - 2}" rx="3" fill="none" '
        f'stroke="rgb{hue}" stroke-width="2" stroke-dasharray="5 4"/>'
    )


def shift_map(
    likely: Numbers, label: int, names: Sequence[str], at: tuple[int, int] = (0, 0)
) -> str:
    """The share of one answer at every shift, `likely` being `[down, right, classes]`.

    Where another class is likelier, its name stands in the cell. A cell's `data-path` is its shift,
    `right,down`; `at` is the one that is set.
    """
    side, reach = 21, likely.shape[0] // 2
    size = side * likely.shape[0]
    cells = []
    for row, line in enumerate(likely):
        for column, shares in enumerate(line):
            right, down = column - reach, row - reach
            said, share = int(shares.argmax()), float(shares[label])
            about = f"{_moved(right, down)}\n{names[label]}: {share:.1%}" + (
                f"\nlikelier: {names[said]}, {float(shares[said]):.1%}" if said != label else ""
            )
            other = (
                f'<text x="{side / 2}" y="{side / 2 + 4}" text-anchor="middle" font-size="11" '
                f'fill="currentColor">{escape(names[said])}</text>'
                if said != label
                else ""
            )
            edge = ' stroke="currentColor" stroke-width="2"' if (right, down) == at else ""
            cells.append(
                f'<g data-path="{right},{down}" style="cursor:pointer" '
                f'transform="translate({column * side} {row * side})">'
                f"<title>{escape(about)}</title>"
                f'<rect width="{side - 1}" height="{side - 1}" rx="2" fill="{hex_of(ABOVE)}" '
                f'fill-opacity="{0.07 + 0.93 * share:.3f}"{edge}/>{other}</g>'
            )
    label_text = f"The share of {names[label]} at all {likely.shape[0] ** 2} shifts"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="group" aria-label="{escape(label_text)}" '
        f'viewBox="-1 -1 {size + 2} {size + 2}">{"".join(cells)}</svg>'
    )


def _moved(right: int, down: int) -> str:
    """A shift in words."""
    parts = [
        f"{abs(by)} px {ahead if by > 0 else back}"
        for by, ahead, back in ((right, "right", "left"), (down, "down", "up"))
        if by
    ]
    return f"moved {' and '.join(parts)}" if parts else "where it was drawn"
