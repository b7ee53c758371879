"""A person's own picture for the cascade: read within limits and fitted to the input.

It is held for its session alone (`ui.session.brought`), and goes with it.
"""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn.data import DataError
from cnn.data.dataset import Images, as_floats
from cnn.data.picture.any_picture import Fitted
from cnn.data.picture.in_child_process import read_picture_outside
from ui.session import words
from ui.session.brought import GONE, Brought, hold
from ui.session.kept import kept

UPLOAD = "cascade_upload"
KEPT = "own_picture"
FITTED = "own_picture_fitted"
LIMIT_MB = 10

Size = tuple[int, int, int]


def own_picture(size: Size, beside: DeltaGenerator) -> Images | None:
    """The picture at an input's size and channels, from 0 to 1; None where there is none yet.

    `beside` is where the switch goes that turns it into its negative.
    """
    is_swapped = beside.toggle(
        "Swap dark and light",
        key="own_picture_swapped",
        persist_state="session",
        help="Digits and shapes here are bright on black; a scan or a drawing is dark on white.",
    )
    st.file_uploader(
        "A PNG or JPEG of yours",
        type=["png", "jpg", "jpeg"],
        key=UPLOAD,
        on_change=_keep,
        max_upload_size=LIMIT_MB,
        help="It is made as large as the network's input, and grey where that has one channel. "
        "It stays in this session, in a file without a name, and goes with it.",
    )
    brought: Brought | None = st.session_state.get(KEPT)
    if brought is None:
        st.caption("Choose an image, and it goes through the network.")
        return None
    if not brought.is_here:
        st.info(GONE, icon=":material/upload_file:")
        return None
    if st.session_state.get(UPLOAD) is None:
        st.caption("The image that you chose before is still the one shown.")
    try:
        image = _fitted(brought, size)
    except DataError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return None
    return 1 - image if is_swapped else image


def _keep() -> None:
    hold(st.session_state.get(UPLOAD), KEPT)


def _fitted(brought: Brought, size: Size) -> Images:
    """Done once for a picture and a size: a photograph takes longer than an edit may."""
    done: tuple[str, Size, Images] | None = st.session_state.get(FITTED)
    if done is None or done[:2] != (brought.key, size):
        with st.spinner("Opening the image ...", show_time=True):
            done = (brought.key, size, fitted(brought.content or b"", size))
        st.session_state[FITTED] = done
    return done[2]


@kept()
def as_read(key: str, shape: Size, _brought: Brought) -> Fitted:
    """A picture as a network takes it, kept by its content and the input's shape."""
    return read_picture_outside(_brought.content or b"", shape)


def fitted(content: bytes, size: Size) -> Images:
    """The picture in a file as the one image of a batch."""
    return as_floats(np.expand_dims(read_picture_outside(content, size).pixels, 0))
