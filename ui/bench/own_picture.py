"""A person's own picture for the cascade: read within limits, fitted to the input, never kept.

It lives in the session alone, and goes with it.
"""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn.data import DataError
from cnn.data.dataset import Images, as_floats
from cnn.data.fitting import check_shape, fit_image
from cnn.data.pictures import open_picture, plain
from ui import words

UPLOAD = "cascade_upload"
KEPT = "own_picture"
FITTED = "own_picture_fitted"
LIMIT_MB = 10
LIMIT_PIXELS = 40_000_000

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
        "It stays in this session's memory and is not written anywhere.",
    )
    kept: tuple[str, bytes] | None = st.session_state.get(KEPT)
    if kept is None:
        st.caption("Choose an image, and it goes through the network.")
        return None
    if st.session_state.get(UPLOAD) is None:
        st.caption("The image that you chose before is still the one shown.")
    try:
        image = _fitted(*kept, size)
    except DataError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return None
    return 1 - image if is_swapped else image


def _keep() -> None:
    given = st.session_state.get(UPLOAD)
    st.session_state[KEPT] = (given.file_id, given.getvalue()) if given else None


def _fitted(id: str, content: bytes, size: Size) -> Images:
    """Done once for a picture and a size: a photograph takes longer than an edit may."""
    done: tuple[str, Size, Images] | None = st.session_state.get(FITTED)
    if done is None or done[:2] != (id, size):
        done = (id, size, fitted(content, size))
        st.session_state[FITTED] = done
    return done[2]


def fitted(content: bytes, size: Size) -> Images:
    """The picture in a file as the one image of a batch."""
    check_shape(size)
    if len(content) > LIMIT_MB * 1_000_000:
        raise DataError(f"Your image is larger than {LIMIT_MB} MB. Bring a smaller one.")
    try:
        picture = plain(open_picture(content, LIMIT_PIXELS))
    except DataError as error:
        raise DataError(f"Your image {error}. Bring a PNG or a JPEG.") from error
    return as_floats(np.expand_dims(fit_image(picture, size), 0))
