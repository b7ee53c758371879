"""An image with a frame around what one cell sees of it, and one with a map laid over it."""

from __future__ import annotations

from html import escape

import numpy as np
import numpy.typing as npt

from cnn.insight.regions.where import HeatMap
from cnn.network.seen import Box
from cnn.pictures.kit.inline import data_uri, pixels_uri, signed_pixels
from cnn.pictures.kit.palette import LIT, hex_of

Array = npt.NDArray[np.float32]

SIDE = 168.0
DIM = 0.55
"""How bright the image is below a map, so that the map's colours count."""


def patch_picture(image: Array, box: Box | None) -> str:
    """The image `[height, width, channels]` from 0 to 1; the frame is the box."""
    height, width = image.shape[:2]
    across, down = _sizes(height, width)
    frame = ""
    if box is not None:
        one = across / width
        frame = (
            f'<rect x="{box.left * one:.2f}" y="{box.top * one:.2f}" '
            f'width="{max((box.right - box.left) * one, 2):.2f}" '
            f'height="{max((box.bottom - box.top) * one, 2):.2f}" fill="none" '
            f'stroke="{hex_of(LIT)}" stroke-width="2.5"/>'
        )
    return _svg(_image(pixels_uri(image), across, down) + frame, across, down, "The image")


def heat_picture(image: Array, found: HeatMap, name: str) -> str:
    """A map over the dimmed image in grey, so that all colours are the map's; orange where a
    signed one is below zero.
    """
    height, width = found.values.shape
    across, down = _sizes(height, width)
    reach = float(np.abs(found.values).max())
    below, map_ = pixels_uri(_grey(image) * DIM), data_uri(signed_pixels(found.values, reach))
    inside = _image(below, across, down) + _image(map_, across, down)
    return _svg(inside, across, down, name)


def _grey(image: Array) -> Array:
    """As bright as it looks: ITU-R 601, as Pillow has it."""
    if image.shape[2] != 3:
        return image
    return image @ np.array([[0.299], [0.587], [0.114]], np.float32)


def _sizes(height: int, width: int) -> tuple[float, float]:
    scale = SIDE / max(height, width)
    return width * scale, height * scale


def _image(uri: str, across: float, down: float) -> str:
    return (
        f'<image href="{uri}" width="{across:.1f}" height="{down:.1f}" '
        'preserveAspectRatio="none" style="image-rendering:pixelated"/>'
    )


def _svg(inside: str, across: float, down: float, about: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(about)}" '
        f'viewBox="0 0 {across:.1f} {down:.1f}" width="{across:.0f}" height="{down:.0f}">'
        f"{inside}</svg>"
    )
