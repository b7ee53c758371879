"""What networks give that do not classify, from our own digits and shapes: an image, an arrow, and
beside it what is to come out.

Everything here is computed from pixels; no network has found it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from cnn.data import DatasetName, DatasetSpec, Shape, ShapeOptions, load
from cnn.data.dataset import Pixels
from cnn.data.sets.shapes import draw
from cnn.network.seen import Box
from cnn.numbers import fixed
from cnn.pictures.inside.snapshots import signed_tile
from cnn.pictures.kit.inline import data_uri
from cnn.pictures.kit.palette import LIT, PAGE_FONT, TEXT, hex_of
from cnn.pictures.kit.svg import box, svg, text
from cnn.shipped import Which, of_lesson

Mask = npt.NDArray[np.bool_]
Place = tuple[float, float]

PANEL, GAP = 140.0, 36.0
SCENE, SHAPE = 56, 32
CORNERS = ((-90, "top"), (30, "right"), (150, "left"))
"""In which direction of a triangle each of its corners lies, in degrees, and what it is called."""

STYLE = f"""
.beyond text{{font:500 12px {PAGE_FONT};fill:currentColor}}
.beyond .large{{font-size:26px}}
.beyond image{{image-rendering:pixelated}}
.beyond .frame{{fill:none;stroke:currentColor;stroke-opacity:.25}}
.beyond .lit{{fill:none;stroke:{hex_of(LIT)};stroke-width:2.5}}
.beyond .next{{stroke-dasharray:5 4}}
.beyond .arrow{{fill:none;stroke:currentColor;stroke-opacity:.6;stroke-width:1.5}}
.beyond .point,.beyond .on{{fill:{hex_of(LIT)}}}
.beyond .on text{{fill:{TEXT[False]}}}
"""


def beyond(key: str, about: str) -> str:
    """The picture of that topic; `about` is what it says to who cannot see it."""
    return svg(
        _PICTURES[key](), 2 * PANEL + GAP, PANEL, about, kind="beyond", style=STYLE, margin=3
    )


@cache
def scene() -> tuple[Pixels, tuple[tuple[int, Box], ...]]:
    """Two test digits on one image, and of each its class and the box around its ink."""
    test = load(DatasetSpec(DatasetName.MNIST_SAMPLE), (28, 28, 1)).test
    image: Pixels = np.zeros((SCENE, SCENE, 1), np.uint8)
    found = []
    for place, (top, left) in enumerate(((4, 1), (27, 27))):
        image[top : top + 28, left : left + 28] |= test.pixels[place]
        found.append((int(test.labels[place]), around(test.pixels[place][..., 0] > 0, top, left)))
    return image, tuple(found)


def around(ink: Mask, top: int = 0, left: int = 0) -> Box:
    """The smallest box around all that is on, where the mask lies at that place."""
    rows, columns = np.nonzero(ink)
    return Box(
        top + int(rows.min()),
        left + int(columns.min()),
        top + int(rows.max()) + 1,
        left + int(columns.max()) + 1,
    )


@cache
def shape(kind: Shape, noise: float = 0.0) -> Pixels:
    """The first drawing of that kind; noise falls on the same drawing."""
    drawn = draw(ShapeOptions(noise=noise), SHAPE, SHAPE, seed=0)[0]
    first = np.flatnonzero(drawn.labels == ShapeOptions().kinds.index(kind))[0]
    found: Pixels = drawn.pixels[first]
    return found


def corners(ink: Mask) -> tuple[Place, ...]:
    """Of a triangle the pixels `(x, y)` farthest out in the directions of its corners."""
    rows, columns = np.nonzero(ink)
    centre = columns.mean(), rows.mean()
    found = []
    for degrees, _ in CORNERS:
        across, down = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        far = ((columns - centre[0]) * across + (rows - centre[1]) * down).argmax()
        found.append((float(columns[far]) + 0.5, float(rows[far]) + 0.5))
    return tuple(found)


def moving() -> tuple[tuple[Place, ...], Place]:
    """Four places of a disc on its way, in shares of the image, and the one that comes next."""
    path = [(0.18 + 0.16 * n, 0.75 - 0.14 * n) for n in range(5)]
    return tuple(path[:4]), path[4]


def _detection() -> list[str]:
    image, digits = scene()
    parts = _in_and_out(image, image)
    one = PANEL / SCENE
    for label, at in digits:
        left, top = PANEL + GAP + at.left * one, at.top * one
        size = box(left, top, (at.right - at.left) * one, (at.bottom - at.top) * one)
        parts.append(f'<rect class="lit digit" {size}/>')
        parts.append(
            f'<g class="on"><rect {box(left - 1.2, top - 16, 14, 16)}/>'
            f"{text(left + 6, top - 4, str(label), '', 'middle')}</g>"
        )
    return parts


def _segmentation() -> list[str]:
    ink = shape(Shape.CIRCLE) > 0
    mask = (ink * np.array((*LIT, 255))).astype(np.uint8)
    return _in_and_out(shape(Shape.CIRCLE, noise=0.2), mask)


def _pose() -> list[str]:
    image = shape(Shape.TRIANGLE)
    parts, one = _in_and_out(image, image // 3), PANEL / SHAPE
    found = [(PANEL + GAP + x * one, y * one) for x, y in corners(image[..., 0] > 0)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in found)
    parts.append(f'<polygon class="lit" points="{line}"/>')
    parts += [f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="5"/>' for x, y in found]
    return parts


def _regression() -> list[str]:
    image = shape(Shape.SQUARE)
    middle = PANEL + GAP + PANEL / 2
    share = fixed(100 * float((image > 0).mean()), 1)
    return [
        *_in_and_out(image, None),
        text(middle, PANEL / 2, f"{share}\u202f%", "large", "middle"),
        text(middle, PANEL / 2 + 22, "of the image", "", "middle"),
    ]


def _sequences() -> list[str]:
    before, after = moving()
    parts, half = _in_and_out(None, None), PANEL / 2
    radius = 0.11
    for n, (x, y) in enumerate(before):
        left, top = n % 2 * half, n // 2 * half
        parts.append(f'<rect class="frame" {box(left, top, half, half)}/>')
        parts.append(_disc("point", left + x * half, top + y * half, radius * half))
        parts.append(text(left + 5, top + 15, str(n)))
    for x, y in before:
        parts.append(_disc("frame", PANEL + GAP + x * PANEL, y * PANEL, radius * PANEL))
    x, y = after
    parts.append(_disc("lit next", PANEL + GAP + x * PANEL, y * PANEL, radius * PANEL))
    return parts


def _tuning() -> list[str]:
    kernels = next(iter(of_lesson(Which.SIMPLE_CNN).weights.values()))[0][:, :, 0]
    full, tile = float(np.abs(kernels).max()), PANEL / 4 - 4
    parts = [_arrow()]
    for n in range(kernels.shape[-1]):
        left, top = n % 4 * (tile + 5), n // 4 * (tile + 5)
        parts.append(signed_tile(kernels[..., n], left, top, tile, full))
    for n, kind in enumerate(ShapeOptions().kinds):
        top = n * (PANEL / 3)
        parts.append(f'<rect class="lit next" {box(PANEL + GAP, top + 2, PANEL, PANEL / 3 - 8)}/>')
        parts.append(text(PANEL * 1.5 + GAP, top + PANEL / 6 + 3, kind.value, "", "middle"))
    return parts


def _in_and_out(given: Pixels | None, found: Pixels | None) -> list[str]:
    parts = [_arrow()]
    for left, pixels in ((0.0, given), (PANEL + GAP, found)):
        at = box(left, 0, PANEL, PANEL)
        if pixels is not None:
            parts.append(f'<image {at} href="{data_uri(pixels)}"/>')
        parts.append(f'<rect class="frame" {at}/>')
    return parts


def _arrow() -> str:
    left, middle, right = PANEL + 8, PANEL / 2, PANEL + GAP - 8
    return (
        f'<path class="arrow" d="M{left} {middle}H{right}M{right - 6} {middle - 5}'
        f'L{right} {middle}L{right - 6} {middle + 5}"/>'
    )


def _disc(kind: str, x: float, y: float, radius: float) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'


_PICTURES: dict[str, Callable[[], list[str]]] = {
    "detection": _detection,
    "segmentation": _segmentation,
    "pose": _pose,
    "regression": _regression,
    "sequences": _sequences,
    "tuning": _tuning,
}
