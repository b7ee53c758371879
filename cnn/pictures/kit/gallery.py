"""Images with a few words below each, as HTML that wraps where the page ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from cnn.data.dataset import Pixels
from cnn.pictures.kit.inline import data_uri

STYLE = """<style>
.gallery {display: flex; flex-wrap: wrap; gap: .55rem; margin: 0; padding: 0}
.gallery figure {margin: 0; width: var(--tile); font-size: .8rem; line-height: 1.3}
.gallery img {display: block; width: var(--tile); height: var(--tall); border-radius: 3px;
              object-fit: contain; image-rendering: pixelated;
              box-shadow: 0 0 0 1px color-mix(in srgb, currentColor 16%, transparent)}
.gallery figcaption {margin-top: .25rem; overflow-wrap: anywhere}
.gallery small {display: block; opacity: .68; font-size: .76rem}
</style>"""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One image `[height, width, channels]`, what it shows, and the lines below it."""

    pixels: Pixels
    about: str
    title: str = ""
    note: str = ""


def gallery(tiles: Sequence[Tile], *, size_px: int = 48, height_px: int | None = None) -> str:
    """The images side by side, square where no height is given; every word is escaped."""
    figures = "".join(_figure(tile) for tile in tiles)
    size = f"--tile: {size_px}px; --tall: {height_px or size_px}px"
    return f'{STYLE}<div class="gallery" style="{size}">{figures}</div>'


def _figure(tile: Tile) -> str:
    about = escape(tile.about, quote=True)
    note = f"<small>{escape(tile.note)}</small>" if tile.note else ""
    words = f"<figcaption>{escape(tile.title)}{note}</figcaption>" if tile.title else ""
    image = f'<img src="{data_uri(tile.pixels)}" alt="{about}" title="{about}">'
    return f"<figure>{image}{words}</figure>"
