"""Images that come more than once, and images that are nearly alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnn.data.inspection import MOST_COMPARED, Where
from cnn.data.inspection_outside import Inspected
from cnn.numbers import fixed
from cnn.pictures.kit.gallery import Tile, gallery

TILE_PX = 84


def repeats(found: Inspected) -> None:
    """The images that are the same pixel for pixel, those in several splits or classes first."""
    own = found.found
    if not own.repeated:
        st.success(
            f"Of {own.images:,} images no two are the same, pixel for pixel.",
            icon=":material/check:",
        )
        return
    st.markdown(
        f"**{own.repeated:,} of {own.images:,} images** occur more than once, pixel for pixel. "
        f"Of these groups of equal images, {own.across:,} are in more than one split: what is "
        f"tested there may be known by heart. {own.contradicting:,} have more than one label: one "
        "of them is wrong."
    )
    tiles = [
        Tile(pixels, _about(found, group), _labels(found, group), _splits(group))
        for pixels, group in zip(found.groups, own.groups, strict=True)
    ]
    st.html(gallery(tiles, size_px=TILE_PX))
    if own.repeated > sum(map(len, own.groups)):
        st.caption(f"The first {len(own.groups)} groups.")


def alike(found: Inspected) -> None:
    """The pairs of different images that are most alike."""
    own = found.found
    some = (
        f"{MOST_COMPARED:,} of the {own.images:,} images, drawn by chance"
        if own.compared == MOST_COMPARED
        else f"all {own.compared:,} images"
    )
    st.caption(
        f"Of {some}, the pairs most alike: the same picture saved anew, or the next photo of a "
        "series. Likeness is the correlation of their grey values at 12×12, so that brightness "
        "and contrast do not count: 1 is the same outline."
    )
    tiles = []
    for pair, first, second in zip(own.pairs, found.firsts, found.seconds, strict=True):
        both = (pair.first, pair.second)
        note = f"{fixed(pair.likeness, 4)}, {_splits(both)}"
        side_by_side = np.concatenate([first, second], axis=1)
        tiles.append(Tile(side_by_side, _about(found, both), _labels(found, both), note))
    st.html(gallery(tiles, size_px=2 * TILE_PX, height_px=TILE_PX))


def _labels(found: Inspected, group: Sequence[Where]) -> str:
    return " / ".join(dict.fromkeys(found.class_names[one.label] for one in group))


def _splits(group: Sequence[Where]) -> str:
    many: dict[str, int] = {}
    for one in group:
        many[one.split] = many.get(one.split, 0) + 1
    return ", ".join(f"{count} {split}" for split, count in many.items())


def _about(found: Inspected, group: Sequence[Where]) -> str:
    return "; ".join(
        f"{one.split} image {one.place}, {found.class_names[one.label]}" for one in group[:8]
    )
