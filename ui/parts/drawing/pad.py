"""The pad one draws on, and the image that is on it: drawn, or brought as a file.

What the browser sends is checked here; an image never leaves the session.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import numpy as np
import streamlit as st

from cnn.data import DataError
from cnn.data.dataset import Images, Pixels, as_floats
from cnn.data.picture.centring import SIDE
from cnn.data.picture.in_child_process import read_handwriting_outside
from cnn.data.picture.opening import LIMIT_BYTES
from ui.components.pad import digit_pad
from ui.session.words import plain

PAD, ON_PAD = "draw_pad", "draw_on_pad"
BROUGHT, TROUBLE = "draw_brought", "draw_trouble"
LONGEST_NAME = 80 * len("%F0%9F%98%80")
"""Of a file, as an address would have it."""


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """An image that was brought: what it became, where it is from, and what was done to it."""

    id: str
    pixels: Pixels
    title: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """What is on the pad; `is_settled` says that the pen is up, `count` which one it is."""

    pixels: Pixels
    is_settled: bool
    count: int
    brought: Brought | None = None

    @property
    def is_blank(self) -> bool:
        return not self.pixels.any()

    @property
    def image(self) -> Images:
        """The image from 0 to 1, `[28, 28]`."""
        return as_floats(self.pixels)


def pad() -> Drawing:
    """Shows the pad; returns what is on it."""
    brought: Brought | None = st.session_state.get(BROUGHT)
    shown = st.session_state.get(PAD)
    drawn = read_drawn(shown.get("drawn") if shown else None)
    digit_pad(
        answered=drawn.count,
        brought={"id": brought.id, "pixels": _base64(brought.pixels)} if brought else None,
        trouble=st.session_state.get(TROUBLE, ("", ""))[0],
        on_drawn=_drawn,
        on_file=_bring,
        key=PAD,
    )
    if trouble := st.session_state.get(TROUBLE):
        st.error(plain(trouble[1]), icon=":material/error:")
    if brought is not None and brought.id != drawn.dismissed:
        return Drawing(brought.pixels, True, drawn.count, brought)
    return Drawing(drawn.pixels, drawn.up, drawn.count)


def put(pixels: Pixels, title: str, notes: tuple[str, ...] = ()) -> None:
    """Puts an image on the pad in place of what is there."""
    st.session_state[BROUGHT] = Brought(uuid.uuid4().hex, pixels, title, notes)
    st.session_state.pop(TROUBLE, None)


def _drawn() -> None:
    st.session_state.pop(TROUBLE, None)


def _bring() -> None:
    given = st.session_state[PAD].get("file")
    if given is None:
        return
    try:
        name, content = read_file(given)
        found = read_handwriting_outside(content)
    except DataError as error:
        st.session_state[TROUBLE] = (uuid.uuid4().hex, str(error))
        return
    put(found.pixels, name, found.notes)


def read_file(given: Any) -> tuple[str, bytes]:
    """A file's name and content as the browser sent them, checked."""
    broken = DataError("The image did not arrive whole. Bring it again.")
    if not isinstance(given, dict):
        raise broken
    name, content = given.get("name"), given.get("content")
    if not isinstance(name, str) or not isinstance(content, str):
        raise broken
    if len(content) > 4 * (LIMIT_BYTES // 3 + 1):
        raise DataError(f"The image is larger than {LIMIT_BYTES // 10**6} MB. Bring a smaller one.")
    try:
        return unquote(name[:LONGEST_NAME])[:80], base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise broken from error


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The pad's own words, checked."""

    pixels: Pixels
    up: bool = True
    count: int = 0
    dismissed: str = ""


def read_drawn(given: Any) -> Drawn:
    """What the pad sent; where that makes no sense, nothing is drawn."""
    blank = Drawn(np.zeros((SIDE, SIDE), np.uint8))
    if not isinstance(given, dict):
        return blank
    text, up, count, dismissed = (given.get(k) for k in ("pixels", "up", "count", "dismissed"))
    if not (isinstance(text, str) and isinstance(up, bool) and isinstance(dismissed, str)):
        return blank
    if type(count) is not int or not 0 <= count < 2**31 or len(dismissed) > 80:
        return blank
    try:
        content = base64.b64decode(text[:2_000], validate=True)
    except (binascii.Error, ValueError):
        return blank
    pixels = blank.pixels
    if len(content) == SIDE * SIDE:
        pixels = np.frombuffer(content, np.uint8).reshape(SIDE, SIDE)
    return Drawn(pixels, up, count, dismissed)


def _base64(pixels: Pixels) -> str:
    return base64.b64encode(pixels.tobytes()).decode()
