"""The patches that excite some filters most, a line for each filter, as HTML that wraps."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from cnn.insight.passes.operations import Array
from cnn.insight.regions.exciting_patches import Patch
from cnn.numbers import number
from cnn.pictures.kit.inline import data_uri

STYLE = """<style>
.exciting {display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr));
           gap: 8px 20px; font-size: .78rem}
.exciting div {display: flex; align-items: center; gap: 4px}
.exciting span {width: 3.4em; flex: none; opacity: .75}
.exciting img {width: calc((100% - 3.4em - 24px) / 6); max-width: 52px; aspect-ratio: 1;
               image-rendering: pixelated; border-radius: 2px;
               box-shadow: 0 0 0 1px color-mix(in srgb, currentColor 22%, transparent)}
</style>"""


def exciting(patches: Sequence[Sequence[Patch]], images: Array, filters: Sequence[int]) -> str:
    """What the strongest cell of each of these filters saw; beyond the border it is black."""
    lines = "".join(
        f"<div><span>filter {filter_}</span>"
        + "".join(_image(patch, images) for patch in patches[filter_])
        + "</div>"
        for filter_ in filters
    )
    return f'{STYLE}<div class="exciting">{lines}</div>'


def _image(patch: Patch, images: Array) -> str:
    about = escape(f"test image {patch.image}, answer {number(patch.activation, 3)}", quote=True)
    return f'<img src="{data_uri(framed(patch, images))}" alt="{about}" title="{about}">'


def framed(patch: Patch, images: Array) -> np.typing.NDArray[np.uint8]:
    """All that a cell sees, `[height, width, 1]`: its part of the image, and the padding as 0."""
    seen, box = patch.seen, patch.box
    whole = np.zeros((seen.bottom - seen.top, seen.right - seen.left, images.shape[3]), np.uint8)
    crop = np.clip(patch.crop(images) * 255, 0, 255).round().astype(np.uint8)
    whole[
        box.top - seen.top : box.bottom - seen.top, box.left - seen.left : box.right - seen.left
    ] = crop
    return whole
